"""The time grid of the queues: steps of ten minutes, counted from the start of a calendar.

Array shapes are written with these letters: L lanes, N particles, T steps, S calendars (scenarios),
J instants at which somebody joins, G groups of travellers, C crossings, H hours. Axis "2" is the stage:
0 the exit post, 1 the entry post. Step `t` covers `start + t·Δ <= at < start + (t+1)·Δ`; a state "at t"
is the state at the beginning of step `t`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeAlias

from numpy.typing import NDArray

Array: TypeAlias = NDArray[Any]

STEP_MINUTES = 10
"""Δ. Measured against a discrete-event simulation, 5-minute steps gain less than doubling the particles."""
STEP_HOURS = STEP_MINUTES / 60
STEPS_PER_HOUR = 60 // STEP_MINUTES
STEP = timedelta(minutes=STEP_MINUTES)
SLOT_MINUTES = 15
"""Of the series of reported waits. Boards are seldom refreshed more often; half of it gains nothing on dense
feeds and doubles the history."""


@dataclass(frozen=True, slots=True, order=True)
class LaneKey:
    """Names a lane: crossing code, direction and mode in the words of the catalogue."""

    crossing: str
    direction: str
    mode: str


def instants(start: datetime, steps: int) -> Sequence[datetime]:
    """The beginning of every step; `start` must be aware."""
    if start.tzinfo is None:
        raise ValueError("start: must be an aware instant")
    return [start + t * STEP for t in range(steps)]
