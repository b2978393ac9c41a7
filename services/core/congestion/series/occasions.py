"""Days that are not ordinary: before, on and after a holiday. All lanes share what is learnt about them."""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum

import numpy as np

from services.core.congestion.grid import Array
from services.core.congestion.series.clock import MONDAY
from services.core.congestion.series.tuning import DAY_SLOTS


class Occasion(IntEnum):
    BEFORE, HOLIDAY, AFTER = range(3)


class Occasions:
    """`days`: what each local day is, by its number since 1970-01-01; ordinary days are left out."""

    def __init__(self, days: Mapping[int, Occasion] | None = None) -> None:
        self._numbers = np.array(sorted(days or {}), dtype=np.int64)
        self._kinds = np.array([(days or {})[int(number)] for number in self._numbers], dtype=np.int64)

    def of(self, local: Array) -> Array:
        """(R, 3) ones and zeros, of local slots (R,)."""
        found = np.zeros((len(local), len(Occasion)))
        if self._numbers.size:
            day = (local - MONDAY) // DAY_SLOTS
            place = np.minimum(np.searchsorted(self._numbers, day), len(self._numbers) - 1)
            special = np.flatnonzero(self._numbers[place] == day)
            found[special, self._kinds[place[special]]] = 1.0
        return found
