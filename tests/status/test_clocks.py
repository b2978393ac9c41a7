"""Each post by its own clock, calendar and sun."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from services.core.crossings import Kind, Mode, Side, Verdict
from services.core.notices import What
from tests.status.made import (
    NOON,
    YESTERDAY,
    ask,
    crossing,
    effect,
    hours,
    instant,
    on_both,
    passes,
    posted,
    takes,
    told,
    traveller,
)

HOUR, DAY, TICK = timedelta(hours=1), timedelta(days=1), timedelta(microseconds=1)
OPEN, CLOSED, UNCONFIRMED = Verdict.OPEN, Verdict.CLOSED, Verdict.UNCONFIRMED
UZ, KZ = Side.UZ, Side.KZ
ROAD = [mode for mode in Mode if mode.kind is Kind.ROAD]
UZ_ONLY = {"citizens": ("UZ",)}


def test_the_newest_version_for_a_mode_counts_from_its_local_midnight() -> None:
    versions = [
        hours("24/7"),
        hours("20:00-21:00", since=date(2026, 3, 10), modes=[Mode.CAR]),
        hours("24/7", since=date(2026, 3, 12)),
    ]
    where = crossing(open_hours=dict.fromkeys(Side, versions))
    midnight = instant("2026-03-10T00:00")
    instants = (midnight - TICK, midnight, midnight + 2 * DAY - TICK, midnight + 2 * DAY)
    assert [ask(where=where, at=at).verdict for at in instants] == [OPEN, CLOSED, CLOSED, OPEN]
    assert ask(where=where, at=midnight, who=traveller(Mode.BUS)).verdict is OPEN


def test_a_version_that_names_the_mode_goes_before_one_of_the_same_day_for_all() -> None:
    versions = [hours("20:00-21:00", modes=[Mode.CAR]), hours("24/7")]
    for order in (versions, versions[::-1]):
        where = crossing(open_hours=dict.fromkeys(Side, order))
        assert ask(where=where).verdict is CLOSED
        assert ask(where=where, who=traveller(Mode.BUS)).verdict is OPEN


def test_a_crossing_opens_when_its_day_has_begun_on_both_sides() -> None:
    where = crossing(opened=date(2020, 5, 1))
    in_almaty, in_tashkent = instant("2020-05-01T00:00+06:00"), instant("2020-05-01T00:00+05:00")
    instants = (in_almaty, in_tashkent - TICK, in_tashkent)
    assert [ask(where=where, at=at).verdict for at in instants] == [CLOSED, CLOSED, OPEN]


def test_dates_of_the_whole_crossing_are_days_by_the_uzbek_clock() -> None:
    modes = [takes(ROAD, False), takes(ROAD, True, since=date(2020, 5, 1))]
    access = [passes(UZ_ONLY), passes({}, since=date(2020, 5, 1))]
    midnight = instant("2020-05-01T00:00+05:00")
    who = traveller(citizenship="KZ")
    for where in (crossing(modes=modes), crossing(access=access)):
        assert ask(where=where, at=midnight - TICK, who=who).verdict is CLOSED
        assert ask(where=where, at=midnight, who=who).verdict is OPEN


@pytest.mark.parametrize(
    ("at", "uz", "kz"),
    [
        ("2026-03-10T07:59:59.999999+05:00", False, False),
        ("2026-03-10T08:00+05:00", True, True),
        ("2026-03-10T18:00+05:00", False, False),
        ("2024-02-28T07:30+05:00", False, True),
        ("2024-02-28T17:00+05:00", True, False),
        ("2024-02-29T08:00+05:00", True, True),
        ("2024-03-01T07:30+05:00", False, False),
        ("2024-03-01T08:00+05:00", True, True),
        ("2024-03-01T17:30+05:00", True, True),
    ],
)
def test_each_post_goes_by_its_own_clock_and_one_was_changed_in_2024(at: str, uz: bool, kz: bool) -> None:
    for side, within in ((UZ, uz), (KZ, kz)):
        by_day = effect(What.CLOSED, instant("2020-01-01T00:00"), recurs="08:00-18:00", sides=(side,))
        posts = {one: [hours("08:00-18:00" if one is side else "24/7")] for one in Side}
        assert (ask(told(by_day), at=instant(at)).verdict is CLOSED) is within
        assert (ask(where=crossing(open_hours=posts), at=instant(at)).verdict is OPEN) is within


@pytest.mark.parametrize(
    ("at", "verdict"),
    [
        ("2024-02-29T22:59+06:00", CLOSED),
        ("2024-02-29T23:00+06:00", OPEN),
        ("2024-02-29T23:59:59.999999+06:00", OPEN),
        ("2024-02-29T23:00+05:00", OPEN),
        ("2024-02-29T23:59:59.999999+05:00", OPEN),
        ("2024-03-01T00:00+05:00", CLOSED),
    ],
)
def test_the_hour_that_came_twice_at_almaty_was_within_the_hours_twice(at: str, verdict: Verdict) -> None:
    where = crossing(open_hours={UZ: [hours("24/7")], KZ: [hours("23:00-24:00")]})
    assert ask(where=where, at=instant(at)).verdict is verdict


def test_holidays_are_those_of_the_state_whose_post_it_is() -> None:
    where = crossing(open_hours=on_both("08:00-18:00; PH off"))
    answers = [ask(where=where, holidays={side: frozenset({date(2026, 3, 10)})}).reasons[0] for side in Side]
    assert [(reason.code, reason.side) for reason in answers] == [("out-of-hours", UZ), ("out-of-hours", KZ)]


def test_a_notice_about_the_sun_for_every_crossing_does_not_break_one_that_nobody_can_place() -> None:
    nowhere = crossing(places={UZ: None, KZ: None})
    by_day = told(effect(What.HOURS, YESTERDAY, rule="sunrise-sunset"))
    assert ask(by_day).verdict is OPEN
    assert ask(by_day, where=nowhere).verdict is UNCONFIRMED


def test_the_sun_is_reckoned_at_the_other_post_where_a_post_has_no_place() -> None:
    where = crossing(open_hours=on_both("sunrise-sunset"))
    bulletin = posted(where)
    assert bulletin.locals[KZ].position == bulletin.locals[UZ].position
    assert [ask(where=where, at=at).verdict for at in (NOON, NOON + 11 * HOUR)] == [OPEN, CLOSED]
