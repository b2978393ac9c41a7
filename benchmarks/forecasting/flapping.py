"""H1: advisory levels from the forecaster's view of the present, against thresholds on the last report.

On car lanes, every quarter of an hour. A *flip back* is a change of level that is undone within two hours.
*Missed* is the share of congested time (a report at or above the second threshold) at which the level is
lower.
"""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise

import numpy as np

from benchmarks.forecasting.feeds import Feed
from benchmarks.forecasting.naive import LEVELS
from benchmarks.forecasting.replay import begun
from services.core.advisories.documents import Level
from services.core.advisories.levels import Exceeded, Held, next_level
from services.core.congestion import assumed
from services.core.congestion.grid import Array
from services.core.congestion.series import Clock

THRESHOLDS = np.array([27.0, 55.0, 108.0])
QUARTER, FLIP = 15, 120
WEEKS = 8
STANDS = 180
"""Minutes after which the last report says nothing about congested time."""


def flapping(feed: Feed, begin: int, first: int, clock: Clock) -> tuple[float, float] | None:
    """Flips back over those of the thresholds on the last report, and the share of congested time missed;
    None without cars, or without congested time of which the forecaster knows anything."""
    cars = feed.only([i for i, name in enumerate(feed.lanes) if "|car" in name])
    if not cars.lanes:
        return None
    last = min(first + WEEKS * 7 * 24 * 60, int(cars.minutes[-1]))
    told = cars.between(begin, last)
    forecaster = begun(cars, clock, begin)
    instants = np.arange(first, last, QUARTER)
    levels = np.zeros((len(instants), len(told.lanes)), int)
    shown, known = np.full(levels.shape, np.nan), np.zeros(levels.shape, bool)
    held: list[Held | None] = [None] * len(told.lanes)
    current, since = np.full(len(told.lanes), np.nan), np.full(len(told.lanes), -(10**9))
    next_report = 0
    for step, at in enumerate(instants):
        news = np.zeros(len(told.lanes), bool)
        while next_report < len(told.minutes) and told.minutes[next_report] <= at:
            lanes = np.flatnonzero(np.isfinite(told.waits[next_report]))
            minute = int(told.minutes[next_report])
            waits = told.waits[next_report, lanes]
            forecaster.report(lanes, np.full(len(lanes), minute), waits, minute)
            current[lanes], since[lanes], news[lanes] = waits, minute, True
            next_report += 1
        quantiles = forecaster.quantiles(int(at), [0])[0]
        shown[step] = np.where(at - since <= STANDS, current, np.nan)
        known[step] = np.isfinite(quantiles).all(axis=1)
        for lane in range(len(told.lanes)):
            held[lane] = now = _held(held[lane], quantiles[lane], int(at), bool(news[lane]))
            levels[step, lane] = now.level.rank
    naive = (shown[..., None] >= THRESHOLDS).sum(axis=2)
    congested = (shown >= THRESHOLDS[1]) & known
    if not congested.any():
        return None
    missed = (levels < 2)[congested].mean()
    return flips(levels) / max(flips(naive), 1), float(missed)


def _held(before: Held | None, quantiles: Array, minute: int, news: bool) -> Held:
    at = datetime.fromtimestamp(minute * 60, UTC)
    if not np.isfinite(quantiles).all():
        return before or Held(Level.NORMAL, at)
    exit_ratio = assumed().engine.levels.exit_ratio.value
    entering, leaving = (_reached(quantiles, THRESHOLDS * share) for share in (1.0, exit_ratio))
    return next_level(before, Exceeded(entering, leaving), at, news=news)


def _reached(quantiles: Array, thresholds: Array) -> list[float]:
    """P(wait >= threshold), straight lines between the quantiles, the outer tenths as wide as their
    neighbours."""
    ends = np.array([2 * quantiles[0] - quantiles[1], 2 * quantiles[-1] - quantiles[-2]])
    places = np.concatenate([ends[:1], quantiles, ends[1:]])
    places = np.maximum.accumulate(places + np.arange(len(places)) * 1e-9)
    return [float(1 - np.interp(one, places, [0, *LEVELS, 1])) for one in thresholds]


def flips(levels: Array) -> int:
    """Changes (T, L) undone within two hours."""
    count = 0
    for lane in levels.T:
        changes = np.flatnonzero(np.diff(lane)) + 1
        for one, other in pairwise(changes):
            count += int(other - one <= FLIP // QUARTER and lane[other] == lane[one - 1])
    return count
