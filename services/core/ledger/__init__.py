"""The append-only record of every change, each entry chained to the one before by its hash."""

from services.core.ledger.actions import append, hold
from services.core.ledger.queries import entries, head, newest
from services.core.ledger.rules import GENESIS, Verdict, verify
from services.core.ledger.tables import LedgerEntry

__all__ = ["GENESIS", "LedgerEntry", "Verdict", "append", "entries", "head", "hold", "newest", "verify"]
