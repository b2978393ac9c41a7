"""Spill-over: everybody goes somewhere they may, jams move people, and advice does not make queues swing.

The two events of 2023 and 2025 are replayed with illustrative inputs (see `illustration`): what is tested is
which way things move, not how far.
"""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.herding import (
    Morning,
    Scene,
    always_the_best,
    as_they_like,
    in_turns,
    lived,
    predicted,
    swing,
    yesterday,
)
from services.core.congestion.fluid import HourlyQueues
from services.core.congestion.grid import Array
from services.core.congestion.spillover import (
    Assignment,
    Behaviour,
    Choices,
    Market,
    calibrated,
    equilibrium,
)
from tests.congestion.illustration import (
    ACCESS_MINUTES,
    DAU,
    GK,
    HOURS,
    MAL,
    NAV,
    OQO,
    SIR,
    SNJ,
    TASHKENT,
    YAL,
    Mode,
    cars,
    pedestrians,
    trucks,
)


def replayed(mode: Mode, booths: Array) -> tuple[Assignment, Assignment]:
    """The usual day and the day with other booths."""
    market, usual = mode.usual()
    changed = mode.changed(market, booths)
    return usual, equilibrium(changed, mode.behaviour, habitual_waits=usual.waits, begin=usual.flows)


def of_2023(mode: Mode) -> tuple[Assignment, Assignment]:
    """February 2023: Navoiy shut for two months, works at Najimov and Sirdaryo, taken to leave a fifth."""
    booths = mode.booths.copy()
    booths[[SNJ, SIR]] *= 0.2
    return replayed(mode, booths)


def of_2025(mode: Mode, at_navoiy: float) -> tuple[Assignment, Assignment]:
    """February 2025: Gʻishtkoʻprik shuts."""
    booths = mode.booths.copy()
    booths[GK], booths[NAV] = 0, at_navoiy
    return replayed(mode, booths)


def mean_wait(assignment: Assignment, crossing: int) -> float:
    return float(assignment.waits[crossing, :HOURS].mean())


def by_cost(assignment: Assignment) -> list[int]:
    """Crossings for somebody from Tashkent to Saryagash by day, cheapest first."""
    waits = assignment.waits[:, 9:16].mean(axis=1)
    return list(np.argsort(ACCESS_MINUTES[TASHKENT] + 1.3 * waits))


def test_the_calibrated_market_has_the_usual_volumes() -> None:
    for mode, tolerance in ((cars(), 0.08), (pedestrians(), 0.08), (trucks(), 0.1)):
        _, usual = mode.usual()
        used = mode.volumes > 500
        assert usual.per_crossing[used] == pytest.approx(mode.volumes[used], rel=tolerance)
        assert (usual.per_crossing[mode.volumes == 0] == 0).all()


def test_when_najimov_and_sirdaryo_jam_the_wait_at_gishtkoprik_doubles() -> None:
    for mode in (cars(), trucks()):
        usual, jammed = of_2023(mode)
        assert mean_wait(jammed, GK) >= 2 * mean_wait(usual, GK)
        assert jammed.per_crossing[GK] > 1.1 * usual.per_crossing[GK]
        everybody = usual.flows.sum() + usual.deferred.sum()
        assert jammed.flows.sum() + jammed.deferred.sum() == pytest.approx(everybody, abs=1e-6)


def test_when_najimov_jams_yallama_is_the_next_best() -> None:
    usual, jammed = of_2023(cars())
    assert by_cost(usual)[:3] == [GK, SNJ, YAL]
    assert by_cost(jammed)[:2] == [GK, YAL]


def test_when_gishtkoprik_shuts_its_people_go_mostly_to_navoiy() -> None:
    usual, shut = of_2025(pedestrians(), at_navoiy=60)
    moved = usual.per_crossing[GK]
    gained = shut.per_crossing - usual.per_crossing
    assert shut.per_crossing[GK] == 0
    assert gained[NAV] >= 0.4 * moved
    assert gained[YAL] > 0


def test_without_more_booths_at_navoiy_people_wait_stay_away_or_go_to_yallama() -> None:
    """What the receiving crossing can pass decides: it has to be known, or both outcomes shown."""
    usual, shut = of_2025(pedestrians(), at_navoiy=60)
    _, narrow = of_2025(pedestrians(), at_navoiy=16)
    assert mean_wait(narrow, NAV) > mean_wait(shut, NAV) + 60
    assert narrow.per_crossing[YAL] > shut.per_crossing[YAL] > usual.per_crossing[YAL]
    assert narrow.deferred_share > 10 * shut.deferred_share


