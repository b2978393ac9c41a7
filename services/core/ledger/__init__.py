"""The append-only record of every change, each entry chained to the one before by its hash."""

from services.core.ledger.actions import append, hold
from services.core.ledger.queries import entries, first_difference, head, latest, newest, rows_after
from services.core.ledger.rules import (
    GENESIS,
    Verdict,
    chained,
    columns,
    content,
    row_print,
    verify,
    written,
)
from services.core.ledger.tables import LedgerEntry

__all__ = [
    "GENESIS",
    "LedgerEntry",
    "Verdict",
    "append",
    "chained",
    "columns",
    "content",
    "entries",
    "first_difference",
    "head",
    "hold",
    "latest",
    "newest",
    "row_print",
    "rows_after",
    "verify",
    "written",
]
