"""The outlook of every lane: wait now and for 72 hours as quantiles.

From calendars and priors alone, where nothing else is known; from what was reported and learnt, where it is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import numpy as np

from services.core.congestion.border import Border
from services.core.congestion.chance import Chance
from services.core.congestion.components import NOWHERE, Component, components
from services.core.congestion.demand import BORDER_TIME, DayClasses
from services.core.congestion.diversion import Travellers
from services.core.congestion.grid import STEP, STEP_HOURS, STEPS_PER_HOUR, Array, LaneKey
from services.core.congestion.knowledge import LaneState, summary
from services.core.congestion.past import NOTHING, Past
from services.core.congestion.priors import Priors
from services.core.congestion.queue import Kernel
from services.core.congestion.rerouting import Diversion, Turns, rerouted
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
BY_LANE = (
    "wait",
    "exceeding",
    "thresholds",
    "after_reopening",
    "queue",
    "coming",
    "receiving",
    "capacity_unknown",
    "unsettled",
)
"""Fields of an outlook with the lanes as their last axis."""
DUST = 2.0**-20
"""Shares nearer to each other than this (a millionth) are the same."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """One way in which it may turn out: the share of its capacity that each post has, (L, 2, T) in [0, 1],
    0 being shut."""

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
    exit_samples (J, N)     of them the part at the exit post
    state                   what the reports say of the queues now
    coming                  units expected to come in the next 24 hours, those sent from elsewhere included
    capacity_unknown        others' travellers come, and no source states what the posts can pass
    unsettled               who goes where did not come to rest, so the waits are between bounds
    """

    key: LaneKey
    wait: Array
    exceeding: Array
    thresholds: Array
    after_reopening: Array
    queue: Array
    samples: Array
    exit_samples: Array
    state: LaneState
    coming: float
    capacity_unknown: bool
    unsettled: bool

    def probability(self, minutes: float) -> Array:
        """(J,) of waiting at least so long."""
        share: Array = (self.samples >= minutes).mean(axis=1)
        return share


@dataclass(frozen=True, slots=True)
class Outlook:
    """All modelled lanes `keys`; a lane's arrays have its place there as their last axis, but for samples
    (J, L, N). One particle is one state of a whole component, so its lanes can be compared within it."""

    at: datetime
    start: datetime
    """When the calendar begins."""
    keys: tuple[LaneKey, ...]
    wait: Array
    exceeding: Array
    thresholds: Array
    after_reopening: Array
    queue: Array
    samples: Array
    exit_samples: Array
    states: tuple[LaneState, ...]
    coming: Array
    receiving: Array
    capacity_unknown: Array
    unsettled: Array
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
            exit_samples=self.exit_samples[:, row],
            state=self.states[row],
            coming=float(self.coming[row]),
            capacity_unknown=bool(self.capacity_unknown[row]),
            unsettled=bool(self.unsettled[row]),
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
    start: datetime | None = None,
    pasts: Mapping[str, Past] | None = None,
) -> Outlook:
    """The outlook of the lanes `keys`, each with the cluster of its crossing, from `at` on.

    The calendar begins at `start`, `SPIN_UP_HOURS` before if not said, and goes on for `AHEAD_HOURS` and
    `TAIL_HOURS`. `usual_shares` (L, 2, T) is the one by the hours alone, without notices; `calendars` are
    what may be, by weight. `travellers` choose between lanes (rows of `keys`, modelled or not) where a
    calendar is not the usual one. `admits` (L, T), where given: when one can join a lane's queue; nobody
    comes at other times. `pasts` tell, by the names of components, what the queues were and what was seen; of
    the others nothing is known, and they begin empty.

    Every component of the border is reckoned by itself, so lanes of different components share no shocks, and
    the same inputs and seed give the same bytes for a component alone as for one among others.
    """
    begins = start or at - timedelta(hours=SPIN_UP_HOURS)
    _check(keys, clusters, calendar_steps(begins, at), usual_shares, calendars, admits)

    def of(part: Component) -> Outlook:
        rows, border, turns = laid_out(
            part, keys, clusters, begins, usual_shares, calendars, priors, day_classes or {}
        )
        if admits is not None:
            turns = replace(turns, arrivals=turns.arrivals * admits[rows])
        past = (pasts or {}).get(part.name, NOTHING)
        return _reckoned(at, border, turns, past, Chance(part.generator(seed), particles))

    return _together(at, keys, [of(part) for part in components(keys, travellers) or [NOWHERE]])


