"""Comparing what was just reported with what had been published before."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta

from sqlmodel import Session

from services.core import accuracy, advisories, congestion, observations
from services.core.accuracy import Known, Score
from services.core.alternatives.parts import Part
from services.core.alternatives.recalling import Recalled
from services.core.observations import Kind, Reported, Reporter

KNOWN_FROM = timedelta(weeks=13)
"""How far back the naive forecasts look."""
MOST_TARGETS = 200
"""So many at once; where somebody delivers the reports of months, the rest is not compared."""


def scores(session: Session, part: Part, recalled: Recalled) -> list[Score]:
    """The scores of all news that forecasts are compared with, at every horizon at which there was one."""
    targets = [report for report in recalled.news if _is_compared(report)][-MOST_TARGETS:]
    if not targets:
        return []
    earliest = min(report.fields.observed_at for report in targets)
    since = observations.since(session, earliest - KNOWN_FROM, f"{Reporter.OFFICIAL}:")
    reports = [one for one in since if _is_compared(one)]
    return [score for target in targets for score in _of(session, part, target, reports)]


def _is_compared(report: Reported) -> bool:
    """Waits at the posts, and those from booking until called."""
    booked = report.fields.kind is Kind.BOOKED_WAIT and congestion.books(report)
    return booked or congestion.teaches(report)


def _of(session: Session, part: Part, target: Reported, reports: Sequence[Reported]) -> Iterator[Score]:
    booked = target.fields.kind is Kind.BOOKED_WAIT
    known_of, scored = (accuracy.as_told, accuracy.scored_booking) if booked else (Known.of, accuracy.scored)
    alike = (one for one in reports if _queue(one) == _queue(target))
    known = [known_of(one) for one in alike if one.id != target.id]
    joined = known_of(target).joined_at
    for hours in advisories.scored_hours():
        issued = advisories.issued_by(session, part.name, joined - timedelta(hours=hours))
        score = scored(target, hours, issued.document if issued else None, known)
        if score is not None:
            yield score


def _queue(report: Reported) -> tuple[object, ...]:
    return *report.fields.lane, report.fields.side, report.fields.kind
