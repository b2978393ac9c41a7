"""What comes to a post and what it completes in one step of Δ minutes.

A post with c servers of m minutes each, n units present and a arriving, completes either what c busy servers
can do, cΔ/m on average, or, when nobody has to wait, what would leave if everyone had a server,
U = n(1−e^(−Δ/m)) + a(1−(1−e^(−Δ/m))·m/Δ). Which of the two, U itself says: it is weighed against cΔ/m. For
short steps that is the question whether more than c are present; for Δ of the order of m the latter would
call a post saturated that merely has many arrivals per step, and lose sight of the units being inspected.

Counts scatter as a positive variable with the right mean and variance: a gamma variable of shape s has mean
and variance s, and its cube root is nearly normal, so s·(1 − 1/9s + z/(3√s))³ with one standard normal z is
nearly such a variable (Wilson and Hilferty 1931). A normal variable cut off at zero would be too large on
average wherever a step sees only a unit or two, as with trucks.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import erf, exp, pi, sqrt

import numpy as np

from services.core.congestion.grid import STEP_HOURS, STEP_MINUTES, Array
from services.core.congestion.lanes import Lanes

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
    variance = np.maximum(binomial + busy * (scv * capacity - binomial), 0)
    ninth = np.minimum(variance / (9 * np.maximum(mean, 1e-6) ** 2), MOST_SCATTERED)
    done: Array = mean * _cube(1 - ninth + np.sqrt(ninth) * normal)
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
        came: Array = mean * multiplier * _cube(centre + spread * normal)
        return came


def _cube(root: Array) -> Array:
    """The cube of what is positive, zero for the rest; three times faster than a power."""
    positive = np.maximum(root, 0)
    cube: Array = positive * positive * positive
    return cube


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
