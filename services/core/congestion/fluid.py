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
    _joining: _Joining = field(init=False, repr=False)

    def __post_init__(self) -> None:
        opening = Opening(self.servers, self.service_minutes, 60)
        object.__setattr__(self, "_opening", opening)
        object.__setattr__(self, "_joining", _Joining.of(self, opening))

    def waits(self, arrivals: Array) -> Array:
        """(C, H) minutes of somebody who comes in the middle of an hour, given the units that come in it."""
        queue, joining = self.queue(arrivals), self._joining
        present = (queue[:, 1:] + queue[:, :-1]) / 2
        served = self._opening.moment(joining.row, joining.served_before + present)
        waits = np.maximum(served, joining.open_from) - joining.at + self._chance(arrivals)
        known: Array = np.minimum(waits, LONGEST_MINUTES)
        return known

    def queue(self, arrivals: Array) -> Array:
        """(C, H+1) units at the full hours: the net inflow, pushed up wherever it would fall below zero."""
        net = np.cumsum(arrivals - self._opening.per_step, axis=1) + self.waiting[:, None]
        least = np.minimum(np.minimum.accumulate(net, axis=1), 0)
        return np.concatenate([self.waiting[:, None], net - least], axis=1)

    def _chance(self, arrivals: Array) -> Array:
        """Sakasegawa's approximation of the mean wait at c servers, (1+υ)/2 · m/c · ρ^(√(2(c+1))−1)/(1−ρ)."""
        load = np.minimum(arrivals / self._joining.per_hour, NEAR_CAPACITY)
        mean: Array = self._joining.scale * load**self._joining.power / (1 - load)
        return mean


@dataclass(frozen=True, slots=True)
class _Joining:
    """What does not depend on the arrivals for those who join in the middle of each hour, (C, H): their row,
    the minute, the service done by then, when the post is open; and of the mean wait by chance the units an
    hour, the power and the scale, which is zero while the post is shut."""

    row: Array
    at: Array
    served_before: Array
    open_from: Array
    per_hour: Array
    power: Array
    scale: Array

    @classmethod
    def of(cls, queues: HourlyQueues, opening: Opening) -> _Joining:
        shape = queues.servers.shape
        row = np.broadcast_to(np.arange(shape[0])[:, None], shape)
        at = np.broadcast_to(np.arange(shape[1]) * 60.0 + 30, shape)
        servers = np.maximum(queues.servers, 1.0)
        scale = ((1 + queues.scv) / 2 * queues.service_minutes)[:, None] / servers
        return cls(
            row=row,
            at=at,
            served_before=opening.total_at(row, at),
            open_from=np.maximum(opening.opens[:, :-1], at),
            per_hour=np.maximum(opening.per_step, 1e-9),
            power=np.sqrt(2 * (servers + 1)) - 1,
            scale=np.where(queues.servers > 0, scale, 0.0),
        )
