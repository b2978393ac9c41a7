"""Where travellers go in every turn of events, and how little is known of a post that nobody has measured."""

from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.core.congestion.assumptions import assumed
from services.core.congestion.border import Border
from services.core.congestion.diversion import Travellers, Usual
from services.core.congestion.grid import STEPS_PER_HOUR, Array, LaneKey
from services.core.congestion.priors import Capacity, Priors
from services.core.congestion.rerouting import Turns, rerouted
from services.core.congestion.stated import Positive

PRIORS = Priors.read()
DIVERSION = assumed().engine.diversion
LEAST_TURNS, RECEIVING = DIVERSION.least_turns.value, DIVERSION.receiving_share.value
GK, NAV, YAL, MAL = "gishtkoprik-zhibek-zholy", "navoiy-kaplanbek", "yallama-konysbayev", "malik-syrdarya"
KEYS = [LaneKey(crossing, "to-kz", "car") for crossing in (GK, NAV, YAL, MAL)]
KEYS.append(LaneKey(YAL, "to-kz", "truck"))
ROW = {key.crossing: row for row, key in enumerate(KEYS[:4])}
TRUCKS = 4
STEPS = 72 * STEPS_PER_HOUR
START = datetime(2026, 9, 14, 19, tzinfo=UTC)
ACCESS = np.array([[40.0, 45.0, 110.0, 130.0], [160.0, 150.0, 90.0, 60.0]])
"""Illustrative."""
FAMILIES = Travellers(np.arange(4), np.array([0.7, 0.3]), ACCESS, np.ones((2, 4), bool))


def border(priors: Priors = PRIORS) -> Border:
    clusters = ["tashkent", "tashkent", "syrdarya", "syrdarya", "syrdarya"]
    return Border.expected(KEYS, clusters, START, usual(), {}, priors)


def usual() -> Array:
    return np.ones((len(KEYS), 2, STEPS))


