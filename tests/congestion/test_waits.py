"""Waits: finite where the calendar allows it, never shorter than until the opening, longer behind more."""

from dataclasses import replace
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.core.congestion.chance import Chance, Wander, mean_ahead
from services.core.congestion.grid import STEP_MINUTES, STEPS_PER_HOUR, Array
from services.core.congestion.lanes import Lanes, Unknowns
from services.core.congestion.opening import Opening
from services.core.congestion.queue import simulate
from services.core.congestion.waits import Waits, quantiles, waits
from tests.congestion.lanes import between, chance, some_lanes, uncertain

NOON = np.array([12 * STEPS_PER_HOUR])


def waits_of(lanes: Lanes, steps: Array, seed: int = 1, future_sd: float = 0.2) -> Waits:
    numbers = chance(seed=seed)
    return waits(simulate(lanes, numbers), steps, numbers, future_sd=future_sd)


def test_nobody_waits_at_an_empty_post() -> None:
    assert (waits_of(some_lanes(arrivals_per_hour=2.0), NOON).minutes == 0).all()


def test_a_joiner_waits_for_those_ahead() -> None:
    """60 come and 51.4 pass an hour: at noon 103 wait, worked off in 2 hours."""
    found = waits_of(some_lanes(36, arrivals_per_hour=60.0), NOON, future_sd=0.0)
    assert found.minutes.mean() == pytest.approx(12 * (60 - 51.4) / 51.4 * 60, rel=0.1)


def test_a_closure_holds_the_queue_and_makes_everybody_wait_for_its_end() -> None:
    closed = between(10, 16, 0.0, 6.0, hours=48)
    steps = np.arange(10 * STEPS_PER_HOUR, 16 * STEPS_PER_HOUR)
    found = waits_of(some_lanes(48, exit_servers=closed), steps)
    until_open = 16 * 60 - steps * STEP_MINUTES
    assert np.isfinite(found.minutes).all()
    assert (found.minutes >= until_open[:, None, None]).all()
    assert (found.after_reopening == 1).all()


def test_who_cannot_be_served_before_closing_waits_overnight() -> None:
    """At 17:00 two hours of work wait and the post shuts at 18:00."""
    daylight = between(8, 18, 6.0, 0.0) + 0.0
    servers = np.concatenate([daylight, daylight])
    found = waits_of(some_lanes(48, arrivals_per_hour=62.0, exit_servers=servers), NOON + 5 * STEPS_PER_HOUR)
    assert np.median(found.minutes) > 14 * 60
    assert found.after_reopening.mean() > 0.9


def test_a_wait_that_outlasts_the_calendar_is_infinite() -> None:
    found = waits_of(some_lanes(exit_servers=between(0, 10, 6.0, 0.0)), NOON)
    assert np.isinf(found.minutes).all()
    assert np.isinf(found.quantiles((0.1, 0.5, 0.9))).all()
    assert (found.exceeding(np.array([[600.0]])) == 1).all()


def test_an_entry_post_that_is_shut_lets_nobody_through() -> None:
    """The exit post works on; the entry post opens at 20:00, ten minutes' walk and seven at the exit away."""
    lanes = some_lanes(48, arrivals_per_hour=10.0, entry_servers=between(8, 20, 0.0, 6.0, hours=48))
    found = waits_of(lanes, NOON)
    assert (found.minutes >= 8 * 60 - 10 - 7 - 1e-3).all()


def test_half_the_capacity_makes_longer_waits_at_every_quantile() -> None:
    steps = np.arange(6, 30) * STEPS_PER_HOUR
    whole, half = (
        waits_of(some_lanes(60, arrivals_per_hour=30.0, exit_servers=servers, unknowns=uncertain(1)), steps)
        for servers in (6.0, 3.0)
    )
    shorter, longer = (found.quantiles((0.1, 0.5, 0.9)).mean(axis=(1, 2)) for found in (whole, half))
    assert (longer > shorter).all()
    assert longer[1] > 5 * shorter[1] + 20


