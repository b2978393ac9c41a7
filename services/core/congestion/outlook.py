"""The outlook of every lane: wait now and for 72 hours as quantiles, from calendars and priors alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from services.core.congestion.border import Border
from services.core.congestion.chance import Chance
from services.core.congestion.demand import BORDER_TIME, DayClasses
from services.core.congestion.diversion import Diversion, Travellers, diverted
from services.core.congestion.grid import STEP_HOURS, STEPS_PER_HOUR, Array, LaneKey
from services.core.congestion.priors import PRIOR, Priors
from services.core.congestion.queue import simulate
from services.core.congestion.waits import Waits, quantiles, waits

SPIN_UP_HOURS = 36
"""The queue at the start is not known without reports: the ensemble begins empty so long before."""
AHEAD_HOURS = 72
TAIL_HOURS = 24
"""Calendar beyond the outlook, in which the last waits can end."""
CALENDAR_STEPS = (SPIN_UP_HOURS + AHEAD_HOURS + TAIL_HOURS) * STEPS_PER_HOUR
NOW = SPIN_UP_HOURS * STEPS_PER_HOUR
EVERY_STEPS = 3
QUANTILES = (0.1, 0.5, 0.9)
PARTICLES = 100
DUST = 2.0**-20
"""Shares nearer to each other than this (a millionth) are the same."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """One way in which it may turn out: the share of its capacity that each post has, (L, 2, T) in [0, 1],
    0 being shut. Step 0 is `SPIN_UP_HOURS` before the outlook, T is `CALENDAR_STEPS`."""

    weight: float
    shares: Array


@dataclass(frozen=True, slots=True)
class LaneOutlook:
    """One lane. Waits in minutes of those who join at `at + i · 30 min`, i < J, without the inspections
    themselves; infinite where the calendar ends before the wait does: longer than can be said.

    wait (3, J)             p10, p50, p90
    exceeding (3, J)        probability of waiting at least `thresholds` (3,) minutes
    after_reopening (J,)    probability that the wait lasts over hours in which a post is shut
    queue (3,)              p10, p50, p90 of the units waiting at both posts now
    samples (J, N)          the same waits, particle by particle
    """

    key: LaneKey
    wait: Array
    exceeding: Array
    thresholds: Array
    after_reopening: Array
    queue: Array
    samples: Array
    basis: str = PRIOR

    def probability(self, minutes: float) -> Array:
        """(J,) of waiting at least so long."""
        share: Array = (self.samples >= minutes).mean(axis=1)
        return share


@dataclass(frozen=True, slots=True)
class Outlook:
    """All modelled lanes `keys`; a lane's arrays have its place there as their last axis, but for `samples`
    (J, L, N). One particle is one state of the whole border, so lanes can be compared within it."""

    at: datetime
    keys: tuple[LaneKey, ...]
    wait: Array
    exceeding: Array
    thresholds: Array
    after_reopening: Array
    queue: Array
    samples: Array
    diversions: tuple[Diversion, ...]

    def of(self, key: LaneKey) -> LaneOutlook | None:
        """None for a lane that is not modelled: a passenger train, or a lane nobody has a level for."""
        if key not in self.keys:
            return None
        row = self.keys.index(key)
        return LaneOutlook(
            key=key,
            wait=self.wait[:, :, row],
            exceeding=self.exceeding[:, :, row],
            thresholds=self.thresholds[:, row],
            after_reopening=self.after_reopening[:, row],
            queue=self.queue[:, row],
            samples=self.samples[:, row],
        )


def outlook(
    keys: Sequence[LaneKey],
    clusters: Sequence[str],
    at: datetime,
    usual_shares: Array,
    calendars: Sequence[Calendar],
    *,
    priors: Priors,
    seed: int,
    travellers: Sequence[Travellers] = (),
    admits: Array | None = None,
    day_classes: DayClasses | None = None,
    particles: int = PARTICLES,
) -> Outlook:
    """The outlook of the lanes `keys`, each with the cluster of its crossing, from `at` on.

    `usual_shares` (L, 2, T) is the calendar by the hours alone, without notices; `calendars` are what may be,
    by weight. `travellers` choose between lanes (rows of `keys`, modelled or not) where a calendar is not the
    usual one. `admits` (L, T), where given: when one can join a lane's queue; nobody comes at other times.
    The same inputs and seed give the same bytes.
    """
    _check(keys, clusters, usual_shares, calendars, admits)
    usual, (shares, likely) = _clean(usual_shares), _distinct(calendars)
    start = at - timedelta(hours=SPIN_UP_HOURS)
    on = start.astimezone(BORDER_TIME).date()
    rows = np.array([row for row, key in enumerate(keys) if priors.daily(key, on)], dtype=int)
    ours, theirs = [keys[row] for row in rows], [clusters[row] for row in rows]
    border = Border.expected(ours, theirs, start, usual[rows], day_classes or {}, priors)
    markets = [market for each in travellers if (market := _modelled(each, rows))]
    arrivals, diversions = diverted(border, markets, shares[:, rows])
    if admits is not None:
        arrivals = arrivals * admits[rows]
    chance = Chance(np.random.Generator(np.random.SFC64(seed)), particles)
    path = simulate(border.lanes(arrivals, shares[:, rows]), chance, likely)
    found = waits(path, NOW + np.arange(0, AHEAD_HOURS * STEPS_PER_HOUR + 1, EVERY_STEPS), chance)
    waiting = path.waiting(0, np.array([NOW])) + path.waiting(1, np.array([NOW]))
    return _summary(at, border, found, waiting[0], diversions)


def times(at: datetime) -> list[datetime]:
    """The J instants of an outlook from `at` on."""
    step = timedelta(hours=EVERY_STEPS * STEP_HOURS)
    return [at + i * step for i in range(AHEAD_HOURS * STEPS_PER_HOUR // EVERY_STEPS + 1)]


def _summary(
    at: datetime, border: Border, found: Waits, waiting: Array, diversions: list[Diversion]
) -> Outlook:
    thresholds = np.array([mode.thresholds_minutes.values for mode in border.modes]).reshape(-1, 3).T
    return Outlook(
        at=at,
        keys=border.keys,
        wait=found.quantiles(QUANTILES),
        exceeding=found.exceeding(thresholds),
        thresholds=thresholds,
        after_reopening=found.after_reopening,
        queue=quantiles(waiting, QUANTILES),
        samples=found.minutes,
        diversions=tuple(diversions),
    )


def _clean(shares: Array) -> Array:
    """Without the dust of interpolation, so that shut is shut and full is full."""
    cleaned: Array = np.clip(np.round(shares / DUST) * DUST, 0, 1)
    return cleaned


def _distinct(calendars: Sequence[Calendar]) -> tuple[Array, tuple[float, ...]]:
    """Every different calendar once, with all the weight it has."""
    weights: dict[bytes, float] = {}
    shares: dict[bytes, Array] = {}
    for calendar in calendars:
        cleaned = _clean(calendar.shares)
        name = cleaned.tobytes()
        weights[name] = weights.get(name, 0.0) + calendar.weight
        shares[name] = cleaned
    likely = [name for name, weight in weights.items() if weight > 0]
    return np.stack([shares[name] for name in likely]), tuple(weights[name] for name in likely)


def _modelled(travellers: Travellers, rows: Array) -> Travellers | None:
    """The same market among the modelled lanes only; None if none is left."""
    place = {int(row): number for number, row in enumerate(rows)}
    kept = [column for column, row in enumerate(travellers.lanes) if int(row) in place]
    if not kept:
        return None
    return Travellers(
        np.array([place[int(travellers.lanes[column])] for column in kept]),
        travellers.group_share,
        travellers.access_minutes[:, kept],
        travellers.eligible[:, kept],
    )


def _check(
    keys: Sequence[LaneKey],
    clusters: Sequence[str],
    usual_shares: Array,
    calendars: Sequence[Calendar],
    admits: Array | None,
) -> None:
    shape = (len(keys), 2, CALENDAR_STEPS)
    if len(clusters) != len(keys) or len(set(keys)) != len(keys):
        raise ValueError("clusters and keys: one cluster for every key, every key once")
    if not sum(calendar.weight for calendar in calendars) > 0:
        raise ValueError("calendars: at least one, with a weight")
    for shares in (usual_shares, *(calendar.shares for calendar in calendars)):
        if shares.shape != shape or not ((shares >= -DUST) & (shares <= 1 + DUST)).all():
            raise ValueError(f"shares: must have the shape {shape} and lie between 0 and 1")
    if admits is not None and admits.shape != (len(keys), CALENDAR_STEPS):
        raise ValueError("admits: must be lanes × steps")