def test_when_gishtkoprik_shuts_trucks_spread_over_the_south_and_leave_tazhen_alone() -> None:
    usual, shut = of_2025(trucks(), at_navoiy=0)
    assert shut.per_crossing[[GK, NAV]].tolist() == [0, 0]
    for crossing in (YAL, SNJ, SIR):
        assert shut.per_crossing[crossing] > 1.05 * usual.per_crossing[crossing]
    assert shut.per_crossing[DAU] == pytest.approx(usual.per_crossing[DAU], rel=0.02)


def test_a_shut_crossing_raises_all_others_that_are_near() -> None:
    usual, shut = of_2025(cars(navoiy_open=True), at_navoiy=12)
    for crossing in (NAV, SNJ, YAL, SIR):
        assert shut.per_crossing[crossing] > usual.per_crossing[crossing]


def test_nobody_comes_to_a_crossing_outside_its_hours() -> None:
    _, usual = cars().usual()
    night = np.r_[0:8, 18:24]
    assert (usual.arrivals[[MAL, OQO]][:, night] == 0).all()
    assert (usual.arrivals[[MAL, OQO]][:, 8:18] > 0).any()


@st.composite
def any_market(draw: st.DrawFn) -> tuple[Market, Behaviour]:
    groups, crossings, hours = draw(st.integers(1, 3)), draw(st.integers(1, 4)), draw(st.integers(1, 30))
    numbers = np.random.default_rng(draw(st.integers(0, 2**32)))
    later = hours + draw(st.integers(0, 12))
    servers = numbers.choice([0.0, 1.0, 3.0, 9.0], (crossings, later))
    market = Market(
        departures=numbers.uniform(0, 80, (groups, hours)),
        access_minutes=numbers.uniform(0, 900, (groups, crossings)),
        eligible=numbers.random((groups, crossings)) < 0.7,
        feasible=servers > 0,
        attraction=numbers.normal(0, 1, crossings),
        queues=HourlyQueues(
            servers,
            numbers.uniform(1, 40, crossings),
            np.full(crossings, 0.5),
            numbers.uniform(0, 50, crossings),
        ),
    )
    theta = draw(st.sampled_from([0.002, 0.02, 0.03]))
    return market, Behaviour(theta, 0.3, 240.0, draw(st.sampled_from([0.0, 0.5, 1.0])))


@settings(max_examples=80, deadline=None)
@given(given_market=any_market())
def test_everybody_is_somewhere_and_nobody_where_they_may_not_be(
    given_market: tuple[Market, Behaviour],
) -> None:
    market, behaviour = given_market
    found = equilibrium(market, behaviour)
    assert np.abs(found.flows.sum(axis=1) + found.deferred - market.departures).max() < 1e-9
    assert (found.flows >= 0).all()
    assert (found.deferred >= -1e-9).all()
    assert (found.flows[~market.eligible] == 0).all()
    assert (found.arrivals[~market.feasible] == 0).all()
    assert found.arrivals.sum() == pytest.approx(found.flows.sum(), rel=1e-12, abs=1e-9)


def test_who_may_pass_nowhere_stays_at_home() -> None:
    market, behaviour = cars().market(), cars().behaviour
    nowhere = replace(market, eligible=market.eligible & (np.arange(6) != TASHKENT)[:, None])
    found = equilibrium(nowhere, behaviour)
    assert found.deferred[TASHKENT] == pytest.approx(market.departures[TASHKENT])


def test_the_equilibrium_settles_and_says_how_well() -> None:
    for mode in (cars(), trucks(), pedestrians()):
        for found in of_2023(mode):
            assert found.gap <= 0.01
            assert found.iterations <= 60
            assert not found.is_band


def test_it_settles_at_every_crossing_by_itself() -> None:
    """A hundredth of all travellers may be a quarter of those of a crossing with little left."""
    for mode in (cars(), trucks(), pedestrians()):
        usual, found = of_2023(mode)
        market, _ = mode.usual()
        booths = mode.booths.copy()
        booths[[SNJ, SIR]] *= 0.2
        wanted = Choices(mode.changed(market, booths), mode.behaviour).wanted(found.waits, usual.waits)
        off = np.abs(wanted - found.flows).sum(axis=(0, 2))
        assert (off <= 0.01 * found.per_crossing + 1e-9).all()


