"""A real border with a practice border of its own beside it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from services.core import crossings, practice, signing
from services.core.database import migrate, practice_of
from services.core.settings import Settings
from services.core.signing import Keyring
from services.core.work import Edge
from tests.keys import FOLDER, KEYS
from tests.makers import NOON, a_border
from tests.servers import Postgres

PRACTICE_KEYS = Keyring(Settings(keys_dir=FOLDER).practice_keys_folder)


@dataclass(frozen=True)
class Borders:
    """Both as a process would open them. The real one has the small border in its catalogue."""

    real_url: str
    real: Edge
    practice: Edge


def furnished(url: str) -> None:
    edge = Edge.to(url, keys=KEYS)
    with edge.work(now=NOON) as work:
        crossings.load(work, a_border())
    edge.close()
    migrate(practice_of(url))
    edge = Edge.to(practice_of(url))
    with edge.work(now=NOON) as work:
        signing.prepare(work, PRACTICE_KEYS)
        practice.load(work)
    edge.close()


@pytest.fixture(scope="session")
def practice_files(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with both databases."""
    folder = tmp_path_factory.mktemp("borders")
    furnished(f"sqlite:///{shutil.copy(sqlite_template, folder / 'otkel.db')}")
    return folder


@pytest.fixture(scope="session")
def practice_template(postgres: Postgres, postgres_template: str) -> str:
    """The name of a database with both schemas."""
    furnished(postgres.create("otkel_borders", template=postgres_template))
    return "otkel_borders"


@pytest.fixture(params=["sqlite", "postgresql"])
def real_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of the real one, on each database in turn."""
    if request.param == "sqlite":
        folder = shutil.copytree(request.getfixturevalue("practice_files"), tmp_path / "borders")
        yield f"sqlite:///{folder / 'otkel.db'}"
        return
    server: Postgres = request.getfixturevalue("postgres")
    with server.clone(request.getfixturevalue("practice_template")) as url:
        yield url


@pytest.fixture
def borders(real_url: str) -> Iterator[Borders]:
    real, apart = Edge.to(real_url, keys=KEYS), Edge.to(practice_of(real_url), keys=PRACTICE_KEYS)
    yield Borders(real_url, real, apart)
    real.close()
    apart.close()
