"""Levels are entered at once and left with care."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.core.advisories.documents import Level
from services.core.advisories.levels import (
    Exceeded,
    Held,
    next_level,
)
from services.core.congestion.assumptions import assumed
from services.core.congestion.priors import Priors

NORMAL, BUSY, CONGESTED, SEVERE = Level
NOON = datetime(2026, 3, 10, 7, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
LEVELS = assumed().engine.levels
EXIT_RATIO, HOLD = LEVELS.exit_ratio.value, timedelta(minutes=LEVELS.hold_minutes.value)
WITHOUT_NEWS = timedelta(hours=LEVELS.without_news_hours.value)
THRESHOLDS = (27.0, 55.0, 108.0)
"""Minutes, as for cars."""
WAITS = st.floats(min_value=0, max_value=200)


def wait_of(minutes: float) -> Exceeded:
    """A wait that is certain."""
    return Exceeded(
        entering=[float(minutes >= threshold) for threshold in THRESHOLDS],
        leaving=[float(minutes >= EXIT_RATIO * threshold) for threshold in THRESHOLDS],
    )


def held(level: Level, leaving_for: timedelta | None = None) -> Held:
    return Held(level, NOON - timedelta(hours=9), None if leaving_for is None else NOON - leaving_for)


def course(waits: Sequence[float], step: timedelta, *, news: bool) -> list[Held]:
    """The levels at every step of a course of waits."""
    found: list[Held] = []
    for number, minutes in enumerate(waits):
        before = found[-1] if found else None
        found.append(next_level(before, wait_of(minutes), NOON + number * step, news=news))
    return found


@pytest.mark.parametrize(
    ("minutes", "level"),
    [(0, NORMAL), (26.9, NORMAL), (27, BUSY), (54.9, BUSY), (55, CONGESTED), (108, SEVERE), (900, SEVERE)],
)
def test_without_a_level_before_the_wait_alone_decides(minutes: float, level: Level) -> None:
    assert next_level(None, wait_of(minutes), NOON, news=False) == Held(level, NOON)


@pytest.mark.parametrize(("probability", "level"), [(0.49, NORMAL), (0.5, BUSY), (1.0, BUSY)])
def test_a_level_is_entered_when_it_is_more_likely_than_not(probability: float, level: Level) -> None:
    exceeded = Exceeded(entering=[probability, 0.1, 0.0], leaving=[probability, 0.2, 0.0])
    assert next_level(held(NORMAL), exceeded, NOON, news=False).level is level


@pytest.mark.parametrize(
    ("before", "minutes", "leaving_for", "news", "after"),
    [
        (NORMAL, 120, None, False, SEVERE),
        (BUSY, 60, None, False, CONGESTED),
        (BUSY, 30, timedelta(hours=5), True, BUSY),
        (BUSY, 21, timedelta(hours=5), True, BUSY),
        (BUSY, 20, None, True, BUSY),
        (BUSY, 20, HOLD - MINUTE, True, BUSY),
        (BUSY, 20, HOLD, True, NORMAL),
        (BUSY, 20, HOLD, False, BUSY),
        (BUSY, 20, WITHOUT_NEWS - MINUTE, False, BUSY),
        (BUSY, 20, WITHOUT_NEWS, False, NORMAL),
        (SEVERE, 82, timedelta(hours=5), True, SEVERE),
        (SEVERE, 80, HOLD, True, CONGESTED),
        (SEVERE, 60, HOLD, True, CONGESTED),
        (SEVERE, 50, HOLD, True, CONGESTED),
        (SEVERE, 41, HOLD, True, BUSY),
        (SEVERE, 25, HOLD, True, BUSY),
        (SEVERE, 20, HOLD, True, NORMAL),
        (CONGESTED, 25, HOLD, True, BUSY),
        (CONGESTED, 5, HOLD, True, NORMAL),
    ],
)
def test_a_level_is_entered_at_once_and_left_below_its_exit_after_a_while_and_with_news(
    before: Level, minutes: float, leaving_for: timedelta | None, news: bool, after: Level
) -> None:
    assert next_level(held(before, leaving_for), wait_of(minutes), NOON, news=news).level is after


def test_a_level_that_stays_keeps_its_beginning_and_one_that_changes_begins_now() -> None:
    before = held(BUSY)
    assert next_level(before, wait_of(30), NOON, news=True).since == before.since
    assert next_level(before, wait_of(20), NOON, news=True).since == before.since
    assert next_level(before, wait_of(60), NOON, news=True).since == NOON
    assert next_level(held(BUSY, HOLD), wait_of(20), NOON, news=True).since == NOON


@pytest.mark.parametrize("minutes", [21.0, 30.0])
def test_a_wait_that_comes_back_above_the_exit_starts_the_hold_anew(minutes: float) -> None:
    again = next_level(held(BUSY, timedelta(minutes=40)), wait_of(minutes), NOON, news=True)
    assert again.leaving_since is None
    then = next_level(again, wait_of(10), NOON + MINUTE, news=True)
    assert (then.level, then.leaving_since) == (BUSY, NOON + MINUTE)


@given(st.lists(WAITS, min_size=2, max_size=80), st.booleans(), st.integers(1, 30))
def test_no_level_is_left_before_it_could_be_left_for_the_whole_hold(
    waits: list[float], news: bool, step_minutes: int
) -> None:
    step = step_minutes * MINUTE
    levels = course(waits, step, news=news)
    for number, (before, after) in enumerate(pairwise(levels), start=1):
        if after.level.rank < before.level.rank:
            needed = HOLD if news else WITHOUT_NEWS
            steps = -(-needed // step)
            exit_at = EXIT_RATIO * THRESHOLDS[before.level.rank - 1]
            assert number - steps >= 0
            assert max(waits[number - steps : number + 1]) < exit_at


@given(st.lists(WAITS, min_size=1, max_size=80), st.booleans())
def test_the_level_is_never_below_what_the_wait_now_calls_for(waits: list[float], news: bool) -> None:
    for minutes, after in zip(waits, course(waits, 10 * MINUTE, news=news), strict=True):
        assert after.level.rank >= sum(minutes >= threshold for threshold in THRESHOLDS)


@given(
    st.sampled_from(list(zip(Level, (0, *THRESHOLDS), strict=True))[1:]),
    st.lists(st.floats(min_value=0, max_value=1), min_size=1, max_size=80),
)
def test_noise_between_the_exit_and_the_next_threshold_changes_nothing(
    entered: tuple[Level, float], noise: list[float]
) -> None:
    level, threshold = entered
    above = (*THRESHOLDS, 2 * THRESHOLDS[-1])[level.rank]
    low = EXIT_RATIO * threshold
    waits = [threshold + 0.1, *(low + share * (above - 0.1 - low) for share in noise)]
    assert {one.level for one in course(waits, 20 * MINUTE, news=True)} == {level}


@given(st.lists(st.floats(min_value=0, max_value=1), min_size=40, max_size=120))
def test_a_wait_that_falls_from_the_top_once_and_stays_between_two_thresholds_falls_once(
    noise: list[float],
) -> None:
    waits = [150.0, *(20.3 + share * 6 for share in noise)]
    levels = [one.level for one in course(waits, 10 * MINUTE, news=True)]
    assert sum(before is not after for before, after in pairwise(levels)) == 1
    assert levels[-1] is BUSY


MODES = Priors.read().modes


@pytest.mark.parametrize("mode", MODES)
def test_a_level_is_left_below_where_it_is_entered_and_above_where_the_one_beneath_begins(mode: str) -> None:
    thresholds = MODES[mode].thresholds_minutes.values
    assert len(thresholds) == len(Level) - 1
    assert all(lower < EXIT_RATIO * upper for lower, upper in pairwise(thresholds))
