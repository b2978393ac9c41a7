"""Ten days on which travellers follow what is published: do the queues settle or swing?

Each day begins with the queues that the day before left. Somebody publishes waits, people choose by them,
and the queues that come of it are that day. The service publishes the equilibrium that it predicts for the
coming days from the queues of the morning and those who are on the road by then, sought anew each time as the
service does; and of crossings that are about as good for somebody it names each first in proportion to the
travellers that the equilibrium sends there. The naive service publishes the waits of the day before.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from services.core.alternatives.ties import WITHIN
from services.core.congestion.fluid import HourlyQueues
from services.core.congestion.grid import Array
from services.core.congestion.spillover import Behaviour, Choices, Market, equilibrium

DAYS, DAY = 10, 24
AHEAD_DAYS = 3
"""So far ahead people set out whom a prediction reckons with."""
SETTLED_AFTER = 5
LEAST_PEAK_MINUTES = 10.0
"""A change is a share of the peak before, or of this where the peak was lower."""


@dataclass(frozen=True)
class Scene:
    """One day that comes again and again; arrays by the hour of the day, H = 24.

    departures (G, 24), access_minutes (G, C), eligible (G, C), feasible (C, 24), attraction (C,) as in a
    market; queues (C, 24); habitual_waits (C, 24) of the uninformed.
    """

    departures: Array
    access_minutes: Array
    eligible: Array
    feasible: Array
    attraction: Array
    queues: HourlyQueues
    habitual_waits: Array

    @classmethod
    def of(cls, market: Market, habitual_waits: Array, hours: slice) -> Scene:
        """The day that lies in these hours of a longer market."""
        servers = market.queues.servers[:, hours]
        return cls(
            departures=market.departures[:, hours],
            access_minutes=market.access_minutes,
            eligible=market.eligible,
            feasible=market.feasible[:, hours],
            attraction=market.attraction,
            queues=replace(market.queues, servers=servers),
            habitual_waits=habitual_waits[:, hours],
        )

    def market(self, days: int, waiting: Array) -> Market:
        """So many such days, and another in which the last arrive."""
        servers = np.tile(self.queues.servers, days + 1)
        return Market(
            departures=np.tile(self.departures, days),
            access_minutes=self.access_minutes,
            eligible=self.eligible,
            feasible=np.tile(self.feasible, days + 1),
            attraction=self.attraction,
            queues=replace(self.queues, servers=servers, waiting=waiting),
        )


@dataclass(frozen=True)
class Morning:
    """What there is to know: the number of the day, the waits (C, ·) of all hours so far, the units waiting
    (C,), and those `on_the_road` (C, ·) by the hour in which they come, from now on."""

    day: int
    waits: Array
    waiting: Array
    on_the_road: Array


@dataclass(frozen=True)
class Published:
    """On one morning: waits (C, 48) of today and tomorrow, and travellers (C,) expected today."""

    waits: Array
    expected: Array


Publish = Callable[[Morning], Published]

Follow = Callable[[Array, Array, Array], Array]
"""Where those go who would choose so, (G, C, H), from what the ways cost (G, C, H) and `expected`."""


@dataclass(frozen=True)
class Joined(HourlyQueues):
    """Queues that `others` (C, H) join besides those who still choose."""

    others: Array

    def waits(self, arrivals: Array) -> Array:
        return super().waits(arrivals + self.others)


def predicted(scene: Scene, behaviour: Behaviour) -> Publish:
    """What the service publishes."""
    habit = np.tile(scene.habitual_waits, AHEAD_DAYS + 1)

    def publish(morning: Morning) -> Published:
        market = scene.market(AHEAD_DAYS, morning.waiting)
        hours = habit.shape[1]
        others = np.pad(morning.on_the_road, ((0, 0), (0, hours)))[:, :hours]
        queues = market.queues
        joined = Joined(queues.servers, queues.service_minutes, queues.scv, queues.waiting, others)
        found = equilibrium(replace(market, queues=joined), behaviour, habitual_waits=habit)
        return Published(found.waits[:, : 2 * DAY], (found.arrivals + others)[:, :DAY].sum(axis=1))

    return publish


def yesterday(scene: Scene) -> Publish:
    """The naive service."""

    def publish(morning: Morning) -> Published:
        day = morning.day
        seen = morning.waits[:, (day - 1) * DAY : day * DAY] if day else scene.habitual_waits
        return Published(np.tile(seen, 2), np.ones(len(seen)))

    return publish


def as_they_like(chosen: Array, _: Array, __: Array) -> Array:
    return chosen


def in_turns(chosen: Array, costs: Array, expected: Array) -> Array:
    """Who would choose one of those within a tenth of the best goes where the service names first."""
    return _led(chosen, costs, np.broadcast_to(expected[:, None], chosen.shape))


def always_the_best(chosen: Array, costs: Array, _: Array) -> Array:
    """The same without taking turns."""
    return _led(chosen, costs, (costs == costs.min(axis=1, keepdims=True)).astype(float))


def _led(chosen: Array, costs: Array, weights: Array) -> Array:
    tied = (costs <= costs.min(axis=1, keepdims=True) * (1 + WITHIN)) & np.isfinite(costs)
    shares = np.where(tied, weights + 1e-9, 0)
    shares /= np.maximum(shares.sum(axis=1, keepdims=True), 1e-300)
    led: Array = np.where(tied, (chosen * tied).sum(axis=1, keepdims=True) * shares, chosen)
    return led


def lived(scene: Scene, behaviour: Behaviour, publish: Publish, follow: Follow) -> tuple[Array, Array]:
    """Highest waits (C, days) as they came, and as they had been published that morning."""
    whole = scene.market(DAYS, np.zeros(len(scene.attraction)))
    choices = Choices(whole, behaviour)
    habit = np.tile(scene.habitual_waits, DAYS + 1)
    flows = np.zeros_like(choices.fixed)
    promised = np.empty((len(scene.attraction), DAYS))
    for day in range(DAYS):
        today = slice(day * DAY, (day + 1) * DAY)
        so_far = choices.arrivals(flows)
        waiting = whole.queues.queue(so_far)[:, day * DAY]
        published = publish(Morning(day, whole.queues.waits(so_far), waiting, so_far[:, day * DAY :]))
        told = np.zeros_like(so_far)
        told[:, day * DAY : (day + 2) * DAY] = published.waits
        costs = np.where(choices.possible, scene.access_minutes[:, :, None] + choices.met(told), np.inf)
        chosen = behaviour.informed * choices.flows(told)
        by_habit = choices.wanted(told, habit) - chosen
        led = follow(chosen[:, :, today], costs[:, :, today], published.expected)
        flows[:, :, today] = by_habit[:, :, today] + led
        promised[:, day] = published.waits[:, :DAY].max(axis=1)
    waits = whole.queues.waits(choices.arrivals(flows))[:, : DAYS * DAY]
    return waits.reshape(len(waits), DAYS, DAY).max(axis=2), promised


def swing(peaks: Array) -> float:
    """The largest change (…, days) from one day to the next after the first five, as a share."""
    late = peaks[..., SETTLED_AFTER - 1 :]
    changes = np.abs(np.diff(late)) / np.maximum(late[..., :-1], LEAST_PEAK_MINUTES)
    return float(changes.max())