def test_what_does_not_settle_is_given_as_a_band() -> None:
    mode = cars()
    market, usual = mode.usual()
    jammed = mode.changed(market, mode.booths * 0.3)
    rash = replace(mode.behaviour, informed=1.0, theta=0.03)
    hurried = equilibrium(jammed, rash, habitual_waits=usual.waits, begin=usual.flows, most_steps=1)
    assert hurried.gap > 0.05
    assert hurried.is_band
    low, high = hurried.waits_between
    assert (low <= high).all()
    assert (high[GK] - low[GK]).max() > 10


def test_a_queue_makes_a_crossing_less_chosen_than_its_distance_does() -> None:
    """One step of choice without feedback would send twice as many to Najimov, where a fifth is left."""
    mode = cars()
    market, usual = mode.usual()
    booths = mode.booths.copy()
    booths[SNJ] *= 0.2
    changed = mode.changed(market, booths)
    blind = Choices(changed, mode.behaviour).flows(np.zeros_like(usual.waits)).sum(axis=(0, 2))
    seeing = equilibrium(changed, replace(mode.behaviour, informed=1.0)).per_crossing
    assert blind[SNJ] > 2 * seeing[SNJ]


ONE_AT_NIGHT = np.repeat([2.0, 0.0, 2.0], [18, 14, 16])
"""A post that is shut between 18 and 8 o'clock."""


def waits_of(arrivals: Array) -> Array:
    """Without those that chance makes: a squared coefficient of −1 takes them out."""
    queues = HourlyQueues(ONE_AT_NIGHT[None], np.array([10.0]), np.full(1, -1.0), np.zeros(1))
    waits: Array = queues.waits(arrivals[None])[0]
    return waits


def test_a_few_more_before_a_post_shuts_do_not_send_a_whole_hour_into_the_night() -> None:
    arrivals = np.zeros(48)
    arrivals[16] = 12
    waits = []
    for more in np.arange(0, 24.1, 0.5):
        arrivals[17] = more
        waits.append(waits_of(arrivals)[17])
    assert waits[0] < 60
    assert waits[-1] > 7 * 60
    assert 0 <= min(np.diff(waits)) < max(np.diff(waits)) < 60


@given(seed=st.integers(0, 2**32))
@settings(max_examples=10, deadline=None)
def test_the_wait_of_an_hour_is_the_mean_of_all_who_come_in_it(seed: int) -> None:
    """Held against fifty small parts of an hour, served one after the other, somebody always waiting. The
    part that is half served when the post shuts counts as of one day or the other."""
    arrivals, parts = np.random.default_rng(seed).uniform(12, 14, 48), 50
    come = (np.arange(48 * parts) + 0.5) * 60 / parts
    coming, capacity = (np.repeat(hourly, parts) / parts for hourly in (arrivals, ONE_AT_NIGHT * 6))
    served = np.append(0, capacity.cumsum())
    queue, leave = 0.0, []
    for part, more in enumerate(coming):
        leave.append(np.searchsorted(served, served[part] + queue + more / 2) * 60 / parts)
        queue = max(queue + more - capacity[part], 0.0)
    hourly = np.maximum(leave, come).reshape(48, parts)
    known = hourly.max(axis=1) < 47 * 60
    mean = (hourly - come.reshape(48, parts)).mean(axis=1)
    assert known.sum() > 12
    assert mean[known].max() > 6 * 60
    assert waits_of(arrivals)[known] == pytest.approx(mean[known], abs=14 * 60 / parts)


def scene_of(mode: Mode) -> tuple[Scene, Behaviour]:
    """February 2023 every day, with four in five who follow what is published."""
    market, usual = mode.usual()
    booths = mode.booths.copy()
    booths[[SNJ, SIR]] *= 0.2
    scene = Scene.of(mode.changed(market, booths), usual.waits, slice(0, HOURS))
    return scene, replace(mode.behaviour, informed=0.8)


def test_publishing_the_equilibrium_does_not_make_queues_swing() -> None:
    scene, led = scene_of(cars())
    peaks, _ = lived(scene, led, predicted(scene, led), in_turns)
    assert swing(peaks[[GK, SNJ, YAL, SIR]]) <= 0.1


def test_nor_where_a_truck_more_or_less_is_half_an_hour() -> None:
    scene, led = scene_of(trucks())
    peaks, _ = lived(scene, led, predicted(scene, led), in_turns)
    assert swing(peaks[scene.feasible.any(axis=1)]) <= 0.1


