"""Editions: which board was shown when, and the same board again after much has been written."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from services.core import advisories, board, crossings, notices, observations
from services.core.access import Actor
from services.core.board import Answered, BoardInputs, Edition, NotKept, Showing
from services.core.work import Edge
from tests.makers import (
    ALFA,
    BRAVO,
    DAY,
    HOUR,
    NOON,
    a_border,
    a_closure,
    a_crossing,
    a_notice,
    a_run,
    an_advisory,
    an_observation,
    an_official,
)

MINUTE = timedelta(minutes=1)


@pytest.fixture
def official(edge: Edge) -> Actor:
    with edge.work(now=NOON - DAY) as work:
        crossings.load(work, a_border())
        return an_official(work)[0]


def show(edge: Edge, at: datetime) -> BoardInputs:
    """What a process would compile at an instant, noted as shown from then on."""
    with edge.reading() as session:
        inputs = board.read_inputs(session)
    with edge.work(now=at) as work:
        board.note(work, [Showing.of(board.compile_board(inputs, at), at)])
    return inputs


def shown(edge: Edge, at: datetime) -> Edition:
    with edge.reading() as session:
        return board.shown_at(session, at)


def read(edge: Edge, at: datetime) -> BoardInputs:
    with edge.reading() as session:
        return board.read_inputs_of(session, board.shown_at(session, at))


def run(edge: Edge, at: datetime, code: str = ALFA, minutes: int = 30) -> None:
    with edge.work(now=at) as work:
        one = a_run(an_advisory(code, minutes, at=at), at=at, ledger_seq=10**6)
        assert advisories.record(work, one.model_copy(update={"component": code}))


def lived(edge: Edge, official: Actor) -> Iterator[tuple[datetime, BoardInputs]]:
    """Some of everything, minute by minute, and what was shown after each."""
    yield NOON, show(edge, NOON)
    for number in range(12):
        at = NOON + (number + 1) * MINUTE
        key = str(number)
        if number % 6 in (0, 3):
            with edge.work(now=at) as work:
                told = {} if number else {"publish_from": NOON + 5 * MINUTE}
                fields = a_notice(a_closure(ALFA, start=at), headline=key, **told)
                first = notices.publish(work, official, fields, idempotency_key=key).revision.notice_id
        elif number % 6 == 1:
            run(edge, at, (ALFA, BRAVO)[number // 6])
        elif number % 6 == 2:
            with edge.work(now=at) as work:
                seen = an_observation(observed_at=at - 2 * HOUR)
                observations.report(work, official, seen, idempotency_key=key)
        elif number % 6 == 4:
            with edge.work(now=at) as work:
                notices.withdraw(work, official, first, expected=1, idempotency_key=key)
        else:
            with edge.work(now=at) as work:
                crossings.load(work, {BRAVO: a_crossing(BRAVO, hours=f"0{number % 10}:00-20:00")})
        yield at, show(edge, at)


def test_every_board_can_be_read_again_as_it_was(edge: Edge, official: Actor) -> None:
    history = list(lived(edge, official))
    assert len({inputs.position for _, inputs in history}) == len(history)
    for at, inputs in history:
        for later in (timedelta(0), 59 * timedelta(seconds=1)):
            again = read(edge, at + later)
            assert again == inputs
            assert again.model_dump_json() == inputs.model_dump_json()


def test_a_board_that_tells_more_of_the_same_records_is_another_edition(edge: Edge, official: Actor) -> None:
    with edge.work(now=NOON) as work:
        fields = a_notice(a_closure(ALFA), publish_from=NOON + HOUR)
        notices.publish(work, official, fields, idempotency_key="k")
    for at in (NOON, NOON + MINUTE, NOON + HOUR, NOON + 2 * HOUR):
        show(edge, at)
    editions = [shown(edge, at) for at in (NOON + MINUTE, NOON + HOUR, NOON + 3 * HOUR)]
    assert [one.shown_from for one in editions] == [NOON, NOON + HOUR, NOON + HOUR]
    told = [board.compile_board(read(edge, one.shown_from), one.told).revisions for one in editions]
    assert [len(revisions) for revisions in told] == [0, 1, 1]


def test_who_is_late_to_show_an_old_board_does_not_bring_it_back(edge: Edge, official: Actor) -> None:
    with edge.reading() as session:
        old = board.read_inputs(session)
    run(edge, NOON)
    newer = show(edge, NOON)
    with edge.work() as work:
        board.note(work, [Showing.of(board.compile_board(old, NOON), NOON + MINUTE)])
    assert read(edge, NOON + HOUR) == newer


def test_what_one_process_noted_another_does_not_change(edge: Edge, official: Actor) -> None:
    show(edge, NOON)
    show(edge, NOON - MINUTE)
    assert shown(edge, NOON).shown_from == NOON
    with pytest.raises(NotKept, match="since 2026-03-10T07:00:00"):
        shown(edge, NOON - MINUTE)


def test_of_two_who_wrote_at_once_the_ledger_says_who_was_first(edge: Edge, official: Actor) -> None:
    """Whoever came second may have begun before."""
    with edge.work(now=NOON + MINUTE) as work:
        notices.publish(work, official, a_notice(headline="first"), idempotency_key="1")
        observations.report(work, official, an_observation(observed_at=NOON), idempotency_key="1")
    before = show(edge, NOON + MINUTE)
    with edge.work(now=NOON) as work:
        notices.publish(work, official, a_notice(headline="second"), idempotency_key="2")
        observations.report(work, official, an_observation(observed_at=NOON - HOUR), idempotency_key="2")
    after = show(edge, NOON + 2 * MINUTE)
    assert read(edge, NOON + MINUTE) == before
    assert (len(before.revisions), len(before.reports)) == (1, 1)
    assert (len(after.revisions), len(after.reports)) == (2, 2)


def test_a_run_has_a_number_only_after_every_run_before_it_is_there(edge: Edge, official: Actor) -> None:
    done = threading.Event()

    def record() -> None:
        run(edge, NOON, BRAVO)
        done.set()

    second = threading.Thread(target=record)
    with edge.work(now=NOON) as work:
        advisories.record(work, a_run(an_advisory(ALFA, at=NOON)).model_copy(update={"component": ALFA}))
        second.start()
        assert not done.wait(0.5)
    second.join()
    with edge.reading() as session:
        assert [one.component for one in advisories.current(session)] == [ALFA, BRAVO]


def test_answers_are_noted_under_their_edition_and_go_with_it(edge: Edge, official: Actor) -> None:
    compiled = board.compile_board(show(edge, NOON), NOON)
    run(edge, NOON + HOUR)
    unknown = compiled.edition._replace(run_id=99)
    with edge.work() as work:
        for place in (compiled.edition, unknown):
            notes = [Answered(place, "/v1/notices", NOON, etag) for etag in ("a", "b", "a")]
            board.note(work, notes)
    edition = shown(edge, NOON)
    with edge.reading() as session:
        assert board.etags(session, edition, "/v1/notices") == {NOON: {"a", "b"}}
        assert board.etags(session, edition, "/v1/crossings") == {}
    show(edge, NOON + HOUR)
    with edge.work() as work:
        board.forget_editions(work, before=NOON + 2 * HOUR)
        found = work.session.connection().execute(text("select count(*) from served")).scalar_one()
    assert found == 0


def test_what_is_kept_can_be_answered_and_the_rest_is_said_to_be_gone(edge: Edge, official: Actor) -> None:
    """A component that is rarely computed keeps its run for as long as an edition shows it."""
    run(edge, NOON - HOUR, BRAVO)
    history = []
    for number in range(10):
        at = NOON + number * DAY
        run(edge, at, minutes=number + 1)
        history.append((at + MINUTE, show(edge, at + MINUTE)))
    before = NOON + 5 * DAY
    with edge.work() as work:
        oldest = board.forget_editions(work, before=before)
        assert oldest is not None
        advisories.forget_runs(work, before=before, through=oldest.run_id, but=oldest.runs)
    assert oldest.shown_from == NOON + 4 * DAY + MINUTE
    for at, inputs in history:
        if at < oldest.shown_from:
            with pytest.raises(NotKept):
                read(edge, at)
        else:
            assert read(edge, at) == inputs
    with edge.reading() as session:
        assert len(advisories.numbered(session, range(100))) == 7


def test_without_any_edition_there_is_nothing_to_forget(edge: Edge) -> None:
    with edge.work() as work:
        assert board.forget_editions(work, before=datetime.now(UTC)) is None
    with pytest.raises(NotKept, match="not yet"):
        shown(edge, NOON)


@pytest.mark.parametrize(
    ("broken", "message"),
    [
        ("delete from advisory_run", "no longer kept"),
        ("update edition set ledger_seq = 1000", "does not belong to these records"),
        ("update crossing_version set document = '{}'", "in a form that this release cannot read"),
    ],
)
def test_what_cannot_be_had_again_is_not_made_up(
    edge: Edge, official: Actor, broken: str, message: str
) -> None:
    run(edge, NOON)
    show(edge, NOON)
    with edge.work() as work:
        work.session.connection().execute(text(broken))
    with pytest.raises(NotKept, match=message):
        read(edge, NOON)
