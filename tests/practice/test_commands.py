"""The `otkel` command looks after both borders."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from services.core import crossings, signing
from services.core.settings import Settings
from services.core.work import Edge
from tests.cli.command import Otkel, refused, run, well
from tests.keys import FOLDER
from tests.practice.conftest import PRACTICE_KEYS, Borders
from tests.servers import Postgres

REAL, PRACTISED = set(crossings.catalogue()), {"practice-one", "practice-two", "practice-three"}


@pytest.fixture(params=["sqlite", "postgresql"])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Settings]:
    """Of a service that was never started."""
    if request.param == "sqlite":
        yield Settings(data_dir=tmp_path / "var")
        return
    server: Postgres = request.getfixturevalue("postgres")
    with server.clone() as url:
        yield Settings(data_dir=tmp_path / "var", database_url=url)


@pytest.fixture
def otkel(settings: Settings) -> Otkel:
    return told(settings)


def told(settings: Settings) -> Otkel:
    """The command with these settings in its environment."""
    given = {
        "OTKEL_DATA_DIR": settings.data_dir,
        "OTKEL_DATABASE_URL": settings.database_url,
        "OTKEL_KEYS_DIR": settings.keys_dir,
    }
    env = {name: str(value) for name, value in given.items() if value is not None}
    return lambda *words: run(env, *words)


def known(url: str) -> tuple[set[str], list[str]]:
    """The crossings and the live keys of a border."""
    edge = Edge.to(url)
    with edge.reading() as session:
        found = set(crossings.known_codes(session)), [key.id for key in signing.live(session)]
    edge.close()
    return found


def kept(folder: Path) -> list[str]:
    return [file.stem for file in folder.iterdir()]


def test_migrating_and_loading_make_both_and_doing_it_twice_changes_nothing(
    otkel: Otkel, settings: Settings
) -> None:
    well(otkel("migrate"))
    well(otkel("load"))
    once = known(settings.database), known(settings.practice_database)
    (real, real_keys), (practised, practice_keys) = once
    assert (real, practised) == (REAL, PRACTISED)
    assert (real_keys, practice_keys) == (kept(settings.keys_folder), kept(settings.practice_keys_folder))
    assert len({*real_keys, *practice_keys}) == 2
    for command in ("migrate", "load"):
        well(otkel(command))
    assert (known(settings.database), known(settings.practice_database)) == once


def test_a_practice_border_that_was_thrown_away_is_made_anew(borders: Borders, tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, database_url=borders.real_url, keys_dir=FOLDER)
    thrown_away(settings)
    env = {
        "OTKEL_DATABASE_URL": borders.real_url,
        "OTKEL_DATA_DIR": str(tmp_path),
        "OTKEL_KEYS_DIR": str(FOLDER),
    }
    before = well(run(env, "verify"))
    well(run(env, "migrate"))
    assert well(run(env, "verify")) == before
    well(run(env, "load"))
    assert known(settings.practice_database) == (PRACTISED, PRACTICE_KEYS.ids())


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
def test_where_nobody_can_practise_the_real_border_is_ready_all_the_same(
    otkel: Otkel, settings: Settings
) -> None:
    settings.practice_keys_folder.parent.mkdir(parents=True)
    settings.practice_keys_folder.write_text("no folder")
    assert f"{settings.practice_keys_folder} cannot keep a key: " in refused(otkel("migrate"))
    refused(otkel("load"))
    assert known(settings.database) == (REAL, kept(settings.keys_folder))
    assert "unbroken" in well(otkel("verify"))


def thrown_away(settings: Settings) -> None:
    if settings.database.startswith("sqlite"):
        Path(settings.practice_database.removeprefix("sqlite:///")).unlink()
        return
    edge = Edge.to(settings.database)
    with edge.work() as work:
        work.session.connection().execute(text("drop schema practice cascade"))
    edge.close()
