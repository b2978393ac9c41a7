"""What of a lane's forecast is told: its waits hour by hour, and their parts where they are scored."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from datetime import datetime

import numpy as np

from services.core import congestion
from services.core.advisories.documents import Ahead, Apart, Wait
from services.core.congestion import QUANTILES, Lane, LaneOutlook, quantiles, typical
from services.core.crossings import Verdict
from services.core.spans import Span
from services.core.status import Bulletin, changes_at, status

PUBLISHED = (*range(0, 48, 2), *range(48, 145, 6))
"""Which of the forecast's half hours are published: every hour of the first day, then every third."""

SCORED_HOURS = (1, 3, 6, 12, 24, 48, 72)
"""So many hours ahead forecasts are compared with what is observed later."""

SCORED = frozenset(
    number
    for hours in SCORED_HOURS
    for number in PUBLISHED[PUBLISHED.index(2 * hours) : PUBLISHED.index(2 * hours) + 2]
)
"""The half hours between which the instants that are scored lie."""


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
    for number in PUBLISHED:
        at = instants[number]
        open_then = joined[bisect_right(starts, at) - 1]
        if not open_then:
            yield Ahead(at=at, wait=None)
            continue
        scored = number in SCORED
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


def _posts(found: LaneOutlook, number: int) -> tuple[Wait, Wait]:
    """The waits at the exit and at the entry post."""
    total, at_exit = found.samples[number], found.exit_samples[number]
    at_entry = np.where(np.isfinite(total), total - np.where(np.isfinite(total), at_exit, 0), np.inf)
    return _wait(quantiles(at_exit, QUANTILES)), _wait(quantiles(at_entry, QUANTILES))


def _wait(at_levels: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> Wait:
    """To the tenth of a minute. Infinity means that the wait ends after what is forecast: no number."""
    p10, p50, p90 = (round(float(value), 1) if np.isfinite(value) else None for value in at_levels)
    return Wait(p10=p10, p50=p50, p90=p90)
