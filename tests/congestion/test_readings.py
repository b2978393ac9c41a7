"""What reports should read: delays from counts, as first come, first served has it."""

from typing import Any

import numpy as np
import pytest

from services.core.congestion.chance import Chance
from services.core.congestion.ensemble import Ensemble
from services.core.congestion.grid import STEPS_PER_HOUR
from services.core.congestion.queue import Kernel
from services.core.congestion.readings import LONGEST_MINUTES, Readings
from services.core.congestion.waits import waits
from tests.congestion.lanes import between as by_hours
from tests.congestion.lanes import chance, some_lanes
from tests.congestion.reporting import between


def advanced(until_hour: float, **lanes: Any) -> Readings:
    kernel, numbers = Kernel(some_lanes(**lanes)), chance(20)
    ensemble = Ensemble.empty(kernel.lanes, numbers)
    kernel.advance(ensemble, round(until_hour * STEPS_PER_HOUR), numbers)
    return Readings(kernel, ensemble)


def test_the_served_one_has_waited_as_long_as_the_overload_has_lasted_times_its_share() -> None:
    """60 an hour come, 30 pass: after 8 hours the one who is served came after 4."""
    readings = advanced(8, arrivals_per_hour=60.0, exit_servers=3.5)
    assert readings.served_delay(0, 0).mean() == pytest.approx(4 * 60, rel=0.06)
    assert readings.joining_delay(0, 0).mean() == pytest.approx(8 * 60, rel=0.06)
    assert readings.served_delay(0, None).mean() == pytest.approx(4 * 60, rel=0.1)


def test_where_nobody_waits_there_is_no_delay() -> None:
    readings = advanced(8, arrivals_per_hour=10.0, exit_servers=30.0)
    for stage in (0, 1, None):
        assert (readings.served_delay(0, stage) == 0).all()
        assert (readings.joining_delay(0, stage) == 0).all()


def test_the_wait_of_a_joiner_is_the_one_that_waits_says() -> None:
    """Two narrow posts, a night in between; the difference is what chance brings."""
    open_by_day = by_hours(0, 12, 6.0, 0.0, hours=40) + by_hours(20, 40, 6.0, 0.0, hours=40)
    lanes = {"hours": 40, "arrivals_per_hour": 60.0, "exit_servers": open_by_day, "entry_servers": 5.0}
    readings, numbers = advanced(10, **lanes), chance(20, seed=2)
    ensemble = readings.ensemble
    found = readings.joining_delay(0, None).mean()
    readings.kernel.advance(ensemble, ensemble.path.lanes.steps, numbers)
    later = waits(ensemble.path, np.array([10 * STEPS_PER_HOUR]), numbers, future_sd=0.0)
    assert found == pytest.approx(later.minutes.mean(), rel=0.12)


def test_a_delay_beyond_the_record_goes_on_at_the_mean_rate_of_arrivals() -> None:
    """200 stood there at the start: the first of those still waiting came before the record."""
    kernel, numbers = Kernel(some_lanes(arrivals_per_hour=20.0, exit_servers=2.0)), chance(20)
    ensemble = Ensemble.empty(kernel.lanes, numbers)
    ensemble.begin_with(np.stack([np.full((1, 20), 200.0), np.zeros((1, 20))]))
    kernel.advance(ensemble, 3 * STEPS_PER_HOUR, numbers)
    ahead = 200 - 3 * 2 * 60 / 7
    delay = Readings(kernel, ensemble).served_delay(0, 0).mean()
    assert delay == pytest.approx((3 + (ahead - 2) / 20) * 60, rel=0.05)


def test_who_was_sent_away_is_not_waited_for() -> None:
    """The queue of the first hours is sent away at 8; who is served at 16 came after 10."""
    open_hours = by_hours(0, 8, 2.0, 0.0) + by_hours(10, 24, 2.0, 0.0)
    readings = advanced(16, arrivals_per_hour=40.0, exit_servers=open_hours, held=False)
    delay = readings.served_delay(0, 0)
    assert (delay < 6 * 60).all()
    assert delay.mean() == pytest.approx(6 * 60 * (1 - 2 * 60 / 7 / 40), rel=0.1)


def test_units_of_a_shift_are_counted_and_where_the_record_is_short_supplied() -> None:
    readings = advanced(8, arrivals_per_hour=60.0)
    path = readings.ensemble.path
    four_hours = path.departed[48, 0, 0] - path.departed[24, 0, 0]
    assert (readings.passed(0, 0, 4.0) == four_hours).all()
    assert (readings.passed(0, 0, 16.0) == 2 * path.departed[48, 0, 0]).all()


def test_a_post_that_never_opens_has_the_longest_delay_and_is_idle() -> None:
    readings = advanced(5, exit_servers=0.0)
    assert (readings.joining_delay(0, 0) == LONGEST_MINUTES).all()
    assert readings.idle(0, 0).all()
    assert readings.idle(0, None).all()
    assert not readings.idle(0, 1).any()
    assert readings.narrower(0) == 0


@pytest.mark.parametrize(
    ("kind", "changes", "expected"),
    [
        ("official-count", {}, "waiting"),
        ("crowd-wait", {}, "served_delay"),
        ("official-wait-ahead", {}, "joining_delay"),
    ],
)
def test_each_kind_of_figure_is_held_against_what_it_measures(
    kind: str, changes: dict[str, Any], expected: str
) -> None:
    readings = advanced(8, arrivals_per_hour=60.0)
    report = between(1, 2, 48, kind, **changes)
    assert (readings.expected(report) == getattr(readings, expected)(0, 0)).all()


def test_every_particle_is_read_in_its_own_calendar() -> None:
    two = some_lanes(arrivals_per_hour=60.0, exit_servers=3.0)
    lanes = type(two)(
        **{name: getattr(two, name) for name in type(two).__slots__}
        | {
            "servers": np.concatenate([two.servers, two.servers * 0]),
            "arrivals_per_hour": np.concatenate([two.arrivals_per_hour] * 2),
        }
    )
    numbers = Chance(np.random.default_rng(1), 20)
    ensemble = Ensemble.empty(lanes, numbers, (0.5, 0.5))
    Kernel(lanes).advance(ensemble, 30, numbers)
    readings, shut = Readings(Kernel(lanes), ensemble), ensemble.path.scenario[0] == 1
    assert (readings.idle(0, 0) == shut).all()
    assert (readings.joining_delay(0, 0)[shut] == LONGEST_MINUTES).all()
    assert (readings.joining_delay(0, 0)[~shut] < LONGEST_MINUTES).all()
