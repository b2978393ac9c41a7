"""The append-only record of every change, each entry chained to the one before by its hash."""

from services.core.ledger.actions import append, hold
from services.core.ledger.queries import entries, first_difference, head, newest
from services.core.ledger.rules import GENESIS, Verdict, row_print, verify
from services.core.ledger.tables import LedgerEntry

__all__ = [
    "GENESIS",
    "LedgerEntry",
    "Verdict",
    "append",
    "entries",
    "first_difference",
    "head",
    "hold",
    "newest",
    "row_print",
    "verify",
]
