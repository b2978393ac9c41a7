"""How migrations run: one at a time, waiting briefly for locks, on PostgreSQL and on SQLite."""

from typing import Any

import sqlalchemy as sa
from alembic import context
from sqlmodel import AutoString

from services.core.database import engine_for, is_sqlite, make_room
from services.core.records import Document, Instant, PackedDocument
from services.core.settings import Settings
from services.core.tables import METADATA

MIGRATION_LOCK = 7_304_002  # no other advisory lock of this database uses it


def render_plainly(kind: str, thing: Any, _context: Any) -> str | bool:
    """Keep history free of our own types: what a migration says must mean the same in ten years."""
    if kind == "type":
        if isinstance(thing, Instant):
            return "sa.DateTime(timezone=True)"
        if isinstance(thing, Document):
            return "sa.JSON()"
        if isinstance(thing, PackedDocument):
            return "sa.LargeBinary()"
        if isinstance(thing, AutoString):
            return "sa.String()"
    return False


def run() -> None:
    url = context.config.get_main_option("sqlalchemy.url") or Settings().database
    engine = engine_for(url, connections=1)
    try:
        with engine.connect() as connection:
            migrate(connection)
    finally:
        engine.dispose()  # and with the connection the lock, whatever went wrong


def migrate(connection: sa.Connection) -> None:
    if not is_sqlite(connection):
        # Whoever migrates second waits for the first, however long that takes.
        connection.execute(sa.text("set lock_timeout = 0"))
        connection.execute(sa.text("set statement_timeout = 0"))
        connection.execute(sa.text("select pg_advisory_lock(:key)"), {"key": MIGRATION_LOCK})
        connection.execute(sa.text("set lock_timeout = '2s'"))
        connection.execute(sa.text("set statement_timeout = '60s'"))
        make_room(connection)
        connection.commit()
    context.configure(
        connection=connection,
        target_metadata=METADATA,
        render_item=render_plainly,
        render_as_batch=is_sqlite(connection),
        compare_type=True,
        # Also on SQLite: all revisions in one transaction, so that whoever is second finds them done.
        transactional_ddl=True,
    )
    with context.begin_transaction():
        context.run_migrations()
    if not is_sqlite(connection):
        connection.execute(sa.text("select pg_advisory_unlock(:key)"), {"key": MIGRATION_LOCK})
    connection.commit()


run()
