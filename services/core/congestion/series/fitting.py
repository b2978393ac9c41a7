"""Fitting the experts to the history, once a week.

A row is a pair of reports of one lane, a lead apart. The residuals of the rows whose target lies in a week
are taken from the usual week of the *other* weeks: with their own week in it they would look smaller than
those of the coming week will, which costs a short history a tenth of its accuracy. Lanes are fitted together,
for what one lane's twelve weeks say about fifty columns is mostly noise; a row weighs √(usual wait + shift),
half way from errors in z to errors in minutes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from services.core.congestion.grid import Array
from services.core.congestion.series.clock import Clock
from services.core.congestion.series.columns import (
    LOOK_BACK,
    Questions,
    columns,
    setting_of,
    spread_columns,
)
from services.core.congestion.series.experts import Experts
from services.core.congestion.series.history import History
from services.core.congestion.series.regression import least_absolute
from services.core.congestion.series.residuals import Residuals
from services.core.congestion.series.sampling import pairs
from services.core.congestion.series.tuning import WEEK_SLOTS
from services.core.congestion.series.week import Weeks, usual_week


@dataclass(frozen=True, slots=True)
class Rows:
    """R rows: columns (R, P), spread (R, S), everything else (R,)."""

    lane: Array
    last: Array
    columns: Array
    spread: Array
    before: Array
    usual: Array
    truth: Array
    weight: Array

    @classmethod
    def joined(cls, parts: list[Rows]) -> Rows:
        return cls(*(np.concatenate([getattr(part, name) for part in parts]) for name in Rows.__slots__))

    def only(self, rows: Array) -> Rows:
        return Rows(*(getattr(self, name)[rows] for name in Rows.__slots__))


def fitted(history: History, clock: Clock) -> Experts:
    """The experts as of the newest slot of the history; where it is too short they stay unfitted."""
    tuning = history.tuning
    weeks = Weeks(history, clock)
    usual, spread = usual_week(weeks.z, history.roster, tuning)
    experts = Experts.unfitted(usual, spread, tuning.horizons)
    if len(weeks.z) < 2:
        return experts
    samples = [_Week(history, clock, weeks, week) for week in range(len(weeks.z))]
    done = [0]
    for place, horizon in enumerate(tuning.horizons, start=1):
        rows = Rows.joined([week.rows(horizon, tuning.rows // len(samples)) for week in samples])
        if len(rows.lane) >= tuning.fewest_rows:
            _fit(experts, place, rows, tuning.ridge)
            done.append(place)
    return experts.at(np.array(done)) if len(done) > 1 else experts


class _Week:
    """The rows whose target lies in one local week."""

    def __init__(self, history: History, clock: Clock, weeks: Weeks, week: int) -> None:
        self.history, self.clock = history, clock
        self.weight = history.tuning.forgetting ** (len(weeks.z) - 1 - week)
        self.usual, self.spread = usual_week(weeks.without(week), history.roster, history.tuning)
        slots = np.arange(history.through + 1) + history.first
        self.slots = slots[clock.local(slots) // WEEK_SLOTS == weeks.first + week]
        start, end = int(self.slots[0]), int(self.slots[-1])
        self.residuals = Residuals(history, clock, self.usual, start - LOOK_BACK, end)

    def rows(self, horizon: int, most: int) -> Rows:
        lane, origin, target = pairs(self.history, self.slots, horizon, most)
        questions = Questions(lane, origin, origin, target)
        setting = setting_of(self.usual, self.spread, self.clock, questions)
        rows = Rows(
            lane=lane,
            last=self.residuals.value(origin, lane),
            columns=columns(self.residuals, questions, setting),
            spread=spread_columns(self.residuals, questions, setting),
            before=setting.before,
            usual=setting.usual,
            truth=self.history.carried[target - self.history.first, lane],
            weight=np.exp(setting.usual / 2) * self.weight,
        )
        return rows.only(np.isfinite(setting.usual) & np.isfinite(setting.before))


def _fit(experts: Experts, place: int, rows: Rows, ridge: float) -> None:
    wanted = rows.truth - rows.usual
    coefficients = least_absolute(rows.columns, wanted, rows.weight, ridge)
    fading = float(least_absolute(rows.last[:, None], wanted, rows.weight, ridge)[0])
    experts.coefficients[place], experts.fading[place] = coefficients, fading
    regressed = rows.usual + rows.columns @ coefficients
    for expert, centre in enumerate((rows.before + rows.last, rows.usual + fading * rows.last, regressed)):
        experts.errors.fit(place, expert, rows.lane, rows.spread, rows.truth - centre)
