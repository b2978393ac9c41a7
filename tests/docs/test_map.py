"""What the documents say of the house is true."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def drawn() -> list[str]:
    """The folders of the map in the README, as paths."""
    block = README.split("## The house")[1].split("```")[1]
    path: list[str] = []
    found = []
    for line in block.strip().splitlines():
        depth = (len(line) - len(line.lstrip())) // 2
        path = [*path[:depth], line.split()[0].rstrip("/")]
        found.append("/".join(path))
    return found


def test_every_room_on_the_map_exists() -> None:
    assert [room for room in drawn() if not (ROOT / room).is_dir()] == []


def test_every_slice_of_the_domain_is_on_the_map() -> None:
    slices = {folder.parent.name for folder in (ROOT / "services/core").glob("*/__init__.py")}
    assert slices == {room.rpartition("/")[2] for room in drawn() if room.startswith("services/core/")}


def test_every_file_that_the_readme_names_exists() -> None:
    named = set(re.findall(r"`((?:services|docs|deploy|tests)/[\w./-]+)`", README)) | set(
        re.findall(r"\]\(((?!http)[\w./-]+)\)", README)
    )
    assert sorted(name for name in named if not (ROOT / name).exists()) == []


def test_decisions_are_numbered_without_gaps() -> None:
    numbers = sorted(int(page.name[:4]) for page in (ROOT / "docs/adr").glob("[0-9]*.md"))
    assert numbers == list(range(1, len(numbers) + 1))


def test_decisions_that_the_code_refers_to_exist() -> None:
    pages = {page.name[:4] for page in (ROOT / "docs/adr").glob("[0-9]*.md")}
    files = [*ROOT.glob("services/**/*.py"), ROOT / "pyproject.toml", ROOT / "README.md"]
    named = {number for file in files for number in re.findall(r"docs/adr/(\d{4})", file.read_text("utf-8"))}
    assert named <= pages


def test_locked_requirements_name_no_index() -> None:
    for file in (
        "requirements.txt",
        "requirements-dev.txt",
        "pyproject.toml",
        "Makefile",
        "deploy/Dockerfile",
    ):
        text = (ROOT / file).read_text(encoding="utf-8")
        assert not re.search(r"https?://|(?<!emit-)index-url|find-links", text), file
