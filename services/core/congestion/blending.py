"""The mean of two forecasts, quantile by quantile: the queues' and that of the series of reported waits.

Every particle keeps its rank. A particle whose part of the wait (at one post or at both) stands at rank u
among all particles is moved by w·(Q(u) − part), Q being the quantiles of the series. The particles then have
the mean quantiles of both, and still say which lanes are slow together. Where a queue does not end within the
calendar, nothing is moved: the series knows nothing of closures.
"""

from __future__ import annotations

import numpy as np

from services.core.congestion.assumptions import assumed
from services.core.congestion.grid import Array


def blended(samples: Array, part: Array, quantiles: Array, levels: Array, weight: Array) -> Array:
    """Waits (J, N) in minutes with the `part` of them (J, N) that the series forecasts as `quantiles` (J, Q)
    at `levels` (Q,), moved by `weight` (J,) towards it; outside the levels the outermost hold."""
    ranks = (np.arange(samples.shape[1]) + 0.5) / samples.shape[1]
    order = np.argsort(part, axis=1, kind="stable")
    moved = samples.copy()
    for number, (place, said) in enumerate(zip(order, quantiles, strict=True)):
        there = part[number, place]
        towards = np.where(np.isfinite(there), np.interp(ranks, levels, said) - there, 0.0)
        moved[number, place] += weight[number] * towards
    result: Array = np.maximum(moved, 0.0)
    return result


def weight_of_series(queues_loss: float, series_loss: float, targets: int) -> float:
    """The weight of the series, from the losses of both on the same `targets`."""
    of = assumed().engine.blending
    if targets < of.fewest_targets.value or queues_loss + series_loss <= 0:
        return of.equal_weight.value
    mean, sharpness = (queues_loss + series_loss) / 2, of.sharpness.value
    queues, series = (float(np.exp(-sharpness * (loss / mean - 1))) for loss in (queues_loss, series_loss))
    return series / (queues + series)
