"""The naive forecasts: the last report, the same hour last week, the median of the hour of the week.

They use what had been reported by the origin of the forecast, and nothing later. Their quantiles are those
of their own errors in the six weeks before, by lane and six hours of the day. Hours of the week, and the same
hour last week, are by a given clock.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from benchmarks.forecasting.feeds import Feed
from services.core.congestion.grid import Array
from services.core.congestion.series import Clock

HOUR, WEEK = 60, 7 * 24 * 60
QUARTER = 15
MEDIAN_WEEKS = 10
ERROR_WEEKS = 6
STANDS = 4 * HOUR
"""A report of last week counts as its same hour up to this age."""
LEVELS = np.arange(1, 10) / 10
NAMES = ("last report", "last week", "hour of week")


@dataclass(frozen=True)
class Targets:
    """What is to be forecast: minute (N,), lane (N,), wait (N,), and the horizon in minutes."""

    minute: Array
    lane: Array
    wait: Array
    horizon: int

    def joined(self, other: Targets, since: int) -> Targets:
        """Its own before the minute `since`, and the other's from then on."""
        old = self.minute < since
        minute, lane, wait = (
            np.concatenate([getattr(self, name)[old], getattr(other, name)])
            for name in ("minute", "lane", "wait")
        )
        return Targets(minute, lane, wait, self.horizon)

    def before(self, minutes: int) -> Targets:
        """The same, to be forecast so much earlier."""
        return replace(self, horizon=self.horizon + minutes)


def naive(feed: Feed, targets: Targets, clock: Clock) -> Array:
    """(3, N) minutes, in the order of NAMES; nan where there is nothing to go by."""
    found = np.full((len(NAMES), len(targets.wait)), np.nan)
    for lane in range(len(feed.lanes)):
        known = np.isfinite(feed.waits[:, lane])
        minutes, waits = feed.minutes[known], feed.waits[known, lane]
        mine = targets.lane == lane
        when = targets.minute[mine]
        origin = when - targets.horizon
        last, _ = _as_of(minutes, waits, origin)
        week, age = _as_of(minutes, waits, _week_before(when, clock))
        usual = _hour_of_week(minutes, waits, when, origin, clock)
        usual = np.where(np.isfinite(usual), usual, last)
        found[:, mine] = last, np.where(age <= STANDS, week, usual), usual
    return found


def _as_of(minutes: Array, waits: Array, at: Array) -> tuple[Array, Array]:
    """The last report up to each instant, and its age."""
    place = np.searchsorted(minutes, at, side="right") - 1
    there = place >= 0
    place = np.maximum(place, 0)
    if not len(minutes):
        return np.full(len(at), np.nan), np.full(len(at), np.inf)
    return np.where(there, waits[place], np.nan), np.where(there, at - minutes[place], np.inf)


def _week_before(minutes: Array, clock: Clock) -> Array:
    """The same time by the clock a week earlier."""
    half = WEEK // QUARTER // 2
    moved = clock.phase(minutes // QUARTER) - clock.phase((minutes - WEEK) // QUARTER)
    before: Array = minutes - WEEK + ((moved + half) % (2 * half) - half) * QUARTER
    return before


def _hour_of_week(minutes: Array, waits: Array, when: Array, origin: Array, clock: Clock) -> Array:
    """The median of that hour in the weeks before the week of the origin; where none, of that hour of the
    day."""
    found = np.full(len(when), np.nan)
    if not len(minutes):
        return found
    reported, wanted = (clock.phase(some // QUARTER) * QUARTER // HOUR for some in (minutes, when))
    for week in np.unique(origin // WEEK):
        asked = np.flatnonzero(origin // WEEK == week)
        past = (minutes < week * WEEK) & (minutes >= (week - MEDIAN_WEEKS) * WEEK)
        for period in (24, WEEK // HOUR):
            hours, place = np.unique(reported[past] % period, return_inverse=True)
            if not hours.size:
                continue
            medians = np.array([np.median(waits[past][place == n]) for n in range(len(hours))])
            hour = wanted[asked] % period
            spot = np.minimum(np.searchsorted(hours, hour), len(hours) - 1)
            hit = hours[spot] == hour
            found[asked[hit]] = medians[spot[hit]]
    return found


def with_errors(point: Array, targets: Targets) -> Array:
    """(N, 9) quantiles of one naive forecast (N,), from its errors known at each week's beginning."""
    quantiles = np.full((len(point), len(LEVELS)), np.nan)
    logs = np.log1p(np.maximum(point, 0))
    error = np.log1p(targets.wait) - logs
    block = targets.lane * 4 + targets.minute % (24 * HOUR) // (6 * HOUR)
    origin = targets.minute - targets.horizon
    for week in np.unique(origin // WEEK):
        past = (targets.minute < week * WEEK) & (targets.minute >= (week - ERROR_WEEKS) * WEEK)
        past &= np.isfinite(error)
        asked = origin // WEEK == week
        for one in np.unique(block[asked]):
            errors, here = error[past & (block == one)], asked & (block == one)
            if len(errors) < len(LEVELS):
                errors = error[past & (targets.lane == one // 4)]
            spread = np.quantile(errors, LEVELS) if len(errors) else np.zeros(len(LEVELS))
            quantiles[here] = np.maximum(np.expm1(logs[here, None] + spread), 0.0)
    return quantiles
