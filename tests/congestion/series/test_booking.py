"""Booking queues: what a day usually adds, and the return to what is usual."""

import numpy as np
import pytest

from services.core.congestion.grid import Array
from services.core.congestion.series import Forecaster, Roster
from tests.congestion.series.feeds import DAY, MONDAY, QUICK, told

QUEUES = Roster(np.zeros(2, int), np.zeros(2, int), np.full(2, 360.0))


def queue(days: int, seed: int = 0, noise: float = 15.0) -> tuple[Array, Array]:
    """Half-hourly waits around 60 h that gain 4 h every day by noon and lose them by midnight, and wander."""
    numbers = np.random.default_rng(seed)
    minutes = MONDAY + 30 * np.arange(days * 48)
    hour = minutes % DAY / 60
    daily = 240 * np.where(hour < 12, hour, 24 - hour) / 12
    wander = np.zeros((len(minutes), 2))
    for step in range(1, len(minutes)):
        wander[step] = 0.985 * wander[step - 1] + numbers.normal(0, noise, 2)
    return minutes, 3600 + daily[:, None] + wander


def forecaster() -> Forecaster:
    return Forecaster(QUEUES, MONDAY, tuning=QUICK, booked=True)


def test_a_queue_grows_and_shrinks_as_it_usually_does_at_that_time_of_day() -> None:
    minutes, waits = queue(20)
    one = told(forecaster(), minutes, waits)
    midnight = MONDAY + 20 * DAY
    half_day = one.quantiles(midnight, [0, 720, 1440])[:, :, 4]
    morning, whole_day = half_day[1] - half_day[0], half_day[2] - half_day[0]
    assert morning.mean() > 80
    assert np.abs(whole_day).mean() < morning.mean()


def test_a_freak_wait_is_not_expected_to_last_for_days() -> None:
    minutes, waits = queue(25, noise=80)
    one = told(forecaster(), minutes, waits)
    at = MONDAY + 25 * DAY
    one.report(np.array([0]), np.array([at]), np.array([5400.0]), at)
    soon, later = one.quantiles(at, [60, 1440])[:, 0, 4]
    assert soon > 5000
    assert later < soon - 150


def test_it_is_restored_like_any_other() -> None:
    minutes, waits = queue(12)
    going = told(forecaster(), minutes[:400], waits[:400])
    stopped = Forecaster.restore(QUEUES, going.export(), tuning=QUICK, booked=True)
    for one in (going, stopped):
        told(one, minutes[400:], waits[400:])
    asked = int(minutes[-1]), [60, 1440]
    assert going.quantiles(*asked).tobytes() == stopped.quantiles(*asked).tobytes()


@pytest.mark.parametrize("horizon", [180, 1440])
def test_intervals_hold_what_they_promise(horizon: int) -> None:
    minutes, waits = queue(34, seed=2)
    one, inside = forecaster(), []
    for number, minute in enumerate(minutes[::2].tolist()):
        one.report(np.arange(2), np.full(2, minute), waits[2 * number], minute)
        ahead = 2 * number + horizon // 30
        if number > 18 * 24 and number % 3 == 0 and ahead < len(waits):
            quantiles = one.quantiles(minute, [horizon])[0]
            inside.extend((waits[ahead] >= quantiles[:, 0]) & (waits[ahead] <= quantiles[:, 8]))
    assert np.mean(inside) == pytest.approx(0.8, abs=0.1)
