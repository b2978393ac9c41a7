"""What a board is compiled from: one consistent state of the database, as plain values."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from sqlalchemy import select as select_columns
from sqlmodel import Session, func

from services.core import advisories, crossings, ledger, notices, observations
from services.core.advisories import Run
from services.core.crossings import Crossing
from services.core.notices import Revision
from services.core.text import Record

REPORTS_KEPT = timedelta(days=1)

NEVER = datetime.fromtimestamp(0, UTC)
"""As of when records are in which nothing was ever written."""


class Position(NamedTuple):
    """How far the records have come: the newest ledger entry and the newest advisory run."""

    ledger_seq: int
    run: int


class Catalogued(Record):
    version: int
    document: Crossing


class BoardInputs(Record):
    """`as_of` is when the newest of them was recorded."""

    as_of: datetime
    ledger_seq: int
    ledger_hash: str
    run_id: int
    crossings: tuple[Catalogued, ...]
    revisions: tuple[Revision, ...]
    run: Run | None = None
    reports: tuple[observations.ObservationFields, ...] = ()
    """What was observed in the last day, oldest first."""

    @property
    def position(self) -> Position:
        return Position(self.ledger_seq, self.run_id)


def position(session: Session) -> Position:
    """One small query: has anything changed?"""
    row = session.connection().execute(
        select_columns(
            select_columns(func.max(ledger.LedgerEntry.seq)).scalar_subquery(),
            select_columns(func.max(advisories.AdvisoryRun.id)).scalar_subquery(),
        )
    )
    seq, run = row.one()
    return Position(seq or 0, run or 0)


def read_inputs(session: Session) -> BoardInputs:
    """Everything, in one transaction of the session that sees one state throughout."""
    newest = advisories.newest(session)
    entry = ledger.newest(session)
    at = max(
        [row.at for row in (newest, entry) if row is not None],
        default=NEVER,
    )
    return BoardInputs(
        as_of=at,
        ledger_seq=entry.seq if entry else 0,
        ledger_hash=entry.hash if entry else ledger.GENESIS,
        run_id=newest.id if newest and newest.id else 0,
        crossings=tuple(
            Catalogued(version=row.version, document=row.document)
            for row in crossings.newest_versions(session)
        ),
        revisions=tuple(notices.told(session)),
        run=newest.document if newest else None,
        reports=tuple(row.document for row in observations.since(session, at - REPORTS_KEPT)),
    )
