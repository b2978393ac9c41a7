"""What the queues are told of L lanes over T steps: who comes, who serves, and what is not known."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from services.core.congestion.chance import Chance, Wander
from services.core.congestion.grid import Array


@dataclass(frozen=True, slots=True)
class Kinship:
    """Which lanes share the shocks of demand: a near circle within a wide one.

    `near` and `wide` (L,) number the circles; lanes of one near circle must lie in one wide circle.
    `near_share` and `wide_share` are the correlations inside them, `0 <= wide_share <= near_share <= 1`.
    """

    near: Array
    wide: Array
    near_share: float
    wide_share: float

    def shocks(self, chance: Chance) -> Array:
        """(L, N) standard normals with these correlations."""
        shocks = chance.normal(len(self.near))
        shocks *= (1 - self.near_share) ** 0.5
        for circle, share in ((self.near, self.near_share - self.wide_share), (self.wide, self.wide_share)):
            shared = chance.normal(int(circle.max()) + 1)
            shared *= share**0.5
            shocks += shared[circle]
        return shocks


@dataclass(frozen=True, slots=True)
class Unknowns:
    """The spread of what nobody has measured, as logarithms; all arrays (L,).

    `demand_level_sd` is an error of the daily level that lasts; `demand`, `capacity` and `inspection`
    wander. Capacity and inspection wander at each post by itself. A post stops unannounced, on average
    every `stop_every_hours` of the whole lane (infinite: never), for `stop_hours` on average.
    """

    demand_level_sd: Array
    demand: Wander
    capacity: Wander
    inspection: Wander
    stop_every_hours: Array
    stop_hours: Array
    kinship: Kinship | None = None

    @classmethod
    def none(cls, lanes: int) -> Unknowns:
        """Everything is known; only the randomness of queueing is left."""
        zero, ever = np.zeros(lanes), np.full(lanes, np.inf)
        still = Wander(zero, zero, ever)
        return cls(zero, still, still, still, ever, np.ones(lanes))


@dataclass(frozen=True, slots=True)
class Lanes:
    """L lanes of two posts each. Where only one post counts, give the other more servers than can be busy.

    arrivals_per_hour (S, L, T)  units that want to join, at the mean of all unknowns
    servers (S, L, 2, T)         booths or lanes open; 0 is shut, fractions are allowed
    party (L,)                   mean number of units arriving together (Poisson); 1 is one by one
    service_minutes (L, 2)       mean inspection of one unit at one server
    service_scv (L, 2)           squared coefficient of variation of an inspection
    held (L,)                    true: the queue stays when the exit post shuts; false: it is sent away
    balking (L,)                 waiting units at which half of those who come turn away; infinite: none do
    yard (L,)                    units that fit between the exit post and the end of the entry post
    walk_steps (L,)              whole steps from one post to the other, at least one
    """

    arrivals_per_hour: Array
    servers: Array
    party: Array
    service_minutes: Array
    service_scv: Array
    held: Array
    balking: Array
    yard: Array
    walk_steps: Array
    unknowns: Unknowns

    def __post_init__(self) -> None:
        calendars, lanes, _, steps = self.servers.shape
        per_lane, per_post = (lanes,), (lanes, 2)
        expected = {
            "arrivals_per_hour": (calendars, lanes, steps),
            "servers": (calendars, lanes, 2, steps),
            "party": per_lane,
            "service_minutes": per_post,
            "service_scv": per_post,
            "held": per_lane,
            "balking": per_lane,
            "yard": per_lane,
            "walk_steps": per_lane,
        }
        for name, shape in expected.items():
            if getattr(self, name).shape != shape:
                raise ValueError(f"{name}: has shape {getattr(self, name).shape}, not {shape}")
        for name in (field.name for field in fields(self) if field.name in expected):
            if np.isnan(getattr(self, name)).any() or (getattr(self, name) < 0).any():
                raise ValueError(f"{name}: must be numbers, none negative")
        if not np.isfinite(self.servers).all() or not np.isfinite(self.arrivals_per_hour).all():
            raise ValueError("servers and arrivals_per_hour: must be finite")
        if (self.walk_steps < 1).any() or (self.service_minutes <= 0).any() or (self.party < 1).any():
            raise ValueError("walk_steps, service_minutes and party: at least one step, some time, one unit")

    @property
    def count(self) -> int:
        return int(self.servers.shape[1])

    @property
    def steps(self) -> int:
        return int(self.servers.shape[3])

    @property
    def calendars(self) -> int:
        return int(self.servers.shape[0])
