from pathlib import Path

import pytest

from services.core import crossings
from services.core.settings import Settings
from services.core.work import Edge
from tests.makers import a_border


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """The test's own database, and files for a broker."""
    return Settings(database_url=database_url, data_dir=tmp_path / "data", redis_url=None, osrm_url=None)


@pytest.fixture
def stocked(edge: Edge) -> Edge:
    """The test's own database with the small border in it."""
    with edge.work() as work:
        crossings.load(work, a_border())
    return edge
