"""Stretches of time, held against the instants that lie in them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.core.spans import DISTANT_FUTURE, Span, difference, intersection, union

NOON = datetime(2026, 3, 10, 7, tzinfo=UTC)
HOUR, TICK = timedelta(hours=1), timedelta(microseconds=1)


def at(hour: float) -> datetime:
    return NOON + hour * HOUR


def span(start: float, end: float | None = None) -> Span:
    return Span(at(start), None if end is None else at(end))


HOURS = st.integers(min_value=0, max_value=24)
SPANS = st.builds(
    lambda start, length: span(start, None if length is None else start + length),
    HOURS,
    st.none() | st.integers(min_value=1, max_value=8),
)
SETS = st.lists(SPANS, max_size=6)
MOMENTS = [at(quarter / 4) for quarter in range(-1, 40 * 4)]


def moments(spans: tuple[Span, ...] | list[Span]) -> set[datetime]:
    """Which of many instants lie in one of the spans."""
    return {moment for moment in MOMENTS if any(moment in one for one in spans)}


@pytest.mark.parametrize("end", [0.0, -1.0])
def test_a_span_must_end_after_it_starts(end: float) -> None:
    with pytest.raises(ValueError, match="must end after it starts"):
        span(0, end)


def test_a_span_holds_its_start_and_not_its_end() -> None:
    instants = (at(0) - TICK, at(0), at(1) - TICK, at(1))
    assert [moment in span(0, 1) for moment in instants] == [False, True, True, False]
    assert [moment in span(0) for moment in instants] == [False, True, True, True]


def test_an_instant_is_in_a_span_whatever_clock_it_is_told_by() -> None:
    for hours in (-12, 0, 5, 6, 14):
        assert at(0).astimezone(timezone(timedelta(hours=hours))) in span(0, 1)


def test_a_span_without_an_end_goes_on() -> None:
    assert span(0).until == DISTANT_FUTURE
    assert span(0, 1).until == at(1)
    assert datetime(2900, 1, 1, tzinfo=UTC) in span(0)


@pytest.mark.parametrize(
    ("left", "right", "overlap"),
    [
        (span(0, 2), span(1, 3), span(1, 2)),
        (span(0, 2), span(2, 3), None),
        (span(0, 3), span(1, 2), span(1, 2)),
        (span(0), span(1, 2), span(1, 2)),
        (span(0), span(1), span(1)),
        (span(5), span(1, 2), None),
    ],
)
def test_a_span_is_clipped_to_what_it_shares_with_another(
    left: Span, right: Span, overlap: Span | None
) -> None:
    assert left.clip(right) == right.clip(left) == overlap
    assert left.overlaps(right) is right.overlaps(left) is (overlap is not None)


@given(SETS)
def test_a_union_holds_the_same_instants_sorted_and_never_touching(spans: list[Span]) -> None:
    joined = union(spans)
    assert moments(joined) == moments(spans)
    assert all(before.until < after.start for before, after in pairwise(joined))
    assert union(joined) == joined


@given(SETS, SETS)
def test_an_intersection_holds_the_instants_that_lie_in_both(left: list[Span], right: list[Span]) -> None:
    both = intersection(union(left), union(right))
    assert moments(both) == moments(left) & moments(right)
    assert both == union(both) == intersection(union(right), union(left))


@given(SETS, SETS)
def test_a_difference_holds_the_instants_of_the_first_that_are_not_in_the_second(
    left: list[Span], right: list[Span]
) -> None:
    rest = difference(union(left), union(right))
    assert moments(rest) == moments(left) - moments(right)
    assert rest == union(rest)


@given(SETS, SETS)
def test_what_two_share_and_what_is_left_make_up_the_whole(left: list[Span], right: list[Span]) -> None:
    one, other = union(left), union(right)
    assert union((*intersection(one, other), *difference(one, other))) == one


def test_nothing_joins_to_nothing() -> None:
    assert union([]) == intersection((), (span(0),)) == difference((), (span(0),)) == ()
