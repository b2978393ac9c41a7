"""The figures of the forecaster, each with its reason, and the rows of time it works on.

Time is counted in *slots* of a quarter of an hour, numbered from 1970-01-01 00:00 UTC. Slot s holds what was
observed after minute 15(s−1) and up to minute 15s. Array shapes are written with these letters: L lanes,
K slots of history, A horizons at which the forecaster is fitted, E experts, Q quantiles, P columns, R rows.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from services.core.congestion.grid import Array

SLOT_MINUTES = 15
"""Boards are seldom refreshed more often; half of it gains nothing on dense feeds and doubles the history."""
HOUR_SLOTS = 60 // SLOT_MINUTES
DAY_SLOTS = 24 * HOUR_SLOTS
WEEK_SLOTS = 7 * DAY_SLOTS

LEVELS = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
LOW, MIDDLE, HIGH = 0, 4, 8


def slot_of(minutes: Array | int) -> Array:
    """The slot that holds something observed at `minutes` since 1970-01-01 UTC."""
    slots: Array = -(-np.asarray(minutes) // SLOT_MINUTES)
    return slots


@dataclass(frozen=True, slots=True)
class Tuning:
    """What may be set. The values were chosen on feeds of three kinds (dense, sparse, hourly) together."""

    horizons: tuple[int, ...] = (1, 4, 12, 24, 48, 96, 192, 288)
    """A, in slots: 15 minutes to 72 hours, about doubling; between them the forecaster interpolates."""
    weeks: int = 12
    """Weeks of history for the usual week and for fitting; fewer make the usual week noisy, more make it
    old."""
    aging: float = 0.9
    """Weight of a week in the usual week relative to the next one: a half-life of 6.6 weeks."""
    forgetting: float = 0.93
    """Weight of a week's rows in the regression relative to the next one's: feeds change their ways."""
    carry: int = 4 * HOUR_SLOTS
    """Slots for which a report stands in the history; a report says little about the time after that."""
    shrinkage: float = 1.0
    """The usual week counts the neighbouring quarters of an hour like this many weeks of reports."""
    ridge: float = 20.0
    """Penalty on the coefficients; without effect above a few thousand rows, a guard below."""
    rows: int = 12_000
    """Rows per horizon at most, evenly thinned: more change no figure in the third digit."""
    fewest_rows: int = 300
    """A horizon with fewer is left out, and its neighbours stand in for it."""
    tick: int = 5
    """Slots between the forecasts that the forecaster makes to be scored; 5 visits every quarter of an
    hour."""
    sharpness: float = 40.0
    """η of the weights exp(−η·relative excess loss)."""
    memory_days: float = 28.0
    """Losses older than this count less than 1/e."""
    enough: float = 100.0
    """Scored forecasts from which a lane's own losses and intervals outweigh those of its kind."""
    gain: float = 0.02
    """γ of the adaptive intervals, per scored forecast."""
    narrowest: float = -0.7
    widest: float = 1.5
    """Bounds of the log width that is adapted."""
    ceiling: float = 2.0
    """No quantile is above this many times the longest wait of the history."""
    fewest_reports: int = 24
    fewest_days: int = 3
    """Floors of evidence: below either, nothing is forecast for the lane."""


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
