"""The two-stage queue of every lane, advanced for all lanes and particles at once by tau-leaping.

In every step units come, some turn away, both posts complete what `flow` says, and what the exit post has
completed reaches the entry post after the walk. Fractions of a unit are carried to the next step, so counts
are whole without added noise. A server that shuts finishes the unit it has; a shut post does nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from services.core.congestion.chance import Chance
from services.core.congestion.flow import Arrivals, Pace, completions
from services.core.congestion.grid import STEP_HOURS, Array
from services.core.congestion.lanes import Lanes, Unknowns
from services.core.congestion.path import WANDER_STEPS, Path


@dataclass(slots=True)
class Ensemble:
    """N particles of L lanes at the beginning of step `step`; everything (…, L, N).

    The rests are the fractions of a unit carried to the next step, each in [0, 1).
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
            path=Path.empty(lanes, chance.split(weights)),
            step=0,
            present=np.zeros((*both, chance.particles), np.float32),
            level=level_sd * level - level_sd**2 / 2,
            demand=unknowns.demand.begun(demand),
            capacity=unknowns.capacity.begun(np.stack(rest[:2])),
            inspection=unknowns.inspection.begun(np.stack([slow, rest[2]])),
            stopped=np.zeros((*both, chance.particles), np.bool_),
            arrival_rest=chance.uniform(*one),
            balking_rest=chance.uniform(*one),
            service_rest=chance.uniform(*both),
        )

    def wander(self, unknowns: Unknowns, chance: Chance) -> None:
        """Let an hour pass for everything that is not known."""
        hours, lanes = WANDER_STEPS * STEP_HOURS, self.level.shape[0]
        kinship = unknowns.kinship
        shocks = chance.normal(lanes) if kinship is None else kinship.shocks(chance)
        self.demand = unknowns.demand.moved(self.demand, hours, shocks)
        self.capacity = unknowns.capacity.moved(self.capacity, hours, chance.normal(2, lanes))
        self.inspection = unknowns.inspection.moved(self.inspection, hours, chance.normal(2, lanes))
        if np.isfinite(unknowns.stop_every_hours).any():
            begins = -np.expm1(-hours / (2 * unknowns.stop_every_hours))[:, None]
            lasts = np.exp(-hours / unknowns.stop_hours)[:, None]
            self.stopped = chance.uniform(2, lanes) < np.where(self.stopped, lasts, begins)

    def note(self) -> None:
        """Record the unknowns of this hour."""
        hour = self.step // WANDER_STEPS
        self.path.capacity[hour] = self.capacity
        self.path.inspection[hour] = self.inspection
        self.path.stopped[hour] = self.stopped


@dataclass(frozen=True, slots=True)
class Hour:
    """What stays the same until the unknowns move again."""

    pace: Pace
    working: Array
    """(2, L, N) share of the planned servers at work; 0 where the post has stopped."""
    demand: Array
    """(L, N) multiplier of the arrivals."""


