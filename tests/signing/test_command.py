"""`otkel signing`, and who makes the first key."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.cli.command import Otkel, refused, run, well


@pytest.fixture
def otkel(tmp_path: Path) -> Otkel:
    """The command where there is no database yet."""
    return lambda *words, **more: run({"OTKEL_DATA_DIR": str(tmp_path / "var"), **more}, *words)


def names(folder: Path) -> list[str]:
    return [file.name for file in folder.iterdir()]


def listed(otkel: Otkel) -> list[tuple[str, str, str]]:
    """Id, state and whether the file is here, newest first."""
    lines = well(otkel("signing", "list")).splitlines()
    return [(line.split()[0], line.split("  ")[2], line.split("  ")[3]) for line in lines]


def test_migrating_makes_the_first_key_and_loading_signs_history_with_it(
    otkel: Otkel, tmp_path: Path
) -> None:
    well(otkel("migrate"))
    ((key, state, here),) = listed(otkel)
    assert (state, here) == ("live", "here")
    assert names(tmp_path / "var" / "keys") == [f"{key}.pem"]
    well(otkel("load"))
    assert [row[0] for row in listed(otkel)] == [key]
    assert "unbroken" in well(otkel("verify"))


def test_a_rotation_leaves_two_live_and_destroys_the_third(otkel: Otkel, tmp_path: Path) -> None:
    well(otkel("migrate"))
    well(otkel("load"))
    first = listed(otkel)[0][0]
    assert re.match(r"\S{43} signs from now on; its file is in ", well(otkel("signing", "new")))
    assert f"{first} is retired; what it signed stays verifiable" in well(otkel("signing", "new"))
    (third, *_), (second, *_), (oldest, state, here) = listed(otkel)
    assert (oldest, here) == (first, "not here")
    assert state.startswith("retired ")
    assert sorted(names(tmp_path / "var" / "keys")) == sorted([f"{second}.pem", f"{third}.pem"])
    assert "unbroken" in well(otkel("verify"))


def test_a_folder_of_ones_own_is_used(otkel: Otkel, tmp_path: Path) -> None:
    elsewhere = tmp_path / "secrets"
    well(otkel("migrate", OTKEL_KEYS_DIR=str(elsewhere)))
    assert len(names(elsewhere)) == 1
    assert not (tmp_path / "var" / "keys").exists()


def test_without_the_keys_that_are_live_loading_says_where_they_are_missed(otkel: Otkel) -> None:
    well(otkel("migrate"))
    said = refused(otkel("load", OTKEL_KEYS_DIR="/dev/null/none"))
    assert "cannot be read: Not a directory" in said
    said = refused(otkel("load", OTKEL_KEYS_DIR="/nowhere"))
    assert "is at hand: give OTKEL_KEYS_DIR the folder that has them, or run `otkel signing new`" in said
    assert "0 entries" not in well(otkel("verify"))


def test_a_folder_that_cannot_keep_a_key_is_named(otkel: Otkel) -> None:
    said = refused(otkel("migrate", OTKEL_KEYS_DIR="/dev/null/none"))
    assert said == "/dev/null/none cannot keep a key: Not a directory"
