"""The catalogue as files: one crossing each, named by its code, in TOML."""

import tomllib
from functools import cache
from pathlib import Path

from pydantic import ValidationError

from services.core.crossings.documents import Crossing
from services.core.errors import Invalid

CATALOGUE = Path(__file__).with_name("catalogue")


class Unreadable(Invalid):
    """A catalogue file that says something else than a crossing; names the file and the field."""


def catalogue(folder: Path | None = None) -> dict[str, Crossing]:
    """Every crossing in the folder, or in ours, by its code, in the order of the codes.

    Raises `Unreadable` at the first file that is wrong.
    """
    return _read(folder) if folder is not None else dict(_ours())


@cache
def _ours() -> dict[str, Crossing]:
    return _read(CATALOGUE)


def _read(folder: Path) -> dict[str, Crossing]:
    crossings = (read_crossing(path) for path in sorted(folder.glob("*.toml")))
    return {crossing.code: crossing for crossing in crossings}


def read_crossing(path: Path) -> Crossing:
    """The crossing in one file; its code must be the name of the file."""
    try:
        crossing = Crossing.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Unreadable(f"{path.name}: is not TOML: {error}", field="") from None
    except ValidationError as error:
        raise _unreadable(path, error) from None
    if crossing.code != path.stem:
        raise Unreadable(f"{path.name}: code: is {crossing.code!r}, not the name of the file", field="code")
    return crossing


def _unreadable(path: Path, error: ValidationError) -> Unreadable:
    """The first thing that is wrong; a rule about several fields starts its sentence with the field."""
    first, *others = error.errors(include_url=False)
    field = ".".join(str(step) for step in first["loc"])
    reason = first["msg"].removeprefix("Value error, ")
    if not field:
        field, _, reason = reason.partition(": ")
    more = f" (and {len(others)} more)" if others else ""
    return Unreadable(f"{path.name}: {field}: {reason}{more}", field=field)
