"""Where the practice border is, and how nobody comes there by mistake."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from services.core import crossings
from services.core.database import engine_for, is_practice, migrate, practice_of
from services.core.settings import Settings
from services.core.work import Edge
from tests.servers import Postgres


@pytest.mark.parametrize(
    ("real", "apart"),
    [
        ("sqlite:////var/otkel.db", "sqlite:////var/practice.db"),
        ("sqlite:///otkel.db", "sqlite:///practice.db"),
        ("postgresql+psycopg://u@h/b", "postgresql+psycopg://u@h/b?options=-csearch_path%3Dpractice"),
        (
            "postgresql+psycopg://u:p%40ss@h:1/b?sslmode=require",
            "postgresql+psycopg://u:p%40ss@h:1/b?options=-csearch_path%3Dpractice&sslmode=require",
        ),
        (
            "postgresql+psycopg://u@h/b?options=-csearch_path%3Dborder",
            "postgresql+psycopg://u@h/b?options=-csearch_path%3Dborder+-csearch_path%3Dpractice",
        ),
    ],
)
def test_it_is_a_file_beside_the_real_one_or_a_schema_in_it(real: str, apart: str) -> None:
    assert practice_of(real) == apart
    assert (is_practice(real), is_practice(apart)) == (False, True)
    assert Settings(database_url=real).practice_database == apart


def test_embedded_it_is_in_the_data_directory(tmp_path: Path) -> None:
    assert Settings(data_dir=tmp_path).practice_database == f"sqlite:///{tmp_path.resolve() / 'practice.db'}"


@pytest.mark.parametrize(
    ("real", "apart"),
    [("/keys", "/practice-keys"), ("/etc/otkel/secrets", "/etc/otkel/practice-secrets"), ("/", "/practice-")],
)
def test_its_keys_are_in_a_folder_beside_the_real_ones(real: str, apart: str) -> None:
    assert Settings(keys_dir=Path(real)).practice_keys_folder == Path(apart)


@pytest.mark.parametrize(("given", "apart"), [("var", "var/practice-keys"), (".", "practice-keys")])
def test_without_a_folder_of_their_own_they_are_in_the_data_directory(given: str, apart: str) -> None:
    assert Settings(data_dir=Path(given)).practice_keys_folder == Path.cwd() / apart


@pytest.mark.parametrize(
    "url",
    [
        "sqlite:////var/practice.db",
        "postgresql://otkel@h/otkel?options=-csearch_path%3Dpractice",
        "postgresql://otkel@h/otkel?options=-c%20search_path%3Dpublic,practice",
        "postgresql://practice@h/otkel",
    ],
)
def test_no_real_border_can_be_kept_there(url: str) -> None:
    with pytest.raises(ValidationError, match="would lead to the practice border"):
        Settings(database_url=url)


@pytest.mark.parametrize("url", ["nonsense", "postgresql://practices@h/practice", "sqlite:////practice/o.db"])
def test_other_addresses_are_left_to_whoever_connects(url: str) -> None:
    assert Settings(database_url=url).database_url == url


def test_options_of_the_server_in_an_address_hold_beside_our_own(postgres_url: str) -> None:
    engine = engine_for(practice_of(f"{postgres_url}?options=-cwork_mem%3D5MB"))
    with engine.connect() as connection:
        shown = [
            connection.scalar(text(f"show {name}")) for name in ("work_mem", "search_path", "lock_timeout")
        ]
    engine.dispose()
    assert shown == ["5MB", "practice", "3s"]


def test_what_it_lacks_is_not_looked_for_among_the_real_tables(postgres_url: str) -> None:
    """Be the schema missing or empty."""
    apart = Edge.to(practice_of(postgres_url))
    with (
        apart.reading() as session,
        pytest.raises(ProgrammingError, match='"crossing_version" does not exist'),
    ):
        crossings.newest_versions(session)
    with pytest.raises(ProgrammingError, match="no schema has been selected"), apart.work() as work:
        work.session.connection().execute(text("create table ledger_entry (seq integer)"))
    apart.close()
    real = Edge.to(postgres_url)
    with real.work() as work:
        work.session.connection().execute(text("create schema practice"))
    real.close()
    with (
        apart.reading() as session,
        pytest.raises(ProgrammingError, match='"crossing_version" does not exist'),
    ):
        crossings.newest_versions(session)
    apart.close()


def test_without_the_right_to_make_the_schema_it_is_said_what_to_grant(postgres: Postgres) -> None:
    name = "without_create"
    with postgres.clone() as url:
        owner = Edge.to(url)
        with owner.work() as work:
            work.session.connection().execute(text(f"create role {name} login"))
        limited = practice_of(url.replace("//otkel@", f"//{name}@"))
        with pytest.raises(
            Exception, match=r"permission denied.*give this user CREATE on the database, or make"
        ):
            migrate(limited)
        with owner.work() as work:
            work.session.connection().execute(text(f"create schema practice authorization {name}"))
        migrate(limited)
        owner.close()
    admin = Edge.to(postgres.url)
    with admin.work() as work:
        work.session.connection().execute(text(f"drop role {name}"))
    admin.close()