def with_share(crossing: str, share: float) -> Array:
    """The usual calendar, but what is left of one crossing from the second day on."""
    shares = usual()
    shares[ROW[crossing], :, STEPS // 3 :] = share
    return shares


def turns_of(*calendars: Array, priors: Priors = PRIORS, choosing: Travellers = FAMILIES) -> Turns:
    return rerouted(border(priors), [choosing], np.stack(calendars), [1 / len(calendars)] * len(calendars))


def stating_yallama() -> Priors:
    """The same, with a source for what Yallama passes: about what is thought without."""
    servers = border().servers[ROW[YAL], 0]
    figure = Positive(value=float(servers * 60 / 7), source="prior")
    stated = Capacity(crossing=YAL, mode="car", directions=1, side="kz", per_hour=figure)
    return PRIORS.model_copy(update={"capacities": (*PRIORS.capacities, stated)})


def test_where_nothing_changes_nobody_moves_and_nothing_is_drawn() -> None:
    found = turns_of(usual())
    assert (found.arrivals[0] == border().arrivals).all()
    assert (found.shares[0] == usual()).all()
    assert not found.diversions
    assert not (found.receiving | found.unsettled).any()


def test_a_closure_leaves_the_lanes_of_other_travellers_alone() -> None:
    found = turns_of(with_share(GK, 0))
    assert (found.arrivals[:, TRUCKS] == border().arrivals[TRUCKS]).all()
    assert (found.shares[:, TRUCKS] == 1).all()
    assert not found.receiving[TRUCKS]


def test_who_is_sent_elsewhere_is_received_there() -> None:
    found = turns_of(with_share(GK, 0))
    assert found.receiving[:4].tolist() == [False, True, True, True]
    assert (found.arrivals[:, ROW[GK], STEPS // 2 :] == 0).all()


def test_both_directions_are_diverted_alike_where_the_narrower_posts_are_the_same() -> None:
    keys = [*KEYS[:4], *(LaneKey(key.crossing, "to-uz", "car") for key in KEYS[:4])]
    back = Travellers(np.arange(4, 8), FAMILIES.group_share, ACCESS, FAMILIES.eligible)
    there = with_share(GK, 0)[:4]
    shares = np.concatenate([there, there[:, ::-1]])
    clusters = ["tashkent", "tashkent", "syrdarya", "syrdarya"] * 2
    both = Border.expected(keys, clusters, START, np.ones_like(shares), {}, PRIORS)
    found = rerouted(both, [FAMILIES, back], shares[None], [1.0])
    assert {diversion.market for diversion in found.diversions} == {0, 1}
    assert found.arrivals[:, 4:] == pytest.approx(found.arrivals[:, :4])
    narrower = shares.copy()
    narrower[4 + ROW[YAL], 0] = 0.5
    found = rerouted(both, [FAMILIES, back], narrower[None], [1.0])
    assert found.arrivals[:, 4 + ROW[YAL]].sum() < found.arrivals[:, ROW[YAL]].sum()


def test_a_change_that_hardly_sends_anybody_makes_nobody_a_receiver() -> None:
    found = turns_of(with_share(MAL, 0.9))
    assert found.diversions
    assert not found.receiving.any()


def test_a_turn_in_which_nothing_changes_moves_nobody() -> None:
    found = turns_of(usual(), with_share(GK, 0))
    half = len(found.arrivals) // 2
    sizes = found.shares[:half, :4, 0, :1]
    assert found.arrivals[:half, :4] == pytest.approx(border().arrivals[:4] * sizes)
    assert {diversion.turn for diversion in found.diversions} == set(range(half, 2 * half))


def test_a_capacity_that_nobody_states_has_an_answer_of_its_own_in_every_turn() -> None:
    found = turns_of(with_share(GK, 0))
    assert len(found.weights) == LEAST_TURNS
    assert sum(found.weights) == pytest.approx(1)
    for crossing, level in ((YAL, 500), (MAL, 125)):
        sizes = found.shares[:, ROW[crossing], 0, 0]
        assert len(set(sizes)) == LEAST_TURNS
        assert np.median(sizes) == pytest.approx(1, rel=0.2)
        assert np.log(sizes).std() == pytest.approx(border().size_sd[ROW[crossing]], rel=0.15), level
    assert (found.shares[:, ROW[NAV]] == 1).all()


def test_where_every_capacity_is_stated_one_turn_is_enough() -> None:
    two = Travellers(np.array([ROW[GK], ROW[NAV]]), np.array([1.0]), ACCESS[:1, :2], np.ones((1, 2), bool))
    found = turns_of(with_share(GK, 0), choosing=two)
    assert found.weights == (1.0,)
    assert (found.shares == with_share(GK, 0)).all()


def test_the_lane_that_somebody_measured_stays_as_it_is() -> None:
    told = turns_of(with_share(GK, 0), priors=stating_yallama())
    assert (told.shares[:, ROW[YAL]] == 1).all()
    assert len(set(told.shares[:, ROW[MAL], 0, 0])) == LEAST_TURNS


def test_the_larger_a_post_turns_out_the_more_are_sent_there_and_the_less_they_wait() -> None:
    market = Usual(border(), FAMILIES)
    gained, waits = [], []
    for size in (0.4, 1.0, 2.5):
        sizes = np.where(np.arange(4) == ROW[YAL], size, 1.0)
        before, after = market.changed(with_share(GK, 0)[:4], sizes)
        gained.append((after.per_crossing - before.per_crossing)[ROW[YAL]])
        waits.append(after.waits[ROW[YAL], 24:72].mean())
    assert 0 < gained[0] < gained[1] < gained[2]
    assert waits[0] > 3 * waits[1] > 9 * waits[2]


@settings(max_examples=25, deadline=None)
@given(
    left=st.lists(st.sampled_from([0.0, 0.15, 0.6, 1.0]), min_size=4, max_size=4),
    again=st.integers(1, 3),
)
def test_whatever_is_left_of_the_posts_nobody_is_lost_or_made(left: list[float], again: int) -> None:
    shares = usual()
    shares[:4, :, STEPS // 3 : STEPS // 3 * again] = np.array(left)[:, None, None]
    found = turns_of(shares)
    own = border().arrivals * found.shares.max(axis=(2, 3))[..., None]
    assert (found.arrivals >= 0).all()
    for turn in range(len(found.weights)):
        before, after = own[turn, :4].sum(), found.arrivals[turn, :4].sum()
        put_off = max((one.deferred_share for one in found.diversions if one.turn == turn), default=0.0)
        assert (1 - put_off - 0.02) * before <= after <= (1 + 1e-9 + 0.02) * before
    assert (found.receiving == (found.arrivals.sum(2).mean(0) > (1 + RECEIVING) * own.sum(2).mean(0))).all()
