"""What was reported of a lane in the last day, and by whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from services.api.pages.view import View
from services.core.observations import MEASURED, ObservationFields, Reported

MOST = 6
"""As many of the newest are shown."""

MINUTES = ("wait_minutes", "booked_wait_minutes")


@dataclass(frozen=True, slots=True)
class Sighting:
    at: str
    what: str
    where: str
    by: str


def sightings(view: View, code: str) -> Sequence[Sighting]:
    """The newest first; none on a page about another hour than now."""
    lane = (code, view.asked.traveller.direction, view.asked.traveller.mode)
    reports = (
        [] if view.asked.at else [one for one in view.asking.board.inputs.reports if one.fields.lane == lane]
    )
    return [_sighting(view, one) for one in reversed(reports[-MOST:])]


def _sighting(view: View, report: Reported) -> Sighting:
    words, fields = view.words, report.fields
    return Sighting(
        at=view.telling.when(fields.observed_at),
        what=words(f"report.{fields.kind}", figure=_figure(view, fields)),
        where=words(f"post.{fields.side}") if fields.side else words("report.both"),
        by=words(f"report.by.{report.by}"),
    )


def _figure(view: View, fields: ObservationFields) -> str:
    """What was measured, as it was meant; empty for a kind that has no figure."""
    if fields.kind not in MEASURED:
        return ""
    measured = MEASURED[fields.kind]
    value = getattr(fields, measured)
    shown = view.telling.span(value) if measured in MINUTES else f"{value:,g}"
    return view.words(f"report.{fields.bound}", figure=shown) if fields.bound else shown
