"""The whole life of a notice on the practice border, by the functions of the real one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import pytest

from services.core import notices, practice
from services.core.access import Actor
from services.core.alternatives import roads_for
from services.core.board import Board
from services.core.crossings import Direction, Mode, Side, Traveller, Verdict
from services.core.errors import Forbidden, Invalid
from services.core.notices import NeedsApproval
from services.core.previews import Subject, preview
from services.core.work import Work
from tests.makers import ALFA, DAY, HOUR, NOON, a_closure, a_notice, an_official
from tests.practice.conftest import Borders

ONE, TWO, THREE = CODES = ("practice-one", "practice-two", "practice-three")


@pytest.fixture
def work(borders: Borders) -> Iterator[Work]:
    """On the practice border."""
    with borders.practice.work(now=NOON) as work:
        yield work


@pytest.fixture
def aziza(work: Work) -> Actor:
    return an_official(work)[0]


@pytest.fixture
def jasur(work: Work) -> Actor:
    return an_official(work, "Jasur")[0]


def shut(board: Board, at: datetime = NOON) -> set[str]:
    """The crossings at which no car passes."""
    car = Traveller(Mode.CAR, Direction.TO_KZ, "UZ")
    return {code for code in board.catalogue if board.status(code, car, at).verdict is Verdict.CLOSED}


def test_a_notice_is_published_amended_and_withdrawn(work: Work, aziza: Actor) -> None:
    row = notices.publish(work, aziza, a_notice(a_closure(ONE)), idempotency_key="1").revision
    assert shut(practice.board_at(work.session, NOON)) == {ONE}
    moved = a_notice(a_closure(TWO), headline="It was the other post")
    notices.amend(work, aziza, row.notice_id, moved, expected=1, idempotency_key="2")
    board = practice.board_at(work.session, NOON)
    assert (shut(board), [one.headline for one in board.revisions]) == ({TWO}, ["It was the other post"])
    notices.withdraw(work, aziza, row.notice_id, expected=2, idempotency_key="3", reason="Exercise over")
    assert shut(practice.board_at(work.session, NOON)) == set()


def test_what_is_announced_for_later_is_told_at_its_hour(work: Work, aziza: Actor) -> None:
    later = a_notice(a_closure(ONE, start=NOON + DAY), publish_from=NOON + HOUR)
    notices.publish(work, aziza, later, idempotency_key="1")
    told = [practice.board_at(work.session, at).revisions for at in (NOON, NOON + HOUR)]
    assert [len(revisions) for revisions in told] == [0, 1]


def test_a_wide_one_waits_for_a_second_person(work: Work, aziza: Actor, jasur: Actor) -> None:
    wide = a_notice(a_closure(*CODES))
    with pytest.raises(NeedsApproval, match="three-crossings-or-more"):
        notices.publish(work, aziza, wide, idempotency_key="1")
    draft = notices.submit(work, aziza, wide, idempotency_key="1")
    with pytest.raises(Forbidden, match="another official approves"):
        notices.approve(work, aziza, draft.id, version=draft.version)
    assert shut(practice.board_at(work.session, NOON)) == set()
    row = notices.approve(work, jasur, draft.id, version=draft.version).revision
    assert (row.author, row.approver) == (aziza.name, jasur.name)
    assert shut(practice.board_at(work.session, NOON)) == set(CODES)


def test_an_official_of_one_real_crossing_practises_on_all_of_their_side(
    borders: Borders, work: Work
) -> None:
    with borders.real.work(now=NOON) as real:
        timur, _ = an_official(real, "Timur", Side.KZ, crossings=(ALFA,))
    about_one = a_notice(a_closure(ONE))
    with pytest.raises(Forbidden, match="you speak for these crossings only: alfa-alma"):
        notices.publish(work, timur, about_one, idempotency_key="1")
    trainee = practice.taking_part(timur)
    assert (trainee.name, trainee.method, trainee.rights) == (timur.name, timur.method, timur.rights)
    row = notices.publish(work, trainee, about_one, idempotency_key="1").revision
    assert [effect.selector.sides for effect in row.document.effects] == [(Side.KZ,)]
    foreign = a_notice(a_closure(ONE, sides=(Side.UZ,)))
    with pytest.raises(Forbidden, match="the kz side only"):
        notices.publish(work, trainee, foreign, idempotency_key="2")
    assert timur.official.crossings == [ALFA]


def test_it_can_be_previewed_before(work: Work, aziza: Actor) -> None:
    notices.publish(work, aziza, a_notice(a_closure(TWO)), idempotency_key="1")
    board = practice.board_at(work.session, NOON)
    found = preview(Subject.of(board.inputs, a_notice(a_closure(ONE)), NOON), roads_for(board.catalogue))
    assert {one.code for one in found.shut_out} == {ONE}
    assert found.suggestions.codes == (THREE,)


def test_nothing_of_it_is_loaded_where_it_does_not_belong(borders: Borders) -> None:
    with borders.real.work(now=NOON) as real, pytest.raises(practice.NotPractice):
        practice.load(real)
    with borders.real.reading() as session, pytest.raises(practice.NotPractice):
        practice.board_at(session, NOON)


@pytest.mark.parametrize(("here", "there"), [("real", ONE), ("practice", ALFA)])
def test_neither_border_knows_the_crossings_of_the_other(borders: Borders, here: str, there: str) -> None:
    edge = borders.real if here == "real" else borders.practice
    with edge.work(now=NOON) as work, pytest.raises(Invalid, match=f"no crossing is called '{there}'"):
        notices.publish(work, an_official(work)[0], a_notice(a_closure(there)), idempotency_key="1")
