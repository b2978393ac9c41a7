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
    _opening: Opening = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_opening", Opening(self.servers, self.service_minutes, 60))

    def waits(self, arrivals: Array) -> Array:
        """(C, H) minutes of somebody who comes in the middle of an hour, given the units that come in it."""
        queue = self._queue(arrivals)
        middle = np.broadcast_to(np.arange(arrivals.shape[1]) * 60.0 + 30, arrivals.shape)
        row = np.broadcast_to(np.arange(len(arrivals))[:, None], arrivals.shape)
        present = (queue[:, 1:] + queue[:, :-1]) / 2
        served = self._opening.moment(row, self._opening.total_at(row, middle) + present)
        reopened = np.maximum(self._opening.opens[:, :-1], middle)
        waits = np.maximum(served, reopened) - middle + self._chance(arrivals)
        known: Array = np.minimum(waits, LONGEST_MINUTES)
        return known

    def _queue(self, arrivals: Array) -> Array:
        """(C, H+1) units at the full hours: the net inflow, pushed up wherever it would fall below zero."""
        net = np.cumsum(arrivals - self._opening.per_step, axis=1) + self.waiting[:, None]
        least = np.minimum(np.minimum.accumulate(net, axis=1), 0)
        return np.concatenate([self.waiting[:, None], net - least], axis=1)

    def _chance(self, arrivals: Array) -> Array:
        """Sakasegawa's approximation of the mean wait at c servers, (1+υ)/2 · m/c · ρ^(√(2(c+1))−1)/(1−ρ)."""
        servers = np.maximum(self.servers, 1.0)
        per_step = np.maximum(self._opening.per_step, 1e-9)
        load = np.minimum(arrivals / per_step, NEAR_CAPACITY)
        busy = load ** (np.sqrt(2 * (servers + 1)) - 1) / (1 - load)
        term: Array = (1 + self.scv[:, None]) / 2 * self.service_minutes[:, None] / servers * busy
        return np.where(self.servers > 0, term, 0.0)
