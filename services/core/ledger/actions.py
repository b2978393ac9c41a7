"""Writing to the ledger."""

from typing import Any

from sqlalchemy import text

from services.core.database import is_practice, is_sqlite
from services.core.ledger.queries import newest
from services.core.ledger.rules import GENESIS, digest
from services.core.ledger.tables import LedgerEntry
from services.core.work import Work

CHAIN_LOCK, PRACTICE_LOCK = 7_304_001, 7_304_011  # any that no other advisory lock of this database uses
"""Apart, so that whoever practises never holds up what is real."""


def hold(work: Work) -> None:
    """Be the only one to write to the chain until this transaction ends.

    What is read after this is the newest there is; whoever decides from what is recorded calls it first.
    """
    connection = work.session.connection()
    if not is_sqlite(connection):  # SQLite's writers hold the only write lock already
        key = PRACTICE_LOCK if is_practice(connection.engine.url) else CHAIN_LOCK
        connection.execute(text("select pg_advisory_xact_lock(:key)"), {"key": key})


def append(work: Work, *, actor: str, action: str, subject: str, payload: dict[str, Any]) -> LedgerEntry:
    """Chain one entry to the head, in the order in which transactions commit.

    Entries are numbered under a lock that is held until the commit, so a reader who sees entry n has
    seen every entry before it. `payload` must be JSON with numbers that a double holds exactly.
    """
    hold(work)
    session = work.session
    last = newest(session)
    entry = LedgerEntry(
        seq=last.seq + 1 if last else 1,
        at=work.now,
        actor=actor,
        action=action,
        subject=subject,
        payload=payload,
        previous=last.hash if last else GENESIS,
        hash="",
    )
    entry.hash = digest(entry)
    session.add(entry)
    session.flush()
    return entry
