"""The local week: people cross by the clock on the wall, also when it is put forward or back."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo
from functools import lru_cache

import numpy as np

from services.core.congestion.grid import Array
from services.core.congestion.series.tuning import DAY_SLOTS, SLOT_MINUTES, WEEK_SLOTS

MONDAY = 3 * DAY_SLOTS
"""1970-01-01 was a Thursday."""


class Clock:
    """Local slots: counted like slots, but by the clock of a zone, and from a Monday."""

    def __init__(self, zone: tzinfo = UTC) -> None:
        self.zone = zone

    def local(self, slots: Array) -> Array:
        """The local slot of each slot; where the clock is put back, two slots have the same."""
        days = np.asarray(slots) // DAY_SLOTS
        first, last = (int(days.min()), int(days.max())) if days.size else (0, 0)
        table = np.array([_offset(self.zone, day) for day in range(first, last + 2)])
        # The offset changes at most once in a day: whoever is past the change has the next day's.
        changed = np.array([_change(self.zone, day) for day in range(first, last + 1)])
        later = np.asarray(slots) % DAY_SLOTS >= changed[days - first]
        local: Array = slots + table[days - first + later] + MONDAY
        return local

    def phase(self, slots: Array) -> Array:
        """Slot of the local week, 0 at Monday 00:00."""
        phase: Array = self.local(slots) % WEEK_SLOTS
        return phase


@lru_cache(maxsize=4096)
def _offset(zone: tzinfo, day: int) -> int:
    """Slots by which local time is ahead when a UTC day begins."""
    return _ahead(zone, day * DAY_SLOTS)


@lru_cache(maxsize=4096)
def _change(zone: tzinfo, day: int) -> int:
    """Slot of a UTC day from which the next day's offset holds; a day's length where it never changes."""
    after = _offset(zone, day + 1)
    if after == _offset(zone, day):
        return DAY_SLOTS
    return next(slot for slot in range(DAY_SLOTS + 1) if _ahead(zone, day * DAY_SLOTS + slot) == after)


def _ahead(zone: tzinfo, slot: int) -> int:
    offset = datetime.fromtimestamp(slot * SLOT_MINUTES * 60, UTC).astimezone(zone).utcoffset()
    return 0 if offset is None else int(offset.total_seconds()) // (SLOT_MINUTES * 60)
