"""How the whole way may turn out by each of several crossings, looked at together.

G = road + hours idle + wait + road beyond, in minutes. Only the wait is uncertain: log(W + 5) is laid through
its P10, median and P90. The waits of two crossings rise and fall together a little, more so in one cluster,
as they do in the ensemble that the quantiles come from.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeAlias
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from services.core.advisories import Wait
from services.core.congestion.layout import longest_hours

Minutes: TypeAlias = NDArray[Any]

NEAR, FAR = 0.08, 0.03
"""Correlation of waits inside a cluster and beyond, by rank, in the ensembles of February 2023 and 2025. It
is much less than that of demand: each post has its own lanes at work, stops and inspections."""

DRAWS = 500
OFFSET_MINUTES = 5.0
"""Added before the logarithm, so that a wait of nothing has one."""
TENTH = 1.2815515655
"""Standard deviations from the median of a normal distribution to its P90."""


@dataclass(frozen=True, slots=True)
class Odds:
    """`best`: the probability that no other of these is faster. `regret_minutes`: how much longer than by
    whichever turns out fastest it takes, on average. `p50_minutes`, `p90_minutes` are of the whole way."""

    p50_minutes: float
    p90_minutes: float
    best: float
    regret_minutes: float


def counted(quantile: float | None) -> float:
    """Minutes that a quantile of a wait counts as; one that does not end within what is forecast counts as
    longer than any that does."""
    return longest_hours() * 60.0 if quantile is None else quantile


def odds(others: Sequence[float], waits: Sequence[Wait], clusters: Sequence[str]) -> list[Odds]:
    """One for every crossing, of its wait and its `others` minutes. The same question has the same odds."""
    if not others:
        return []
    sampled = np.array([_sampled(wait, z) for wait, z in zip(waits, _shocks(tuple(clusters)), strict=True)])
    whole = np.array(others)[:, None] + sampled
    fastest = whole.min(axis=0)
    first = whole == fastest
    best = (first / first.sum(axis=0)).mean(axis=1)
    regret = (whole - fastest).mean(axis=1)
    return [
        Odds(other + counted(wait.p50), other + counted(wait.p90), float(chance), float(longer))
        for other, wait, chance, longer in zip(others, waits, best, regret, strict=True)
    ]


def _sampled(wait: Wait, z: Minutes) -> Minutes:
    """Waits at standard normal places, by straight lines through the logarithms of the quantiles."""
    p10, p50, p90 = (np.log(counted(one) + OFFSET_MINUTES) for one in (wait.p10, wait.p50, wait.p90))
    slope = np.where(z < 0, p50 - p10, p90 - p50) / TENTH
    sampled: Minutes = np.maximum(np.exp(p50 + slope * z) - OFFSET_MINUTES, 0)
    return sampled


@lru_cache(maxsize=64)
def _shocks(clusters: tuple[str, ...]) -> Minutes:
    """(len(clusters), DRAWS) standard normals, in mirrored pairs."""
    half = DRAWS // 2
    generator = np.random.default_rng(crc32(" ".join(clusters).encode()))
    own = generator.standard_normal((len(clusters), half)) * (1 - NEAR) ** 0.5
    shared = {name: generator.standard_normal(half) * (NEAR - FAR) ** 0.5 for name in sorted(set(clusters))}
    wide = generator.standard_normal(half) * FAR**0.5
    shocks = own + np.stack([shared[name] for name in clusters]) + wide
    return np.concatenate([shocks, -shocks], axis=1)
