"""What a board is compiled from: one consistent state of the database, as plain values."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import NamedTuple

from sqlalchemy import select as select_columns
from sqlmodel import Session, func

from services.core import accuracy, advisories, crossings, ledger, notices, observations
from services.core.accuracy import Tally
from services.core.advisories import Run
from services.core.crossings import Crossing
from services.core.notices import Revision
from services.core.observations import Reported
from services.core.text import Record

REPORTS_KEPT = timedelta(days=1)

MOST_NEWS = 200
"""More changes than these are not worth reading one by one."""

NEVER = datetime.fromtimestamp(0, UTC)
"""As of when records are in which nothing was ever written."""


class Position(NamedTuple):
    """How far the records have come: the newest ledger entry and the newest advisory run."""

    ledger_seq: int
    run: int


class Catalogued(Record):
    version: int
    document: Crossing


class Computed(Record):
    """A run with its number."""

    id: int
    run: Run


class BoardInputs(Record):
    """`as_of` is when the newest of them was recorded."""

    as_of: datetime
    ledger_seq: int
    ledger_hash: str
    crossings: tuple[Catalogued, ...]
    revisions: tuple[Revision, ...]
    runs: tuple[Computed, ...] = ()
    """The newest of every component, oldest first."""
    tallies: tuple[Tally, ...] = ()
    """How good past forecasts were."""
    reports: tuple[Reported, ...] = ()
    """What was observed in the last day, oldest first."""

    @property
    def position(self) -> Position:
        return Position(self.ledger_seq, self.run_id)

    @property
    def run_id(self) -> int:
        return max((one.id for one in self.runs), default=0)


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


def read_inputs(session: Session, known: BoardInputs | None = None) -> BoardInputs:
    """Everything, in one transaction of the session that sees one state throughout.

    What is `known` from an earlier look is not read again: the ledger tells what has come since. The result
    is the same; only the time it takes does not grow with the history.
    """
    rows = advisories.current(session)
    entry = ledger.newest(session)
    at = max([NEVER, *(row.at for row in rows), *([entry.at] if entry else [])])
    news = _news(session, known)
    return BoardInputs(
        as_of=at,
        ledger_seq=entry.seq if entry else 0,
        ledger_hash=entry.hash if entry else ledger.GENESIS,
        crossings=_crossings(session, known, news),
        revisions=_revisions(session, known, news),
        runs=tuple(Computed(id=row.id or 0, run=row.document) for row in rows),
        tallies=tuple(accuracy.tallies(session)),
        reports=tuple(observations.since(session, at - REPORTS_KEPT)),
    )


def _news(session: Session, known: BoardInputs | None) -> Sequence[tuple[str, str]] | None:
    """Action and subject of every change since; None where everything has to be read.

    That is the first time, after very much, and where the ledger does not go on from what is known: another
    database stands in the place of the old one.
    """
    if known is None:
        return None
    last = session.get(ledger.LedgerEntry, known.ledger_seq)
    if last is None or last.hash != known.ledger_hash:
        return None
    since = [(entry.action, entry.subject) for entry in islice(_after(session, known), MOST_NEWS + 1)]
    return since if len(since) <= MOST_NEWS else None


def _after(session: Session, known: BoardInputs) -> Iterator[ledger.LedgerEntry]:
    return ledger.entries(session, after=known.ledger_seq)


def _crossings(
    session: Session, known: BoardInputs | None, news: Sequence[tuple[str, str]] | None
) -> tuple[Catalogued, ...]:
    if known is not None and news is not None and not _subjects(news, "crossings."):
        return known.crossings
    return tuple(
        Catalogued(version=row.version, document=row.document) for row in crossings.newest_versions(session)
    )


def _revisions(
    session: Session, known: BoardInputs | None, news: Sequence[tuple[str, str]] | None
) -> tuple[Revision, ...]:
    if known is None or news is None:
        return tuple(notices.told(session))
    changed = _subjects(news, "notices.")
    kept = [one for one in known.revisions if one.notice_id not in changed]
    anew = notices.told(session, changed) if changed else []
    return tuple(sorted([*kept, *anew], key=lambda one: (one.notice_id, one.revision)))


def _subjects(news: Sequence[tuple[str, str]], actions: str) -> set[str]:
    return {subject for action, subject in news if action.startswith(actions)}
