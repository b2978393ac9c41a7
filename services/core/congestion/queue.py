"""The two-stage queue of every lane, advanced for all lanes and particles at once by tau-leaping.

In a step of Δ minutes a post with c servers of m minutes each, n units present and a arriving, completes
either what c busy servers can do, cΔ/m on average, or, when nobody has to wait, what would leave if everyone
had a server, U = n(1−e^(−Δ/m)) + a(1−(1−e^(−Δ/m))·m/Δ). Which of the two, U itself says: it is weighed
against cΔ/m. For short steps that is the question whether more than c are present; for Δ of the order of m
the latter would call a post saturated that merely has many arrivals per step, and lose sight of the units
that are being inspected.

Counts scatter as a positive variable with the right mean and variance: a gamma variable of shape s has mean
and variance s, and its cube root is nearly normal, so s·(1 − 1/9s + z/(3√s))³ with one standard normal z is
nearly such a variable (Wilson and Hilferty 1931). A normal variable cut off at zero would be too large on
average wherever a step sees only a unit or two, as with trucks. Fractions are carried to the next step, so
counts are whole without added noise.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import erf, exp, pi, sqrt

import numpy as np

from services.core.congestion.chance import Chance
from services.core.congestion.grid import STEP_HOURS, STEP_MINUTES, Array
from services.core.congestion.lanes import Lanes, Unknowns
from services.core.congestion.path import WANDER_STEPS, Path

FASTEST = 1.2
"""Unsaturated completions never exceed this multiple of cΔ/m."""
BLEND = 0.15
"""Width of the passage from unsaturated to saturated, as a share of capacity."""
THINNEST = 0.1
"""Arrivals per step below which their randomness is no longer told apart."""
MOST_SCATTERED = 0.37
"""1/(9s) of completions at most: below a third of a unit in a step the cube is no longer exact on average."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast one server works in one step, per particle: (2, L, N)."""

    per_server: Array
    """Δ/m."""
    leaving: Array
    """Share of those present who leave within a step if everyone has a server: 1−e^(−Δ/m)."""
    leaving_new: Array
    """The same of those who arrive during the step: 1−(1−e^(−Δ/m))·m/Δ."""

    @classmethod
    def of(cls, service_minutes: Array, inspection: Array) -> Pace:
        """`service_minutes` (2, L, 1) lengthened by e^inspection (2, L, N)."""
        per_server = STEP_MINUTES / service_minutes * np.exp(-inspection)
        leaving = -np.expm1(-per_server)
        return cls(per_server, leaving, 1 - leaving / per_server)


def completions(present: Array, new: Array, servers: Array, pace: Pace, scv: Array, normal: Array) -> Array:
    """Completions of one step, before they are cut to who is there; zero when no server is open.

    Busy servers scatter by υ·cΔ/m, free ones binomially: each unit present either leaves or stays.
    """
    capacity = servers * pace.per_server
    unhindered = present * pace.leaving + new * pace.leaving_new
    busy = np.clip((unhindered - capacity) / (BLEND * capacity + pace.per_server) + 0.5, 0, 1)
    binomial = unhindered - present * pace.leaving**2 - new * pace.leaving_new**2
    unhindered = np.minimum(unhindered, FASTEST * capacity)
    mean = unhindered + busy * (capacity - unhindered)
    variance = binomial + busy * (scv * capacity - binomial)
    ninth = np.minimum(variance / (9 * np.maximum(mean, 1e-6) ** 2), MOST_SCATTERED)
    done: Array = mean * np.maximum(1 - ninth + np.sqrt(ninth) * normal, 0) ** 3
    return done


@dataclass(frozen=True, slots=True)
class Arrivals:
    """Units per step and how they scatter, with the mean and the variance of a Poisson process; parties
    that arrive together make the variance (party + 1) times the mean. Arrays (T, L, S)."""

    mean: Array
    centre: Array
    spread: Array

    @classmethod
    def of(cls, lanes: Lanes) -> Arrivals:
        mean = lanes.arrivals_per_hour.T * STEP_HOURS
        dispersion = np.where(lanes.party > 1, lanes.party + 1, 1.0)[:, None]
        ninth = 1 / (9 * np.maximum(mean / dispersion, THINNEST))
        kept = mean / _cube_mean(ninth)
        return cls(*(np.ascontiguousarray(part, np.float32) for part in (kept, 1 - ninth, np.sqrt(ninth))))

    def drawn(self, step: int, scenario: Array, multiplier: Array, normal: Array) -> Array:
        """(L, N) units that come in a step."""
        mean, centre, spread = (
            part[step] if part.shape[2] == 1 else part[step][:, scenario]
            for part in (self.mean, self.centre, self.spread)
        )
        came: Array = mean * multiplier * np.maximum(centre + spread * normal, 0) ** 3
        return came


def _cube_mean(ninth: Array) -> Array:
    """E[max(1−g+√g·z, 0)³] for a standard normal z: 1−g³ but for the part cut off at zero."""
    grid = np.geomspace(1e-9, 1 / (9 * THINNEST), 200)
    means = []
    for g in grid:
        centre, spread = 1 - g, sqrt(g)
        below = (1 + erf(centre / spread / sqrt(2))) / 2
        density = exp(-((centre / spread) ** 2) / 2) / sqrt(2 * pi)
        means.append((centre**3 + 3 * centre * g) * below + (centre**2 * spread + 2 * spread * g) * density)
    mean: Array = np.interp(np.log(np.clip(ninth, grid[0], grid[-1])), np.log(grid), means)
    return mean


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


