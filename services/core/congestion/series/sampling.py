"""Which pairs of reports the experts are fitted on."""

from __future__ import annotations

import numpy as np

from services.core.congestion.grid import Array
from services.core.congestion.series.history import History

SHORTER = (0.8, 0.9, 1.0)
"""Rows of a horizon have these leads, as a share of it: sparse reports are seldom exactly that far apart."""
SCATTER = 2654435761
"""Knuth's multiplier: thins the pairs as if at random, the same every time."""


def pairs(history: History, targets: Array, horizon: int, most: int) -> tuple[Array, Array, Array]:
    """Lanes, origins and targets (slots) of pairs of reports of one lane about `horizon` slots apart.

    The later one is in one of the slots `targets`; `most` pairs at most.
    """
    reported = history.minute > 0
    found = []
    for lead in sorted({max(round(share * horizon), 1) for share in SHORTER}):
        rows = targets[targets - lead >= history.first] - history.first
        row, lane = np.nonzero(reported[rows] & reported[rows - lead])
        found.append(np.stack([lane, rows[row] - lead, rows[row]]))
    every = np.concatenate(found, axis=1)
    chosen = np.argsort(np.arange(every.shape[1]) * SCATTER % 2**32, kind="stable")[:most]
    lane, origin, target = every[:, chosen]
    return lane, origin + history.first, target + history.first
