"""The two-stage queue: nothing is lost, nothing happens while shut, and it is as long as queues are."""

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import fields, replace
from math import factorial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.core.congestion.chance import Chance
from services.core.congestion.grid import STEPS_PER_HOUR, Array
from services.core.congestion.lanes import Lanes, Unknowns
from services.core.congestion.path import Path
from services.core.congestion.queue import Ensemble, Kernel, simulate
from tests.congestion.lanes import between, chance, some_lanes, uncertain

open_servers = st.sampled_from([0.0, 0.0, 0.4, 1.0, 3.0, 8.0])


@st.composite
def any_lanes(draw: st.DrawFn) -> Lanes:
    """A few lanes, some of them shut at times, of any kind, for half a day."""
    lanes, steps = draw(st.integers(1, 3)), draw(st.integers(13, 40))
    servers = st.lists(open_servers, min_size=lanes * 2 * steps, max_size=lanes * 2 * steps)
    rates = st.lists(st.sampled_from([0.0, 0.5, 12.0, 90.0, 900.0]), min_size=lanes, max_size=lanes)

    def of_each(values: st.SearchStrategy[float]) -> np.ndarray:
        return np.array(draw(st.lists(values, min_size=lanes, max_size=lanes)))

    return Lanes(
        arrivals_per_hour=np.repeat(np.array(draw(rates))[None, :, None], steps, axis=2),
        servers=np.array(draw(servers)).reshape(1, lanes, 2, steps),
        party=of_each(st.sampled_from([1.0, 40.0])),
        service_minutes=np.full((lanes, 2), draw(st.sampled_from([1.5, 7.0, 35.0]))),
        service_scv=np.full((lanes, 2), 0.45),
        held=of_each(st.sampled_from([True, False])).astype(bool),
        balking=of_each(st.sampled_from([np.inf, 20.0])),
        yard=of_each(st.sampled_from([np.inf, 0.0, 12.0])),
        walk_steps=of_each(st.sampled_from([1, 3])).astype(int),
        unknowns=uncertain(lanes) if draw(st.booleans()) else Unknowns.none(lanes),
    )


@settings(max_examples=60, deadline=None)
@given(lanes=any_lanes(), seed=st.integers(0, 2**32))
def test_all_who_came_have_left_or_turned_away_or_are_still_there(lanes: Lanes, seed: int) -> None:
    numbers = Chance(np.random.default_rng(seed), 8)
    ensemble, kernel = Ensemble.empty(lanes, numbers), Kernel(lanes)
    for step in range(1, lanes.steps + 1):
        kernel.advance(ensemble, step, numbers)
        path = ensemble.path
        on_the_way = path.departed[step, 0] - path.joined(1)[step]
        there = ensemble.present[0] + on_the_way + ensemble.present[1]
        stayed = path.arrived[step] - path.turned_away[step] - path.departed[step, 1]
        assert (stayed == there).all()
        assert (ensemble.present >= 0).all()
        assert (on_the_way >= 0).all()


@settings(max_examples=60, deadline=None)
@given(lanes=any_lanes(), seed=st.integers(0, 2**32))
def test_nobody_is_served_while_a_post_is_shut(lanes: Lanes, seed: int) -> None:
    path = simulate(lanes, Chance(np.random.default_rng(seed), 8))
    served = np.diff(path.departed, axis=0)
    shut = lanes.servers[0].transpose(2, 1, 0) == 0
    assert (served[shut] == 0).all()
    assert (served >= 0).all()


@settings(max_examples=60, deadline=None)
@given(lanes=any_lanes(), seed=st.integers(0, 2**32))
def test_inspections_begin_in_order_and_the_yard_never_overflows(lanes: Lanes, seed: int) -> None:
    path = simulate(lanes, Chance(np.random.default_rng(seed), 8))
    inside = path.departed[:, 0] - path.departed[:, 1]
    assert (inside <= lanes.yard[:, None]).all()
    for stage in (0, 1):
        begun = path.entered(stage)
        assert (np.diff(begun, axis=0) >= 0).all()
        assert (path.departed[:-1, stage] <= begun + 1e-3).all()


