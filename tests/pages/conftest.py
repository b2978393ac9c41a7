"""The real border, its catalogue and history, for pages to be asked of."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.core import crossings, notices
from services.core.work import Edge
from tests.api.service import AT_REST, Service
from tests.keys import KEYS


@pytest.fixture(scope="session")
def stocked(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with the catalogue and the history of the border."""
    file = Path(shutil.copy(sqlite_template, tmp_path_factory.mktemp("border") / "otkel.db"))
    edge = Edge.to(f"sqlite:///{file}", keys=KEYS)
    with edge.work() as work:
        crossings.load(work, crossings.catalogue())
        notices.load_history(work)
    edge.close()
    return file


@pytest.fixture(scope="session")
def border(stocked: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A service that stands for the whole session, for tests that leave nothing behind."""
    service = Service.on(f"sqlite:///{stocked}", tmp_path_factory.mktemp("standing"), **AT_REST)
    yield service
    service.close()


@pytest.fixture
def own_border(stocked: Path, tmp_path: Path) -> Iterator[Service]:
    """The same for one test that writes."""
    service = Service.on(f"sqlite:///{shutil.copy(stocked, tmp_path / 'otkel.db')}", tmp_path / "data")
    yield service
    service.close()
