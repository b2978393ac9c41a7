"""Servers and databases for every test, and a wall around them: no test talks to another machine."""

import gc
import ipaddress
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from services.core.work import Edge, Work
from tests.accounts import write_into_memory
from tests.keys import KEYS, migrated
from tests.makers import NOON
from tests.servers import Postgres, Redis

TEMPLATE = "otkel_template"

settings.register_profile("thorough", max_examples=3000)
"""For the fuzzers, by `--hypothesis-profile=thorough`; 100 examples otherwise."""


def _wall(event: str, arguments: tuple[Any, ...]) -> None:
    """An audit hook: it sees what any Python code does, and code cannot take it away again."""
    if event in {"socket.connect", "socket.sendto"}:
        _refuse_unless_near(arguments[1])
    elif event == "socket.getaddrinfo" and not _is_near(arguments[0], literal_is_near=True):
        raise RuntimeError(f"a test asks the network for the address of {arguments[0]!r}")


def _refuse_unless_near(address: Any) -> None:
    if isinstance(address, tuple) and not _is_near(address[0]):
        raise RuntimeError(f"a test talks to {address[0]!r}, which is not this machine")


def _is_near(host: str | bytes | None, *, literal_is_near: bool = False) -> bool:
    if host in (None, "", b"", "localhost", b"localhost"):
        return True
    assert host is not None
    name = host.decode() if isinstance(host, bytes) else host
    try:
        return ipaddress.ip_address(name).is_loopback or literal_is_near
    except ValueError:
        return False


sys.addaudithook(_wall)
write_into_memory()


def pytest_collection_finish() -> None:
    """What was collected stays to the end: the garbage collector need not look through it again and again."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """PostgreSQL for the whole session; a test that kills it starts one of its own instead."""
    with Postgres() as server:
        yield server


@pytest.fixture(scope="session")
def redis() -> Iterator[Redis]:
    with Redis() as server:
        yield server


@pytest.fixture(scope="session")
def postgres_template(postgres: Postgres) -> str:
    migrated(postgres.create(TEMPLATE))
    return TEMPLATE


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("template") / "otkel.db"
    migrated(f"sqlite:///{file}")
    return file


@pytest.fixture
def postgres_url(postgres: Postgres, postgres_template: str) -> Iterator[str]:
    """A migrated, empty PostgreSQL database of the test's own."""
    with postgres.clone(postgres_template) as url:
        yield url


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """A migrated, empty SQLite database of the test's own."""
    return f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'otkel.db')}"


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """Each of the two in turn."""
    url: str = request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_url")
    return url


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def standing_url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A migrated, empty database for a whole module: each of the two in turn."""
    if request.param == "sqlite":
        file = tmp_path_factory.mktemp("standing") / "otkel.db"
        yield f"sqlite:///{shutil.copy(request.getfixturevalue('sqlite_template'), file)}"
        return
    server: Postgres = request.getfixturevalue("postgres")
    with server.clone(request.getfixturevalue("postgres_template")) as url:
        yield url


@pytest.fixture
def edge(database_url: str) -> Iterator[Edge]:
    """The test's own database, with nothing in it."""
    edge = Edge.to(database_url, writers=8, readers=8, keys=KEYS)
    yield edge
    edge.close()


@pytest.fixture
def work(edge: Edge) -> Iterator[Work]:
    """One transaction at noon, committed when the test is over."""
    with edge.work(now=NOON) as work:
        yield work
