"""Choosing particles by weight, lane by lane."""

from __future__ import annotations

import numpy as np

from services.core.congestion.ensemble import Ensemble
from services.core.congestion.grid import Array
from services.core.congestion.path import WANDER_STEPS

JITTER = 0.1
"""How far particles are moved that would else be copies, as a share of the spread among them. Liu and West
2001 take 0.1 for parameters; the kernel shrinks towards the mean first, so spreads do not grow."""


def effective(weights: Array) -> float:
    """Particles of equal weight that would say as much."""
    return float(weights.sum() ** 2 / (weights**2).sum())


def systematic(weights: Array, count: int, place: float) -> Array:
    """`count` particles, each as often as its weight asks, rounded up or down; `place` in [0, 1) is the one
    random number."""
    reached = np.cumsum(weights) / weights.sum()
    points = (np.arange(count) + place) / count
    chosen: Array = np.minimum(np.searchsorted(reached, points, side="right"), len(weights) - 1)
    return chosen


def in_place(chosen: Array) -> Array:
    """The same choice, with every survivor where it was: lanes stay paired particle by particle as far as
    can be."""
    places = np.full(len(chosen), -1)
    survivors = np.unique(chosen)
    copies = np.bincount(chosen, minlength=len(chosen))
    places[survivors] = survivors
    copies[survivors] -= 1
    places[places < 0] = np.repeat(np.arange(len(chosen)), copies)
    return places


def jittered(ensemble: Ensemble, lane: int, generator: np.random.Generator) -> None:
    """Move the unknowns of a lane a little, keeping their means and spreads."""
    hour = ensemble.step // WANDER_STEPS
    for unknown in (ensemble.level, ensemble.demand):
        unknown[lane] = _moved(unknown[lane], generator)
    for unknown, record in (
        (ensemble.capacity, ensemble.path.capacity),
        (ensemble.inspection, ensemble.path.inspection),
    ):
        unknown[:, lane] = _moved(unknown[:, lane], generator)
        if hour < len(record):
            record[hour, :, lane] = unknown[:, lane]


def _moved(values: Array, generator: np.random.Generator) -> Array:
    mean, sd = values.mean(axis=-1, keepdims=True), values.std(axis=-1, keepdims=True)
    normal = generator.standard_normal(values.shape)
    moved: Array = mean + (1 - JITTER**2) ** 0.5 * (values - mean) + JITTER * sd * normal
    return moved.astype(np.float32)
