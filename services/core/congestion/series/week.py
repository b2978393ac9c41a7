"""The usual week: what z usually is at each quarter of an hour of the local week.

It is the median over the weeks of the history, in which a week counts `aging` times what the next one does:
half that of the quarter, for many feeds change at set minutes, half that of its whole hour, which rests on
four times as many reports. Where few weeks have a report at that quarter, it leans on the quarters around it,
where those have none on the usual day of the lane, and where the lane has none on the usual day of its kind,
moved to the lane's level.
"""

from __future__ import annotations

import numpy as np

from services.core.congestion.grid import Array
from services.core.congestion.series.clock import Clock
from services.core.congestion.series.history import History
from services.core.congestion.series.tuning import DAY_SLOTS, HOUR_SLOTS, WEEK_SLOTS, Roster, Tuning

NEAR = ((1, 0.5), (2, 1 / 3))
"""Quarters this far away count this much among the neighbours; the quarter itself counts 1."""
DAY_WEIGHT = 0.3
"""How much the usual day counts among the neighbours, in weeks of reports."""
LEVEL_WEIGHT = 10.0
"""Quarters with reports from which a lane's own level outweighs that of its kind."""
USUAL_SPREAD = 0.35
"""Median |residual| where none is known: about that of a dense car lane."""


class Weeks:
    """The history as (W, 672, L): by local week, number `first` on, and quarter of it."""

    def __init__(self, history: History, clock: Clock) -> None:
        rows = np.arange(history.through + 1)
        local = clock.local(rows + history.first)
        self.first = int(local[0]) // WEEK_SLOTS
        count = int(local[-1]) // WEEK_SLOTS - self.first + 1
        table = np.full((count * WEEK_SLOTS, history.roster.count), np.nan)
        lanes = np.arange(history.roster.count)
        table[local - self.first * WEEK_SLOTS] = history.nearest(rows[:, None], lanes, history.through)
        keep = min(count, history.tuning.weeks + 1)
        self.first += count - keep
        self.z = table.reshape(count, WEEK_SLOTS, -1)[count - keep :]

    def without(self, week: int) -> Array:
        """(W−1, 672, L): the later weeks move up by one, so that none is newer than the newest usually is."""
        return np.delete(self.z, week, axis=0)


def usual_week(z: Array, roster: Roster, tuning: Tuning) -> tuple[Array, Array]:
    """(672, L) each: the usual z, and the median distance from it around that time. nan without any
    report."""
    weights = tuning.aging ** np.arange(len(z))[::-1]
    median = weighted_median(z, weights)
    weeks = np.isfinite(z).sum(axis=0)
    quarter = _leaning(median, weeks, _usual_day(median, roster), tuning.shrinkage)
    hour = _by_hour(z, weights)
    usual = np.where(np.isfinite(hour), (quarter + hour) / 2, quarter)
    with np.errstate(invalid="ignore"):
        distance = np.abs(z - usual)
    return usual, _smooth_spread(distance)


def weighted_median(values: Array, weights: Array) -> Array:
    """Along the first axis, whose entries weigh `weights`; nan entries do not count."""
    order = np.argsort(values, axis=0)
    ranked = np.take_along_axis(values, order, axis=0)
    share = np.cumsum(np.where(np.isfinite(ranked), weights[order], 0.0), axis=0)
    middle = np.argmax(share >= share[-1] / 2, axis=0)
    median: Array = np.take_along_axis(ranked, middle[None], axis=0)[0]
    return median


def _by_hour(z: Array, weights: Array) -> Array:
    """(672, L) medians over the four quarters of each hour together. A slot is named by its end: the first of
    an hour is the one after the full hour."""
    count, _, lanes = z.shape
    hours = np.roll(z, -1, axis=1).reshape(count, WEEK_SLOTS // HOUR_SLOTS, HOUR_SLOTS, lanes)
    together = hours.transpose(0, 2, 1, 3).reshape(count * HOUR_SLOTS, -1, lanes)
    median = weighted_median(together, np.repeat(weights, HOUR_SLOTS))
    return np.roll(np.repeat(median, HOUR_SLOTS, axis=0), 1, axis=0)


def _leaning(median: Array, weeks: Array, day: Array, shrinkage: float) -> Array:
    known = np.where(weeks > 0, median, 0.0)
    total, count = weeks * known, weeks.astype(float)
    for away, weight in NEAR:
        for step in (away, -away):
            total = total + weight * np.roll(weeks * known, step, axis=0)
            count = count + weight * np.roll(weeks, step, axis=0)
    neighbours = (total + DAY_WEIGHT * day) / (count + DAY_WEIGHT)
    leaning: Array = (weeks * known + shrinkage * neighbours) / (weeks + shrinkage)
    return leaning


def _usual_day(median: Array, roster: Roster) -> Array:
    """(672, L), the same on all days: by the lane where it has reports at that time of day, else by its
    kind."""
    days = median.reshape(7, DAY_SLOTS, -1)
    own = _mean(days, axis=0)
    level = _mean(own, axis=0)
    reported = np.isfinite(own).sum(axis=0)
    day = np.empty_like(own)
    for kind in np.unique(roster.kind):
        lanes = np.flatnonzero(roster.kind == kind)
        shape = _filled(_mean(own[:, lanes] - level[lanes], axis=1))
        common = _mean(level[lanes], axis=0)
        share = reported[lanes] / (reported[lanes] + LEVEL_WEIGHT)
        here = np.where(
            reported[lanes] > 0, share * np.nan_to_num(level[lanes]) + (1 - share) * common, common
        )
        day[:, lanes] = np.where(np.isfinite(own[:, lanes]), own[:, lanes], shape[:, None] + here)
    return np.tile(day, (7, 1))


def _filled(shape: Array) -> Array:
    """A day's shape with its gaps bridged; flat where it is not known at all."""
    known = np.flatnonzero(np.isfinite(shape))
    if known.size == 0:
        return np.zeros_like(shape)
    around = np.concatenate([known - len(shape), known, known + len(shape)])
    bridged: Array = np.interp(np.arange(len(shape)), around, np.tile(shape[known], 3))
    return bridged


def _smooth_spread(distance: Array) -> Array:
    """Median over the weeks, then the mean over two hours around."""
    width = 9
    median = weighted_median(distance, np.ones(len(distance)))
    lane = _mean(median, axis=0)
    median = np.where(np.isfinite(median), median, np.where(np.isfinite(lane), lane, USUAL_SPREAD))
    around = np.concatenate([median[-(width // 2) :], median, median[: width // 2]])
    sums = np.cumsum(np.concatenate([np.zeros((1, median.shape[1])), around]), axis=0)
    spread: Array = (sums[width:] - sums[:-width]) / width
    return spread


def _mean(values: Array, axis: int) -> Array:
    """Mean of what is known; nan where nothing is."""
    count = np.isfinite(values).sum(axis=axis)
    total = np.where(np.isfinite(values), values, 0.0).sum(axis=axis)
    mean: Array = np.where(count > 0, total / np.maximum(count, 1), np.nan)
    return mean
