import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

from services.core.database import ROOT, migrate
from tests.servers import Postgres

MIGRATION_LOCK = 7_304_002  # as in alembic/env.py


@dataclass(frozen=True)
class Database:
    """`schema` gives all its definitions as text."""

    url: str
    schema: Callable[[], str]

    @property
    def config(self) -> Config:
        config = Config(toml_file=ROOT / "pyproject.toml")
        config.set_main_option("sqlalchemy.url", self.url)
        return config


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """An empty database."""
    if request.param == "sqlite":
        file = tmp_path / "otkel.db"
        yield Database(f"sqlite:///{file}", lambda: _sqlite_schema(file))
        return
    server: Postgres = request.getfixturevalue("postgres")
    with server.clone() as url:
        yield Database(url, lambda: server.schema(url))


def _sqlite_schema(file: Path) -> str:
    connection = sqlite3.connect(file)
    rows = connection.execute("select sql from sqlite_master where sql is not null order by name").fetchall()
    connection.close()
    return "\n".join(_as_written_first(text) for (text,) in rows)


def _as_written_first(text: str) -> str:
    """SQLite changes a table by making another: its name is quoted, and constraints change places."""
    return "\n".join(sorted(line.strip(" \t,") for line in text.replace('"', "").splitlines()))


def test_there_is_one_newest_revision() -> None:
    script = ScriptDirectory.from_config(Config(toml_file=ROOT / "pyproject.toml"))
    assert len(script.get_heads()) == 1


def test_each_revision_can_be_taken_back_and_made_again(database: Database) -> None:
    script = ScriptDirectory.from_config(database.config)
    for revision in reversed(list(script.walk_revisions())):
        before = database.schema()
        command.upgrade(database.config, revision.revision)
        after = database.schema()
        assert after != before
        command.downgrade(database.config, "-1")
        command.upgrade(database.config, revision.revision)
        assert database.schema() == after


def test_taking_everything_back_leaves_nothing_behind(database: Database) -> None:
    command.ensure_version(database.config)
    empty = database.schema()
    migrate(database.url)
    assert database.schema() != empty
    command.downgrade(database.config, "base")
    assert database.schema() == empty


def test_the_newest_schema_is_what_the_tables_say(database: Database) -> None:
    migrate(database.url)
    command.check(database.config)


def test_migrating_again_changes_nothing(database: Database) -> None:
    migrate(database.url)
    once = database.schema()
    migrate(database.url)
    assert database.schema() == once


def test_two_migrations_at_once_both_succeed(database: Database) -> None:
    migrations = [_migration(database.url) for _ in range(2)]
    assert [_outcome(migration) for migration in migrations] == [(0, "")] * 2
    command.check(database.config)


def test_a_migration_waits_for_another_that_takes_longer_than_any_statement_may(postgres: Postgres) -> None:
    with (
        postgres.clone() as url,
        psycopg.connect(url, autocommit=True) as other,
        ThreadPoolExecutor(1) as pool,
    ):
        other.execute("select pg_advisory_lock(%s)", [MIGRATION_LOCK])
        migration = pool.submit(migrate, url)
        with pytest.raises(TimeoutError):
            migration.result(timeout=6)
        other.execute("select pg_advisory_unlock(%s)", [MIGRATION_LOCK])
        assert migration.result(timeout=60) is None


def _migration(url: str) -> subprocess.Popen[str]:
    program = "import sys; from services.core.database import migrate; migrate(sys.argv[1])"
    argv = [sys.executable, "-c", program, url]
    return subprocess.Popen(argv, cwd=ROOT, stderr=subprocess.PIPE, text=True)


def _outcome(migration: subprocess.Popen[str]) -> tuple[int, str]:
    _, said = migration.communicate(timeout=60)
    return migration.returncode, said
