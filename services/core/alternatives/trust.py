"""How much the series of reported waits count beside the queues: as much as they have earned."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from services.core.accuracy import Tally, together
from services.core.congestion import Weights, weight_of_series

LOOK_BACK = timedelta(days=60)
"""Tallies are by month; the months that this reaches into count."""


def trust(tallies: Sequence[Tally], now: datetime) -> Weights:
    """The weight of the series by mode and hours ahead, from what both had forecast apart."""
    since = (now.astimezone(UTC) - LOOK_BACK).date().replace(day=1)
    recent: dict[tuple[str, int], list[Tally]] = {}
    for tally in tallies:
        if tally.month >= since:
            recent.setdefault((tally.mode, tally.horizon_hours), []).append(tally)
    summed = {key: together(found) for key, found in recent.items()}
    return {
        key: weight_of_series(one.queues_loss, one.series_loss, one.apart_targets)
        for key, one in summed.items()
    }
