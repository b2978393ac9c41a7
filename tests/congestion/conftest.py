"""Assumptions of one's own, until a test ends."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from services.core.congestion import Assumptions, assume
from tests.assuming import Own


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Own]:
    folder = tmp_path / "assumptions"
    folder.mkdir()

    def stated(text: str, name: str = "engine.toml") -> Assumptions:
        (folder / name).write_text(text, encoding="utf-8")
        found = Assumptions.read(folder)
        assume(found)
        return found

    yield stated
    assume(Assumptions.read())
