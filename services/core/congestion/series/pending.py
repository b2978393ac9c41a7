"""Forecasts that were made to be scored and whose time has not come yet."""

from __future__ import annotations

import numpy as np

from services.core.congestion.grid import Array
from services.core.congestion.series.errors import EXPERTS
from services.core.congestion.series.history import History
from services.core.congestion.series.tuning import Tuning

NEVER = -(10**9)


class Pending:
    """A ring of places per horizon; each place holds the forecast of one tick.

    issued (N,)         slot in which it was made
    leads (N, L)        which of the horizons its lead was nearest to: reports are older in sparse lanes
    experts (N, E, 3, L) z of the judged quantiles of each expert
    outer (N, 2, L)     z of the outer quantiles that were given out
    """

    def __init__(self, lanes: int, tuning: Tuning) -> None:
        self.tuning = tuning
        self.tolerance = np.minimum(np.array(tuning.horizons) // 12, 2)
        """An outcome is the report nearest to the target, at most so many slots away."""
        self.sizes = (np.array(tuning.horizons) + self.tolerance) // tuning.tick + 2
        self.starts = np.concatenate([[0], np.cumsum(self.sizes)[:-1]])
        places = int(self.sizes.sum())
        self.issued = np.full(places, NEVER, np.int64)
        self.leads = np.zeros((places, lanes), np.uint8)
        self.experts = np.full((places, EXPERTS, 3, lanes), np.nan, np.float32)
        self.outer = np.full((places, 2, lanes), np.nan, np.float32)

    def put(self, horizon: int, slot: int, leads: Array, experts: Array, outer: Array) -> None:
        place = self._place(horizon, slot)
        self.issued[place] = slot
        self.leads[place], self.experts[place], self.outer[place] = leads, experts, outer

    def due(self, horizon: int, slot: int) -> tuple[int, int] | None:
        """Place and target of the forecast whose outcome can first be known at this tick."""
        whole = self.tuning.horizons[horizon] + int(self.tolerance[horizon])
        issued = (slot - whole) // self.tuning.tick * self.tuning.tick
        place = self._place(horizon, issued)
        return (place, issued + self.tuning.horizons[horizon]) if self.issued[place] == issued else None

    def outcome(self, horizon: int, target: int, history: History) -> Array:
        """(L,) z of the report nearest to the target; nan without one."""
        found = np.full(history.roster.count, np.nan)
        tolerance = int(self.tolerance[horizon])
        for away in sorted(range(-tolerance, tolerance + 1), key=lambda away: (-abs(away), away)):
            row = target + away - history.first
            if 0 <= row <= history.through:
                there = history.minute[row] > 0
                found[there] = history.carried[row, there]
        return found

    def _place(self, horizon: int, slot: int) -> int:
        return int(self.starts[horizon] + slot // self.tuning.tick % self.sizes[horizon])
