"""Errors against those of the best naive way, with an interval."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.vehicles import Floats

SEED, DRAWS = 1, 2000


@dataclass(frozen=True)
class Ratio:
    """`low` and `high` hold 95 % of the ratios over blocks drawn with replacement."""

    value: float
    low: float
    high: float

    @classmethod
    def to_best(cls, errors: Floats, naive: Sequence[Floats]) -> Ratio:
        """Of mean errors per block to those of whichever naive way is best over all blocks."""
        best = min(naive, key=lambda each: float(each.mean()))
        drawn = np.random.default_rng(SEED).integers(0, len(best), (DRAWS, len(best)))
        low, high = np.quantile(errors[drawn].sum(axis=1) / best[drawn].sum(axis=1), (0.025, 0.975))
        return cls(float(errors.sum() / best.sum()), float(low), float(high))

    def __str__(self) -> str:
        return f"{self.value:7.3f}  {self.low:.3f}–{self.high:.3f}"
