"""What a forecast is made from: the columns of the regression.

A forecast is made at slot `now` for slot `target`, from a lane's latest report, of slot `origin` ≤ now. What
counts for the worth of that report is the *lead* target − origin, its age and the horizon together. All
residuals are from the usual week; those of the same time on earlier days and weeks are looked up relative
to the target, so that they are of its quarter of an hour.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from services.core.congestion.grid import Array
from services.core.congestion.series.clock import Clock
from services.core.congestion.series.residuals import Residuals
from services.core.congestion.series.tuning import DAY_SLOTS, HOUR_SLOTS, WEEK_SLOTS

LOOK_BACK = 4 * WEEK_SLOTS + DAY_SLOTS
"""Slots before `now` that any column looks at, at most."""
COLUMNS, SPREAD_COLUMNS = 43, 8
"""How many columns the two regressions have."""
LAST = 0
"""The column of the latest residual."""
CENTRE = 3.0
"""z of a quarter of an hour's wait, around which the level is counted."""


@dataclass(frozen=True, slots=True)
class Questions:
    """R questions, each array (R,)."""

    lane: Array
    origin: Array
    now: Array
    target: Array

    @property
    def lead(self) -> Array:
        lead: Array = self.target - self.origin
        return lead


@dataclass(frozen=True, slots=True)
class Setting:
    """What is usual for the R questions, each array (R,)."""

    hour: Array
    """Local hour of the target, in radians of a day."""
    usual: Array
    """z of the usual week at the target."""
    before: Array
    """The same at the origin."""
    spread: Array
    """Median |residual| around the target's time."""


def setting_of(usual: Array, spread: Array, clock: Clock, questions: Questions) -> Setting:
    """`usual`, `spread` (672, L): the usual week."""
    phase = clock.phase(questions.target)
    return Setting(
        hour=phase * (2 * np.pi * 7 / WEEK_SLOTS),
        usual=usual[phase, questions.lane],
        before=usual[clock.phase(questions.origin), questions.lane],
        spread=spread[phase, questions.lane],
    )


def columns(residuals: Residuals, questions: Questions, setting: Setting) -> Array:
    """(R, P)."""
    lane, origin, now, target = questions.lane, questions.origin, questions.now, questions.target
    days = np.maximum(-(-(target - now) // DAY_SLOTS), 1)
    weeks = np.maximum(-(-(target - now) // WEEK_SLOTS), 1)
    last = residuals.value(origin, lane)
    day = residuals.mean(origin, lane, DAY_SLOTS)
    hours = 3 * HOUR_SLOTS
    same_time = [residuals.nearby(target - WEEK_SLOTS * (weeks + ago), lane, now) for ago in range(4)]
    around = _around(setting.hour)
    fades = np.exp(-questions.lead / (3 * HOUR_SLOTS))
    ahead = setting.usual - setting.before
    level = setting.usual - CENTRE
    parts = [
        last,
        residuals.value(origin - HOUR_SLOTS, lane),
        residuals.mean(origin, lane, hours),
        day,
        residuals.mean(origin, lane, WEEK_SLOTS),
        residuals.nearby(target - DAY_SLOTS * days, lane, now),
        residuals.nearby(target - DAY_SLOTS * (days + 1), lane, now),
        *same_time,
        residuals.mean(target - WEEK_SLOTS * weeks + HOUR_SLOTS, lane, 2 * HOUR_SLOTS),
        residuals.mean(target - WEEK_SLOTS * weeks - HOUR_SLOTS, lane, DAY_SLOTS),
        residuals.mean_at_place(now, lane, HOUR_SLOTS),
        residuals.mean_of_kind(now, lane, HOUR_SLOTS),
        residuals.mean_of_others(now, lane, HOUR_SLOTS),
        residuals.mean_of_others(now, lane, hours),
        residuals.mean_at_place(now, lane, DAY_SLOTS),
        residuals.mean_of_others(now, lane, DAY_SLOTS),
        np.ones_like(last),
        *around,
        *(last * wave for wave in around),
        *(day * wave for wave in around),
        *(same_time[0] * wave for wave in around[:2]),
        last * fades,
        np.abs(last),
        last * np.abs(last),
        ahead,
        np.abs(ahead),
        ahead * last,
        level * last,
        level,
        level**2,
    ]
    return np.stack(parts, axis=1)


def _around(hour: Array) -> tuple[Array, ...]:
    """Two waves around the day."""
    return np.sin(hour), np.cos(hour), np.sin(2 * hour), np.cos(2 * hour)


def spread_columns(residuals: Residuals, questions: Questions, setting: Setting) -> Array:
    """(R, P) of the regression of the size of errors."""
    last = residuals.value(questions.origin, questions.lane)
    one = np.ones_like(last)
    return np.stack(
        [one, setting.spread, np.abs(last), setting.usual - CENTRE, *_around(setting.hour)], axis=1
    )
