"""What a past edition was compiled from, read from records that have grown since."""

from __future__ import annotations

from datetime import datetime, timedelta

from pydantic import ValidationError
from sqlmodel import Session

from services.core import advisories, crossings, ledger, notices, observations
from services.core.board.editions import NotKept
from services.core.board.inputs import NEVER, REPORTS_KEPT, BoardInputs, Catalogued, Computed
from services.core.board.tables import Edition
from services.core.notices import Revision
from services.core.observations import Reported

APART = timedelta(hours=1)
"""No two clocks of the service are further apart, and no report waits so long to be recorded."""


def read_inputs_of(session: Session, edition: Edition) -> BoardInputs:
    """The inputs, tallies aside, as they were: without all that the ledger tells of later.

    By the ledger and not by the clock, for of two that write at once the later may have begun first. Raises
    NotKept where runs are forgotten or nothing of this release can read them.
    """
    entry = session.get(ledger.LedgerEntry, edition.ledger_seq)
    if entry is None and edition.ledger_seq > 0:
        raise NotKept("what was said then does not belong to these records")
    try:
        rows = advisories.numbered(session, edition.runs)
        if len(rows) != len(edition.runs):
            raise NotKept("the advisories of then are no longer kept")
        at = max([NEVER, *(row.at for row in rows), *([entry.at] if entry else [])])
        return BoardInputs(
            as_of=at,
            ledger_seq=edition.ledger_seq,
            ledger_hash=entry.hash if entry else ledger.GENESIS,
            crossings=_crossings(session, edition.ledger_seq),
            revisions=_revisions(session, edition.ledger_seq),
            runs=tuple(Computed(id=row.id or 0, run=row.document) for row in rows),
            reports=_reports(session, edition.ledger_seq, at),
        )
    except ValidationError as error:
        raise NotKept("what was said then is on record in a form that this release cannot read") from error


def _crossings(session: Session, seq: int) -> tuple[Catalogued, ...]:
    later = ledger.rows_after(session, seq, "crossings.")
    if not later:
        rows = crossings.newest_versions(session)
    else:
        known = (row for row in crossings.versions(session) if (row.code, row.version) not in later)
        rows = [*{row.code: row for row in known}.values()]
    return tuple(Catalogued(version=row.version, document=row.document) for row in rows)


def _revisions(session: Session, seq: int) -> tuple[Revision, ...]:
    later = ledger.rows_after(session, seq, "notices.")
    return tuple(one for one in notices.told(session) if (one.notice_id, one.revision) not in later)


def _reports(session: Session, seq: int, at: datetime) -> tuple[Reported, ...]:
    until = at + APART
    later = ledger.rows_after(session, seq, "observations.", until=until)
    seen = observations.between(session, at - REPORTS_KEPT, until)
    return tuple(one for one in seen if (one.id, 1) not in later)
