"""Reading the ledger."""

from collections.abc import Iterator

from sqlmodel import Session, col, select

from services.core.ledger.rules import GENESIS
from services.core.ledger.tables import LedgerEntry


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
