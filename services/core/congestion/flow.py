"""What comes to a post and what it completes in one step of Δ minutes.

A post with c servers of m minutes each, n units present and a arriving, completes the less of what c busy
servers can do, C = cΔ/m on average, and of what would leave if everyone had a server, U = n·p + a·q with
p = 1−e^(−Δ/m) and q = 1−p·m/Δ. For short steps that is the question whether more than c are present; for Δ of
the order of m the latter would call a post saturated that merely has many arrivals per step, and lose sight
of the units being inspected.

Counts scatter as a positive variable with the right mean and variance: a gamma variable of shape s has mean
and variance s, and its cube root is nearly normal, so s·(1 − 1/9s + z/(3√s))³ with one standard normal z is
nearly such a variable (Wilson and Hilferty 1931). A normal variable cut off at zero would be too large on
average wherever a step sees only a unit or two, as with trucks. Busy servers scatter by υ·C. Free ones
scatter binomially, each unit present leaves or stays, by the share of their mean that holds under steady
arrivals. How far they are busy is ρ², the square of the share of C that is completed: so often, about, no
server is free (ρ^√(2(c+1)), says Sakasegawa 1977, hence ρ² at a single one). So the variance over the mean is
φ + (υ−φ)ρ², where φ is that of free servers.

These are the innermost lines of the engine. So every array is laid out once and filled again in each step,
and has a place for every particle, also for what all particles share: to spread it anew each time would take
longer than the reckoning itself.
"""

from __future__ import annotations

from math import erf, exp, pi, sqrt

import numpy as np

from services.core.congestion.grid import STEP_HOURS, STEP_MINUTES, Array
from services.core.congestion.lanes import Lanes
from services.core.congestion.path import of_calendar

SHUT = 1e-6
"""Units a step, added where the capacity is divided by; it is zero where a post is shut."""
THINNEST = 0.1
"""Arrivals per step below which their randomness is no longer told apart."""
MOST_SCATTERED = 0.37
"""1/(9s) of completions at most: below a third of a unit in a step the cube is no longer exact on average."""
LEAST_SCATTERED = 1e-4
"""Variance over mean of completions at least, so that no step divides nothing by nothing."""


class Service:
    """The work of both posts of L lanes, particle by particle: everything is (2, L, N)."""

    def __init__(self, lanes: Lanes, particles: int) -> None:
        shape = (2, lanes.count, particles)
        per_server = STEP_MINUTES / lanes.service_minutes.T[:, :, None]
        busy = np.maximum(lanes.service_scv.T[:, :, None], LEAST_SCATTERED)
        free = np.maximum(_free_dispersion(per_server), LEAST_SCATTERED)
        self._usual_per_server = _filled(per_server, shape)
        self._free_ninth = _filled(free / 9, shape)
        self._busy_beyond_free = _filled((busy - free) / 9, shape)
        self._zero, self._most = (_filled(value, shape[1:]) for value in (0.0, MOST_SCATTERED))
        self._at_work, self._per_server, self._leaving, self._leaving_new = _spaces(4, shape)
        self._capacity, self._busy_beyond, self._spare = _spaces(3, shape)

    def pace(self, working: Array, inspection: Array) -> None:
        """From now on the share `working` of the servers works, and inspections take e^inspection as long."""
        per_server = np.exp(np.negative(inspection, out=self._per_server), out=self._per_server)
        per_server *= self._usual_per_server
        np.multiply(working, per_server, out=self._at_work)
        leaving = np.exp(np.negative(per_server, out=self._leaving), out=self._leaving)
        np.subtract(1, leaving, out=leaving)
        leaving_new = np.divide(leaving, per_server, out=self._leaving_new)
        np.subtract(1, leaving_new, out=leaving_new)

    def plan(self, servers: Array) -> None:
        """From now on so many servers are planned, (2, L, N or 1)."""
        capacity = np.multiply(servers, self._at_work, out=self._capacity)
        beyond = np.add(capacity, SHUT, out=self._busy_beyond)
        np.divide(self._busy_beyond_free, np.square(beyond, out=beyond), out=beyond)

    def completions(self, present: Array, new: Array, normal: Array) -> Array:
        """Completions of a step, of those `present` at its start and the `new` ones; zero where no server is
        open. In the place of `present`; `new` and `normal` are used up."""
        mean = np.multiply(present, self._leaving, out=present)
        mean += np.multiply(new, self._leaving_new, out=new)
        np.minimum(mean, self._capacity, out=mean)
        ninth = np.divide(self._free_ninth, mean, out=new)
        ninth += np.multiply(mean, self._busy_beyond, out=self._spare)
        np.minimum(ninth, self._most, out=ninth)
        root_ninth = np.sqrt(ninth, out=ninth)
        root = np.subtract(normal, root_ninth, out=normal)
        root *= root_ninth
        root += 1
        np.maximum(root, self._zero, out=root)
        mean *= root
        np.square(root, out=root)
        mean *= root
        return mean