class Kernel:
    """The constants of a set of lanes, laid out for stepping."""

    def __init__(self, lanes: Lanes) -> None:
        self.lanes = lanes
        self.arrivals = Arrivals.of(lanes)
        self.servers = np.ascontiguousarray(lanes.servers.transpose(3, 2, 1, 0), np.float32)
        self.service_minutes = lanes.service_minutes.T[:, :, None].astype(np.float32)
        self.scv = lanes.service_scv.T[:, :, None].astype(np.float32)
        self.balking = lanes.balking.astype(np.float32)[:, None]
        self.yard = lanes.yard.astype(np.float32)[:, None]
        self.sent_away = ~lanes.held.astype(bool)[:, None]
        self.walk = lanes.walk_steps.astype(int)
        self._bounded = bool(np.isfinite(self.yard).any())
        self._falls: Array = np.any(np.diff(self.servers, axis=0) < 0, axis=(1, 2, 3))

    def advance(self, ensemble: Ensemble, until: int, chance: Chance) -> None:
        """Step on to the beginning of step `until`, recording the path."""
        first = ensemble.step
        for step in range(first, until):
            if step % WANDER_STEPS == 0 or step == first:
                if step % WANDER_STEPS == 0 and step > 0:
                    ensemble.wander(self.lanes.unknowns, chance)
                ensemble.note()
                pace = Pace.of(self.service_minutes, ensemble.inspection)
                working = np.exp(ensemble.capacity) * ~ensemble.stopped
                multiplier = np.exp(ensemble.level + ensemble.demand)
            self._step(ensemble, step, pace, working, multiplier, chance)
            ensemble.step = ensemble.path.steps = step + 1

    def _step(
        self, ensemble: Ensemble, step: int, pace: Pace, working: Array, multiplier: Array, chance: Chance
    ) -> None:
        path, size = ensemble.path, self.lanes.count
        planned = self._planned(step, path.scenario)
        servers = planned * working
        came = self.arrivals.drawn(step, path.scenario, multiplier, chance.normal(size))
        came, ensemble.arrival_rest = _whole(came, ensemble.arrival_rest)
        turned = self._turned_away(ensemble, came, planned[0], servers[0])
        new = np.stack([came - turned, self._reaching(path, step)])
        if self.sent_away.any():
            sent = np.where(self.sent_away & (planned[0] == 0), ensemble.present[0], 0)
            ensemble.present[0] -= sent
            turned = turned + sent
        done = completions(ensemble.present, new, servers, pace, self.scv, chance.normal(2, size))
        there = ensemble.present + new
        done, ensemble.service_rest = _whole(np.clip(done, 0, there), ensemble.service_rest)
        done = np.minimum(done, there)
        if step + 1 < self.lanes.steps and self._falls[step]:
            later = np.minimum(self._planned(step + 1, path.scenario), planned) * working
            done += self._finished(there - done, servers, later)
        if self._bounded:
            done[0] = np.minimum(done[0], self._free(path, step))
        ensemble.present = there - done
        path.arrived[step + 1] = path.arrived[step] + came
        path.turned_away[step + 1] = path.turned_away[step] + turned
        path.departed[step + 1] = path.departed[step] + done

    def _planned(self, step: int, scenario: Array) -> Array:
        """(2, L, N or 1) servers of the calendar."""
        servers: Array = self.servers[step]
        return servers if servers.shape[2] == 1 else servers[:, :, scenario]

    def _turned_away(self, ensemble: Ensemble, came: Array, planned: Array, servers: Array) -> Array:
        """(L, N) of those who came, how many do not join: 1−1/(1+q/q_b) of them, all where the post is shut
        and does not hold its queue."""
        turned = np.zeros_like(came)
        if np.isfinite(self.balking).any():
            waiting = np.maximum(ensemble.present[0] - servers, 0)
            turned, ensemble.balking_rest = _whole(
                came * (1 - 1 / (1 + waiting / self.balking)), ensemble.balking_rest
            )
            turned = np.minimum(turned, came)
        if self.sent_away.any():
            turned = np.where(self.sent_away & (planned == 0), came, turned)
        return turned

    def _reaching(self, path: Path, step: int) -> Array:
        """(L, N) units that come to the entry post in a step: they left the exit post `walk` steps ago."""
        lane = np.arange(self.lanes.count)
        then = np.maximum(step - self.walk + 1, 0)
        before = np.maximum(step - self.walk, 0)
        left: Array = path.departed[then, 0, lane] - path.departed[before, 0, lane]
        return left

    def _free(self, path: Path, step: int) -> Array:
        """(L, N) room between the posts: the yard less all who have left the exit but not the entry post."""
        inside = path.departed[step, 0] - path.departed[step, 1]
        free: Array = np.maximum(np.floor(self.yard - inside), 0)
        return free

    @staticmethod
    def _finished(left: Array, servers: Array, later: Array) -> Array:
        """A server that shuts at the end of a step first finishes the unit it has."""
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


def simulate(lanes: Lanes, chance: Chance, weights: tuple[float, ...] = (1.0,)) -> Path:
    """The whole calendar, from an empty border at step 0."""
    ensemble = Ensemble.empty(lanes, chance, weights)
    Kernel(lanes).advance(ensemble, lanes.steps, chance)
    return ensemble.path
