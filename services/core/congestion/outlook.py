"""The outlook of every lane: wait now and for some days as quantiles.

From calendars and priors alone, where nothing else is known; from what was reported and learnt, where it is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from services.core.congestion.border import Border
from services.core.congestion.chance import Chance
from services.core.congestion.components import NOWHERE, Component, components
from services.core.congestion.demand import DayClasses
from services.core.congestion.diversion import Travellers
from services.core.congestion.grid import STEP, STEPS_PER_HOUR, Array, LaneKey
from services.core.congestion.knowledge import LaneState, summary
from services.core.congestion.layout import (
    Calendar,
    ahead_hours,
    calendar_steps,
    check,
    laid_out,
    spin_up,
)
from services.core.congestion.layout import particles as usual_particles
from services.core.congestion.past import NOTHING, Past
from services.core.congestion.priors import Priors
from services.core.congestion.queue import Kernel
from services.core.congestion.rerouting import Diversion, Turns
from services.core.congestion.waits import Waits, quantiles, waits

EVERY_STEPS = 3
QUANTILES = (0.1, 0.5, 0.9)
"""Both are in the names and shapes of what is stored and published, and so no settings."""
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
    day_classes: DayClasses | None = None,
    particles: int | None = None,
    start: datetime | None = None,
    pasts: Mapping[str, Past] | None = None,
) -> Outlook:
    """The outlook of the lanes `keys`, each with the cluster of its crossing, from `at` on.

    The calendar begins at `start`, `spin_up` before if not said, and goes on for `longest_hours`.
    `usual_shares` (L, 2, T) is the one by the hours alone, without notices; `calendars` are what may be, by
    weight. `travellers` choose between lanes (rows of `keys`, modelled or not) where a calendar is not the
    usual one. `pasts` tell, by the names of components, what the queues were and what was seen; of the others
    nothing is known, and they begin empty.

    Every component of the border is reckoned by itself, so lanes of different components share no shocks, and
    the same inputs and seed give the same bytes for a component alone as for one among others.
    """
    begins = start or at - spin_up()
    check(keys, clusters, calendar_steps(begins, at), usual_shares, calendars)

    def of(part: Component) -> Outlook:
        border, turns = laid_out(
            part, keys, clusters, begins, usual_shares, calendars, priors, day_classes or {}
        )
        past = (pasts or {}).get(part.name, NOTHING)
        return _reckoned(
            at, border, turns, past, Chance(part.generator(seed), particles or usual_particles())
        )

    return _together(at, keys, [of(part) for part in components(keys, travellers) or [NOWHERE]])


def _reckoned(at: datetime, border: Border, turns: Turns, past: Past, chance: Chance) -> Outlook:
    now = (at - border.start) // STEP
    kernel = Kernel(border.lanes(turns.arrivals, turns.shares))
    ensemble, knowledge = past.until(now, border.keys, border.start, kernel, turns.weights, chance)
    states = summary(ensemble, knowledge)
    kernel.advance(ensemble, kernel.lanes.steps, chance)
    path = ensemble.path
    found = waits(path, now + joining(), chance)
    waiting = path.waiting(0, np.array([now])) + path.waiting(1, np.array([now]))
    return _summary(at, border, found, waiting[0], turns, states)


def joining() -> Array:
    """(J,) the steps from now on at which somebody joins."""
    return np.arange(0, ahead_hours() * STEPS_PER_HOUR + 1, EVERY_STEPS)


def times(at: datetime) -> list[datetime]:
    """The J instants of an outlook from `at` on."""
    return [at + int(step) * STEP for step in joining()]


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
