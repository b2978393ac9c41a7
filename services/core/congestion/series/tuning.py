"""The figures of the forecaster, and the rows of time it works on.

Time is counted in *slots* of a quarter of an hour, numbered from 1970-01-01 00:00 UTC. Slot s holds what was
observed after minute 15(s−1) and up to minute 15s. Array shapes are written with these letters: L lanes,
K slots of history, A horizons at which the forecaster is fitted, E experts, Q quantiles, P columns, R rows.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from services.core.congestion.assumptions import assumed
from services.core.congestion.grid import SLOT_MINUTES as SLOT_MINUTES
from services.core.congestion.grid import Array

HOUR_SLOTS = 60 // SLOT_MINUTES
DAY_SLOTS = 24 * HOUR_SLOTS
WEEK_SLOTS = 7 * DAY_SLOTS

LEVELS = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
LOW, MIDDLE, HIGH = 0, 4, 8


def slot_of(minutes: Array | int) -> Array:
    """The slot that holds something observed at `minutes` since 1970-01-01 UTC."""
    slots: Array = -(-np.asarray(minutes) // SLOT_MINUTES)
    return slots


def _slots(minutes: int) -> int:
    return minutes // SLOT_MINUTES


def _assumed(name: str) -> Any:
    """A field that is what the table `series` of `engine.toml` says, where its reason stands."""
    return field(default_factory=lambda: getattr(assumed().engine.series, name).value)


@dataclass(frozen=True, slots=True)
class Tuning:
    """What may be set; `horizons` (A), `carry` and `tick` in slots."""

    horizons: tuple[int, ...] = field(
        default_factory=lambda: tuple(map(_slots, assumed().engine.series.horizons_minutes.value))
    )
    weeks: int = _assumed("weeks")
    aging: float = _assumed("aging_per_week")
    forgetting: float = _assumed("forgetting_per_week")
    carry: int = field(default_factory=lambda: assumed().engine.series.carry_hours.value * HOUR_SLOTS)
    shrinkage: float = _assumed("shrinkage_weeks")
    ridge: float = _assumed("ridge")
    rows: int = _assumed("rows")
    fewest_rows: int = _assumed("fewest_rows")
    tick: int = field(default_factory=lambda: _slots(assumed().engine.series.tick_minutes.value))
    sharpness: float = _assumed("sharpness")
    memory_days: float = _assumed("memory_days")
    enough: float = _assumed("enough_forecasts")
    gain: float = _assumed("gain_per_forecast")
    narrowest: float = _assumed("narrowest_log")
    widest: float = _assumed("widest_log")
    ceiling: float = _assumed("ceiling_times")
    fewest_reports: int = _assumed("fewest_reports")
    fewest_days: int = _assumed("fewest_days")


@dataclass(frozen=True, slots=True)
class Roster:
    """The L lanes and how they are related, each array (L,).

    place   number of the crossing: lanes at one place share shocks
    kind    number of the kind of lane (mode): lanes of a kind lend each other experience
    shift   minutes added to a wait before its logarithm is taken: 5, or 360 where queues last for days
    """

    place: Array
    kind: Array
    shift: Array

    @property
    def count(self) -> int:
        return len(self.place)

    def logarithm(self, waits: Array) -> Array:
        """z of waits (…, L) in minutes."""
        z: Array = np.log(waits + self.shift)
        return z

    def minutes(self, z: Array, lanes: Array | slice = slice(None)) -> Array:
        """Waits, never negative, of z (…, L)."""
        waits: Array = np.maximum(np.exp(z) - self.shift[lanes], 0.0)
        return waits
