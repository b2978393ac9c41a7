"""Who comes, when: daily levels spread over the hours, with the seasons and the holidays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple
from zoneinfo import ZoneInfo

import numpy as np

from services.core.congestion.grid import Array, LaneKey, instants
from services.core.congestion.priors import ModeClass, Priors

BORDER_TIME = ZoneInfo("Asia/Tashkent")
"""Local time of the demand; both sides have kept it (UTC+5) since 1 March 2024."""


class Phase(StrEnum):
    BEFORE = "before"
    """People leave for the occasion."""
    DAY = "day"
    AFTER = "after"
    """The day on which people return."""


class DayClass(NamedTuple):
    """What a local day is to travellers: part of an occasion of the priors."""

    occasion: str
    phase: Phase


DayClasses = Mapping[date, DayClass]
"""Days that are not named are ordinary."""


def arrivals_per_hour(
    lanes: Sequence[LaneKey], start: datetime, steps: int, day_classes: DayClasses, priors: Priors
) -> Array:
    """(L, T) units an hour that want to join each lane, with every crossing open as usual; nan for a lane
    that is not modelled."""
    local = [at.astimezone(BORDER_TIME) for at in instants(start, steps)]
    hours = np.array([at.hour for at in local])
    days, of_day = np.unique(np.array([at.toordinal() for at in local]), return_inverse=True)
    dates = [date.fromordinal(int(day)) for day in days]
    rates = np.full((len(lanes), steps), np.nan)
    for row, lane in enumerate(lanes):
        if priors.daily(lane, dates[0]) is None:
            continue
        mode = priors.modes[lane.mode]
        per_day = [_units(lane, on, day_classes, priors) for on in dates]
        shares = np.array([mode.hour_share(hour) for hour in range(24)])
        rates[row] = np.array(per_day)[of_day] * shares[hours]
    return rates


def _units(lane: LaneKey, on: date, day_classes: DayClasses, priors: Priors) -> float:
    """Units expected on one local day."""
    found = priors.daily(lane, on)
    usual = (found[1] if found else np.nan) * day_factor(priors.modes[lane.mode], on)
    return usual * holiday_factor(lane.mode, day_classes.get(on), priors)


def day_factor(mode: ModeClass, on: date) -> float:
    """Season and weekday together, one on average."""
    weekdays, months = mode.weekdays.values, mode.months.values
    week, year = (sum(values) / len(values) for values in (weekdays, months))
    return weekdays[on.weekday()] / week * months[on.month - 1] / year


def holiday_factor(mode: str, day_class: DayClass | None, priors: Priors) -> float:
    if day_class is None:
        return 1.0
    occasion = next(one for one in priors.occasions if one.name == day_class.occasion)
    factors = occasion.factors.get(mode)
    return 1.0 if factors is None else float(getattr(factors, day_class.phase))
