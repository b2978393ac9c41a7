"""Reading the ledger."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime

from sqlmodel import Session, col, or_, select

from services.core.ledger.rules import GENESIS, row_print
from services.core.ledger.tables import LedgerEntry
from services.core.records import Table


def newest(session: Session) -> LedgerEntry | None:
    return session.exec(select(LedgerEntry).order_by(col(LedgerEntry.seq).desc()).limit(1)).first()


def head(session: Session) -> tuple[int, str]:
    """Sequence number and hash of the newest entry; `(0, GENESIS)` for an empty ledger."""
    entry = newest(session)
    return (entry.seq, entry.hash) if entry else (0, GENESIS)


def entries(session: Session, *, after: int = 0, batch: int = 1000) -> Iterator[LedgerEntry]:
    """All entries with a higher number than `after`, in order, read in batches."""
    while page := session.exec(
        select(LedgerEntry).where(col(LedgerEntry.seq) > after).order_by(col(LedgerEntry.seq)).limit(batch)
    ).all():
        yield from page
        after = page[-1].seq
        session.expunge_all()


def latest(
    session: Session, actors: Collection[str], *, before: int | None = None, limit: int = 100
) -> Sequence[LedgerEntry]:
    """What some have done or approved, newest first; with `before` only entries with a lower number."""
    approver = col(LedgerEntry.payload)["approver"].as_string()
    wanted = select(LedgerEntry).where(or_(col(LedgerEntry.actor).in_(actors), approver.in_(actors)))
    if before is not None:
        wanted = wanted.where(col(LedgerEntry.seq) < before)
    return session.exec(wanted.order_by(col(LedgerEntry.seq).desc()).limit(limit)).all()


def rows_after(
    session: Session, seq: int, actions: str, *, until: datetime | None = None
) -> set[tuple[str, int]]:
    """Subject and number of every row that was written after an entry, by actions that begin so; of those
    written later than `until` nothing need be said."""
    number = col(LedgerEntry.payload)["number"].as_integer()
    wanted = select(LedgerEntry.subject, number).where(
        col(LedgerEntry.seq) > seq, col(LedgerEntry.action).startswith(actions)
    )
    if until is not None:
        wanted = wanted.where(col(LedgerEntry.at) <= until)
    return {(subject, number) for subject, number in session.exec(wanted)}


def first_difference(session: Session, actions: str, found: Mapping[tuple[str, int], Table]) -> str | None:
    """The first row that is not what the ledger says it was, in any column; None if all are.

    `found` has the stored rows by subject and number; `actions` is the beginning of the actions that write
    such rows, each with the `row_print` of what it wrote.
    """
    written = {
        (entry.subject, entry.payload["number"]): entry.payload["fingerprint"]
        for entry in entries(session)
        if entry.action.startswith(actions)
    }
    for (subject, number), row in found.items():
        expected = written.pop((subject, number), None)
        if expected is None:
            return f"{subject} (number {number}) is not in the ledger"
        if expected != row_print(row):
            return f"{subject} (number {number}) was changed after it was written"
    for subject, number in written:
        return f"{subject} (number {number}) is in the ledger and nowhere else"
    return None
