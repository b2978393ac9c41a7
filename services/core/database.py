"""An engine from a URL, with the guards that each database needs."""

from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.pool import NullPool

ROOT = Path(__file__).parents[2]

POSTGRES_OPTIONS = " ".join(
    f"-c {option}"
    for option in (
        "statement_timeout=5000",
        "lock_timeout=3000",
        "idle_in_transaction_session_timeout=10000",
        "timezone=UTC",
    )
)


DEAD_HOST = {
    "tcp_user_timeout": 5000,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 2,
}
"""How soon a host that has vanished without a word is given up; the server's own timeouts need a server."""


def engine_for(url: str, *, connections: int = 5, read_only: bool = False) -> Engine:
    """An engine for PostgreSQL or SQLite.

    `connections` bounds the pool: a writer waits at most three seconds for one. On SQLite a writing
    transaction takes the write lock when it begins (`BEGIN IMMEDIATE`), so that reading before writing
    cannot lose an update; a read-only engine does not, so that readers never wait for writers. A
    read-only engine sees one state of the database for a whole transaction.
    """
    if make_url(url).get_backend_name() == "sqlite":
        return _sqlite(url, read_only=read_only)
    return create_engine(
        url,
        pool_size=connections,
        max_overflow=0,
        pool_timeout=3,
        pool_pre_ping=True,
        isolation_level="REPEATABLE READ" if read_only else "READ COMMITTED",
        connect_args={"connect_timeout": 2, "options": POSTGRES_OPTIONS, **DEAD_HOST},
    )


def _sqlite(url: str, *, read_only: bool) -> Engine:
    engine = create_engine(url, poolclass=NullPool)

    @event.listens_for(engine, "connect")
    def _guard(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # SQLAlchemy, not sqlite3, begins transactions: see below
        for pragma in ("busy_timeout=5000", "journal_mode=wal", "synchronous=full", "foreign_keys=on"):
            connection.execute(f"pragma {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")

    return engine


def is_sqlite(connection: Connection) -> bool:
    return connection.dialect.name == "sqlite"


def insert_into(connection: Connection, table: Any) -> postgresql.Insert | sqlite.Insert:
    """An INSERT of this database that knows `on_conflict_do_nothing`."""
    return sqlite.insert(table) if is_sqlite(connection) else postgresql.insert(table)


def migrate(url: str) -> None:
    """Bring the schema of a database to the newest revision. Two at once: one works, the other waits."""
    from alembic import command  # only whoever migrates pays for loading it
    from alembic.config import Config

    config = Config(toml_file=ROOT / "pyproject.toml")
    config.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    command.upgrade(config, "head")