def test_two_bottlenecks_are_waited_for_one_after_the_other() -> None:
    """The exit post passes 51 of 60, the entry post 34 of these 51: the joiner waits at both."""
    both = waits_of(some_lanes(72, arrivals_per_hour=60.0, entry_servers=4.0), NOON, future_sd=0.0)
    exit_only = waits_of(some_lanes(72, arrivals_per_hour=60.0), NOON, future_sd=0.0)
    first = 12 * (60 - 51.4) / 51.4 * 60
    reaching_entry = 12 * 60 + first
    second = reaching_entry * (51.4 - 34.3) / 34.3
    assert exit_only.minutes.mean() == pytest.approx(first, rel=0.1)
    assert both.minutes.mean() == pytest.approx(first + second, rel=0.1)


def test_a_full_yard_moves_the_wait_but_does_not_shorten_it() -> None:
    narrow, roomy = (
        waits_of(some_lanes(72, entry_servers=3.0, yard=yard), NOON, future_sd=0.0) for yard in (40.0, np.inf)
    )
    assert narrow.minutes.mean() == pytest.approx(roomy.minutes.mean(), rel=0.12)


def test_members_of_a_party_wait_for_each_other() -> None:
    """Forty of a bus at 14 booths of 1.6 minutes: the middle one waits for six others and more."""
    lanes = some_lanes(arrivals_per_hour=20.0, party=40.0, exit_servers=14.0, service_minutes=(1.6, 1.0))
    found = waits_of(lanes, np.arange(60, 120))
    assert 0.5 < found.minutes.mean() < 3
    assert waits_of(some_lanes(arrivals_per_hour=20.0, exit_servers=14.0), NOON).minutes.max() == 0


def test_a_stopped_post_keeps_people_waiting_about_as_long_as_stops_last() -> None:
    often = replace(Unknowns.none(20), stop_every_hours=np.full(20, 5.0), stop_hours=np.full(20, 3.0))
    lanes = some_lanes(72, arrivals_per_hour=0.0, lanes=20, unknowns=often)
    numbers = chance()
    path = simulate(lanes, numbers)
    found = waits(path, np.array([48 * STEPS_PER_HOUR]), numbers).minutes[0]
    stopped = path.stopped[48]
    both_stop = stopped[0] & ~stopped[1]
    assert (found[~stopped.any(axis=0)] >= 0).all()
    assert np.median(found[both_stop]) == pytest.approx(3 * 60 * np.log(2), rel=0.3)


def test_the_same_seed_gives_the_same_waits() -> None:
    lanes = some_lanes(48, unknowns=uncertain(1), arrivals_per_hour=50.0)
    first, again, other = (waits_of(lanes, NOON, seed).minutes.tobytes() for seed in (1, 1, 2))
    assert first == again
    assert first != other


def test_particles_wait_by_their_own_calendar() -> None:
    lanes = some_lanes(48, arrivals_per_hour=20.0)
    later = lanes.servers.copy()
    later[..., : 20 * STEPS_PER_HOUR] = 0
    both = replace(
        lanes,
        servers=np.concatenate([lanes.servers, later]),
        arrivals_per_hour=np.concatenate([lanes.arrivals_per_hour] * 2),
    )
    numbers = chance()
    path = simulate(both, numbers, (0.8, 0.2))
    minutes = waits(path, NOON, numbers).minutes[0, 0]
    assert (minutes[path.scenario[0] == 1] >= 8 * 60).all()
    assert np.median(minutes[path.scenario[0] == 0]) < 5


servers = st.lists(st.sampled_from([0.0, 0.0, 0.5, 1.0, 7.0]), min_size=6, max_size=48)


