"""Tallies are put together by mode and horizon, and say nothing of which too little is known."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.core.accuracy import YARDSTICKS, Tally, fewest_targets, graded, recent
from services.core.crossings import Direction, Mode
from tests.makers import ALFA, BRAVO
from tests.scoring import a_tally

FEWEST_TARGETS = fewest_targets()


@pytest.mark.parametrize(
    ("today", "first"),
    [
        (date(2026, 11, 22), date(2025, 12, 1)),
        (date(2026, 12, 31), date(2026, 1, 1)),
        (date(2027, 1, 1), date(2026, 2, 1)),
    ],
)
def test_a_year_is_this_month_and_the_eleven_before(today: date, first: date) -> None:
    months = [date(2025 + number // 12, number % 12 + 1, 1) for number in range(30)]
    kept = [one.month for one in recent([a_tally(month=month) for month in months], today)]
    assert min(kept) == first


TALLIES = st.builds(
    a_tally,
    crossing=st.sampled_from([ALFA, BRAVO]),
    direction=st.sampled_from(Direction),
    mode=st.sampled_from([Mode.TRUCK, Mode.CAR]),
    horizon_hours=st.sampled_from([1, 24]),
    month=st.dates(date(2025, 1, 1), date(2026, 12, 1)).map(lambda day: day.replace(day=1)),
    targets=st.integers(20, 40),
    below=st.integers(0, 10),
    above=st.integers(0, 10),
    error=st.floats(0, 1000),
)


@given(st.lists(TALLIES, max_size=12), st.booleans(), st.booleans())
def test_every_target_is_in_one_grade_and_shares_add_up(
    tallies: list[Tally], by_crossing: bool, by_direction: bool
) -> None:
    grades = graded(tallies, by_crossing=by_crossing, by_direction=by_direction)
    assert sum(one.sums.targets for one in grades) == sum(one.targets for one in tallies)
    assert len({(one.mode, one.crossing, one.direction, one.horizon_hours) for one in grades}) == len(grades)
    for one in grades:
        assert (one.crossing is None, one.direction is None) == (not by_crossing, not by_direction)
        assert one.enough is (one.sums.targets >= FEWEST_TARGETS)
        if one.coverage is not None and one.below is not None and one.above is not None:
            assert one.coverage + one.below + one.above == pytest.approx(1)
        else:
            assert not one.enough


def test_grades_come_by_mode_and_the_nearest_horizon_first_and_since_their_first_month() -> None:
    tallies = [
        a_tally(mode=Mode.TRUCK),
        a_tally(horizon_hours=24),
        a_tally(month="2026-04-01"),
        a_tally(month="2026-02-01", crossing=BRAVO),
    ]
    found = [(one.mode, one.horizon_hours, one.sums.month) for one in graded(tallies)]
    assert found == [
        (Mode.CAR, 1, date(2026, 2, 1)),
        (Mode.CAR, 24, date(2026, 3, 1)),
        (Mode.TRUCK, 1, date(2026, 3, 1)),
    ]


@pytest.mark.parametrize("yardstick", YARDSTICKS)
def test_a_naive_forecast_needs_as_many_targets_of_its_own(yardstick: str) -> None:
    def against(targets: int, error: float = 300.0) -> tuple[object, ...]:
        sums = {"targets": targets, "error": error, "ours": 150.0}
        given = {f"{yardstick}_{name}": value for name, value in sums.items()}
        (grade,) = graded([a_tally(targets=100, **given)])
        one = grade.against(yardstick)
        return one.targets, one.theirs, one.ours, one.skill

    assert against(FEWEST_TARGETS) == (30, 10.0, 5.0, 0.5)
    assert against(FEWEST_TARGETS, error=0.0) == (30, 0.0, 5.0, None)
    assert against(FEWEST_TARGETS - 1) == (29, None, None, None)
