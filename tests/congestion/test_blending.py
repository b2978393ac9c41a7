"""Two forecasts become one: in between, rank by rank, and the better one counts for more."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.core.congestion.assumptions import assumed
from services.core.congestion.blending import blended, weight_of_series

BLENDING = assumed().engine.blending
EQUAL, FEWEST_TARGETS = BLENDING.equal_weight.value, BLENDING.fewest_targets.value
LEVELS = np.arange(1, 10) / 10
QUEUES = np.random.default_rng(5).gamma(2, 20, (3, 100))
SERIES = np.quantile(np.random.default_rng(6).gamma(3, 10, 1000), LEVELS) * np.ones((3, 1))


def mixed(weight: float) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    return np.asarray(blended(QUEUES, QUEUES, SERIES, LEVELS, np.full(3, weight)))


@given(st.floats(0, 1))
def test_the_quantiles_lie_between_those_of_the_two_in_proportion(weight: float) -> None:
    ranks = (np.arange(100) + 0.5) / 100
    both = (1 - weight) * np.sort(QUEUES, axis=1) + weight * np.interp(ranks, LEVELS, SERIES[0])
    assert np.sort(mixed(weight), axis=1) == pytest.approx(both)


def test_nobody_changes_places() -> None:
    assert (np.argsort(mixed(0.7), axis=1) == np.argsort(QUEUES, axis=1)).all()


def test_without_weight_nothing_moves() -> None:
    assert (mixed(0.0) == QUEUES).all()


def test_only_the_part_that_the_series_knows_moves_and_no_wait_is_negative() -> None:
    other = np.full_like(QUEUES, 100.0)
    moved = blended(QUEUES + other, QUEUES, SERIES, LEVELS, np.ones(3))
    assert moved - other == pytest.approx(mixed(1.0))
    assert blended(QUEUES, QUEUES * 2, 0 * SERIES, LEVELS, np.ones(3)).min() == 0


def test_a_wait_without_an_end_stays_one() -> None:
    endless = QUEUES.copy()
    endless[1, 7] = np.inf
    moved = blended(endless, endless, SERIES, LEVELS, np.ones(3))
    assert np.isinf(moved).sum() == 1
    assert np.isinf(moved[1, 7])


@pytest.mark.parametrize(
    ("queues", "series", "targets", "low", "high"),
    [
        (10, 5, FEWEST_TARGETS - 1, EQUAL, EQUAL),
        (0, 0, 1000, EQUAL, EQUAL),
        (10, 10, 1000, EQUAL, EQUAL),
        (10, 9, 1000, 0.6, 0.9),
        (9, 10, 1000, 0.1, 0.4),
        (10, 1, 1000, 0.99, 1),
    ],
)
def test_whoever_was_better_counts_for_more_once_there_is_evidence(
    queues: float, series: float, targets: int, low: float, high: float
) -> None:
    assert low <= weight_of_series(queues, series, targets) <= high
