"""Ways that take about as long as the best: who is told of which first.

If everybody were told the same, they would make the next jam there. So those that are as good as the first
take turns in standing first: the answers of one moment agree, and over the moments each comes first in
proportion to the travellers that the equilibrium sends it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import accumulate
from zlib import crc32

WITHIN = 0.10
"""How much longer than the best a way may take, as a share, to be as good."""

GOLDEN = (5**0.5 - 1) / 2
"""Multiples of it, less the whole, cover the range from 0 to 1 evenly however many there are."""


def as_good(costs: Sequence[float]) -> int:
    """How many of these ascending costs are within a tenth of the first."""
    return sum(cost <= costs[0] * (1 + WITHIN) for cost in costs)


def place(question: str, turn: datetime) -> float:
    """In [0, 1): where in its round a question stands while answers hold until `turn`."""
    begun = crc32(question.encode()) / 2**32
    return (begun + turn.timestamp() / 60 * GOLDEN) % 1


def first(weights: Sequence[float], at: float) -> int:
    """Which of them stands first at this place of the round; all alike where none has a weight."""
    shares = weights if sum(weights) > 0 else [1.0] * len(weights)
    return next(
        (number for number, end in enumerate(accumulate(shares)) if at * sum(shares) < end), len(shares) - 1
    )
