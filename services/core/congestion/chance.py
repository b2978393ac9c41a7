"""Random numbers for an ensemble, drawn so that a hundred particles say as much as several hundred.

Two old devices make what is drawn once per particle go far: it is *stratified* (every particle gets its own
slice of the normal distribution) and *mirrored* (the second half of the particles gets the first half's
numbers with the opposite sign). What is drawn at every step is independent: once particles have been chosen
anew by what was reported, the halves are no mirror images any more. The generator comes from the caller: the
same seed and the same inputs give the same bytes.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from statistics import NormalDist

import numpy as np

from services.core.congestion.grid import Array


@lru_cache(maxsize=32)
def _upper_strata(pairs: int) -> tuple[float, ...]:
    """The positive half of 2·pairs normal quantiles, scaled to variance one."""
    normal = NormalDist()
    quantiles = [normal.inv_cdf(0.5 + (i + 0.5) / (2 * pairs)) for i in range(pairs)]
    scale = (sum(q * q for q in quantiles) / pairs) ** 0.5
    return tuple(q / scale for q in quantiles)


@lru_cache(maxsize=1)
def _normal_table() -> tuple[Array, Array]:
    places = (np.arange(4000) + 0.5) / 4000
    return places, np.array([NormalDist().inv_cdf(place) for place in places])


def _normal_at(place: Array) -> Array:
    """The normal quantile at places in (0, 1), from a table of 4,000."""
    return np.interp(place, *_normal_table())


class Chance:
    """Draws for `particles` particles; an array of shape `(*shape, N)` each time, float32."""

    def __init__(self, generator: np.random.Generator, particles: int) -> None:
        if particles < 2 or particles % 2:
            raise ValueError("particles: an even number, for they come in mirrored pairs")
        self._generator = generator
        self.particles = particles
        self._half = particles // 2

    def normal(self, *shape: int) -> Array:
        """Standard normal, independent."""
        return self._generator.standard_normal((*shape, self.particles), dtype=np.float32)

    def refilled(self, normals: Array) -> Array:
        """The same, in the place of numbers that have been used up."""
        return self._generator.standard_normal(out=normals, dtype=np.float32)

    def stratified(self, *shape: int) -> Array:
        """Standard normal: along the last axis a shuffled set of quantiles, mirrored."""
        strata = np.array(_upper_strata(self._half), dtype=np.float32)
        drawn = self._generator.permuted(np.broadcast_to(strata, (*shape, self._half)), axis=-1)
        signs = self._generator.integers(0, 2, size=drawn.shape, dtype=np.int8) * 2 - 1
        return self._mirrored(drawn * signs.astype(np.float32))

    def spread(self, dimensions: int, lanes: int) -> Array:
        """(dimensions, L, N) standard normals that fill their space evenly, by a shifted lattice per lane.

        The first dimension holds exact quantiles, the first two together are spread like a sunflower.
        """
        half = np.arange(self._half)
        order = self._generator.permuted(np.tile(half, (lanes, 1)), axis=1)
        turns = np.sqrt(np.array([1.25, 2.0, 3.0, 5.0, 6.0, 7.0])[: dimensions - 1]) + 0.5
        shifts = self._generator.random((dimensions - 1, lanes, 1))
        first = (order + 0.25) / self._half
        others = (order * turns[:, None, None] + shifts) % 1
        places = np.concatenate([first[None], others])
        return self._mirrored(_normal_at(places).astype(np.float32))

    def uniform(self, *shape: int) -> Array:
        """Uniform on [0, 1), independent."""
        return self._generator.random((*shape, self.particles), dtype=np.float32)

    def split(self, weights: tuple[float, ...]) -> Array:
        """For every particle the index of its calendar, in proportion to the weights; mirrored pairs stay
        together. Shares are rounded to whole pairs, the largest remainders first."""
        shares = np.array(weights, dtype=float)
        if shares.size == 0 or (shares < 0).any() or not shares.sum() > 0:
            raise ValueError("weights: at least one, none negative, not all zero")
        exact = shares / shares.sum() * self._half
        pairs = np.floor(exact).astype(int)
        first = np.argsort(-(exact - pairs), kind="stable")[: self._half - pairs.sum()]
        pairs[first] += 1
        calendar: Array = np.tile(np.repeat(np.arange(shares.size), pairs), 2)
        return calendar

    def _mirrored(self, half: Array) -> Array:
        both = np.empty((*half.shape[:-1], self.particles), half.dtype)
        both[..., : self._half] = half
        np.negative(half, out=both[..., self._half :])
        return both


@dataclass(frozen=True, slots=True)
class Wander:
    """A log multiplier that wanders about its mean (an Ornstein–Uhlenbeck process), for L lanes.

    `mean`, `sd` (stationary) and `tau_hours` have shape (L,). An infinite `tau_hours` is an unknown that
    does not change; a zero `sd` is no unknown at all. Values have shape (…, L, N).
    """

    mean: Array
    sd: Array
    tau_hours: Array

    @classmethod
    def around_one(cls, sd: Array, tau_hours: Array) -> Wander:
        """The multiplier itself, not its logarithm, has mean one."""
        return cls(-(sd**2) / 2, sd, tau_hours)

    def begun(self, normal: Array) -> Array:
        begun: Array = _column(self.mean) + _column(self.sd) * normal
        return begun

    def over(self, hours: float) -> Drift:
        """What so many hours do to it."""
        kept = np.exp(-hours / self.tau_hours)
        moves = (kept, self.mean * (1 - kept), self.sd * np.sqrt(1 - kept**2))
        return Drift(*(_column(each) for each in moves))


@dataclass(frozen=True, slots=True)
class Drift:
    """How wandering values move on: they keep a share, and something is added. All (L, 1), or (1, 1) where
    it is the same for every lane."""

    kept: Array
    pull: Array
    scatter: Array

    def move(self, value: Array, normal: Array) -> None:
        """Move values (…, L, N) on, in place. `normal` is used up."""
        value *= self.kept
        value += self.pull
        normal *= self.scatter
        value += normal


def _column(values: Array) -> Array:
    """(L, 1), or (1, 1) if all are the same: a number is spread over an array faster than a column is."""
    column: Array = values.astype(np.float32)[:, None]
    return column[:1] if len(column) and (column == column[0]).all() else column


def mean_ahead(value: Array, mean: Array | float, tau_hours: Array | float, hours: Array) -> Array:
    """Expected average of a wandering value over the coming `hours`; all arrays broadcast together."""
    aged = np.maximum(hours / tau_hours, 1e-30)
    left = -np.expm1(-aged) / aged
    ahead: Array = mean + (value - mean) * left
    return ahead