def calendar_steps(start: datetime, at: datetime) -> int:
    """T of a calendar from `start` on, for an outlook from `at` on: whole hours, as travellers reckon."""
    hours = -(-(at - start) // timedelta(hours=1)) + AHEAD_HOURS + TAIL_HOURS
    return hours * STEPS_PER_HOUR


def laid_out(
    part: Component,
    keys: Sequence[LaneKey],
    clusters: Sequence[str],
    start: datetime,
    usual_shares: Array,
    calendars: Sequence[Calendar],
    priors: Priors,
    day_classes: DayClasses,
) -> tuple[Array, Border, Turns]:
    """The lanes of a component that are modelled (their rows in `keys`), what is expected of them on the
    usual calendar, and what becomes of that in every turn of events."""
    on = start.astimezone(BORDER_TIME).date()
    rows = np.array([row for row in part.rows if priors.daily(keys[row], on)], dtype=int)
    ours, theirs = [keys[row] for row in rows], [clusters[row] for row in rows]
    border = Border.expected(ours, theirs, start, _clean(usual_shares[rows]), day_classes, priors)
    markets = part.markets_among(rows)
    turns = rerouted(border, list(markets.values()), *_distinct(calendars, rows))
    return rows, border, _numbered(turns, markets)


def _reckoned(at: datetime, border: Border, turns: Turns, past: Past, chance: Chance) -> Outlook:
    now = (at - border.start) // STEP
    kernel = Kernel(border.lanes(turns.arrivals, turns.shares))
    ensemble, knowledge = past.until(now, border.keys, border.start, kernel, turns.weights, chance)
    states = summary(ensemble, knowledge)
    kernel.advance(ensemble, kernel.lanes.steps, chance)
    path = ensemble.path
    found = waits(path, now + np.arange(0, AHEAD_HOURS * STEPS_PER_HOUR + 1, EVERY_STEPS), chance)
    waiting = path.waiting(0, np.array([now])) + path.waiting(1, np.array([now]))
    return _summary(at, border, found, waiting[0], turns, states)


def times(at: datetime) -> list[datetime]:
    """The J instants of an outlook from `at` on."""
    step = timedelta(hours=EVERY_STEPS * STEP_HOURS)
    return [at + i * step for i in range(AHEAD_HOURS * STEPS_PER_HOUR // EVERY_STEPS + 1)]


def _summary(
    at: datetime,
    border: Border,
    found: Waits,
    waiting: Array,
    turns: Turns,
    states: Sequence[LaneState],
) -> Outlook:
    thresholds = np.array([mode.thresholds_minutes.values for mode in border.modes]).reshape(-1, 3).T
    return Outlook(
        at=at,
        start=border.start,
        keys=border.keys,
        wait=found.quantiles(QUANTILES),
        exceeding=found.exceeding(thresholds),
        thresholds=thresholds,
        after_reopening=found.after_reopening,
        queue=quantiles(waiting, QUANTILES),
        samples=found.minutes,
        exit_samples=found.at_exit,
        states=tuple(states),
        coming=_coming(turns, (at - border.start) // STEP),
        receiving=turns.receiving,
        capacity_unknown=turns.receiving & ~border.stated,
        unsettled=turns.unsettled,
        diversions=turns.diversions,
    )


def _numbered(turns: Turns, markets: Mapping[int, Travellers]) -> Turns:
    """With the diversions naming the markets as the caller counts them."""
    numbers = list(markets)
    named = (replace(diversion, market=numbers[diversion.market]) for diversion in turns.diversions)
    return replace(turns, diversions=tuple(named))


def _together(at: datetime, keys: Sequence[LaneKey], parts: Sequence[Outlook]) -> Outlook:
    """One outlook of several, with the lanes in the order of `keys`."""
    found = [key for part in parts for key in part.keys]
    place = {key: row for row, key in enumerate(keys)}
    order = sorted(range(len(found)), key=lambda number: place[found[number]])

    def joined(name: str, axis: int = -1) -> Array:
        return np.concatenate([getattr(part, name) for part in parts], axis=axis).take(order, axis=axis)

    return Outlook(
        at=at,
        start=parts[0].start,
        keys=tuple(found[number] for number in order),
        samples=joined("samples", 1),
        exit_samples=joined("exit_samples", 1),
        states=tuple([state for part in parts for state in part.states][number] for number in order),
        diversions=tuple(diversion for part in parts for diversion in part.diversions),
        **{name: joined(name) for name in BY_LANE},
    )


def _coming(turns: Turns, now: int) -> Array:
    """(L,) units in the first day from now on, in the middle of the turns."""
    day = turns.arrivals[:, :, now : now + 24 * STEPS_PER_HOUR]
    coming: Array = np.median(day.sum(axis=2) / STEPS_PER_HOUR, axis=0)
    return coming


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


def _check(
    keys: Sequence[LaneKey],
    clusters: Sequence[str],
    steps: int,
    usual_shares: Array,
    calendars: Sequence[Calendar],
    admits: Array | None,
) -> None:
    shape = (len(keys), 2, steps)
    if len(clusters) != len(keys) or len(set(keys)) != len(keys):
        raise ValueError("clusters and keys: one cluster for every key, every key once")
    if not sum(calendar.weight for calendar in calendars) > 0:
        raise ValueError("calendars: at least one, with a weight")
    for shares in (usual_shares, *(calendar.shares for calendar in calendars)):
        if shares.shape != shape or not ((shares >= -DUST) & (shares <= 1 + DUST)).all():
            raise ValueError(f"shares: must have the shape {shape} and lie between 0 and 1")
    if admits is not None and admits.shape != (len(keys), steps):
        raise ValueError("admits: must be lanes × steps")