def test_the_same_seed_gives_the_same_bytes_and_another_seed_does_not() -> None:
    lanes = some_lanes(lanes=3, unknowns=uncertain(3))
    first, again, other = (simulate(lanes, chance(seed=seed)).departed.tobytes() for seed in (1, 1, 2))
    assert first == again
    assert first != other


@pytest.mark.parametrize("stops", [(6, 30), (1, 2, 3, 7, 33, 34), range(1, 144)])
def test_an_ensemble_goes_on_from_where_it_was_left(stops: Sequence[int]) -> None:
    """Also in the middle of an hour, and with everything that is carried from step to step."""
    lanes = some_lanes(
        lanes=2,
        arrivals_per_hour=70.0,
        exit_servers=between(8, 20, 6.0, 0.0),
        unknowns=uncertain(2),
        balking=60.0,
        yard=30.0,
        walk_steps=2,
        held=np.array([True, False]),
    )
    numbers = chance()
    ensemble, kernel = Ensemble.empty(lanes, numbers), Kernel(lanes)
    for step in (*stops, lanes.steps):
        kernel.advance(ensemble, step, numbers)
    at_once = simulate(lanes, chance())
    for name, values in particles_of(ensemble.path).items():
        assert values.tobytes() == getattr(at_once, name).tobytes()


def test_two_ensembles_may_be_under_way_in_one_kernel() -> None:
    lanes = some_lanes(lanes=2, unknowns=uncertain(2))
    kernel, seeds = Kernel(lanes), (1, 2)
    numbers = [chance(seed=seed) for seed in seeds]
    ensembles = [Ensemble.empty(lanes, one) for one in numbers]
    for step in (5, 40, lanes.steps):
        for ensemble, one in zip(ensembles, numbers, strict=True):
            kernel.advance(ensemble, step, one)
    for ensemble, seed in zip(ensembles, seeds, strict=True):
        assert ensemble.path.departed.tobytes() == simulate(lanes, chance(seed=seed)).departed.tobytes()


@pytest.mark.parametrize(("servers", "minutes"), [(10, 6.0), (3, 7.0), (4, 30.0)])
def test_below_capacity_the_queue_is_as_long_as_erlang_says(servers: int, minutes: float) -> None:
    """M/M/c at 80 % of capacity in its steady state: 1.6 to 2.6 units wait."""
    load = 0.8 * servers
    lanes = some_lanes(
        72,
        arrivals_per_hour=load * 60 / minutes,
        exit_servers=servers,
        service_minutes=(minutes, 1.0),
        service_scv=1.0,
        lanes=30,
    )
    path = simulate(lanes, chance())
    steady = np.arange(24 * STEPS_PER_HOUR, lanes.steps)
    expected = _erlang_queue(servers, load)
    assert path.waiting(0, steady).mean() == pytest.approx(expected, rel=0.35)
    assert path.present(0)[steady].mean() == pytest.approx(load + expected, rel=0.12)


def _erlang_queue(servers: int, load: float) -> float:
    """Mean number waiting in M/M/c."""
    full = load**servers / factorial(servers) * servers / (servers - load)
    waiting = full / (sum(load**n / factorial(n) for n in range(servers)) + full)
    return waiting * load / (servers - load)


def test_above_capacity_the_queue_grows_by_the_difference() -> None:
    """60 an hour come, 6 servers pass 51.4 an hour: after 20 hours 171 wait."""
    path = simulate(some_lanes(21, arrivals_per_hour=60.0), chance())
    waiting = path.waiting(0, np.array([20 * STEPS_PER_HOUR])).mean()
    assert waiting == pytest.approx(20 * (60 - 6 * 60 / 7), rel=0.08)


def test_arrivals_are_as_many_and_as_scattered_as_a_poisson_process() -> None:
    for rate in (1.0, 6.0, 40.0, 600.0):
        path = simulate(some_lanes(24, arrivals_per_hour=rate, exit_servers=1e4, lanes=30), chance(200))
        daily = path.arrived[-1]
        assert daily.mean() == pytest.approx(24 * rate, rel=0.02)
        assert daily.var() == pytest.approx(24 * rate, rel=0.25)


