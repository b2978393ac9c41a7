"""What of a lane's forecast is told: its waits hour by hour, their parts where they are scored, and what is
known of its booking queue."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence, Set
from datetime import datetime

import numpy as np

from services.core import congestion
from services.core.advisories.documents import Ahead, Apart, BookedAhead, BookedFigure, Booking, Wait
from services.core.congestion import QUANTILES, Lane, LaneOutlook, ahead_hours, assumed, quantiles, typical
from services.core.crossings import Verdict
from services.core.spans import Span
from services.core.status import Bulletin, changes_at, status


def scored_hours() -> Sequence[int]:
    """So many hours ahead forecasts are compared with what is observed later."""
    return assumed().engine.accuracy.horizons_hours.value


def _told() -> Sequence[int]:
    """Which of the forecast's half hours are published: every hour of the first day, then every third."""
    return (*range(0, 48, 2), *range(48, 2 * ahead_hours() + 1, 6))


def _scored(told: Sequence[int]) -> Set[int]:
    """Those of them between which the instants that are scored lie."""
    places = [told.index(2 * hours) for hours in scored_hours()]
    return {number for place in places for number in told[place : place + 2]}


def published(
    bulletin: Bulletin,
    lane: Lane,
    found: LaneOutlook,
    apart: Sequence[congestion.Apart],
    instants: Sequence[datetime],
) -> Iterator[Ahead]:
    """The wait hour by hour; none for an hour at which the lane cannot surely be joined."""
    traveller = typical(lane)
    starts = [instants[0], *changes_at(bulletin, traveller, Span(instants[0], instants[-1]))]
    joined = [status(bulletin, traveller, start).verdict is Verdict.OPEN for start in starts]
    told = _told()
    at_scored = _scored(told)
    for number in told:
        at = instants[number]
        open_then = joined[bisect_right(starts, at) - 1]
        if not open_then:
            yield Ahead(at=at, wait=None)
            continue
        scored = number in at_scored
        yield Ahead(
            at=at,
            wait=_wait(found.wait[:, number]),
            posts=_posts(found, number) if scored else None,
            apart=tuple(
                Apart(
                    stage=one.stage, queues=_wait(one.queues[:, number]), series=_wait(one.series[:, number])
                )
                for one in (apart if scored else ())
            ),
        )


def booked(found: congestion.Booking | None, instants: Sequence[datetime]) -> Booking | None:
    """The booking queue of a lane as it is told; `instants` are those of an outlook."""
    if found is None:
        return None
    return Booking(side=found.side, wait=_booked(found.wait, instants), units=_booked(found.units, instants))


def _booked(found: congestion.BookedFigure | None, instants: Sequence[datetime]) -> BookedFigure | None:
    if found is None:
        return None
    expected = found.expected
    return BookedFigure(
        reported=found.reported,
        observed_at=found.observed_at,
        ahead=()
        if expected is None
        else tuple(_booked_ahead(instants[number], expected[:, number]) for number in _told()),
    )


def _booked_ahead(at: datetime, at_levels: Iterable[float]) -> BookedAhead:
    p10, p50, p90 = (round(float(value), 1) for value in at_levels)
    return BookedAhead(at=at, p10=p10, p50=p50, p90=p90)


def _posts(found: LaneOutlook, number: int) -> tuple[Wait, Wait]:
    """The waits at the exit and at the entry post."""
    total, at_exit = found.samples[number], found.exit_samples[number]
    at_entry = np.where(np.isfinite(total), total - np.where(np.isfinite(total), at_exit, 0), np.inf)
    return _wait(quantiles(at_exit, QUANTILES)), _wait(quantiles(at_entry, QUANTILES))


def _wait(at_levels: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> Wait:
    """To the tenth of a minute. Infinity means that the wait ends after what is forecast: no number."""
    p10, p50, p90 = (round(float(value), 1) if np.isfinite(value) else None for value in at_levels)
    return Wait(p10=p10, p50=p50, p90=p90)
