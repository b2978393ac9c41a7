"""Queues and series together: the mean on ordinary days, the queues alone where something happens."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from services.core.congestion.assumptions import assumed
from services.core.congestion.grid import LaneKey
from services.core.congestion.informed import informed
from services.core.congestion.knowledge import LaneState
from services.core.congestion.learning import Series
from services.core.congestion.outlook import QUANTILES, Outlook
from services.core.congestion.series import LEVELS
from services.core.congestion.waits import quantiles
from services.core.crossings import Direction, Mode

AT = datetime(2026, 3, 12, 9, tzinfo=UTC)
CAR, TRUCK = LaneKey("alfa-alma", "to-kz", "car"), LaneKey("alfa-alma", "to-kz", "truck")
HOURS, PARTICLES = 145, 50
STOPPED = assumed().engine.events.stopped_probability.value
QUIET = np.zeros((HOURS, 2), np.bool_)


def an_outlook(stopped: float = 0.0) -> Outlook:
    """Two lanes: half of the wait, 20 minutes on average, is at the exit post."""
    generator = np.random.default_rng(1)
    at_exit = generator.gamma(2, 10, (HOURS, 2, PARTICLES))
    samples = at_exit + generator.gamma(2, 10, (HOURS, 2, PARTICLES))
    thresholds = np.array([[27.0, 27], [55, 55], [108, 108]])
    return Outlook(
        at=AT,
        start=AT - timedelta(hours=36),
        keys=(CAR, TRUCK),
        wait=quantiles(samples, QUANTILES),
        exceeding=np.stack([(samples >= limit[:, None]).mean(axis=-1) for limit in thresholds]),
        thresholds=thresholds,
        after_reopening=np.zeros((HOURS, 2)),
        queue=np.zeros((3, 2)),
        samples=samples,
        exit_samples=at_exit,
        states=(LaneState(None, stopped, 0.0),) * 2,
        coming=np.zeros(2),
        receiving=np.zeros(2, np.bool_),
        capacity_unknown=np.zeros(2, np.bool_),
        unsettled=np.zeros(2, np.bool_),
        diversions=(),
    )


def series(stage: int | None) -> Series:
    return Series(CAR.crossing, Direction.TO_KZ, Mode.CAR, stage)


def saying(minutes: float) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """The same wait at all hours, for certain."""
    return np.full((HOURS, len(LEVELS)), minutes)


def test_without_a_series_an_outlook_stays_what_it_is() -> None:
    found = an_outlook()
    blend, apart = informed(found, {}, {}, QUIET)
    assert blend is found
    assert apart == {}


@pytest.mark.parametrize("stage", [None, 0, 1])
def test_the_part_that_a_series_knows_moves_half_way_and_the_other_lane_not_at_all(stage: int | None) -> None:
    found = an_outlook()
    blend, apart = informed(found, {series(stage): saying(100)}, {}, QUIET)
    parts = {None: "samples", 0: "exit_samples", 1: None}
    if name := parts[stage]:
        before, after = (getattr(one, name)[:, 0] for one in (found, blend))
    else:
        before, after = ((one.samples - one.exit_samples)[:, 0] for one in (found, blend))
    assert after == pytest.approx((before + 100) / 2)
    assert (blend.samples[:, 1] == found.samples[:, 1]).all()
    assert list(apart) == [CAR]
    assert apart[CAR][0].series == pytest.approx(np.full((3, HOURS), 100))


def test_what_is_told_of_a_blend_follows_from_its_particles() -> None:
    blend, _ = informed(an_outlook(), {series(None): saying(200)}, {}, QUIET)
    assert blend.wait == pytest.approx(quantiles(blend.samples, QUANTILES))
    assert blend.exceeding[1, :, 0] == pytest.approx((blend.samples[:, 0] >= 55).mean(axis=-1))
    assert (blend.exit_samples <= blend.samples).all()


def test_where_something_happens_the_queues_count_alone_but_both_are_told_apart() -> None:
    found, eventful = an_outlook(), QUIET.copy()
    eventful[10:, 0] = True
    blend, apart = informed(found, {series(None): saying(100)}, {}, eventful)
    moved = (blend.samples[:, 0] != found.samples[:, 0]).any(axis=1)
    assert moved.tolist() == [True] * 10 + [False] * (HOURS - 10)
    assert apart[CAR][0].queues == pytest.approx(found.wait[:, :, 0])


@pytest.mark.parametrize(("stopped", "moves"), [(STOPPED, True), (STOPPED + 0.01, False)])
def test_a_post_that_has_probably_stopped_is_beyond_what_a_series_knows(stopped: float, moves: bool) -> None:
    found = an_outlook(stopped)
    blend, _ = informed(found, {series(None): saying(100)}, {}, QUIET)
    assert (blend.samples != found.samples).any() == moves


def test_the_weight_is_what_was_earned_at_these_hours_ahead_and_between_them_in_between() -> None:
    found = an_outlook()
    weights = {("car", 1): 1.0, ("car", 3): 0.0, ("truck", 1): 0.5}
    blend, _ = informed(found, {series(None): saying(100)}, weights, QUIET)
    share = (blend.samples - found.samples)[:, 0] / (100 - found.samples[:, 0])
    assert share.mean(axis=1)[[0, 2, 4, 6, 100]] == pytest.approx([1, 1, 0.5, 0, 0])


def test_a_reported_wait_began_when_its_reporter_joined() -> None:
    """Those served in five hours will have waited five hours: the wait of those who join now."""
    rising = np.minimum(np.arange(HOURS) * 30.0, 300.0)[:, None] * np.ones(len(LEVELS))
    blend, apart = informed(an_outlook(), {series(None): rising}, {("car", 1): 1.0}, QUIET)
    assert apart[CAR][0].series[1][:3] == pytest.approx([0, 60, 120])
    assert blend.wait[1, 20, 0] == pytest.approx(300)