def test_parties_scatter_more_than_single_travellers() -> None:
    path = simulate(
        some_lanes(24, arrivals_per_hour=360.0, exit_servers=1e4, party=40.0, lanes=30), chance(200)
    )
    daily = path.arrived[-1]
    assert daily.mean() == pytest.approx(24 * 360, rel=0.02)
    assert daily.var() == pytest.approx(24 * 360 * 41, rel=0.25)


def test_a_held_queue_waits_for_the_opening_and_another_goes_home() -> None:
    overnight = between(8, 16, 6.0, 0.0)
    before_opening = np.array([8 * STEPS_PER_HOUR])
    held, sent_away = (
        simulate(some_lanes(exit_servers=overnight, arrivals_per_hour=10.0, held=held), chance())
        for held in (True, False)
    )
    assert held.present(0)[before_opening].mean() == pytest.approx(80, rel=0.05)
    assert (sent_away.present(0)[before_opening] == 0).all()
    assert sent_away.turned_away[before_opening].mean() == pytest.approx(80, rel=0.05)


def test_a_long_queue_turns_people_away() -> None:
    lanes = some_lanes(arrivals_per_hour=100.0, balking=60.0)
    path = simulate(lanes, chance())
    assert path.turned_away[-1].mean() > 0.25 * path.arrived[-1].mean()
    unlimited = simulate(some_lanes(arrivals_per_hour=100.0), chance())
    assert (unlimited.turned_away == 0).all()
    assert path.present(0)[-1].mean() < 0.3 * unlimited.present(0)[-1].mean()


def test_the_queue_stands_at_the_narrower_of_two_posts() -> None:
    """3 servers pass 25.7 an hour, 8 pass 68.6; 40 come."""
    wide, narrow = 8.0, 3.0
    last = np.array([24 * STEPS_PER_HOUR - 1])
    for exit_servers, entry_servers, stage in ((narrow, wide, 0), (wide, narrow, 1)):
        path = simulate(some_lanes(exit_servers=exit_servers, entry_servers=entry_servers), chance())
        jammed, free = path.waiting(stage, last).mean(), path.waiting(1 - stage, last).mean()
        assert jammed == pytest.approx(23.5 * (40 - 25.7), rel=0.1)
        assert free < 2


def test_a_full_yard_blocks_the_exit_post() -> None:
    """The entry post passes 8.6 an hour of 30 that come; 50 fit between, the rest queue before the exit."""
    blocked = simulate(some_lanes(entry_servers=1.0, arrivals_per_hour=30.0, yard=50.0), chance())
    roomy = simulate(some_lanes(entry_servers=1.0, arrivals_per_hour=30.0), chance())
    inside = blocked.departed[:, 0] - blocked.departed[:, 1]
    assert inside.max() == 50
    assert blocked.present(0)[-1].mean() > 300
    assert roomy.present(0)[-1].mean() < 20
    assert blocked.departed[-1, 1].mean() == pytest.approx(roomy.departed[-1, 1].mean(), rel=0.05)


def test_units_need_the_way_between_the_posts() -> None:
    path = simulate(some_lanes(arrivals_per_hour=60.0, exit_servers=1e4, walk_steps=5), chance())
    assert (path.joined(1)[:6] == 0).all()
    assert (path.joined(1)[5:] == path.departed[:-5, 0]).all()


def test_each_particle_lives_in_one_calendar() -> None:
    lanes = some_lanes(arrivals_per_hour=30.0)
    shut = lanes.servers * 0
    both = Lanes(
        **{name: getattr(lanes, name) for name in Lanes.__slots__}
        | {
            "servers": np.concatenate([lanes.servers, shut]),
            "arrivals_per_hour": np.concatenate([lanes.arrivals_per_hour] * 2),
        }
    )
    path = simulate(both, chance(), (0.7, 0.3))
    in_shut = path.scenario[0] == 1
    assert in_shut.sum() == 30
    assert (path.departed[-1, 0, 0, in_shut] == 0).all()
    assert (path.departed[-1, 0, 0, ~in_shut] > 500).all()


