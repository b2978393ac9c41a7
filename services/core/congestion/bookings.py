"""Booking queues, in which trucks wait elsewhere until a post calls them: what is told of them and expected.

Such a queue says nothing of those who stand before the post, and is never read as if it did.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import numpy as np

from services.core.congestion.calendar import Lane
from services.core.congestion.grid import Array
from services.core.congestion.learning import Learned, Series, books
from services.core.congestion.outlook import QUANTILES
from services.core.congestion.series import LEVELS
from services.core.crossings import Side
from services.core.observations import MEASURED, Kind, Reported

FELT = timedelta(hours=48)
"""A figure older than that says nothing about now."""

PLACES = [LEVELS.index(level) for level in QUANTILES]


@dataclass(frozen=True, slots=True)
class BookedFigure:
    """The newest figure as it was reported, and p10, p50 and p90 (3, J) of what will be reported at the
    instants of an outlook; None where too little is known to say."""

    reported: float
    observed_at: datetime
    expected: Array | None


@dataclass(frozen=True, slots=True)
class Booking:
    """The queue of those whom the post of `side` calls: minutes that whoever books waits until called, and
    units that hold a booking; None where nobody reported it."""

    side: Side
    wait: BookedFigure | None = None
    units: BookedFigure | None = None

    @property
    def length(self) -> tuple[float, float, str]:
        wait, units = (one.reported if one else -1.0 for one in (self.wait, self.units))
        return wait, units, self.side


def bookings(reports: Iterable[Reported], learned: Learned | None, at: datetime) -> Mapping[Lane, Booking]:
    """What is known at `at`, by lane, from reports of the time since `FELT` before it. Where both posts call,
    the longer queue is told: a truck is in both at once."""
    expected = learned.booked(at) if learned else {}
    queues: dict[tuple[Lane, Side], Booking] = {}
    for report in sorted(filter(books, reports), key=lambda one: (one.fields.observed_at, one.id)):
        fields = report.fields
        if fields.side is None or at - fields.observed_at > FELT:
            continue
        said = expected.get(Series.of(fields))
        figure = BookedFigure(
            reported=float(getattr(fields, MEASURED[fields.kind])),
            observed_at=fields.observed_at,
            expected=None if said is None else np.ascontiguousarray(said[:, PLACES].T),
        )
        queue = queues.get((fields.lane, fields.side), Booking(fields.side))
        of_wait = fields.kind is Kind.BOOKED_WAIT
        queue = replace(queue, wait=figure) if of_wait else replace(queue, units=figure)
        queues[fields.lane, fields.side] = queue
    return {lane: queue for (lane, _), queue in sorted(queues.items(), key=lambda item: item[1].length)}
