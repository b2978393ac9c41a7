"""What an authority announced: from when, until when, for whom, and what lifts it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from services.core.crossings import Direction, Mode, Side, Verdict
from services.core.notices import Effect, End, What
from services.core.status import status
from tests.status.made import (
    NOON,
    YESTERDAY,
    ask,
    codes,
    crossing,
    effect,
    instant,
    notice,
    posted,
    told,
    traveller,
)

HOUR, DAY, TICK = timedelta(hours=1), timedelta(days=1), timedelta(microseconds=1)
OPEN, CLOSED, UNCONFIRMED = Verdict.OPEN, Verdict.CLOSED, Verdict.UNCONFIRMED
UZ, KZ = Side.UZ, Side.KZ


@pytest.mark.parametrize(
    ("end_is", "before", "after"),
    [(End.KNOWN, CLOSED, OPEN), (End.ANNOUNCED, CLOSED, UNCONFIRMED)],
)
def test_a_known_end_opens_at_its_instant_and_an_announced_one_never_does(
    end_is: End, before: Verdict, after: Verdict
) -> None:
    closure = told(effect(What.CLOSED, YESTERDAY, NOON, end_is=end_is))
    instants = (YESTERDAY - TICK, YESTERDAY, NOON - TICK, NOON, NOON + 700 * DAY)
    assert [ask(closure, at=at).verdict for at in instants] == [OPEN, before, before, after, after]


def test_a_closure_without_an_end_goes_on_until_it_is_taken_back_and_no_longer() -> None:
    closure = effect(What.CLOSED, YESTERDAY)
    withdrawn = notice(closure, told=NOON, revision=2, kind="withdrawn")
    instants = (NOON - TICK, NOON, NOON + 700 * DAY)
    assert [ask(told(closure), at=at).verdict for at in instants] == [CLOSED] * 3
    assert [ask(told(closure), withdrawn, at=at).verdict for at in instants] == [CLOSED, OPEN, OPEN]


def test_what_was_not_told_yet_does_not_count_yet() -> None:
    where, closure = crossing(), notice(effect(What.CLOSED, YESTERDAY), told=NOON)
    before, now = (posted(where, closure, as_of=as_of) for as_of in (NOON - TICK, NOON))
    assert status(before, traveller(), NOON).verdict is OPEN
    assert status(now, traveller(), NOON).verdict is CLOSED


def test_an_amendment_takes_the_place_of_what_was_said_before() -> None:
    first = told(effect(What.CLOSED, YESTERDAY))
    then = notice(effect(What.RESTRICTED, YESTERDAY, share=0.5), told=NOON, revision=2, kind="amended")
    assert ask(first, then).verdict is OPEN


SHUT = effect(What.CLOSED, YESTERDAY)


@pytest.mark.parametrize(
    ("closure", "reopening", "who", "verdict"),
    [
        (SHUT, {}, {}, OPEN),
        (SHUT, {"sides": (UZ,)}, {}, CLOSED),
        (effect(What.CLOSED, YESTERDAY, sides=(UZ,)), {"sides": (UZ,)}, {}, OPEN),
        (effect(What.CLOSED, YESTERDAY, sides=(UZ,)), {"sides": (KZ,)}, {}, CLOSED),
        (SHUT, {"modes": (Mode.CAR,)}, {"mode": Mode.CAR}, OPEN),
        (SHUT, {"modes": (Mode.CAR,)}, {"mode": Mode.BUS}, CLOSED),
        (SHUT, {"directions": (Direction.TO_KZ,)}, {"direction": Direction.TO_KZ}, OPEN),
        (SHUT, {"directions": (Direction.TO_KZ,)}, {"direction": Direction.TO_UZ}, CLOSED),
        (SHUT, {"citizens": ("UZ",)}, {"citizenship": "UZ"}, OPEN),
        (SHUT, {"citizens": ("UZ",)}, {"citizenship": "KZ"}, CLOSED),
        (SHUT, {"citizens": ("UZ",)}, {}, UNCONFIRMED),
        (SHUT, {"crossings": ("another",)}, {}, CLOSED),
        (effect(What.RESTRICTED, YESTERDAY), {}, {}, OPEN),
        (effect(What.HOURS, YESTERDAY, rule="20:00-21:00"), {}, {}, OPEN),
        (effect(What.CLOSED, YESTERDAY, NOON, end_is=End.ANNOUNCED), {}, {}, OPEN),
        (effect(What.CLOSED, YESTERDAY, recurs="08:00-20:00"), {}, {}, OPEN),
    ],
)
def test_a_reopening_lifts_what_it_names_and_nothing_else(
    closure: Effect, reopening: dict[str, Any], who: dict[str, Any], verdict: Verdict
) -> None:
    reopened = effect(What.REOPENED, NOON - HOUR, **reopening)
    answer = ask(told(closure), told(reopened, notice_id="r"), who=traveller(**who))
    assert answer.verdict is verdict


@pytest.mark.parametrize(
    ("closed_from", "reopened_from", "verdict"),
    [
        (NOON - 3 * HOUR, NOON - 2 * HOUR, OPEN),
        (NOON - 2 * HOUR, NOON - 3 * HOUR, CLOSED),
        (NOON - 2 * HOUR, NOON - 2 * HOUR, OPEN),
        (NOON - 2 * HOUR, NOON + TICK, CLOSED),
        (NOON - 2 * HOUR, NOON, OPEN),
    ],
)
def test_a_reopening_lifts_what_began_before_it_and_is_told_after_what_began_with_it(
    closed_from: datetime, reopened_from: datetime, verdict: Verdict
) -> None:
    closure = told(effect(What.CLOSED, closed_from))
    reopening = told(effect(What.REOPENED, reopened_from), at=YESTERDAY + HOUR, notice_id="r")
    assert ask(closure, reopening).verdict is verdict


def test_a_closure_told_after_a_reopening_that_begins_with_it_stands() -> None:
    reopening = told(effect(What.REOPENED, NOON))
    closure = told(effect(What.CLOSED, NOON), at=YESTERDAY + HOUR, notice_id="c")
    assert ask(reopening, closure).verdict is CLOSED


@pytest.mark.parametrize(
    ("end_is", "verdicts"),
    [(End.KNOWN, [OPEN, CLOSED]), (End.ANNOUNCED, [OPEN, UNCONFIRMED])],
)
def test_when_a_reopening_is_over_the_closure_is_back_for_sure_only_if_its_end_was(
    end_is: End, verdicts: list[Verdict]
) -> None:
    closure = told(effect(What.CLOSED, YESTERDAY))
    for_a_while = told(effect(What.REOPENED, NOON - HOUR, NOON, end_is=end_is), notice_id="r")
    assert [ask(closure, for_a_while, at=at).verdict for at in (NOON - TICK, NOON)] == verdicts


def test_a_reopening_that_has_lapsed_is_not_told_as_something_that_the_traveller_has_not_said() -> None:
    lapsed = told(effect(What.REOPENED, NOON - HOUR, NOON, end_is=End.ANNOUNCED), notice_id="r")
    answer = ask(told(effect(What.CLOSED, YESTERDAY)), lapsed, who=traveller(citizenship="UZ"))
    assert codes(answer) == ["closed-doubted"]


def test_one_side_is_enough_to_be_shut_and_both_must_reopen() -> None:
    closure = told(effect(What.CLOSED, YESTERDAY))
    one = told(effect(What.REOPENED, NOON - HOUR, sides=(UZ,)), notice_id="uz")
    other = told(effect(What.REOPENED, NOON - HOUR, sides=(KZ,)), notice_id="kz")
    assert [ask(closure, *more).verdict for more in ([], [one], [other], [one, other])] == [
        CLOSED,
        CLOSED,
        CLOSED,
        OPEN,
    ]
    assert ask(closure, one).reasons[0].side is KZ


@pytest.mark.parametrize("direction", Direction)
@pytest.mark.parametrize("side", Side)
def test_each_post_shuts_both_directions(direction: Direction, side: Side) -> None:
    closure = told(effect(What.CLOSED, YESTERDAY, sides=(side,)))
    answer = ask(closure, who=traveller(direction=direction))
    assert [(reason.code, reason.side) for reason in answer.reasons] == [("closed", side)]


@pytest.mark.parametrize(
    ("changes", "verdict"),
    [
        ([{"rule": "20:00-21:00"}], CLOSED),
        ([{"rule": "20:00-21:00"}, {"rule": "24/7"}], OPEN),
        ([{"rule": "24/7"}, {"rule": "20:00-21:00"}], CLOSED),
        ([{"rule": "20:00-21:00", "citizens": ("UZ",)}], UNCONFIRMED),
        ([{"rule": "08:00-21:00", "citizens": ("UZ",)}], OPEN),
        ([{"rule": "20:00-21:00", "citizens": ("UZ",)}, {"rule": "24/7"}], OPEN),
    ],
)
def test_the_hours_that_began_last_count_and_those_that_may_not_count_leave_it_open(
    changes: list[dict[str, Any]], verdict: Verdict
) -> None:
    effects = [
        effect(What.HOURS, NOON - (10 - number) * HOUR, **change) for number, change in enumerate(changes)
    ]
    assert ask(told(*effects)).verdict is verdict


def test_hours_whose_announced_end_has_passed_count_only_where_they_agree_with_the_usual_ones() -> None:
    lapsed = told(effect(What.HOURS, YESTERDAY - DAY, YESTERDAY, end_is=End.ANNOUNCED, rule="08:00-13:00"))
    assert [ask(lapsed, at=at).verdict for at in (NOON, NOON + 2 * HOUR)] == [OPEN, UNCONFIRMED]


def test_announced_hours_do_where_the_catalogue_has_none() -> None:
    where = crossing(open_hours={side: [] for side in Side})
    assert ask(where=where).verdict is UNCONFIRMED
    assert ask(told(effect(What.HOURS, YESTERDAY, rule="08:00-18:00")), where=where).verdict is OPEN


@pytest.mark.parametrize(
    ("at", "verdict"),
    [
        ("2026-03-13T21:59", OPEN),
        ("2026-03-13T22:00", CLOSED),
        ("2026-03-14T05:59", CLOSED),
        ("2026-03-14T06:00", OPEN),
        ("2026-03-14T22:00", OPEN),
    ],
)
def test_a_closure_that_recurs_bites_only_then(at: str, verdict: Verdict) -> None:
    nightly = told(effect(What.CLOSED, instant("2026-03-01T00:00"), recurs="Mo-Fr 22:00-06:00"))
    assert ask(nightly, at=instant(at)).verdict is verdict


def test_a_recurring_closure_whose_announced_end_has_passed_is_unconfirmed_only_at_its_hours() -> None:
    lapsed = effect(What.CLOSED, YESTERDAY - DAY, YESTERDAY, end_is=End.ANNOUNCED, recurs="08:00-13:00")
    assert [ask(told(lapsed), at=at).verdict for at in (NOON, NOON + 2 * HOUR)] == [UNCONFIRMED, OPEN]


def test_an_answer_about_the_past_is_headed_as_the_notice_was_then() -> None:
    closure = effect(What.CLOSED, YESTERDAY - DAY)
    first = notice(closure, told=YESTERDAY, headline="Shut for a day")
    second = notice(closure, told=NOON, headline="Shut until summer", revision=2, kind="amended")
    instants = (YESTERDAY - HOUR, YESTERDAY, NOON - TICK, NOON)
    assert [ask(first, second, at=at).reasons[0].text for at in instants] == [
        "Shut for a day",
        "Shut for a day",
        "Shut for a day",
        "Shut until summer",
    ]


def test_a_lapsed_end_is_told_as_a_day_by_the_clock_of_the_post() -> None:
    midnight = instant("2020-03-08T19:00Z")
    lapsed = told(effect(What.CLOSED, YESTERDAY - 3000 * DAY, midnight, end_is=End.ANNOUNCED))
    assert "announced until 2020-03-09;" in ask(lapsed).reasons[0].text


@pytest.mark.parametrize("what", [What.DELAY, What.INFORMATION, What.REOPENED])
def test_a_remark_without_an_end_is_news_for_thirty_days_and_never_decides(what: What) -> None:
    remark = told(effect(what, NOON))
    assert [[one.code for one in ask(remark, at=at).remarks] for at in (NOON - TICK, NOON)] == [
        [],
        [f"remark-{what}"],
    ]
    late = [ask(remark, at=NOON + 30 * DAY - TICK), ask(remark, at=NOON + 30 * DAY)]
    assert [len(answer.remarks) for answer in late] == [1, 0]
    assert {answer.verdict for answer in late} == {OPEN}


def test_a_remark_with_an_end_is_told_until_then() -> None:
    remark = told(effect(What.DELAY, NOON, NOON + 60 * DAY))
    assert [len(ask(remark, at=at).remarks) for at in (NOON + 60 * DAY - TICK, NOON + 60 * DAY)] == [1, 0]
