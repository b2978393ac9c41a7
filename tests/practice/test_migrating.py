"""One database, two borders: each with a schema that is brought up to date by itself."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import psycopg
import pytest
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

from services.core.database import ROOT, migrate, practice_of
from tests.servers import Postgres

SCHEMAS = "select schemaname, count(*) from pg_tables where schemaname in ('public', 'practice') group by 1"


@pytest.fixture
def url(postgres: Postgres) -> Iterator[str]:
    """An empty PostgreSQL database."""
    with postgres.clone() as url:
        yield url


def config(url: str) -> Config:
    found = Config(toml_file=ROOT / "pyproject.toml")
    found.set_main_option("sqlalchemy.url", practice_of(url).replace("%", "%%"))
    return found


def tables(url: str) -> dict[str, int]:
    with psycopg.connect(url) as connection:
        return dict(connection.execute(SCHEMAS).fetchall())


def test_both_are_in_one_database_and_each_knows_its_revision(url: str, postgres: Postgres) -> None:
    migrate(url)
    real = tables(url)
    assert real.keys() == {"public"}
    migrate(practice_of(url))
    assert tables(url) == {"public": real["public"], "practice": real["public"]}
    command.check(config(url))
    once = postgres.schema(url)
    for address in (practice_of(url), url):
        migrate(address)
    assert postgres.schema(url) == once


def test_migrations_of_both_at_once_all_succeed(url: str) -> None:
    program = "import sys; from services.core.database import migrate; migrate(sys.argv[1])"
    migrations = [
        subprocess.Popen(
            [sys.executable, "-c", program, address], cwd=ROOT, stderr=subprocess.PIPE, text=True
        )
        for address in (practice_of(url), url, practice_of(url))
    ]
    assert [(one.communicate(timeout=120)[1], one.returncode) for one in migrations] == [("", 0)] * 3
    assert len(set(tables(url).values())) == 1
    command.check(config(url))


def test_the_practice_border_goes_back_and_forth_while_the_real_one_stays(
    url: str, postgres: Postgres
) -> None:
    migrate(url)
    real = tables(url)["public"]
    command.ensure_version(config(url))
    empty = postgres.schema(url)
    for revision in reversed(list(ScriptDirectory.from_config(config(url)).walk_revisions())):
        command.upgrade(config(url), revision.revision)
        after = postgres.schema(url)
        command.downgrade(config(url), "-1")
        command.upgrade(config(url), revision.revision)
        assert postgres.schema(url) == after
    command.downgrade(config(url), "base")
    assert postgres.schema(url) == empty
    assert tables(url) == {"public": real, "practice": 1}
