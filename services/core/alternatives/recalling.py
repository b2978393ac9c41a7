"""What a run of the advisories begins with: what the engine put away, and what was reported since."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from numpy.typing import NDArray
from sqlmodel import Session

from services.core import advisories, congestion, ledger, observations
from services.core.advisories import Checkpoint
from services.core.alternatives.parts import Part
from services.core.board import BoardInputs
from services.core.congestion import LEARNT_FROM
from services.core.observations import Reported, Reporter

Arrays = Mapping[str, NDArray[Any]]

ONE_DAY = timedelta(days=1)
LONGEST = timedelta(days=8)
"""A run never begins earlier than so long ago."""


@dataclass(frozen=True, slots=True)
class Recalled:
    """Of one part of the border.

    at         a midnight UTC, a day ago or more: there the run begins, with `state`, or empty without one
    reports    everything seen since a day before
    memory     what the series of reported waits had taught, None where that must be learnt anew
    news       what came since the memory was kept, or everything that there is to learn from
    """

    at: datetime
    state: Arrays | None = None
    reports: Sequence[Reported] = ()
    memory: Arrays | None = None
    news: Sequence[Reported] = field(default=())


def recall(session: Session, part: Part, inputs: BoardInputs, now: datetime) -> Recalled:
    """In a session that sees one state, the one that the inputs are of."""
    at, state = _newest_valid(session, part, inputs, now)
    memory = advisories.memory(session, part.name, congestion.version())
    arrays = advisories.unpacked(memory.state) if memory else None
    news = reported_since(session, part, memory.ledger_seq) if memory else []
    if arrays is None or not congestion.is_of(arrays, news):
        of_officials = observations.since(session, now - LEARNT_FROM, f"{Reporter.OFFICIAL}:")
        arrays, news = None, _of(part, of_officials)
    return Recalled(
        at=at,
        state=state,
        reports=_of(part, observations.since(session, at - ONE_DAY)),
        memory=arrays,
        news=news,
    )


def reported_since(session: Session, part: Part, ledger_seq: int) -> Sequence[Reported]:
    """Observations at the crossings of a part that were recorded after a ledger entry."""
    ids = [
        entry.subject
        for entry in ledger.entries(session, after=ledger_seq)
        if entry.action == "observations.report" and entry.payload["crossing"] in part.crossings
    ]
    return observations.among(session, ids) if ids else []


def midnight(now: datetime) -> datetime:
    """The newest midnight UTC that is a day ago or more."""
    return (now.astimezone(UTC) - ONE_DAY).replace(hour=0, minute=0, second=0, microsecond=0)


def _newest_valid(
    session: Session, part: Part, inputs: BoardInputs, now: datetime
) -> tuple[datetime, Arrays | None]:
    """The newest checkpoint which knew everything that is known today about the time before it."""
    latest = midnight(now)
    for row in advisories.checkpoints(session, part.name, congestion.version()):
        if latest - LONGEST <= row.at <= latest and row.at <= _first_spoken_of(session, part, inputs, row):
            return row.at, advisories.unpacked(row.state)
    return latest, None


def _first_spoken_of(session: Session, part: Part, inputs: BoardInputs, row: Checkpoint) -> datetime:
    """The earliest instant of which anything that has come since a checkpoint was made speaks.

    Only the first revision of a notice can speak of the past: what follows changes what holds from then on.
    Bookings speak of no queue at the posts.
    """
    seen, told = [row.at], set()
    ids = []
    for entry in ledger.entries(session, after=row.ledger_seq):
        if entry.action == "observations.report" and entry.payload["crossing"] in part.crossings:
            ids.append(entry.subject)
        elif entry.action == "notices.published":
            told.add(entry.subject)
    if ids:
        seen += [
            report.fields.observed_at
            for report in observations.among(session, ids)
            if report.fields.kind not in observations.BOOKINGS
        ]
    return min(seen + _begun(inputs, told, part.crossings))


def _begun(inputs: BoardInputs, notices: Collection[str], crossings: Collection[str]) -> list[datetime]:
    return [
        effect.window.start
        for revision in inputs.revisions
        if revision.notice_id in notices and any(revision.concerns(code) for code in crossings)
        for effect in revision.notice.effects
    ]


def _of(part: Part, reports: Sequence[Reported]) -> list[Reported]:
    return [report for report in reports if report.fields.crossing in part.crossings]
