"""The keys by which services sign in tests: one that every template of a database knows."""

from __future__ import annotations

import tempfile
from pathlib import Path

from sqlalchemy import delete

from services.core import signing
from services.core.database import migrate
from services.core.ledger import LedgerEntry
from services.core.signing import Keyring, SigningKey
from services.core.work import Edge, Work
from tests.makers import NOON

_HOME = tempfile.TemporaryDirectory(prefix="otkel-keys-")
FOLDER = Path(_HOME.name) / "keys"
KEYS = Keyring(FOLDER)


def forget_keys(work: Work) -> None:
    """As if nothing had ever been recorded, not even a key."""
    for table in (LedgerEntry, SigningKey):
        work.session.connection().execute(delete(table))


def migrated(url: str) -> str:
    """The same address, when the database has its schema and knows the key."""
    migrate(url)
    edge = Edge.to(url)
    with edge.work(now=NOON) as work:
        signing.prepare(work, KEYS)
    edge.close()
    return url
