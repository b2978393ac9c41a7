"""The particles of an ensemble of queues: where each one stands, and what it supposes of the unknowns."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from services.core.congestion.chance import Chance, Drift
from services.core.congestion.grid import STEP_HOURS, Array
from services.core.congestion.lanes import Kinship, Lanes, Unknowns
from services.core.congestion.path import WANDER_STEPS, Path

HALF = np.float32(0.5)


@dataclass(slots=True)
class Ensemble:
    """N particles of L lanes at the beginning of step `step`; everything (…, L, N).

    The rests are the fractions of a unit carried to the next step, from −½ to ½: of those who come, of those
    who turn away, and of those served.
    """

    path: Path
    step: int
    present: Array
    level: Array
    demand: Array
    capacity: Array
    inspection: Array
    stopped: Array
    arrival_rest: Array
    balking_rest: Array
    service_rest: Array

    @classmethod
    def empty(cls, lanes: Lanes, chance: Chance, weights: tuple[float, ...] = (1.0,)) -> Ensemble:
        """Nobody is there at step 0. `weights` of the S calendars; each particle lives in one of them."""
        if len(weights) != lanes.calendars:
            raise ValueError("weights: one for every calendar")
        unknowns, one, both = lanes.unknowns, (lanes.count,), (2, lanes.count)
        level_sd = unknowns.demand_level_sd.astype(np.float32)[:, None]
        load, other, demand, *rest = chance.spread(6, lanes.count)
        level, slow = _shared(load, other, level_sd, unknowns.inspection.sd.astype(np.float32)[:, None])
        return cls(
            path=Path.empty(lanes, np.tile(chance.split(weights), (lanes.count, 1))),
            step=0,
            present=np.zeros((*both, chance.particles), np.float32),
            level=level_sd * level - level_sd**2 / 2,
            demand=unknowns.demand.begun(demand),
            capacity=unknowns.capacity.begun(np.stack(rest[:2])),
            inspection=unknowns.inspection.begun(np.stack([slow, rest[2]])),
            stopped=np.zeros((*both, chance.particles), np.bool_),
            arrival_rest=chance.uniform(*one) - HALF,
            balking_rest=chance.uniform(*one) - HALF,
            service_rest=chance.uniform(*both) - HALF,
        )

    def begin_with(self, present: Array) -> None:
        """Let whole units (2, L, N) be at the posts at step 0, as if they had come just before."""
        if self.step > 0 or (present < 0).any() or (present % 1 > 0).any():
            raise ValueError("present: whole units, none negative, before the first step")
        self.present[...] = present
        self.path.begin_with(self.present)

    def keep(self, lane: int, chosen: Array) -> None:
        """Replace a lane's particles by those `chosen` (N,) among them, with all that they are and were."""
        self.path.keep(lane, chosen)
        for both in (self.present, self.capacity, self.inspection, self.stopped, self.service_rest):
            both[:, lane] = both[:, lane, chosen]
        for one in (self.level, self.demand, self.arrival_rest, self.balking_rest):
            one[lane] = one[lane, chosen]

    def wander(self, hour: Hour, chance: Chance) -> None:
        """Let an hour pass for everything that is not known."""
        lanes = len(self.level)
        hour.demand.move(self.demand, hour.kinship.shocks(chance) if hour.kinship else chance.normal(lanes))
        hour.capacity.move(self.capacity, chance.normal(2, lanes))
        hour.inspection.move(self.inspection, chance.normal(2, lanes))
        if hour.ever_stops:
            luck = chance.uniform(2, lanes)
            self.stopped &= luck < hour.stop_lasts
            self.stopped |= luck < hour.stop_begins

    def note(self) -> None:
        """Record the unknowns of this hour."""
        hour = self.step // WANDER_STEPS
        self.path.capacity[hour] = self.capacity
        self.path.inspection[hour] = self.inspection
        self.path.stopped[hour] = self.stopped


@dataclass(frozen=True, slots=True)
class Hour:
    """What an hour does to the unknowns of L lanes; a post stops, and stays so, by chances (L, 1)."""

    kinship: Kinship | None
    demand: Drift
    capacity: Drift
    inspection: Drift
    ever_stops: bool
    stop_begins: Array
    stop_lasts: Array

    @classmethod
    def of(cls, unknowns: Unknowns) -> Hour:
        hours = WANDER_STEPS * STEP_HOURS
        begins = -np.expm1(-hours / (2 * unknowns.stop_every_hours))
        lasts = np.exp(-hours / unknowns.stop_hours)
        return cls(
            kinship=unknowns.kinship,
            demand=unknowns.demand.over(hours),
            capacity=unknowns.capacity.over(hours),
            inspection=unknowns.inspection.over(hours),
            ever_stops=bool(begins.any()),
            stop_begins=begins.astype(np.float32)[:, None],
            stop_lasts=lasts.astype(np.float32)[:, None],
        )


def _shared(load: Array, other: Array, level_sd: Array, inspection_sd: Array) -> tuple[Array, Array]:
    """Normals for the level of demand and for the slowness of inspection, independent, and such that their
    joint effect on the load of the exit post is `load` alone, which is spread best."""
    size = np.sqrt(level_sd**2 + inspection_sd**2)
    a, b = (np.divide(sd, size, out=np.ones_like(sd), where=size > 0) for sd in (level_sd, inspection_sd))
    b = np.where(size > 0, b, 0)
    return a * load + b * other, b * load - a * other