class Kernel:
    """A set of lanes, laid out for stepping."""

    def __init__(self, lanes: Lanes) -> None:
        self.lanes = lanes
        self.arrivals = Arrivals.of(lanes)
        self.servers = np.ascontiguousarray(lanes.servers.transpose(3, 2, 1, 0), np.float32)
        self.service_minutes = lanes.service_minutes.T[:, :, None].astype(np.float32)
        self.scv = lanes.service_scv.T[:, :, None].astype(np.float32)
        self.balking = lanes.balking.astype(np.float32)[:, None]
        self.yard = lanes.yard.astype(np.float32)[:, None]
        self.sends_away = ~lanes.held.astype(bool)[:, None]
        self.walk = lanes.walk_steps.astype(int)
        self._falls: Array = np.any(np.diff(self.servers, axis=0) < 0, axis=(1, 2, 3))

    def advance(self, ensemble: Ensemble, until: int, chance: Chance) -> None:
        """Step on to the beginning of step `until`, recording the path."""
        hour = self._hour(ensemble)
        while ensemble.step < until:
            if ensemble.step % WANDER_STEPS == 0:
                if ensemble.step > 0:
                    ensemble.wander(self.lanes.unknowns, chance)
                ensemble.note()
                hour = self._hour(ensemble)
            self._step(ensemble, hour, chance)

    def _hour(self, ensemble: Ensemble) -> Hour:
        return Hour(
            pace=Pace.of(self.service_minutes, ensemble.inspection),
            working=np.exp(ensemble.capacity) * ~ensemble.stopped,
            demand=np.exp(ensemble.level + ensemble.demand),
        )

    def _step(self, ensemble: Ensemble, hour: Hour, chance: Chance) -> None:
        path, step = ensemble.path, ensemble.step
        planned = self._planned(step, path.scenario)
        came = self.arrivals.drawn(step, path.scenario, hour.demand, chance.normal(self.lanes.count))
        came, ensemble.arrival_rest = _whole(came, ensemble.arrival_rest)
        turned = self._balking(ensemble, came, planned[0] * hour.working[0])
        joined = came - turned
        if self.sends_away.any():
            turned += self._sent_away(ensemble, joined, planned[0])
        ensemble.present[0] += came - turned
        new = np.stack([np.minimum(joined, ensemble.present[0]), self._reaching(path, step)])
        ensemble.present[1] += new[1]
        done = self._served(ensemble, new, planned, hour, chance)
        ensemble.present -= done
        path.arrived[step + 1] = path.arrived[step] + came
        path.turned_away[step + 1] = path.turned_away[step] + turned
        path.departed[step + 1] = path.departed[step] + done
        ensemble.step = path.steps = step + 1

    def _served(self, ensemble: Ensemble, new: Array, planned: Array, hour: Hour, chance: Chance) -> Array:
        """(2, L, N) units that pass each post; `new` of those present have come in this step."""
        path, step, there = ensemble.path, ensemble.step, ensemble.present
        servers = planned * hour.working
        normal = chance.normal(2, self.lanes.count)
        done = completions(there - new, new, servers, hour.pace, self.scv, normal)
        done, ensemble.service_rest = _whole(np.clip(done, 0, there), ensemble.service_rest)
        done = np.minimum(done, there)
        if step + 1 < self.lanes.steps and self._falls[step]:
            later = np.minimum(self._planned(step + 1, path.scenario), planned) * hour.working
            done += _finished(there - done, servers, later)
        if np.isfinite(self.yard).any():
            done[0] = np.minimum(done[0], self._free(path, step))
        return done

    def _planned(self, step: int, scenario: Array) -> Array:
        """(2, L, N or 1) servers of the calendar."""
        servers: Array = self.servers[step]
        return servers if servers.shape[2] == 1 else servers[:, :, scenario]

    def _balking(self, ensemble: Ensemble, came: Array, servers: Array) -> Array:
        """(L, N) of those who came, how many see the queue and do not join: 1−1/(1+q/q_b) of them."""
        if not np.isfinite(self.balking).any():
            return np.zeros_like(came)
        waiting = np.maximum(ensemble.present[0] - servers, 0)
        turned = came * (1 - 1 / (1 + waiting / self.balking))
        turned, ensemble.balking_rest = _whole(turned, ensemble.balking_rest)
        return np.minimum(turned, came)

    def _sent_away(self, ensemble: Ensemble, joining: Array, planned: Array) -> Array:
        """(L, N) units that a shut post does not hold: all who wait there and all who would join."""
        away: Array = np.where(self.sends_away & (planned == 0), ensemble.present[0] + joining, 0)
        return away

    def _reaching(self, path: Path, step: int) -> Array:
        """(L, N) units that come to the entry post in a step: they left the exit post `walk` steps ago."""
        lane = np.arange(self.lanes.count)
        then, before = np.maximum(step - self.walk + 1, 0), np.maximum(step - self.walk, 0)
        left: Array = path.departed[then, 0, lane] - path.departed[before, 0, lane]
        return left

    def _free(self, path: Path, step: int) -> Array:
        """(L, N) room between the posts: the yard less all who have left the exit but not the entry post."""
        inside = path.departed[step, 0] - path.departed[step, 1]
        free: Array = np.maximum(np.floor(self.yard - inside), 0)
        return free


def simulate(lanes: Lanes, chance: Chance, weights: tuple[float, ...] = (1.0,)) -> Path:
    """The whole calendar, from an empty border at step 0."""
    ensemble = Ensemble.empty(lanes, chance, weights)
    Kernel(lanes).advance(ensemble, lanes.steps, chance)
    return ensemble.path


def _finished(left: Array, servers: Array, later: Array) -> Array:
    """Units that servers have in hand which shut at the end of the step, and finish."""
    finished: Array = np.floor(np.minimum(left, servers)) - np.floor(np.minimum(left, later))
    return finished


def _shared(load: Array, other: Array, level_sd: Array, inspection_sd: Array) -> tuple[Array, Array]:
    """Normals for the level of demand and for the slowness of inspection, independent, and such that their
    joint effect on the load of the exit post is `load` alone, which is spread best."""
    size = np.sqrt(level_sd**2 + inspection_sd**2)
    a, b = (np.divide(sd, size, out=np.ones_like(sd), where=size > 0) for sd in (level_sd, inspection_sd))
    b = np.where(size > 0, b, 0)
    return a * load + b * other, b * load - a * other


def _whole(amount: Array, rest: Array) -> tuple[Array, Array]:
    """Whole units of a running amount, and the fraction to carry on."""
    amount = amount + rest
    units = np.floor(amount)
    return units, amount - units
