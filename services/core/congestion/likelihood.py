"""How likely a report is, for every particle.

A figure y is a true value v with noise and the bias of its source: log(y+o) = log(v+o) + b + σ·ε, where ε is
normal or Student's t and o keeps small values apart from zero. What is known of y is an interval, so the
likelihood is the probability of that interval,

    ℓ(v) = (1−g)·P(low <= y < high | v) + g·G(low, high),

where g is the share of garbage and G the even distribution of garbage over the logarithms. Because of the
second term no report is impossible, and one report changes odds by the factor `reach` at most.

The bias b of a source is normal with mean zero, and is never estimated apart from the state: every particle
carries mean and variance of b given its own past, which a report updates as a Kalman filter does, to the
degree to which it is not garbage. Between two reports a little of that is forgotten.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import erfc, inf, lgamma, pi

import numpy as np

from services.core.congestion.grid import Array
from services.core.congestion.sources import FigureKind

WIDTH = 0.02
"""Of a figure's interval on the logarithmic scale, at least: nothing is known better than by 2 %."""
FORGOTTEN = 0.02
"""Share of the variance of a bias that is new at the next report, for sources change hands and habits: some
fifty reports are remembered. A prior."""


@dataclass(slots=True)
class Bias:
    """Logarithm by which a source reads too high, for each particle of a lane: mean and variance (N,)."""

    mean: Array
    variance: Array

    @classmethod
    def unknown(cls, kind: FigureKind, particles: int) -> Bias:
        return cls(np.zeros(particles), np.full(particles, kind.bias_log_sd.value**2))

    def keep(self, chosen: Array) -> None:
        self.mean, self.variance = self.mean[chosen], self.variance[chosen]


@dataclass(frozen=True, slots=True)
class Reading:
    """A figure on the scale of log(y+o): its interval, and the probability G that garbage falls into it."""

    kind: FigureKind
    low: float
    high: float
    garbage: float

    @classmethod
    def of(cls, kind: FigureKind, low: float, high: float) -> Reading:
        offset = kind.smallest.value
        bottom, top = np.log(offset), np.log(kind.largest.value + offset)
        below, above = np.log(min(low, kind.largest.value) + offset), np.log(high + offset)
        share = max(min(above, top) - below, WIDTH) / (top - bottom)
        if above - below < WIDTH:
            middle = (below + above) / 2
            below, above = middle - WIDTH / 2, middle + WIDTH / 2
        return cls(kind, float(below) if low > 0 else -inf, float(above), float(share))

    def likelihood(self, value: Array, bias: Bias) -> tuple[Array, Array]:
        """ℓ (N,) for true values (N,), and the probability (N,) that the report is not garbage."""
        scale = np.sqrt(self.kind.log_sd.value**2 + bias.variance)
        centre = np.log(value + self.kind.smallest.value) + bias.mean
        fits = (1 - self.kind.garbage.value) * self._within(centre, scale)
        likelihood = fits + self._floor
        return likelihood, fits / likelihood

    def learned(self, value: Array, bias: Bias, credible: Array) -> Bias:
        """The bias for the next report; the same where the interval of this one has no middle."""
        if self.low == -inf or self.high == inf:
            return bias
        rounding = (self.high - self.low) ** 2 / 12
        noise = self.kind.log_sd.value**2 + rounding
        gain = credible * bias.variance / (bias.variance + noise)
        surprise = (self.low + self.high) / 2 - np.log(value + self.kind.smallest.value) - bias.mean
        fresh = FORGOTTEN * self.kind.bias_log_sd.value**2
        mean, variance = bias.mean + gain * surprise, bias.variance * (1 - gain)
        return Bias((1 - FORGOTTEN) ** 0.5 * mean, (1 - FORGOTTEN) * variance + fresh)

    def values(self, normal: Array, place: Array) -> Array:
        """True values that the report suggests, from standard normals and places in [0, 1), both (K,)."""
        offset, sd = self.kind.smallest.value, self.kind.log_sd.value
        low, high = max(self.low, np.log(offset)), self.high
        if high == inf:
            high = np.log(self.kind.largest.value + offset)
        spread = np.hypot(sd, self.kind.bias_log_sd.value)
        values: Array = np.exp(low + place * (high - low) - spread * normal) - offset
        return np.clip(values, 0, self.kind.largest.value)

    @property
    def reach(self) -> float:
        """The factor by which the report changes the odds of anything at most."""
        return 1 + self._best / self._floor

    @property
    def _best(self) -> float:
        """(1−g)·P for the true value that suits the report best."""
        half = np.array([(self.high - self.low) / 2]) / self.kind.log_sd.value
        within = probability_between(-half, half, self._degrees)
        return (1 - self.kind.garbage.value) * float(within[0])

    @property
    def _floor(self) -> float:
        """What garbage adds, and at least what keeps the odds within the registry's bound."""
        return max(self.kind.garbage.value * self.garbage, self._best / (self.kind.most_odds.value - 1))

    @property
    def _degrees(self) -> float:
        return self.kind.degrees.value if self.kind.degrees else inf

    def _within(self, centre: Array, scale: Array) -> Array:
        return probability_between((self.low - centre) / scale, (self.high - centre) / scale, self._degrees)


def probability_between(low: Array, high: Array, degrees: float = inf) -> Array:
    """P(low < ε < high) of Student's t, or of the normal distribution with infinite degrees; exact also far
    out, where both ends are in the same tail."""
    right = low > 0
    low, high = np.where(right, -high, low), np.where(right, -low, high)
    between: Array = np.maximum(_below(high, degrees) - _below(low, degrees), 0)
    return between


def _below(z: Array, degrees: float) -> Array:
    grid, logarithms = _lower_tail(degrees)
    tail = np.exp(np.interp(-np.abs(z), grid, logarithms))
    tail = np.where(np.isinf(z), 0, tail)
    return np.where(z > 0, 1 - tail, tail)


@lru_cache(maxsize=8)
def _lower_tail(degrees: float) -> tuple[Array, Array]:
    """log P(ε < z) on a grid of z <= 0 that is finer towards zero."""
    if degrees == inf:
        grid = np.linspace(-37, 0, 4000)
        return grid, np.log([erfc(-z / 2**0.5) / 2 for z in grid])
    place = np.linspace(-14, 0, 8000)
    grid = np.sinh(place)
    log_scale = lgamma((degrees + 1) / 2) - lgamma(degrees / 2) - np.log(degrees * pi) / 2
    density = np.exp(log_scale - (degrees + 1) / 2 * np.log1p(grid**2 / degrees)) * np.cosh(place)
    pieces = (density[1:] + density[:-1]) / 2 * np.diff(place)
    tail = density[0] / degrees
    below = tail + np.concatenate([[0.0], np.cumsum(pieces)])
    return grid, np.log(below * (0.5 / below[-1]))
