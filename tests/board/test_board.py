"""The board: one state of the records, compiled into a value that moves with every change."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event
from sqlmodel import Session

from services.core import advisories, board, crossings, ledger, notices, observations
from services.core.access import Actor
from services.core.advisories.documents import NEAR
from services.core.board import Board, BoardInputs, Position
from services.core.board.inputs import MOST_NEWS
from services.core.crossings import Direction, Mode, Traveller, Verdict
from services.core.errors import NotFound
from services.core.work import Edge, Work
from tests.keys import forget_keys
from tests.makers import (
    ALFA,
    BRAVO,
    DAY,
    HOUR,
    NOON,
    RAIL,
    a_border,
    a_closure,
    a_crossing,
    a_notice,
    a_run,
    an_advisory,
    an_observation,
    an_official,
)

DRIVER = Traveller(Mode.CAR, Direction.TO_KZ)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def official(work: Work) -> Actor:
    crossings.load(work, a_border())
    return an_official(work)[0]


def compiled(work: Work, told_by: datetime = NOON) -> Board:
    return board.compile_board(board.read_inputs(work.session), told_by)


def test_of_nothing_there_is_a_board_too(work: Work) -> None:
    forget_keys(work)
    empty = compiled(work)
    assert (empty.version, empty.catalogue, empty.revisions, empty.next_telling) == ("0.0", {}, (), None)
    assert empty.as_of == datetime(1970, 1, 1, tzinfo=UTC)
    with pytest.raises(NotFound, match="there is no crossing 'alfa-alma'"):
        empty.bulletin(ALFA)


def test_the_version_moves_with_every_change_that_a_reader_may_see(work: Work) -> None:
    seen = [compiled(work).version]
    crossings.load(work, a_border())
    seen.append(compiled(work).version)
    official, _ = an_official(work)
    act = notices.publish(work, official, a_notice(), idempotency_key="1")
    seen.append(compiled(work).version)
    notices.withdraw(work, official, act.revision.notice_id, expected=1, idempotency_key="2")
    seen.append(compiled(work).version)
    observations.report(work, official, an_observation(), idempotency_key="3")
    seen.append(compiled(work).version)
    advisories.record(work, a_run())
    seen.append(compiled(work).version)
    assert len(set(seen)) == len(seen) == 6


def test_the_position_says_cheaply_whether_anything_has_changed(work: Work, official: Actor) -> None:
    before = board.position(work.session)
    assert before == board.read_inputs(work.session).position == Position(ledger.head(work.session)[0], 0)
    advisories.record(work, a_run())
    assert board.position(work.session) == Position(before.ledger_seq, 1)
    notices.publish(work, official, a_notice(), idempotency_key="1")
    assert board.position(work.session) == board.read_inputs(work.session).position
    assert board.position(work.session).ledger_seq == before.ledger_seq + 1


def test_it_is_as_of_the_newest_record_of_any_kind(edge: Edge) -> None:
    with edge.work(now=NOON) as work:
        crossings.load(work, a_border())
        assert compiled(work).as_of == NOON
    with edge.work() as work:
        advisories.record(work, a_run(at=NOON + HOUR))
        assert compiled(work).as_of == NOON + HOUR


def test_a_reader_sees_one_state_throughout_whatever_is_written_meanwhile(edge: Edge) -> None:
    with edge.work() as work:
        crossings.load(work, a_border())
    with edge.reading() as session:
        before = board.position(session)
        with edge.work(now=NOON) as work:
            notices.publish(work, an_official(work)[0], a_notice(), idempotency_key="1")
        assert board.position(session) == before
        assert board.read_inputs(session).revisions == ()
    with edge.reading() as session:
        assert len(board.read_inputs(session).revisions) == 1


def statements(session: Session, known: BoardInputs) -> list[str]:
    """What the database is asked when a reader who knows something looks again."""
    asked: list[str] = []
    engine = session.get_bind()

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        asked.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        board.read_inputs(session, known)
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return asked


def test_looking_again_gives_what_looking_afresh_gives(work: Work, official: Actor) -> None:
    known = board.read_inputs(work.session)
    acts: list[Callable[[], Any]] = [
        lambda: notices.publish(work, official, a_notice(), idempotency_key="1"),
        lambda: notices.publish(work, official, a_notice(headline="Another"), idempotency_key="2"),
        lambda: notices.withdraw(
            work, official, known.revisions[0].notice_id, expected=1, idempotency_key="3"
        ),
        lambda: observations.report(work, official, an_observation(), idempotency_key="4"),
        lambda: advisories.record(work, a_run()),
        lambda: crossings.load(work, {**a_border(), "neu-nova": a_crossing("neu-nova")}),
        lambda: None,
    ]
    for act in acts:
        act()
        work.session.flush()
        again = board.read_inputs(work.session, known)
        assert again == board.read_inputs(work.session)
        known = again
    assert len(known.revisions) == 3
    assert len(known.crossings) == len(a_border()) + 1


def test_looking_again_reads_only_what_has_changed(work: Work, official: Actor) -> None:
    notices.publish(work, official, a_notice(), idempotency_key="1")
    known = board.read_inputs(work.session)
    observations.report(work, official, an_observation(), idempotency_key="2")
    asked = statements(work.session, known)
    assert asked
    assert not [one for one in asked if "notice_revision" in one or "crossing_version" in one]


def test_another_database_in_the_place_of_the_old_one_is_read_afresh(work: Work, official: Actor) -> None:
    notices.publish(work, official, a_notice(), idempotency_key="1")
    there = board.read_inputs(work.session)
    elsewhere = there.model_copy(update={"ledger_hash": "f" * 64, "revisions": (), "crossings": ()})
    assert board.read_inputs(work.session, elsewhere) == there
    longer = there.model_copy(update={"ledger_seq": there.ledger_seq + 5, "revisions": ()})
    assert board.read_inputs(work.session, longer) == there


def test_very_much_news_is_read_afresh_too(work: Work, official: Actor) -> None:
    known = board.read_inputs(work.session)
    for number in range(MOST_NEWS + 1):
        observations.report(work, official, an_observation(), idempotency_key=str(number))
    assert board.read_inputs(work.session, known) == board.read_inputs(work.session)


def test_an_early_notice_waits_on_the_board_for_its_telling(work: Work, official: Actor) -> None:
    for hour in (2, 1):
        fields = a_notice(a_closure(ALFA), headline=f"in {hour}", publish_from=NOON + hour * HOUR)
        notices.publish(work, official, fields, idempotency_key=str(hour))
    seen = {at: compiled(work, NOON + at) for at in (0 * HOUR, HOUR - MINUTE, HOUR, 2 * HOUR)}
    assert [len(one.revisions) for one in seen.values()] == [0, 0, 1, 2]
    assert [one.next_telling for one in seen.values()] == [NOON + HOUR, NOON + HOUR, NOON + 2 * HOUR, None]
    verdicts = [one.status(ALFA, DRIVER, NOON).verdict for one in seen.values()]
    assert verdicts == [Verdict.OPEN, Verdict.OPEN, Verdict.CLOSED, Verdict.CLOSED]


def test_only_the_newest_revision_of_a_notice_is_on_the_board(work: Work, official: Actor) -> None:
    first = notices.publish(work, official, a_notice(), idempotency_key="1").revision
    notices.amend(work, official, first.notice_id, a_notice(headline="New"), expected=1, idempotency_key="2")
    (shown,) = compiled(work).revisions
    assert (shown.notice_id, shown.revision, shown.headline) == (first.notice_id, 2, "New")


@pytest.mark.parametrize(
    ("after", "hour"),
    [
        (0 * MINUTE, 0),
        (29 * MINUTE, 0),
        (31 * MINUTE, 1),
        (105 * MINUTE, 2),
        (2 * HOUR + NEAR, 2),
        (2 * HOUR + NEAR + MINUTE, None),
        (-NEAR, 0),
        (-NEAR - MINUTE, None),
    ],
)
def test_the_wait_expected_is_the_nearest_that_is_forecast(
    work: Work, after: timedelta, hour: int | None
) -> None:
    advisories.record(work, a_run(an_advisory(ALFA, hours_ahead=2)))
    ahead = compiled(work).expected(ALFA, DRIVER, NOON + after)
    assert (ahead.at - NOON if ahead else None) == (hour * HOUR if hour is not None else None)


def test_an_advisory_is_of_one_lane(work: Work) -> None:
    advisories.record(work, a_run(an_advisory(ALFA), an_advisory(RAIL, mode=Mode.FREIGHT_TRAIN)))
    here = compiled(work)
    assert here.advisory(ALFA, DRIVER) is not None
    for code, mode, direction in (
        (ALFA, Mode.BUS, Direction.TO_KZ),
        (ALFA, Mode.CAR, Direction.TO_UZ),
        (BRAVO, Mode.CAR, Direction.TO_KZ),
    ):
        other = Traveller(mode, direction)
        assert (here.advisory(code, other), here.expected(code, other, NOON)) == (None, None)


def test_reports_of_the_last_day_are_on_the_board_oldest_first(work: Work, official: Actor) -> None:
    for hour in (1, 25, 3):
        seen = an_observation(observed_at=NOON - hour * HOUR)
        observations.report(work, official, seen, idempotency_key=str(hour))
    reports = board.read_inputs(work.session).reports
    assert [(NOON - one.fields.observed_at) / HOUR for one in reports] == [3, 1]


def some_inputs(work: Work, official: Actor) -> BoardInputs:
    notices.publish(work, official, a_notice(a_closure(ALFA, end=NOON + DAY)), idempotency_key="1")
    observations.report(work, official, an_observation(), idempotency_key="2")
    advisories.record(work, a_run(an_advisory(), an_advisory(BRAVO, None)))
    return board.read_inputs(work.session)


def test_a_board_that_was_kept_on_disk_is_the_same_board(work: Work, official: Actor, tmp_path: Path) -> None:
    inputs, file = some_inputs(work, official), tmp_path / "data" / "board.json"
    board.keep_on_disk(inputs, file)
    kept = board.kept_on_disk(file)
    assert kept == inputs
    assert board.compile_board(kept, NOON) == board.compile_board(inputs, NOON)


def test_keeping_a_board_replaces_the_one_before_whole(work: Work, official: Actor, tmp_path: Path) -> None:
    file = tmp_path / "data" / "board.json"
    board.keep_on_disk(board.read_inputs(work.session), file)
    newer = some_inputs(work, official)
    board.keep_on_disk(newer, file)
    assert board.kept_on_disk(file) == newer
    assert [path.name for path in file.parent.iterdir()] == ["board.json"]


@pytest.mark.parametrize("kept", [b"", b"null", b"{", b"{}", b"\xff", b'{"as_of": 1}', b"[" * 10_000])
def test_what_is_no_board_is_no_board(tmp_path: Path, kept: bytes) -> None:
    file = tmp_path / "board.json"
    assert board.kept_on_disk(file) is None
    file.write_bytes(kept)
    assert board.kept_on_disk(file) is None


def test_a_board_of_another_release_is_no_board(work: Work, official: Actor, tmp_path: Path) -> None:
    file = tmp_path / "board.json"
    board.keep_on_disk(some_inputs(work, official), file)
    written = json.loads(file.read_text())
    file.write_text(json.dumps({**written, "added": "later"}))
    assert board.kept_on_disk(file) is None


def test_a_board_from_the_files_says_what_one_from_the_database_says(work: Work) -> None:
    catalogue, history = crossings.catalogue(), list(notices.events().values())
    crossings.load(work, catalogue)
    notices.load_history(work)
    for at in (datetime(2023, 2, 10, 7, tzinfo=UTC), datetime(2025, 12, 29, 7, tzinfo=UTC)):
        from_files = board.compile_board(board.inputs_from_files(catalogue, history, at), at)
        from_records = compiled(work, at)
        for code in catalogue:
            for mode in Mode:
                asked = Traveller(mode, Direction.TO_KZ, "UZ")
                here, there = (one.status(code, asked, at) for one in (from_files, from_records))
                assert here.verdict is there.verdict
                assert [reason.text for reason in here.reasons] == [reason.text for reason in there.reasons]
