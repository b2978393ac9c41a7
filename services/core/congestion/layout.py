"""What the queues of a component are told: calendars, priors and travellers, laid out for a run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import numpy as np

from services.core.congestion import engine
from services.core.congestion.assumptions import assumed
from services.core.congestion.border import Border
from services.core.congestion.components import Component
from services.core.congestion.demand import BORDER_TIME, DayClasses
from services.core.congestion.diversion import Travellers
from services.core.congestion.grid import STEPS_PER_HOUR, Array, LaneKey
from services.core.congestion.priors import Priors
from services.core.congestion.rerouting import Turns, rerouted

DUST = 2.0**-20
"""Shares nearer to each other than this (a millionth) are the same."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """One way in which it may turn out: the share of its capacity that each post has, (L, 2, T) in [0, 1],
    0 being shut."""

    weight: float
    shares: Array


def spin_up() -> timedelta:
    """The calendar begins so long before the instant of which the past tells, so that long waits and the
    counts of whole shifts reach back; and before the outlook where there is no past."""
    return timedelta(hours=_figures().spin_up_hours.value)


def ahead_hours() -> int:
    """How far an outlook reaches."""
    return _figures().ahead_hours.value


def longest_hours() -> int:
    """From the instant of an outlook to the end of its calendar."""
    return ahead_hours() + _figures().tail_hours.value


def particles() -> int:
    return _figures().particles.value


def _figures() -> engine.Outlook:
    return assumed().engine.outlook


def calendar_steps(start: datetime, at: datetime) -> int:
    """T of a calendar from `start` on, for an outlook from `at` on: whole hours, as travellers reckon."""
    hours = -(-(at - start) // timedelta(hours=1)) + longest_hours()
    return hours * STEPS_PER_HOUR


def check(
    keys: Sequence[LaneKey],
    clusters: Sequence[str],
    steps: int,
    usual_shares: Array,
    calendars: Sequence[Calendar],
) -> None:
    """Raises `ValueError` where keys, clusters and calendars do not fit together."""
    shape = (len(keys), 2, steps)
    if len(clusters) != len(keys) or len(set(keys)) != len(keys):
        raise ValueError("clusters and keys: one cluster for every key, every key once")
    if not sum(calendar.weight for calendar in calendars) > 0:
        raise ValueError("calendars: at least one, with a weight")
    for shares in (usual_shares, *(calendar.shares for calendar in calendars)):
        if shares.shape != shape or not ((shares >= -DUST) & (shares <= 1 + DUST)).all():
            raise ValueError(f"shares: must have the shape {shape} and lie between 0 and 1")


def laid_out(
    part: Component,
    keys: Sequence[LaneKey],
    clusters: Sequence[str],
    start: datetime,
    usual_shares: Array,
    calendars: Sequence[Calendar],
    priors: Priors,
    day_classes: DayClasses,
) -> tuple[Border, Turns]:
    """What is expected of the lanes of a component that are modelled, on the usual calendar, and what becomes
    of that in every turn of events."""
    on = start.astimezone(BORDER_TIME).date()
    rows = np.array([row for row in part.rows if priors.daily(keys[row], on)], dtype=int)
    ours, theirs = [keys[row] for row in rows], [clusters[row] for row in rows]
    border = Border.expected(ours, theirs, start, _clean(usual_shares[rows]), day_classes, priors)
    markets = part.markets_among(rows)
    turns = rerouted(border, list(markets.values()), *_distinct(calendars, rows))
    return border, _numbered(turns, markets)


def _numbered(turns: Turns, markets: Mapping[int, Travellers]) -> Turns:
    """With the diversions naming the markets as the caller counts them."""
    numbers = list(markets)
    named = (replace(diversion, market=numbers[diversion.market]) for diversion in turns.diversions)
    return replace(turns, diversions=tuple(named))


def _clean(shares: Array) -> Array:
    """Without the dust of interpolation, so that shut is shut and full is full."""
    cleaned: Array = np.clip(np.round(shares / DUST) * DUST, 0, 1)
    return cleaned


def _distinct(calendars: Sequence[Calendar], rows: Array) -> tuple[Array, tuple[float, ...]]:
    """Every calendar of these lanes that differs from the others once, with all the weight it has."""
    weights: dict[bytes, float] = {}
    shares: dict[bytes, Array] = {}
    for calendar in calendars:
        cleaned = _clean(calendar.shares[rows])
        name = cleaned.tobytes()
        weights[name] = weights.get(name, 0.0) + calendar.weight
        shares[name] = cleaned
    likely = [name for name, weight in weights.items() if weight > 0]
    return np.stack([shares[name] for name in likely]), tuple(weights[name] for name in likely)
