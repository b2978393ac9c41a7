"""The console of the small border."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import count
from pathlib import Path

import pytest

from services.core import practice, signing
from services.core.database import migrate, practice_of
from services.core.settings import Settings
from services.core.signing import Keyring
from services.core.work import Edge
from tests.api.service import Service, a_stocked_service, the_real_border
from tests.console.desk import ORIGIN, Desk, at_the_desk
from tests.keys import FOLDER
from tests.servers import Postgres

NUMBERS = count(1)


@pytest.fixture(scope="package", params=["sqlite", "postgresql"])
def console(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """One service for all tests of the console: each test has officials of its own."""
    home = tmp_path_factory.mktemp("console")
    with ExitStack() as stack:
        if request.param == "sqlite":
            file = shutil.copy(request.getfixturevalue("sqlite_template"), home / "otkel.db")
            url = f"sqlite:///{file}"
        else:
            server: Postgres = request.getfixturevalue("postgres")
            url = stack.enter_context(server.clone(request.getfixturevalue("postgres_template")))
        furnish_practice(url)
        service = a_stocked_service(url, home / "data", console_origin=ORIGIN)
        stack.callback(service.close)
        yield service


@pytest.fixture(scope="module")
def real(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """The console of the real border."""
    service = the_real_border(sqlite_template, tmp_path_factory.mktemp("real"), console_origin=ORIGIN)
    yield service
    service.close()


def furnish_practice(url: str) -> None:
    """The border to practise on, beside this database."""
    migrate(practice_of(url))
    edge = Edge.to(practice_of(url))
    with edge.work() as work:
        signing.prepare(work, Keyring(Settings(keys_dir=FOLDER).practice_keys_folder))
        practice.load(work)
    edge.close()


@pytest.fixture
def aziza(console: Service) -> Desk:
    """Speaks for the Uzbek side of every crossing and may do everything."""
    return at_the_desk(console, f"Aziza {next(NUMBERS)}")


@pytest.fixture
def jasur(console: Service) -> Desk:
    """The same, another person."""
    return at_the_desk(console, f"Jasur {next(NUMBERS)}")