class Arrivals:
    """Units per step at L lanes, and how they scatter: with the mean and the variance of a Poisson process;
    parties that arrive together make the variance (party + 1) times the mean. Everything is (L, N)."""

    def __init__(self, lanes: Lanes, particles: int) -> None:
        shape = (lanes.count, particles)
        mean = lanes.arrivals_per_hour.T * STEP_HOURS
        dispersion = np.where(lanes.party > 1, lanes.party + 1, 1.0)[:, None]
        ninth = 1 / (9 * np.maximum(mean / dispersion, THINNEST))
        cube_root = np.cbrt(mean / _cube_mean(ninth))
        self._centres, self._spreads = (
            np.ascontiguousarray(part * cube_root, np.float32) for part in (1 - ninth, np.sqrt(ninth))
        )
        self.changes = changes(mean)
        """(T,): the expected arrivals are not those of the step before."""
        self._zero = _filled(0.0, shape)
        self._multiplier, self._centre, self._spread, self._drawn = _spaces(4, shape)

    def multiply(self, log_multiplier: Array) -> None:
        """From now on e^log_multiplier times as many come as expected."""
        np.divide(log_multiplier, 3, out=self._multiplier)
        np.exp(self._multiplier, out=self._multiplier)

    def expect(self, step: int, scenario: Array) -> None:
        """From now on those of a step are expected."""
        np.multiply(self._multiplier, of_calendar(self._centres[step], scenario), out=self._centre)
        np.multiply(self._multiplier, of_calendar(self._spreads[step], scenario), out=self._spread)

    def drawn(self, normal: Array) -> Array:
        """Units that come in a step. In the workspace, until the next call; `normal` is used up."""
        root = np.multiply(normal, self._spread, out=normal)
        root += self._centre
        np.maximum(root, self._zero, out=root)
        came = np.square(root, out=self._drawn)
        came *= root
        return came


def _free_dispersion(per_server: Array) -> Array:
    """Variance over mean of the completions of free servers under steady arrivals, of Δ/m = r.

    n·p(1−p) + a·q(1−q) over n·p + a·q, where n : a is as m : Δ, as it is when all who come find a server.
    """
    p = -np.expm1(-per_server)
    q = 1 - p / per_server
    dispersion: Array = 1 - (p**2 / per_server + q**2)
    return dispersion


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


def changes(table: Array) -> Array:
    """(T,) where a table (T, …) differs from the step before; true at the first."""
    changed: Array = np.ones(len(table), np.bool_)
    changed[1:] = (table[1:] != table[:-1]).reshape(len(table) - 1, -1).any(axis=1)
    return changed


def _spaces(count: int, shape: tuple[int, ...]) -> list[Array]:
    return [np.empty(shape, np.float32) for _ in range(count)]


def _filled(values: Array | float, shape: tuple[int, ...]) -> Array:
    filled: Array = np.empty(shape, np.float32)
    filled[...] = values
    return filled
