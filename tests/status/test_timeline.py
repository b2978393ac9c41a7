"""When does the answer change? Held against answers asked one by one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import pairwise
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.core.crossings import Mode, Side, Traveller, Verdict
from services.core.notices import Announced, End, What, announced
from services.core.spans import Span
from services.core.status import (
    Bulletin,
    Status,
    bulletin_for,
    changes_at,
    next_change,
    status,
    timeline,
    valid_until,
)
from services.core.status.timeline import SIGHT
from tests.status import real
from tests.status.cases import a_world, instants, travellers
from tests.status.made import (
    NOON,
    crossing,
    effect,
    hours,
    instant,
    notice,
    on_both,
    passes,
    posted,
    takes,
    told,
    traveller,
)

TICK, MINUTE, HOUR, DAY = (
    timedelta(microseconds=1),
    timedelta(minutes=1),
    timedelta(hours=1),
    timedelta(days=1),
)
OPEN, CLOSED, UNCONFIRMED = Verdict.OPEN, Verdict.CLOSED, Verdict.UNCONFIRMED
SEEDS = st.integers(min_value=0, max_value=2**32)
LONG_AGO = instant("2020-01-01T00:00")


@dataclass(frozen=True)
class Question:
    bulletin: Bulletin
    traveller: Traveller
    at: datetime

    def answer(self, at: datetime) -> Status:
        return status(self.bulletin, self.traveller, at)

    def verdict(self, at: datetime) -> Verdict:
        return self.answer(at).verdict


def question(seed: int) -> Question:
    """Somebody at a crossing, near an instant at which something may change."""
    random = Random(f"timeline/{seed}")
    world = a_world(random)
    effects = announced(world.revisions, world.as_of)
    [who], [at] = travellers(random, world, 1), instants(random, world, 1)
    return Question(bulletin_for(world.crossing, effects, world.holidays), who, at)


def inside(random: Random, span: Span, number: int) -> Iterator[datetime]:
    """Both ends of it and instants between."""
    yield span.start
    yield span.until - TICK
    length = (span.until - span.start) // TICK
    yield from (span.start + random.randrange(length) * TICK for _ in range(number))


@given(SEEDS, st.timedeltas(TICK, 60 * DAY))
@settings(max_examples=150, deadline=None)
def test_a_timeline_tiles_its_window_and_each_part_holds_throughout(seed: int, length: timedelta) -> None:
    asked, random = question(seed), Random(seed)
    window = Span(asked.at, asked.at + length)
    segments = timeline(asked.bulletin, asked.traveller, window)
    assert segments[0].span.start == window.start
    assert segments[-1].span.end == window.end
    for before, after in pairwise(segments):
        assert before.span.end == after.span.start
        assert before.status.verdict is not after.status.verdict
    for segment in segments[:40]:
        assert segment.status == asked.answer(segment.span.start)
        assert {asked.verdict(at) for at in inside(random, segment.span, 5)} == {segment.status.verdict}


@given(SEEDS)
@settings(max_examples=40, deadline=None)
def test_no_verdict_changes_between_the_instants_at_which_it_may(seed: int) -> None:
    asked = question(seed)
    window = Span(asked.at, asked.at + 3 * DAY)
    edges = [window.start, *changes_at(asked.bulletin, asked.traveller, window), window.until]
    assert edges == sorted(set(edges))
    for start, end in pairwise(edges):
        answers = {asked.answer(at) for at in inside(Random(seed), Span(start, end), 3)}
        assert len(answers) == 1


@given(SEEDS)
@settings(max_examples=12, deadline=None)
def test_the_next_change_is_the_first_that_a_look_every_minute_finds(seed: int) -> None:
    asked = question(seed)
    now, looked = asked.verdict(asked.at), 2 * DAY
    found = next_change(asked.bulletin, asked.traveller, asked.at)
    until = min(found[0] if found else asked.at + looked, asked.at + looked)
    minutes = [asked.at + n * MINUTE for n in range(looked // MINUTE)]
    assert {asked.verdict(at) for at in minutes if at < until} == {now}
    if found:
        at, then = found
        assert asked.at < at < asked.at + SIGHT
        assert then is not now
        assert [asked.verdict(at - TICK), asked.verdict(at)] == [now, then]


@given(SEEDS)
@settings(max_examples=40, deadline=None)
def test_the_next_change_is_the_end_of_the_first_part_of_the_timeline(seed: int) -> None:
    asked = question(seed)
    segments = timeline(asked.bulletin, asked.traveller, Span(asked.at, asked.at + SIGHT))
    found = next_change(asked.bulletin, asked.traveller, asked.at)
    if len(segments) == 1:
        assert found is None
    else:
        assert found == (segments[1].span.start, segments[1].status.verdict)


@given(SEEDS, st.timedeltas(MINUTE, 50 * DAY))
@settings(max_examples=150, deadline=None)
def test_an_answer_holds_word_for_word_until_it_says(seed: int, horizon: timedelta) -> None:
    asked = question(seed)
    until = valid_until(asked.bulletin, asked.traveller, asked.at, asked.at + horizon)
    assert asked.at < until <= asked.at + horizon
    now = asked.answer(asked.at)
    turns = [
        turn + nudge
        for one in asked.bulletin.announced
        for turn in (one.revision.published_at, one.effect.window.start, one.effect.window.start + 30 * DAY)
        for nudge in (timedelta(), TICK)
    ]
    scanned = [*inside(Random(seed), Span(asked.at, until), 40), *turns]
    assert all(asked.answer(at) == now for at in scanned if asked.at <= at < until)


@pytest.mark.parametrize("code", sorted(real.crossings()))
def test_the_real_border_has_a_timeline_that_its_answers_bear_out(code: str) -> None:
    bulletin, random = real.bulletins()[code], Random(code)
    for mode in (mode for mode in Mode if mode.kind is bulletin.crossing.kind):
        start = instant("2022-01-01T00:00") + timedelta(days=random.randrange(1500))
        asked = Question(bulletin, traveller(mode, citizenship=random.choice((None, "UZ", "TJ"))), start)
        for segment in timeline(bulletin, asked.traveller, Span(start, start + 40 * DAY)):
            assert {asked.verdict(at) for at in inside(random, segment.span, 2)} == {segment.status.verdict}


def test_the_next_change_of_a_daily_rule_is_its_next_edge() -> None:
    bulletin = posted(crossing(open_hours={side: [hours("08:00-20:00")] for side in Side}))
    evening = instant("2024-02-20T18:59")
    assert next_change(bulletin, traveller(), evening) == (instant("2024-02-20T19:00"), CLOSED)
    assert next_change(bulletin, traveller(), NOON) == (instant("2026-03-10T20:00"), CLOSED)
    assert next_change(bulletin, traveller(), NOON + 9 * HOUR) == (instant("2026-03-11T08:00"), OPEN)


@pytest.mark.parametrize("days", [3, 40])
def test_a_change_at_the_seam_of_two_stretches_of_the_search_is_found(days: int) -> None:
    bulletin = posted(crossing(), notice(effect(What.CLOSED, NOON + days * DAY), told=NOON))
    assert next_change(bulletin, traveller(), NOON) == (NOON + days * DAY, CLOSED)


MAY = date(2026, 5, 1)
UZ_ONLY = {"citizens": ("UZ",)}


@pytest.mark.parametrize(
    ("where", "then"),
    [
        ({"opened": MAY}, OPEN),
        ({"modes": [takes([Mode.CAR], True), takes([Mode.CAR], False, since=MAY)]}, CLOSED),
        ({"modes": [takes([Mode.CAR], False), takes([Mode.CAR], since=MAY)]}, UNCONFIRMED),
        ({"access": [passes({}), passes(UZ_ONLY, since=MAY)]}, CLOSED),
        ({"access": [passes(UZ_ONLY), passes({}, since=MAY)]}, OPEN),
        ({"open_hours": {s: [hours("24/7"), hours("24/7", "off", since=MAY)] for s in Side}}, UNCONFIRMED),
    ],
)
def test_every_dated_part_of_the_catalogue_changes_the_answer_at_its_midnight(
    where: dict[str, Any], then: Verdict
) -> None:
    bulletin = posted(crossing(**where))
    found = next_change(bulletin, traveller(citizenship="KZ"), NOON)
    assert found == (instant("2026-05-01T00:00"), then)


def test_nothing_known_changes_a_crossing_that_is_always_open() -> None:
    assert next_change(posted(crossing()), traveller(), NOON) is None


@pytest.mark.parametrize(("days", "known"), [(399, True), (401, False)])
def test_the_next_change_is_looked_for_four_hundred_days_ahead(days: int, known: bool) -> None:
    bulletin = posted(crossing(), notice(effect(What.CLOSED, NOON + days * DAY), told=NOON))
    assert (next_change(bulletin, traveller(), NOON) is not None) is known


def test_a_lapsed_closure_changes_to_unconfirmed_at_its_announced_end_and_not_at_all_after() -> None:
    closure = effect(What.CLOSED, LONG_AGO, NOON, end_is=End.ANNOUNCED)
    bulletin = posted(crossing(), notice(closure, told=LONG_AGO))
    assert next_change(bulletin, traveller(), NOON - 300 * DAY) == (NOON, UNCONFIRMED)
    assert next_change(bulletin, traveller(), NOON) is None


def test_the_end_of_a_closure_by_night_is_no_change_before_the_morning() -> None:
    by_day = crossing(open_hours={side: [hours("08:00-20:00")] for side in Side})
    midnight = instant("2026-03-10T00:00")
    bulletin = posted(by_day, notice(effect(What.CLOSED, LONG_AGO, midnight), told=LONG_AGO))
    for at in (midnight - 200 * DAY, midnight - TICK, midnight):
        assert next_change(bulletin, traveller(), at) == (instant("2026-03-10T08:00"), OPEN)


@pytest.mark.parametrize("since", [HOUR, 30 * DAY, 399 * DAY])
def test_a_closure_that_a_reopening_lifts_by_day_changes_in_the_morning(since: timedelta) -> None:
    closure = effect(What.CLOSED, LONG_AGO)
    by_day = effect(What.REOPENED, LONG_AGO + DAY, recurs="08:00-18:00")
    night = instant("2026-03-10T23:00") - since
    bulletin = posted(crossing(), notice(closure, by_day, told=LONG_AGO))
    found = next_change(bulletin, traveller(), night)
    before = status(bulletin, traveller(), night).verdict
    assert found is not None
    assert found[0] - night <= 14 * HOUR
    assert {before, found[1]} == {OPEN, CLOSED}


class ReadThrough(tuple[Announced, ...]):
    """What is announced, with a count of how often it was read through: twice and more for every answer."""

    times = 0

    def __iter__(self) -> Iterator[Announced]:
        self.times += 1
        return super().__iter__()


def readings(bulletin: Bulletin, at: datetime) -> int:
    """How often the notices were read through in order to find the next change."""
    counted = ReadThrough(bulletin.announced)
    next_change(replace(bulletin, announced=counted), traveller(), at)
    return counted.times


def test_the_nights_of_a_lane_held_shut_for_a_year_are_not_asked_one_by_one() -> None:
    by_day = crossing(open_hours=on_both("08:00-20:00"))
    tonight, in_a_year = NOON + 14 * HOUR, NOON + 390 * DAY
    held_shut = posted(by_day, told(effect(What.CLOSED, LONG_AGO, in_a_year)))
    from_tonight = posted(by_day, told(effect(What.CLOSED, tonight, in_a_year)))
    for bulletin, at in ((held_shut, NOON), (from_tonight, NOON + 12 * HOUR)):
        found = next_change(bulletin, traveller(), at)
        assert found is not None
        assert found[0] >= in_a_year
        assert readings(bulletin, at) < 80
    once = ReadThrough(held_shut.announced)
    status(replace(held_shut, announced=once), traveller(), NOON)
    assert once.times == 2


def test_the_answer_holds_until_a_remark_is_no_longer_news() -> None:
    bulletin = posted(crossing(), notice(effect(What.DELAY, NOON), told=NOON))
    for at in (NOON, NOON + 29 * DAY):
        assert valid_until(bulletin, traveller(), at, NOON + 90 * DAY) == NOON + 30 * DAY


def test_an_answer_about_the_past_holds_until_the_notice_was_headed_anew() -> None:
    closure = effect(What.CLOSED, LONG_AGO)
    first = notice(closure, told=LONG_AGO, headline="Shut for a day")
    second = notice(closure, told=NOON, headline="Shut until summer", revision=2, kind="amended")
    bulletin = posted(crossing(), first, second)
    assert valid_until(bulletin, traveller(), NOON - HOUR, NOON + HOUR) == NOON


def test_the_answer_holds_until_the_horizon_where_nothing_changes_before() -> None:
    assert valid_until(posted(crossing()), traveller(), NOON, NOON + HOUR) == NOON + HOUR


def test_changes_lie_strictly_inside_a_window_that_must_have_an_end() -> None:
    closure = effect(What.CLOSED, NOON, NOON + HOUR)
    bulletin = posted(crossing(), notice(closure, told=LONG_AGO))
    assert changes_at(bulletin, traveller(), Span(NOON, NOON + HOUR)) == []
    assert changes_at(bulletin, traveller(), Span(NOON - TICK, NOON + HOUR + TICK)) == [NOON, NOON + HOUR]
    with pytest.raises(ValueError, match="must have an end"):
        changes_at(bulletin, traveller(), Span(NOON))


def test_changes_that_come_back_every_day_can_be_left_out() -> None:
    by_day = crossing(open_hours={side: [hours("08:00-20:00")] for side in Side})
    bulletin = posted(by_day, notice(effect(What.CLOSED, NOON, NOON + DAY), told=LONG_AGO))
    window = Span(NOON - DAY, NOON + 2 * DAY)
    once = changes_at(bulletin, traveller(), window, by_the_clock=False)
    assert once == [NOON, NOON + DAY]
    assert len(changes_at(bulletin, traveller(), window)) == 2 + 6


def test_a_notice_for_others_changes_nothing() -> None:
    bulletin = posted(crossing(), notice(effect(What.CLOSED, NOON, modes=(Mode.BUS,)), told=LONG_AGO))
    assert changes_at(bulletin, traveller(), Span(NOON - DAY, NOON + DAY)) == []
    assert next_change(bulletin, traveller(), NOON - DAY) is None


def test_a_crossing_that_nobody_can_place_has_a_timeline_even_where_a_notice_goes_by_the_sun() -> None:
    nowhere = crossing(places=dict.fromkeys(Side))
    by_day = effect(What.HOURS, NOON, NOON + DAY, rule="sunrise-sunset")
    bulletin = posted(nowhere, notice(by_day, told=LONG_AGO))
    segments = timeline(bulletin, traveller(), Span(NOON - DAY, NOON + 2 * DAY))
    assert [segment.status.verdict for segment in segments] == [OPEN, UNCONFIRMED, OPEN]
