"""An engine from a URL, with the guards that each database needs; and the database of the practice border."""

import re
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from services.core.errors import Unavailable

ROOT = Path(__file__).parents[2]

PRACTICE = "practice"
"""What the practice border's schema is called, and its file (docs/adr/0024)."""

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
    """An engine for PostgreSQL or SQLite. Options of the server that the URL has are kept; ours prevail.

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
        connect_args={
            "connect_timeout": 2,
            "options": f"{_options(make_url(url))} {POSTGRES_OPTIONS}",
            **DEAD_HOST,
        },
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


def practice_of(url: str) -> str:
    """The database of the practice border that belongs to a real one: a file beside it, or a schema of it.

    Whoever connects there sees that schema alone: what it lacks is missing, and not found in another.
    """
    real = make_url(url)
    if real.get_backend_name() == "sqlite":
        apart = real.set(database=str(Path(real.database or "").parent / f"{PRACTICE}.db"))
    else:
        options = f"{_options(real)} -csearch_path={PRACTICE}".strip()
        apart = real.update_query_dict({"options": options})
    return apart.render_as_string(hide_password=False)


def is_practice(url: str | URL) -> bool:
    """Whether a URL leads to a practice border."""
    found = make_url(url)
    if found.get_backend_name() == "sqlite":
        return Path(found.database or "").name == f"{PRACTICE}.db"
    return re.search(rf"search_path\s*=\S*\b{PRACTICE}\b", _options(found)) is not None


def _options(url: URL) -> str:
    return " ".join(url.normalized_query.get("options", ()))


def make_room(connection: Connection) -> None:
    """On PostgreSQL, have the schema of a practice border where the connection leads to one. Raises
    Unavailable."""
    if not is_practice(connection.engine.url):
        return
    # `create schema if not exists` would need the right to make one even where there is one.
    if connection.scalar(text("select to_regnamespace(:name)"), {"name": PRACTICE}) is None:
        try:
            connection.execute(text(f"create schema {PRACTICE}"))
        except DBAPIError as error:
            raise Unavailable(
                f"the practice border needs a schema ({str(error.orig).splitlines()[0]}): give this user "
                f"CREATE on the database, or make it: CREATE SCHEMA {PRACTICE} AUTHORIZATION the user"
            ) from error


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
