"""Waits by the hour at many crossings at once, cheap enough to stand inside an equilibrium.

A deterministic queue for the hours in which demand exceeds capacity or a post is shut, and a stationary
term for the waits that chance makes below capacity. Not good enough to publish (it knows no spread): the
ensemble gives the waits that people see.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from services.core.congestion.grid import Array
from services.core.congestion.opening import Opening

NEAR_CAPACITY = 0.95
"""Load at which the stationary term stops growing; above it the queue itself is counted."""
HARDLY_ANY = 1e-6
"""Mean hours of a crossing's capacity: over fewer nothing is averaged."""
LONGEST_MINUTES = 14 * 24 * 60.0
"""Waits that the calendar does not see the end of, so that they can be compared."""


@dataclass(frozen=True, slots=True)
class HourlyQueues:
    """C crossings over H hours, each with one bottleneck.

    servers (C, H)         open, 0 is shut
    service_minutes (C,)   of one unit at one server
    scv (C,)               squared coefficient of variation of a service
    waiting (C,)           units there at the start
    """

    servers: Array
    service_minutes: Array
    scv: Array
    waiting: Array
    _hours: _Hours = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_hours", _Hours.of(self))

    def waits(self, arrivals: Array) -> Array:
        """(C, H) minutes on average of those who come in an hour, given the units that come in it.

        Of all, not of one in the middle of the hour: shortly before a post shuts his wait would jump by a
        night if a few more came before him, and choices that reckon with such a wait never settle.
        """
        waits = np.maximum(self._hours.served(self.queue(arrivals)), self._hours.open_from)
        waits -= self._hours.middle
        waits += self._chance(arrivals)
        known: Array = np.minimum(waits, LONGEST_MINUTES, out=waits)
        return known

    def queue(self, arrivals: Array) -> Array:
        """(C, H+1) units at the full hours: the net inflow, pushed up wherever it would fall below zero."""
        net = np.cumsum(arrivals - self._hours.capacity, axis=1) + self.waiting[:, None]
        least = np.minimum(np.minimum.accumulate(net, axis=1), 0)
        return np.concatenate([self.waiting[:, None], net - least], axis=1)

    def _chance(self, arrivals: Array) -> Array:
        """Sakasegawa's approximation of the mean wait at c servers, (1+υ)/2 · m/c · ρ^(√(2(c+1))−1)/(1−ρ)."""
        load = np.minimum(arrivals * self._hours.load_of_one, NEAR_CAPACITY)
        mean: Array = self._hours.scale * load**self._hours.power / (1 - load)
        return mean


@dataclass(frozen=True, slots=True)
class _Hours:
    """What does not depend on the arrivals, in each hour.

    opening              the calendars, with the capacity of a crossing's mean hour as its unit: so one search
                         is as fast for small crossings as for large ones
    area (C, H)          below the total of `opening` up to the hour
    row (C, H+1)         of a crossing
    middle (H,)          the minute
    open_from (C, H)     the minute from which on the post is open, at the middle or later
    capacity (C, H)      units
    mean_capacity (C, 1) units
    load_of_one (C, H)   what one unit adds to the load; 0 while the post is shut
    power, scale (C, H)  of the mean wait by chance
    """

    opening: Opening
    area: Array
    row: Array
    middle: Array
    open_from: Array
    capacity: Array
    mean_capacity: Array
    load_of_one: Array
    power: Array
    scale: Array

    @classmethod
    def of(cls, queues: HourlyQueues) -> _Hours:
        is_open, servers = queues.servers > 0, np.maximum(queues.servers, 1.0)
        capacity = queues.servers * (60 / queues.service_minutes)[:, None]
        mean_capacity = np.maximum(capacity.mean(axis=1), 1e-9)
        opening = Opening(queues.servers, queues.service_minutes * mean_capacity, 60)
        in_hour = (opening.total[:, 1:] + opening.total[:, :-1]) * 30
        middle = np.arange(opening.steps) * 60.0 + 30
        scale = ((1 + queues.scv) / 2 * queues.service_minutes)[:, None] / servers
        return cls(
            opening=opening,
            area=np.cumsum(in_hour, axis=1) - in_hour,
            row=np.broadcast_to(np.arange(len(servers))[:, None], opening.total.shape),
            middle=middle,
            open_from=np.maximum(opening.opens[:, :-1], middle),
            capacity=capacity,
            mean_capacity=mean_capacity[:, None],
            load_of_one=np.where(is_open, 1 / np.where(is_open, capacity, 1.0), 0.0),
            power=np.sqrt(2 * (servers + 1)) - 1,
            scale=np.where(is_open, scale, 0.0),
        )

    def served(self, queue: Array) -> Array:
        """(C, H) the minute at which those who come in an hour are served, on average; `queue` (C, H+1).

        Who comes at t stands at the place L(t) = total(t) + queue(t) and is served at the moment s(L) at
        which the total reaches it. The mean over the hour is ∫ s dL / ∫ dL, where ∫ s dL up to a place is s·L
        less the area below the total up to s.
        """
        place = self.opening.total + queue / self.mean_capacity
        moment = self.opening.moment(self.row, place)
        ends = np.isfinite(moment)
        swept = self._swept(place, np.where(ends, moment, 0.0))
        gained = place[:, 1:] - place[:, :-1]
        mean = (swept[:, 1:] - swept[:, :-1]) / np.maximum(gained, HARDLY_ANY)
        served: Array = np.where(gained > HARDLY_ANY, mean, moment[:, :-1])
        served[~ends[:, 1:]] = np.inf
        return served

    def _swept(self, place: Array, moment: Array) -> Array:
        """(C, H+1) ∫ s dL up to each `place`, which is served at `moment`."""
        hour = np.minimum((moment / 60).astype(np.int64), self.opening.steps - 1)
        total = self.opening.total.reshape(-1).take(hour + self.row * (self.opening.steps + 1))
        area = self.area.reshape(-1).take(hour + self.row * self.opening.steps)
        area += (moment - hour * 60) * (total + place) / 2
        swept: Array = place * moment - area
        return swept
