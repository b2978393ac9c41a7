"""Three experts on booking queues, waits of days that grow as trucks book and shrink as they are called.

persistence   the latest report stays
inflow        plus what the queue usually gains from that time of day on, up to a day ahead
reverting     a regression, fitted to all queues together, that lets the wait return to its mean of two weeks
              and of three days and to what it was a week before the target

The usual gain of a quarter of an hour is the mean change per quarter over the hours that end in it, by local
time of day. Beyond a day it adds nothing: what a queue gains in a whole day is not usual but chance.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from services.core.congestion.grid import Array
from services.core.congestion.series.clock import Clock
from services.core.congestion.series.columns import Questions
from services.core.congestion.series.errors import Between, Errors
from services.core.congestion.series.history import History
from services.core.congestion.series.regression import least_absolute
from services.core.congestion.series.residuals import Residuals
from services.core.congestion.series.sampling import pairs
from services.core.congestion.series.tuning import DAY_SLOTS, HOUR_SLOTS, WEEK_SLOTS, Roster

LONG, SHORT = 2 * WEEK_SLOTS, 3 * DAY_SLOTS
"""Slots of the means that the wait returns to."""
COLUMNS, SPREAD_COLUMNS = 6, 3
SOON = 3 * DAY_SLOTS // 2
"""Up to this lead last week says nothing that today does not say better, and misleads after a break."""
CERTAIN_DAYS = 3.0
"""Days of reports from which the usual gain of a time of day counts more than none."""


@dataclass(frozen=True, slots=True)
class BookedExperts:
    """gain (96, L) minutes per slot of the local day, coefficients (A, P), and the errors."""

    gain: Array
    coefficients: Array
    errors: Errors

    def quantiles(self, history: History, clock: Clock, asked: Questions) -> Array:
        """(E, R, Q) in z, ascending along the last axis."""
        newest = int(asked.now.max())
        levels = _levels(history, clock, newest - LONG - HOUR_SLOTS, newest)
        last, grown, about = _seen(levels, history.roster, clock, self.gain, asked)
        near = Between.of(self.errors.leads, asked.lead)
        reverting = last + np.einsum("rp,rp->r", about, near(self.coefficients))
        centres = np.stack([last, grown, reverting])
        return self.errors.around(centres, near, asked.lane, np.abs(about[:, :SPREAD_COLUMNS]))

    def known(self) -> Array:
        """(L,) whether any change was ever seen."""
        known: Array = np.asarray(np.isfinite(self.gain).all(axis=0))
        return known

    def export(self) -> dict[str, Array]:
        own = {"gain": self.gain, "coefficients": self.coefficients}
        return own | {name: getattr(self.errors, name) for name in Errors.__slots__}

    @classmethod
    def restore(cls, state: Mapping[str, Array]) -> BookedExperts:
        errors = Errors(*(state[name] for name in Errors.__slots__))
        return cls(state["gain"], state["coefficients"], errors)


def booked(history: History, clock: Clock) -> BookedExperts:
    """The experts as of the newest slot of the history; horizons with too few rows are left out."""
    tuning, lanes = history.tuning, history.roster.count
    errors = Errors.unfitted(tuning.horizons, SPREAD_COLUMNS, lanes)
    gain = _usual_gain(history, clock)
    experts = BookedExperts(gain, np.zeros((len(errors.leads), COLUMNS)), errors)
    start, end = history.first, history.first + history.through
    levels = _levels(history, clock, start, end)
    done = [0]
    for place, horizon in enumerate(tuning.horizons, start=1):
        lane, origin, target = pairs(history, np.arange(start, end + 1), horizon, tuning.rows)
        if len(lane) < tuning.fewest_rows:
            continue
        asked = Questions(lane, origin, origin, target)
        last, grown, about = _seen(levels, history.roster, clock, gain, asked)
        truth = history.carried[target - start, lane]
        weight = np.exp(last / 2) * tuning.forgetting ** ((end - target) / WEEK_SLOTS)
        experts.coefficients[place] = least_absolute(about, truth - last, weight, tuning.ridge)
        reverting = last + about @ experts.coefficients[place]
        for expert, centre in enumerate((last, grown, reverting)):
            errors.fit(place, expert, lane, np.abs(about[:, :SPREAD_COLUMNS]), truth - centre)
        done.append(place)
    if len(done) == 1:
        return experts
    chosen = np.array(done)
    return BookedExperts(gain, experts.coefficients[chosen], errors.at(chosen))


def _levels(history: History, clock: Clock, first: int, last: int) -> Residuals:
    """z itself: residuals from nothing."""
    return Residuals(history, clock, np.zeros((WEEK_SLOTS, history.roster.count)), first, last)


def _seen(
    levels: Residuals, roster: Roster, clock: Clock, gain: Array, asked: Questions
) -> tuple[Array, Array, Array]:
    """z of the latest report (R,), what it grows to by the usual gains (R,), and the columns (R, P)."""
    lane = asked.lane
    last = levels.value(asked.origin, lane)
    waits = np.exp(last) - roster.shift[lane]
    grown = np.log(np.maximum(waits + _gained(gain, clock, asked), 0.0) + roster.shift[lane])
    long = levels.mean(asked.origin, lane, LONG) - last
    short = levels.mean(asked.origin, lane, SHORT) - last
    day = levels.mean(asked.origin - DAY_SLOTS, lane, HOUR_SLOTS)
    yesterday = np.where(day > 0, day - last, 0.0)
    week = levels.nearby(asked.target - WEEK_SLOTS, lane, asked.now)
    last_week = np.where((week > 0) & (asked.lead > SOON), week - last, 0.0)
    return (
        last,
        grown,
        np.stack([np.ones_like(last), long, grown - last, short, yesterday, last_week], axis=1),
    )


def _gained(gain: Array, clock: Clock, asked: Questions) -> Array:
    """Minutes gained between origin and target (R,)."""
    sums = np.concatenate([np.zeros((1, gain.shape[1])), np.cumsum(np.tile(gain, (2, 1)), axis=0)])
    start = clock.local(asked.origin) % DAY_SLOTS + 1
    end = start + np.minimum(asked.lead, DAY_SLOTS)
    gained: Array = sums[np.minimum(end, 2 * DAY_SLOTS), asked.lane] - sums[start, asked.lane]
    return gained


def _usual_gain(history: History, clock: Clock) -> Array:
    """(96, L); nan for lanes without any report."""
    rows = np.arange(HOUR_SLOTS, history.through + 1)
    phase = clock.local(rows + history.first) % DAY_SLOTS
    waits = np.exp(history.carried[: history.through + 1]) - history.roster.shift
    change = (waits[HOUR_SLOTS:] - waits[:-HOUR_SLOTS]) / HOUR_SLOTS
    weight = history.tuning.aging ** ((history.through - rows) / WEEK_SLOTS)
    seen = np.isfinite(change) * weight[:, None]
    total, count = np.zeros((DAY_SLOTS, change.shape[1])), np.zeros((DAY_SLOTS, change.shape[1]))
    np.add.at(total, phase, np.where(seen > 0, change, 0.0) * weight[:, None])
    np.add.at(count, phase, seen)
    gain = total / (count + CERTAIN_DAYS)
    never = ~np.isfinite(waits).any(axis=0)
    gain[:, never] = np.nan
    return gain
