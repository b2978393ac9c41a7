"""Services to ask."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.api.service import AT_REST, Headers, Service, a_stocked_service, let_in


@pytest.fixture
def service(database_url: str, tmp_path: Path) -> Iterator[Service]:
    """The small border on a database of the test's own."""
    service = a_stocked_service(database_url, tmp_path / "data")
    yield service
    service.close()


@pytest.fixture(scope="module")
def standing(standing_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """The small border for a whole module, for tests that leave nothing behind."""
    service = a_stocked_service(standing_url, tmp_path_factory.mktemp("data"), **AT_REST)
    yield service
    service.close()


@pytest.fixture
def aziza(service: Service) -> Headers:
    """An official who speaks for the Uzbek side of every crossing."""
    return let_in(service.edge)
