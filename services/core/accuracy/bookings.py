"""Comparing what was forecast of booking queues with what those who booked were told."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from datetime import datetime

from services.core.accuracy.documents import Queue, Score
from services.core.accuracy.rules import Known, yardsticks
from services.core.advisories import Basis, BookedFigure, Run
from services.core.observations import Reported


def as_told(report: Reported) -> Known:
    """The wait of a booking report, at the instant at which whoever booked was told it."""
    fields = report.fields
    return Known(fields.observed_at, report.received_at, fields.booked_wait_minutes or 0.0)


def scored_booking(
    target: Reported, horizon_hours: int, run: Run | None, known: Sequence[Known]
) -> Score | None:
    """The score of what `run`, the newest at that horizon before the target, had published of the booking
    queue; None if nothing. `known` are the waits of the same queue, in any order; what was received later
    than the run is not used."""
    fields, at = target.fields, target.fields.observed_at
    advisory = next((one for one in (run.advisories if run else ()) if one.lane == fields.lane), None)
    booking = advisory.booking if advisory else None
    if run is None or booking is None or booking.wait is None or booking.side is not fields.side:
        return None
    forecast = _around(booking.wait, at)
    if forecast is None or fields.booked_wait_minutes is None:
        return None
    return Score(
        observation=target.id,
        horizon_hours=horizon_hours,
        crossing=fields.crossing,
        direction=fields.direction,
        mode=Queue.BOOKED_TRUCKS,
        side=fields.side,
        joined_at=at,
        observed=fields.booked_wait_minutes,
        issued_at=run.at,
        p10=forecast[0],
        p50=forecast[1],
        p90=forecast[2],
        basis=Basis.MODELLED,
        yardsticks=yardsticks(known, run.at, at),
    )


def _around(figure: BookedFigure, at: datetime) -> tuple[float, float, float] | None:
    """P10, P50 and P90 read off the two published instants around `at`; None outside what is published."""
    after = bisect_right([one.at for one in figure.ahead], at)
    if not 0 < after < len(figure.ahead):
        return None
    first, second = figure.ahead[after - 1], figure.ahead[after]
    share = (at - first.at) / (second.at - first.at)
    return (
        first.p10 + share * (second.p10 - first.p10),
        first.p50 + share * (second.p50 - first.p50),
        first.p90 + share * (second.p90 - first.p90),
    )