def test_particles_of_one_lane_may_live_in_other_calendars_than_those_of_the_next() -> None:
    lanes = some_lanes(arrivals_per_hour=30.0, lanes=2)
    shut = replace(
        lanes,
        servers=np.concatenate([lanes.servers, lanes.servers * 0]),
        arrivals_per_hour=np.concatenate([lanes.arrivals_per_hour] * 2),
    )
    numbers = chance()
    ensemble = Ensemble.empty(shut, numbers, (0.5, 0.5))
    ensemble.path.scenario[0], ensemble.path.scenario[1] = 0, 1
    Kernel(shut).advance(ensemble, shut.steps, numbers)
    assert (ensemble.path.departed[-1, 0, 0] > 500).all()
    assert (ensemble.path.departed[-1, 0, 1] == 0).all()
    assert (ensemble.path.open_servers(0, np.array([5]))[0, 1] == 0).all()


@pytest.mark.parametrize("until", [30, 33])
def test_a_kept_particle_has_the_same_past_and_present_in_its_new_place(until: int) -> None:
    lanes = some_lanes(lanes=2, unknowns=uncertain(2), arrivals_per_hour=70.0, balking=40.0)
    both = replace(
        lanes,
        servers=np.concatenate([lanes.servers, lanes.servers / 2]),
        arrivals_per_hour=np.concatenate([lanes.arrivals_per_hour] * 2),
    )
    numbers = chance()
    ensemble = Ensemble.empty(both, numbers, (0.5, 0.5))
    Kernel(both).advance(ensemble, until, numbers)
    before = deepcopy(ensemble)
    chosen = np.random.default_rng(3).integers(0, 100, 100)
    ensemble.keep(1, chosen)
    for holder, was in ((ensemble, before), (ensemble.path, before.path)):
        for name, values in particles_of(holder).items():
            old = particles_of(was)[name]
            assert (values[..., 0, :] == old[..., 0, :]).all()
            assert (values[..., 1, :] == old[..., 1, :][..., chosen]).all()


def particles_of(holder: Ensemble | Path) -> dict[str, Array]:
    """Every array of an ensemble or a path; lanes and particles are their last axes."""
    found = {field.name: getattr(holder, field.name) for field in fields(holder)}
    return {name: values for name, values in found.items() if isinstance(values, np.ndarray)}


def test_an_ensemble_may_begin_with_queues() -> None:
    lanes = some_lanes(arrivals_per_hour=0.0, walk_steps=2)
    numbers = chance()
    ensemble = Ensemble.empty(lanes, numbers)
    ensemble.begin_with(np.full((2, 1, 100), 30.0))
    Kernel(lanes).advance(ensemble, lanes.steps, numbers)
    path = ensemble.path
    assert (path.present(0)[0] == 30).all()
    assert (path.present(1)[0] == 30).all()
    assert (path.departed[-1, 1] == 60).all()
    assert (path.present(0) >= 0).all()
    assert (path.present(1) >= 0).all()


def test_an_ensemble_does_not_begin_with_half_a_unit() -> None:
    lanes = some_lanes()
    with pytest.raises(ValueError, match="whole"):
        Ensemble.empty(lanes, chance()).begin_with(np.full((2, 1, 100), 0.5))


def test_unannounced_stops_come_and_go_as_often_as_stated() -> None:
    lanes = some_lanes(96, lanes=20, unknowns=uncertain(20))
    stopped = simulate(lanes, chance()).stopped[24:]
    assert stopped.mean() == pytest.approx(3 / (60 + 3), rel=0.25)


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"service_minutes": (0.0, 7.0)}, "service_minutes"),
        ({"exit_servers": -1.0}, "servers"),
        ({"arrivals_per_hour": np.nan}, "arrivals_per_hour"),
        ({"exit_servers": np.inf}, "finite"),
        ({"walk_steps": 0}, "walk_steps"),
    ],
)
def test_lanes_that_make_no_sense_are_refused(changes: dict[str, float], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        some_lanes(**changes)  # type: ignore[arg-type]
