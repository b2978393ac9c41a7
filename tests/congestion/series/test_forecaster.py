"""The forecaster knows what was received, in its place, and nothing else; and it can be put down and taken
up."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.core.congestion.grid import Array
from services.core.congestion.series import LEVELS, Forecaster
from services.core.congestion.series.tuning import SLOT_MINUTES
from tests.congestion.series.feeds import DAY, MONDAY, QUICK, WEEK, forecaster, reports, roster, told

HORIZONS = (0, 15, 60, 180, 1440, 4320)
MINUTES, WAITS = reports(weeks=3, every=90)
END = int(MINUTES[-1]) + 30


@cache
def lesson() -> dict[str, Array]:
    """What was learnt from these reports."""
    return told(forecaster(), MINUTES, WAITS).export()


def taught() -> Forecaster:
    return Forecaster.restore(roster(), lesson(), tuning=QUICK)


@settings(max_examples=10, deadline=None)
@given(
    wait=st.floats(0, 2000),
    lane=st.integers(0, 2),
    late=st.integers(0, 2 * DAY),
    after=st.integers(1, 3 * DAY),
)
def test_what_is_received_later_changes_no_earlier_forecast(
    wait: float, lane: int, late: int, after: int
) -> None:
    """Asked before or after somebody else has asked and been told more: the answer at an instant is the
    same."""
    first, second = taught(), taught()
    then = first.quantiles(END, HORIZONS)
    again = second.quantiles(END, HORIZONS)
    received = END + after
    second.report(np.array([lane]), np.array([received - late]), np.array([wait]), received)
    assert then.tobytes() == again.tobytes()
    with pytest.raises(ValueError, match="must not go back"):
        second.quantiles(END, HORIZONS)


@settings(max_examples=10, deadline=None)
@given(st.permutations(range(8)), st.integers(0, 2))
def test_the_order_in_which_reports_are_received_does_not_matter(order: list[int], lane: int) -> None:
    """Eight reports of half an hour, two in a slot, come together or late, in any order."""
    observed = END - np.array([1, 3, 8, 12, 17, 21, 26, 29])
    waits = np.array([10.0, 80.0, 30.0, 5.0, 44.0, 61.0, 19.0, 27.0])
    shuffled, sorted_ = taught(), taught()
    shuffled.report(np.full(8, lane), observed[order], waits[order], END)
    for number in np.argsort(observed):
        sorted_.report(np.array([lane]), observed[[number]], waits[[number]], END)
    assert shuffled.quantiles(END, HORIZONS).tobytes() == sorted_.quantiles(END, HORIZONS).tobytes()


def test_a_report_that_comes_hours_late_is_put_in_its_place() -> None:
    """The history is the same as if it had come in time, and so is what is fitted to it. (Its forecasts were
    not scored when they should have been: that is not made up for.)"""
    in_time, late = taught(), taught()
    observed, wait = np.array([END + 10]), np.array([222.0])
    in_time.report(np.array([1]), observed, wait, END + 10)
    for one in (in_time, late):
        one.report(np.array([0]), np.array([END + 200]), np.array([12.0]), END + 200)
    late.report(np.array([1]), observed, wait, END + 300)
    nothing = np.array([], int)
    for one in (in_time, late):
        one.report(nothing, nothing, nothing, END + 300)
        assert one.quantiles(END + 2 * DAY, HORIZONS).shape == (len(HORIZONS), 3, len(LEVELS))
        one.report(np.array([2]), np.array([END + WEEK]), np.array([33.0]), END + WEEK)
        one.quantiles(END + WEEK + DAY, [60])
    first, second = in_time.export(), late.export()
    assert first["experts.coefficients"].tobytes() != lesson()["experts.coefficients"].tobytes()
    for name in first:
        if not name.startswith(("judgement", "pending")):
            assert first[name].tobytes() == second[name].tobytes(), name


def test_a_restored_forecaster_goes_on_as_if_it_had_never_stopped() -> None:
    """The history is full and forgets in the meantime."""
    tuning = replace(QUICK, weeks=1)
    minutes, waits = reports(weeks=4, every=240)
    half = len(minutes) // 2
    going = told(forecaster(tuning=tuning), minutes[:half], waits[:half])
    stopped = Forecaster.restore(roster(), going.export(), tuning=tuning)
    for one in (going, stopped):
        told(one, minutes[half:], waits[half:])
    end = int(minutes[-1])
    assert going.quantiles(end, HORIZONS).tobytes() == stopped.quantiles(end, HORIZONS).tobytes()
    assert going.history.first > going.begin
    state, same = going.export(), stopped.export()
    assert state.keys() == same.keys()
    assert all(np.array_equal(state[name], same[name], equal_nan=True) for name in state)


def test_the_state_is_small() -> None:
    """Arrays of a few tens of kilobytes per lane."""
    state = Forecaster(roster(20), MONDAY).export()
    assert sum(array.nbytes for array in state.values()) / 20 < 100_000


@settings(max_examples=15, deadline=None)
@given(
    now=st.integers(0, DAY),
    horizons=st.lists(st.integers(0, 6000), min_size=1, max_size=4),
)
def test_quantiles_never_cross_and_are_never_negative(now: int, horizons: list[int]) -> None:
    quantiles = taught().quantiles(END + now, horizons)
    assert quantiles.shape == (len(horizons), 3, len(LEVELS))
    assert np.isfinite(quantiles).all()
    assert (np.diff(quantiles, axis=2) >= 0).all()
    assert (quantiles >= 0).all()


@pytest.mark.parametrize(("days", "per_day", "known"), [(2, 24, False), (6, 3, False), (8, 12, True)])
def test_nothing_is_forecast_below_the_floors_of_evidence(days: int, per_day: int, known: bool) -> None:
    minutes, waits = reports(weeks=days / 7, every=DAY // per_day)
    quantiles = told(forecaster(), minutes, waits).quantiles(int(minutes[-1]) + 60, [60])
    assert np.isfinite(quantiles).all() == known


def test_a_lane_that_was_never_seen_is_withheld_beside_one_that_was() -> None:
    minutes, waits = reports(weeks=2, every=60)
    waits[:, 1] = np.nan
    one = forecaster()
    for minute, row in zip(minutes.tolist(), waits, strict=True):
        one.report(np.array([0, 2]), np.full(2, minute), row[[0, 2]], minute)
    quantiles = one.quantiles(int(minutes[-1]), [60])
    assert np.isnan(quantiles[0, 1]).all()
    assert np.isfinite(quantiles[0, [0, 2]]).all()


def test_the_older_the_last_report_the_less_it_counts() -> None:
    """A wait of ten times the usual one is repeated at once and forgotten after three days."""
    one = taught()
    usual = one.quantiles(END, [0, 4320])[:, 0, 4]
    one.report(np.array([0]), np.array([END]), np.array([10 * usual[0]]), END)
    soon, later = one.quantiles(END, [0, 4320])[:, 0, 4]
    assert soon > 5 * usual[0]
    assert later < 3 * usual[1]


def test_the_usual_week_comes_back_after_a_silence() -> None:
    """Ten days after the last report a forecast still tells a busy hour from a quiet one, and is wider."""
    one = taught()
    fresh = one.quantiles(END, [60])[0, 0]
    monday = MONDAY + 5 * WEEK
    night, noon = one.quantiles(monday, [2 * 60, 14 * 60])[:, 0]
    assert noon[4] > 2 * night[4]
    assert noon[8] / noon[0] > fresh[8] / fresh[0]


def test_reports_are_taken_in_the_order_in_which_they_were_received() -> None:
    one = forecaster()
    lane, wait = np.array([0]), np.array([5.0])
    one.report(lane, np.array([MONDAY + 50]), wait, MONDAY + 60)
    with pytest.raises(ValueError, match="must not go back"):
        one.report(lane, np.array([MONDAY + 50]), wait, MONDAY + 59)
    with pytest.raises(ValueError, match="not be later than received"):
        one.report(lane, np.array([MONDAY + 62]), wait, MONDAY + 61)


def test_intervals_hold_what_they_promise_on_a_feed_that_does_not_change() -> None:
    minutes, waits = reports(weeks=5, every=60, lanes=2, seed=3)
    one, inside, above = forecaster(2), [], []
    lanes = np.arange(2)
    for number, minute in enumerate(minutes.tolist()):
        if minute >= MONDAY + 3 * WEEK and number % 2:
            quantiles = one.quantiles(minute - SLOT_MINUTES, [SLOT_MINUTES + 120])[0]
            truth = waits[number + 2] if number + 2 < len(waits) else np.full(2, np.nan)
            seen = np.isfinite(truth)
            inside.extend(((truth >= quantiles[:, 0]) & (truth <= quantiles[:, 8]))[seen])
            above.extend((truth > quantiles[:, 8])[seen])
        one.report(lanes, np.full(2, minute), waits[number], minute)
    assert np.mean(inside) == pytest.approx(0.8, abs=0.07)
    assert np.mean(above) == pytest.approx(0.1, abs=0.04)