@settings(max_examples=80, deadline=None)
@given(first=servers, second=servers, level=st.floats(0, 200))
def test_a_calendar_read_backwards_gives_the_first_moment_of_enough_service(
    first: list[float], second: list[float], level: float
) -> None:
    """Both calendars are searched in one table; the answer must be that of each by itself."""
    steps = min(len(first), len(second))
    opening = Opening(np.array([first[:steps], second[:steps]]), 7.0)
    for calendar, total in enumerate(opening.total):
        moment = float(opening.moment(np.array([calendar]), np.array([level]))[0])
        if level > total[-1] + 1e-9:
            assert np.isinf(moment)
        elif level > 0 and total[-1] - level > 1e-6:
            reached = np.interp(moment, np.arange(steps + 1) * STEP_MINUTES, total)
            before = np.interp(moment - 1e-3, np.arange(steps + 1) * STEP_MINUTES, total)
            assert reached == pytest.approx(level, abs=1e-6)
            assert before < level


def test_quantiles_keep_infinity_apart() -> None:
    samples = np.array([1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, np.inf, np.inf])
    assert quantiles(samples, (0.1, 0.5, 0.9)).tolist() == [1.5, 5.5, np.inf]
    assert quantiles(samples, (0.75, 0.85)).tolist() == [8.0, np.inf]


def test_a_multiplier_is_expected_to_return_to_its_mean() -> None:
    hours = np.array([0.0, 6.0, 1e6])
    expected = mean_ahead(np.array(1.0), np.array(0.0), np.array(6.0), hours)
    assert expected.tolist() == pytest.approx([1.0, 1 - np.exp(-1), 0.0], abs=1e-5)
    assert mean_ahead(np.array(1.0), np.array(0.0), np.array(np.inf), hours).tolist() == [1.0, 1.0, 1.0]


def test_stratified_numbers_are_normal_already_in_a_hundred() -> None:
    drawn = chance().stratified(5)
    assert drawn.mean(axis=1) == pytest.approx(0, abs=1e-6)
    assert drawn.std(axis=1) == pytest.approx(1, abs=1e-5)
    assert (np.sort(drawn, axis=1) == np.sort(drawn[0])).all()


def test_spread_numbers_fill_their_dimensions_evenly() -> None:
    """No tenth of the distribution is ever empty or holds twice its share, as happens to random numbers."""
    spread = chance().spread(6, 20)
    edges = [NormalDist().inv_cdf(tenth / 10) for tenth in range(1, 10)]
    tenths = np.array([np.bincount(np.digitize(row, edges), minlength=10) for row in spread.reshape(-1, 100)])
    assert tenths.min() >= 6
    assert tenths.max() <= 14
    assert (tenths[:20] == 10).all()
    together = np.einsum("aln,bln->abl", spread, spread) / 100
    off_diagonal = np.abs(together.mean(axis=2))[~np.eye(6, dtype=bool)]
    assert off_diagonal.max() < 0.12


def test_mirrored_particles_cancel_out() -> None:
    drawn = chance().stratified(3)
    assert (drawn[:, :50] == -drawn[:, 50:]).all()


@pytest.mark.parametrize(
    ("weights", "counts"),
    [((1.0,), [100]), ((0.5, 0.5), [50, 50]), ((0.7, 0.2, 0.1), [70, 20, 10]), ((1, 1, 1), [34, 34, 32])],
)
def test_particles_are_split_by_weight(weights: tuple[float, ...], counts: list[int]) -> None:
    calendar = chance().split(weights)
    assert np.bincount(calendar).tolist() == counts
    assert (calendar[:50] == calendar[50:]).all()


def test_a_wandering_value_keeps_its_mean_and_spread() -> None:
    ones = np.ones(1)
    wander = Wander.around_one(0.3 * ones, 6 * ones)
    numbers = chance(4000)
    value = wander.begun(numbers.stratified(1))
    hour = wander.over(1.0)
    for _ in range(50):
        hour.move(value, numbers.normal(1))
    assert np.exp(value).mean() == pytest.approx(1, abs=0.03)
    assert value.std() == pytest.approx(0.3, rel=0.08)


def test_particles_come_in_pairs() -> None:
    with pytest.raises(ValueError, match="even"):
        Chance(np.random.default_rng(1), 7)
