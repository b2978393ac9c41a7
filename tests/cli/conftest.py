from pathlib import Path

import pytest

from tests.cli.command import Otkel, run


@pytest.fixture
def anywhere(tmp_path: Path) -> Otkel:
    """The command where there is no database yet."""
    return lambda *words, **more: run({"OTKEL_DATA_DIR": str(tmp_path / "var"), **more}, *words)
