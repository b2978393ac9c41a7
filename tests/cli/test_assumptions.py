"""A file that cannot be assumed is named, and nothing starts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from services.api.main import create_app as create_api
from services.cli.main import app
from services.core.congestion import Assumptions, assume, version
from services.core.errors import Invalid
from services.core.settings import Settings
from services.worker.app import create_app as create_worker
from tests.assuming import said
from tests.processes import free_port


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """One for assumptions; whatever is assumed meanwhile is forgotten afterwards."""
    folder = tmp_path / "assumptions"
    folder.mkdir()
    yield folder
    assume(Assumptions.read())


@pytest.mark.parametrize(
    "words",
    [
        ("up", "--port", str(free_port())),
        ("serve", "api"),
        ("serve", "relay"),
        ("serve", "worker"),
        ("migrate",),
        ("replay", "2025-12-29"),
    ],
)
def test_no_command_goes_on_with_a_value_that_makes_no_sense(
    words: tuple[str, ...], folder: Path, tmp_path: Path
) -> None:
    (folder / "engine.toml").write_text(said({"levels.exit_ratio": 7}))
    data = tmp_path / "var"
    env = {"OTKEL_ASSUMPTIONS_DIR": str(folder), "OTKEL_DATA_DIR": str(data)}
    result = CliRunner().invoke(app, words, env=env)
    assert (result.exit_code, result.stdout) == (1, "")
    (line,) = result.stderr.splitlines()
    assert line.startswith(f"otkel: OTKEL_ASSUMPTIONS_DIR: {folder}/engine.toml: levels.exit_ratio.value: ")
    assert not data.exists()


def test_neither_api_nor_worker_is_made_of_such_a_file(folder: Path, tmp_path: Path) -> None:
    (folder / "priors.toml").write_text('[common]\nusual_load = { value = 0, source = "prior" }\n')
    settings = Settings(data_dir=tmp_path, assumptions_dir=folder)
    for create in (create_api, create_worker):
        with pytest.raises(Invalid, match=r"priors\.toml: common: usual_load: must be positive"):
            create(settings)


def test_api_and_worker_compute_with_what_the_folder_says(folder: Path, tmp_path: Path) -> None:
    usual = version()
    (folder / "engine.toml").write_text(said({"accuracy.fewest_targets": 50}))
    settings = Settings(data_dir=tmp_path, assumptions_dir=folder)
    names = set()
    for create in (create_api, create_worker):
        assume(Assumptions.read())
        create(settings)
        names.add(version())
    assert len(names) == 1
    assert usual not in names
