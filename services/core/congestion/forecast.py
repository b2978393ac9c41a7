"""The outlook of every lane, from bulletins: hours and notices become calendars, calendars become waits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache

import numpy as np
from numpy.typing import NDArray

from services.core.congestion.calendar import TURNS, Lane, Turns, turns
from services.core.congestion.days import ONE_DAY, day_classes
from services.core.congestion.diversion import Travellers
from services.core.congestion.grid import STEP, LaneKey
from services.core.congestion.outlook import CALENDAR_STEPS, SPIN_UP_HOURS, Calendar, Outlook, outlook
from services.core.congestion.priors import Priors
from services.core.status import Bulletin

ENGINE = "1"
"""Moves with every change of the engine that changes its figures."""


def grid_start(now: datetime) -> datetime:
    """The step of the grid in which an instant lies: runs within one step see the same future."""
    return now.replace(minute=now.minute - now.minute % 10, second=0, microsecond=0)


def keys_of(lanes: Sequence[Lane]) -> list[LaneKey]:
    return [LaneKey(*lane) for lane in lanes]


def forecast(
    bulletins: Mapping[str, Bulletin],
    lanes: Sequence[Lane],
    at: datetime,
    markets: Sequence[Travellers],
    *,
    seed: int,
) -> Outlook:
    """The outlook from `at` (a step of the grid) on. `markets` count their lanes as `lanes` does."""
    start = at - timedelta(hours=SPIN_UP_HOURS)
    usual = turns(_without_notices(bulletins), lanes, start, CALENDAR_STEPS)
    expected = turns(bulletins, lanes, start, CALENDAR_STEPS)
    holidays = next(iter(bulletins.values())).holidays if bulletins else {}
    last = (start + CALENDAR_STEPS * STEP).date() + ONE_DAY
    return outlook(
        keys_of(lanes),
        [bulletins[code].crossing.cluster for code, _, _ in lanes],
        at,
        usual.shares[0],
        [Calendar(weight=1 / TURNS, shares=shares) for shares in _settled(usual, expected)],
        priors=_priors(),
        seed=seed,
        travellers=markets,
        day_classes=day_classes(start.date() - ONE_DAY, last, holidays),
    )


def _settled(usual: Turns, expected: Turns) -> NDArray[np.float64]:
    """The shares in every turn of events, with the usual ones wherever the notices change nothing.

    Which of several accounts of the hours is right is nothing that makes people go elsewhere.
    """
    return np.where(expected.shares == usual.shares, usual.shares[:1], expected.shares)


def _without_notices(bulletins: Mapping[str, Bulletin]) -> Mapping[str, Bulletin]:
    return {code: replace(bulletin, announced=()) for code, bulletin in bulletins.items()}


@cache
def _priors() -> Priors:
    return Priors.read()
