"""From what was reported to what the filter takes in, by the registry of sources."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from math import inf

from services.core.congestion.calendar import Lane
from services.core.congestion.evidence import Evidence
from services.core.congestion.grid import STEP
from services.core.congestion.sources import FigureKind, Sources
from services.core.crossings import Direction
from services.core.observations import MEASURED, Bound, Kind, ObservationFields, Reported, Reporter

ENTRIES: Mapping[tuple[Reporter, Kind], str] = {
    (Reporter.OFFICIAL, Kind.WAIT): "official-wait",
    (Reporter.OFFICIAL, Kind.WAIT_AHEAD): "official-wait-ahead",
    (Reporter.OFFICIAL, Kind.COUNT): "official-count",
    (Reporter.OFFICIAL, Kind.LENGTH): "official-length",
    (Reporter.OFFICIAL, Kind.THROUGHPUT): "throughput",
    (Reporter.OFFICIAL, Kind.NOT_MOVING): "official-not-moving",
    (Reporter.OFFICIAL, Kind.MOVING): "official-moving",
    (Reporter.TRAVELLER, Kind.WAIT): "crowd-wait",
    (Reporter.TRAVELLER, Kind.COUNT): "crowd-count",
    (Reporter.TRAVELLER, Kind.LENGTH): "crowd-count",
    (Reporter.TRAVELLER, Kind.NOT_MOVING): "crowd-not-moving",
    (Reporter.TRAVELLER, Kind.MOVING): "crowd-moving",
}
"""Entries of the registry. Bookings are not here: who holds one does not stand at the border yet."""

CROWD = "crowd"
"""Travellers report once each: what they have in common is all that their bias can be."""


def evidence_of(
    reports: Sequence[Reported], lanes: Sequence[Lane], start: datetime, sources: Sources
) -> Iterator[Evidence]:
    """What reports say about some of `lanes` (rows of the ensemble), on a grid that begins at `start`."""
    rows = {lane: row for row, lane in enumerate(lanes)}
    for report in reports:
        row = rows.get(report.fields.lane)
        if row is not None and (found := _evidence(report, row, start, sources)):
            yield found


def _evidence(report: Reported, row: int, start: datetime, sources: Sources) -> Evidence | None:
    fields, entry = report.fields, ENTRIES.get((report.by, report.fields.kind))
    if entry is None:
        return None
    kind = sources.figures[entry] if entry in sources.figures else sources.signals[entry]
    between = _between(fields, kind, sources) if isinstance(kind, FigureKind) else (0.0, inf)
    if between is None:
        return None
    by_traveller = report.by is Reporter.TRAVELLER
    return Evidence(
        lane=row,
        step=(fields.observed_at - start) // STEP,
        key=report.id,
        kind=kind,
        source=CROWD if by_traveller else report.source,
        stage=_stage(fields),
        low=between[0],
        high=between[1],
        hours=fields.over_hours if fields.kind is Kind.THROUGHPUT else 0.0,
        lineage=fields.lineage or "",
        contributor=report.source if by_traveller else "",
    )


def _stage(fields: ObservationFields) -> int | None:
    if fields.side is None:
        return None
    direction: Direction = fields.direction
    return 0 if fields.side is direction.exit_side else 1


def _between(fields: ObservationFields, kind: FigureKind, sources: Sources) -> tuple[float, float] | None:
    """Minutes or units between which the figure lies; None where it cannot be turned into units."""
    value = float(getattr(fields, MEASURED[fields.kind]))
    if fields.kind is Kind.THROUGHPUT:
        value *= fields.over_hours
    low, high = kind.interval(value)
    if fields.bound is Bound.AT_LEAST:
        high = inf
    elif fields.bound is Bound.AT_MOST:
        low = 0.0
    return sources.units(fields.mode, low, high) if fields.kind is Kind.LENGTH else (low, high)
