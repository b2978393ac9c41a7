"""The outlook of the whole border, from calendars and priors."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest

from services.core.congestion.border import Border
from services.core.congestion.diversion import Travellers
from services.core.congestion.grid import STEPS_PER_HOUR, Array, LaneKey
from services.core.congestion.layout import Calendar, calendar_steps, spin_up
from services.core.congestion.outlook import Outlook, outlook, times
from services.core.congestion.priors import Priors

PRIORS = Priors.read()
SPIN_UP_HOURS = spin_up() // timedelta(hours=1)
NOW = SPIN_UP_HOURS * STEPS_PER_HOUR
GK, NAV, YAL, MAL = "gishtkoprik-zhibek-zholy", "navoiy-kaplanbek", "yallama-konysbayev", "malik-syrdarya"
CLUSTERS = {GK: "tashkent", NAV: "tashkent", YAL: "syrdarya", MAL: "syrdarya"}
KEYS = [LaneKey(crossing, "to-kz", mode) for crossing in (GK, NAV, YAL) for mode in ("car", "truck")]
KEYS.append(LaneKey(MAL, "to-kz", "car"))
CARS = [row for row, key in enumerate(KEYS) if key.mode == "car"]
AT = datetime(2026, 9, 16, 5, tzinfo=UTC)
"""A Wednesday, ten in the morning at the border."""
CALENDAR_STEPS = calendar_steps(AT - spin_up(), AT)
ILLUSTRATIVE_ACCESS = np.array([[40.0, 45.0, 110.0, 130.0], [160.0, 150.0, 90.0, 60.0]])
FAMILIES = Travellers(np.array(CARS), np.array([0.7, 0.3]), ILLUSTRATIVE_ACCESS, np.ones((2, 4), bool))


def by_hours() -> Array:
    """Everything round the clock, but Malik from 8 to 18."""
    shares = np.ones((len(KEYS), 2, CALENDAR_STEPS))
    hour = (np.arange(CALENDAR_STEPS) // STEPS_PER_HOUR + 10 - SPIN_UP_HOURS) % 24
    shares[-1][:, (hour < 8) | (hour >= 18)] = 0
    return shares


def without(crossing: str, from_hour: float = -SPIN_UP_HOURS, share: float = 0.0) -> Array:
    """The usual calendar, a crossing cut to a share of its capacity from an hour of the outlook on."""
    shares = by_hours()
    for row, key in enumerate(KEYS):
        if key.crossing == crossing:
            shares[row, :, round((SPIN_UP_HOURS + from_hour) * STEPS_PER_HOUR) :] *= share
    return shares


def outlook_of(*calendars: tuple[float, Array], **changes: Any) -> Outlook:
    arguments: dict[str, Any] = {"priors": PRIORS, "seed": 7, "travellers": [FAMILIES]} | changes
    given = [Calendar(weight, shares) for weight, shares in calendars or [(1.0, by_hours())]]
    clusters = [CLUSTERS.get(key.crossing, "ustyurt") for key in KEYS]
    return outlook(KEYS, clusters, AT, by_hours(), given, **arguments)


def median(found: Outlook, crossing: str, mode: str = "car") -> Array:
    lane = found.of(LaneKey(crossing, "to-kz", mode))
    assert lane is not None
    waits: Array = lane.wait[1]
    return waits


def test_every_lane_has_ordered_quantiles_for_72_hours() -> None:
    found = outlook_of()
    assert len(times(AT)) == 145
    for key in KEYS:
        lane = found.of(key)
        assert lane is not None
        assert lane.state.observed is None
        assert (lane.exit_samples <= lane.samples).all()
        assert lane.wait.shape == (3, 145)
        assert (lane.wait[0] <= lane.wait[1]).all()
        assert (lane.wait[1] <= lane.wait[2]).all()
        assert (np.diff(lane.exceeding, axis=0) <= 0).all()
        assert lane.queue[0] <= lane.queue[1] <= lane.queue[2]
        assert lane.probability(lane.thresholds[0]).tolist() == pytest.approx(lane.exceeding[0].tolist())


def test_the_same_inputs_and_seed_give_the_same_bytes() -> None:
    first, again, other = (outlook_of(seed=seed).samples.tobytes() for seed in (7, 7, 8))
    assert first == again
    assert first != other


def test_a_component_alone_has_the_same_bytes_as_among_others() -> None:
    """The cars choose between four crossings; far away are a lane by itself and a railway."""
    far = [
        LaneKey("dawit-ata-tazhen", "to-kz", "truck"),
        LaneKey("keles-saryagash", "to-kz", "freight-train"),
    ]
    keys = [far[0], *KEYS, far[1]]
    clusters = ["ustyurt", *(CLUSTERS[key.crossing] for key in KEYS), "rail"]
    open_all, shut = (
        np.concatenate([np.ones((1, *shares.shape[1:])), shares, np.ones((1, *shares.shape[1:]))])
        for shares in (by_hours(), without(GK))
    )
    others_shut = open_all.copy()
    others_shut[-1] = 0
    among = outlook(
        keys,
        clusters,
        AT,
        open_all,
        [Calendar(0.5, shut), Calendar(0.5, shut * others_shut)],
        priors=PRIORS,
        seed=7,
        travellers=[replace(FAMILIES, lanes=FAMILIES.lanes + 1)],
    )
    alone = outlook_of((1.0, without(GK)))
    assert among.keys == tuple(keys)
    assert among.diversions == alone.diversions
    for name in ("wait", "exceeding", "thresholds", "after_reopening", "queue", "coming", "unsettled"):
        of_many = getattr(among, name)[..., 1:-1]
        assert of_many.tobytes() == getattr(alone, name).tobytes()
    assert among.samples[:, 1:-1].tobytes() == alone.samples.tobytes()


def test_nothing_announced_moves_nobody() -> None:
    found = outlook_of()
    assert found.diversions == ()


def test_a_closure_empties_its_lanes_and_fills_the_neighbours() -> None:
    usual, closed = outlook_of(), outlook_of((1.0, without(GK)))
    assert np.isinf(median(closed, GK)).all()
    lane = closed.of(KEYS[0])
    assert lane is not None
    assert (lane.after_reopening == 1).all()
    assert lane.queue.tolist() == [0, 0, 0]
    for crossing in (NAV, YAL):
        row = KEYS.index(LaneKey(crossing, "to-kz", "car"))
        assert closed.samples[:, row].mean() > usual.samples[:, row].mean() + 5
    assert closed.diversions
    assert max(diversion.gap for diversion in closed.diversions) <= 0.01


def test_a_closure_that_ends_is_waited_for_to_its_end() -> None:
    reopens = without(GK)
    reopens[:2, :, NOW + 20 * STEPS_PER_HOUR :] = 1
    found = outlook_of((1.0, reopens), travellers=[])
    waits = found.samples[:, 0]
    until = 20 * 60 - 30 * np.arange(40)
    assert np.isfinite(waits[:40]).mean() > 0.5
    assert (waits[:40] >= until[:, None]).all()


def test_a_band_is_told_exactly_where_others_travellers_come_and_nobody_states_the_capacity() -> None:
    usual, closed = outlook_of(), outlook_of((1.0, without(GK)))
    assert not usual.capacity_unknown.any()
    doubted = [key.crossing for key, unknown in zip(KEYS, closed.capacity_unknown, strict=True) if unknown]
    assert doubted == [YAL, MAL]
    assert not closed.unsettled.any()


def test_who_is_expected_counts_those_sent_from_elsewhere() -> None:
    usual, closed = outlook_of(), outlook_of((1.0, without(GK)))
    shut, near, other = (
        KEYS.index(LaneKey(*lane))
        for lane in ((GK, "to-kz", "car"), (NAV, "to-kz", "car"), (NAV, "to-kz", "truck"))
    )
    assert closed.coming[shut] == 0
    assert closed.coming[near] > 1.2 * usual.coming[near]
    assert closed.coming[other] == usual.coming[other]


def test_half_the_capacity_of_a_crossing_makes_its_waits_longer() -> None:
    whole, half = outlook_of(travellers=[]), outlook_of((1.0, without(YAL, share=0.5)), travellers=[])
    for mode in ("car", "truck"):
        assert median(half, YAL, mode).mean() > median(whole, YAL, mode).mean() + 30
    assert (median(half, NAV) == median(whole, NAV)).all()


def test_what_may_be_is_a_mixture_of_what_will_be_in_each_case() -> None:
    found = outlook_of((3.0, by_hours()), (1.0, without(YAL, from_hour=10)), travellers=[])
    row = KEYS.index(LaneKey(YAL, "to-kz", "car"))
    later = np.isinf(found.samples[60, row])
    assert later.mean() == pytest.approx(0.25, abs=0.02)
    assert np.isinf(found.samples[0, row]).mean() < 0.25


def test_the_same_calendar_twice_is_one_calendar() -> None:
    once, twice = outlook_of(), outlook_of((0.5, by_hours()), (0.5, by_hours() - 1e-9 * by_hours()))
    assert once.samples.tobytes() == twice.samples.tobytes()


def test_by_night_a_daylight_crossing_is_waited_for_until_morning() -> None:
    """From 18:00, eight hours ahead, to 8:00, twenty-two hours ahead."""
    found = outlook_of()
    lane = found.of(LaneKey(MAL, "to-kz", "car"))
    assert lane is not None
    night = np.arange(16, 44)
    assert (lane.wait[0][night] >= 22 * 60 - 30 * night).all()
    assert (lane.after_reopening[night] == 1).all()
    assert lane.after_reopening[2] < 0.3


def test_who_knows_the_hours_comes_within_them() -> None:
    """Malik has its whole day's cars between 8 and 18; trucks line up at Yallama at any hour."""
    night = by_hours()
    night[KEYS.index(LaneKey(YAL, "to-kz", "truck"))] *= night[-1]
    border = Border.expected(
        KEYS, [CLUSTERS[key.crossing] for key in KEYS], AT.replace(hour=19), night, {}, PRIORS
    )
    shut = night[-1, 0] == 0
    assert (border.arrivals[-1, shut] == 0).all()
    assert border.arrivals[-1].mean() * 24 == pytest.approx(62.5, rel=0.15)
    assert (border.arrivals[KEYS.index(LaneKey(YAL, "to-kz", "truck")), shut] > 0).all()


