"""An outlook of queues, blended with what the series of reported waits lead to expect.

On ordinary days both are about as good, and their mean is better than either. Around anything structural, a
closure, a diversion, a stop, a holiday, the series know nothing and the queues count alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from services.core.congestion.assumptions import assumed
from services.core.congestion.blending import blended
from services.core.congestion.grid import STEP_HOURS, Array, LaneKey
from services.core.congestion.learning import Series
from services.core.congestion.outlook import EVERY_STEPS, QUANTILES, Outlook
from services.core.congestion.series import LEVELS
from services.core.congestion.waits import Waits, quantiles

Weights = Mapping[tuple[str, int], float]
"""Of the series, by mode and hours ahead."""


@dataclass(frozen=True, slots=True)
class Apart:
    """What the queues and the series said of a wait by themselves: p10, p50 and p90 (3, J). `stage` is the
    post that it is before, None for both together."""

    stage: int | None
    queues: Array
    series: Array


def informed(
    found: Outlook, expected: Mapping[Series, Array], weights: Weights, eventful: Array
) -> tuple[Outlook, Mapping[LaneKey, tuple[Apart, ...]]]:
    """The outlook blended with `expected` (J, 9), the quantiles of the series, and both apart. `eventful`
    (J, L): where the queues count alone, as where a post has probably stopped."""
    stopped = assumed().engine.events.stopped_probability.value
    minutes, at_exit = found.samples.copy(), found.exit_samples.copy()
    apart: dict[LaneKey, tuple[Apart, ...]] = {}
    for series, said in sorted(expected.items()):
        key = LaneKey(*series.lane)
        if key not in found.keys:
            continue
        row = found.keys.index(key)
        part = _part(series, minutes[:, row], at_exit[:, row])
        said = _of_who_joins(said)
        queues = quantiles(part, QUANTILES)
        apart[key] = (*apart.get(key, ()), Apart(series.stage, queues, said[:, list(PLACES)].T))
        weight = _weights(series.mode, len(said), weights) * ~eventful[:, row]
        weight = weight * (found.states[row].stopped <= stopped)
        before = minutes[:, row]
        minutes[:, row] = blended(before, part, said, np.array(LEVELS), weight)
        if series.stage == 0:
            at_exit[:, row] = blended(at_exit[:, row], part, said, np.array(LEVELS), weight)
        elif series.stage is None:
            share = np.divide(minutes[:, row], before, out=np.ones_like(before), where=before > 0)
            at_exit[:, row] *= np.where(np.isfinite(share), share, 1.0)
    if not apart:
        return found, {}
    waits = Waits(minutes, np.minimum(at_exit, minutes), found.after_reopening)
    blend = replace(
        found,
        wait=waits.quantiles(QUANTILES),
        exceeding=waits.exceeding(found.thresholds),
        samples=waits.minutes,
        exit_samples=waits.at_exit,
    )
    return blend, apart


PLACES = tuple(LEVELS.index(level) for level in QUANTILES)


def _part(series: Series, minutes: Array, at_exit: Array) -> Array:
    """The waits (J, N) that a series is about."""
    if series.stage is None:
        return minutes
    if series.stage == 0:
        return at_exit
    endless = np.isinf(minutes)
    part: Array = np.where(endless, np.inf, minutes - np.where(endless, 0.0, at_exit))
    return part


def _of_who_joins(served: Array) -> Array:
    """A reported wait is that of somebody served now, who joined as long ago. The waits (J, 9) of those who
    join are the series' a median wait later; beyond its end the last of it holds."""
    minutes = np.arange(len(served)) * EVERY_STEPS * STEP_HOURS * 60
    later = minutes + served[:, LEVELS.index(0.5)]
    return np.stack([np.interp(later, minutes, level) for level in served.T], axis=1)


def _weights(mode: str, count: int, weights: Weights) -> Array:
    """(J,) between the hours ahead for which a weight is known."""
    known = sorted((hours, weight) for (of, hours), weight in weights.items() if of == mode)
    if not known:
        return np.full(count, assumed().engine.blending.equal_weight.value)
    hours, values = zip(*known, strict=True)
    found: Array = np.interp(np.arange(count) * EVERY_STEPS * STEP_HOURS, hours, values)
    return found