def test_a_prediction_reckons_with_those_who_are_on_the_road() -> None:
    scene, led = scene_of(trucks())
    publish, nobody = predicted(scene, led), np.zeros((len(scene.attraction), HOURS))
    coming = nobody.copy()
    coming[YAL, 6:12] = 60
    alone, joined = (
        publish(Morning(0, nobody, nobody[:, 0], on_the_road)) for on_the_road in (nobody, coming)
    )
    assert joined.waits[YAL].max() > alone.waits[YAL].max() + 60
    assert joined.expected[YAL] > alone.expected[YAL] + 100
    assert joined.expected.sum() > alone.expected.sum() + 100


def test_publishing_yesterdays_wait_does() -> None:
    scene, led = scene_of(cars())
    peaks, _ = lived(scene, led, yesterday(scene), as_they_like)
    assert swing(peaks[GK]) > 0.5


def test_naming_the_same_first_makes_the_next_jam_and_taking_turns_does_not() -> None:
    """Two crossings as good as each other, that together can pass everybody."""
    servers = np.full((2, HOURS), 6.0)
    scene = Scene(
        departures=np.full((1, HOURS), 80.0),
        access_minutes=np.array([[40.0, 41.0]]),
        eligible=np.ones((1, 2), bool),
        feasible=servers > 0,
        attraction=np.zeros(2),
        queues=HourlyQueues(servers, np.full(2, 7.0), np.full(2, 0.45), np.zeros(2)),
        habitual_waits=np.zeros((2, HOURS)),
    )
    led = Behaviour(theta=0.02, beta=0.3, deferral_minutes=240, informed=0.8)
    turns, _ = lived(scene, led, predicted(scene, led), in_turns)
    same, _ = lived(scene, led, predicted(scene, led), always_the_best)
    assert turns[:, 5:].max() < 15
    assert same[:, 5:].max() > 60


def test_the_waits_inside_see_closures_and_nearness_to_capacity() -> None:
    servers = np.full((3, 24), 6.0)
    servers[1, 10:16] = 0
    queues = HourlyQueues(servers, np.full(3, 7.0), np.full(3, 0.45), np.zeros(3))
    calm, shut, busy = queues.waits(np.array([[20.0] * 24, [20.0] * 24, [48.0] * 24]))
    assert calm.max() < 1
    assert shut[10] == pytest.approx(5.5 * 60 + 30 * (20 / 60) / (6 / 7), rel=0.1)
    assert shut[9] < 30
    assert 2 < busy[12] < 20


def test_calibration_finds_who_sets_out_where_a_crossing_has_travellers_of_its_own() -> None:
    """Nobody comes to Tazhen from elsewhere, so no attraction could make up for a wrong number of groups."""
    mode = trucks()
    mode.departures[5] /= 3
    market, outcome = calibrated(mode.market(), mode.behaviour, mode.volumes)
    assert outcome.per_crossing[DAU] == pytest.approx(mode.volumes[DAU], rel=0.02)
    assert np.abs(market.attraction).max() < 5


def test_attractions_are_nothing_on_average_so_that_putting_off_keeps_its_worth() -> None:
    for mode in (cars(), trucks(), pedestrians()):
        market, outcome = mode.usual()
        used = mode.volumes > 0
        assert np.average(market.attraction[used], weights=mode.volumes[used]) == pytest.approx(0, abs=1e-9)
        assert outcome.deferred.sum() > 0


def test_who_does_not_know_of_a_queue_leaves_it_when_it_is_worth_more_than_the_trip() -> None:
    """Without that, those who go by habit would pile up at Najimov for as long as it is limited."""
    mode = cars()
    market, usual = mode.usual()
    booths = mode.booths.copy()
    booths[SNJ] *= 0.02
    changed, ignorant = mode.changed(market, booths), replace(mode.behaviour, informed=0.0)
    patient = replace(ignorant, deferral_minutes=30 * 24 * 60.0)
    leaving, staying = (
        equilibrium(changed, behaviour, habitual_waits=usual.waits, begin=usual.flows)
        for behaviour in (ignorant, patient)
    )
    assert leaving.per_crossing[SNJ] < 0.7 * staying.per_crossing[SNJ]
    assert mean_wait(leaving, SNJ) < 0.7 * mean_wait(staying, SNJ)


def test_calibration_shuts_out_what_nobody_uses() -> None:
    mode = cars()
    market, outcome = calibrated(mode.market(), mode.behaviour, mode.volumes)
    assert not market.eligible[:, NAV].any()
    assert outcome.per_crossing[NAV] == 0


@pytest.mark.parametrize("theta", [0.0, -0.01, 0.05])
def test_a_choice_too_sharp_for_queues_is_refused(theta: float) -> None:
    with pytest.raises(ValueError, match="theta"):
        Behaviour(theta, 0.3, 240, 0.5)