def test_a_lane_that_is_not_modelled_has_no_outlook() -> None:
    keys = [LaneKey("keles-saryagash", "to-uz", "passenger-train"), *KEYS]
    shares = np.concatenate([np.ones((1, 2, CALENDAR_STEPS)), by_hours()])
    found = outlook(
        keys,
        ["tashkent", *(CLUSTERS[key.crossing] for key in KEYS)],
        AT,
        shares,
        [Calendar(1.0, shares)],
        priors=PRIORS,
        seed=7,
        travellers=[replace(FAMILIES, lanes=FAMILIES.lanes + 1)],
    )
    assert found.of(keys[0]) is None
    assert found.samples.tobytes() == outlook_of().samples.tobytes()


def test_a_level_that_would_overload_the_posts_every_day_is_not_believed() -> None:
    clusters = [CLUSTERS[key.crossing] for key in KEYS]
    border = Border.expected(KEYS, clusters, AT, by_hours(), {}, PRIORS)
    spread = border.unknowns().demand_level_sd
    for row, key in enumerate(KEYS):
        found = PRIORS.daily(key, AT.date())
        assert found is not None
        assert spread[row] <= found[0].log_sd
    known = border.stated & (spread > PRIORS.common.usual_load.log_sd)
    ninety = border.arrivals.sum(axis=1) * np.exp(1.2816 * spread)
    passing = border.servers.min(axis=1) * 60 / np.array([m.service_minutes.value for m in border.modes])
    assert known.any()
    assert (ninety[known] <= 1.001 * passing[known] * CALENDAR_STEPS).all()


@pytest.mark.parametrize(
    ("shares", "complaint"),
    [
        (by_hours()[:, :, 1:], "shape"),
        (by_hours() * 2, "between 0 and 1"),
        (by_hours() * np.nan, "between 0 and 1"),
    ],
)
def test_a_calendar_that_cannot_be_is_refused(shares: Array, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        outlook_of((1.0, shares))


def test_a_border_without_modelled_lanes_has_an_empty_outlook() -> None:
    train = LaneKey("keles-saryagash", "to-uz", "passenger-train")
    shares = np.ones((1, 2, CALENDAR_STEPS))
    found = outlook([train], ["tashkent"], AT, shares, [Calendar(1.0, shares)], priors=PRIORS, seed=1)
    assert found.keys == ()
    assert found.of(train) is None
