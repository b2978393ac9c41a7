"""What the engine assumes: three files of the package, in which whoever runs it may replace what they know
better. Read and installed once, before anything is computed; the engine itself asks no environment."""

from __future__ import annotations

import json
import tomllib
from functools import cache, cached_property
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from typing import Any, Self, TypeVar

from pydantic import BaseModel, ValidationError, model_validator

from services.core.congestion.engine import Engine
from services.core.congestion.priors import Priors
from services.core.congestion.sources import Sources
from services.core.congestion.stated import Table
from services.core.errors import Invalid

HERE = Path(__file__).parent
FILES = ("engine.toml", "priors.toml", "sources.toml")

Document = TypeVar("Document", bound=BaseModel)


class Assumptions(Table):
    engine: Engine
    priors: Priors
    sources: Sources

    @classmethod
    def read(cls, folder: Path | None = None) -> Assumptions:
        """Those of the package, with what files of the same names in a folder state instead: tables entry by
        entry, a statement with its source as a whole, and so a list. Raises Invalid, which names file and
        field."""
        if folder is not None:
            _refuse_what_is_not_read(folder)
        engine = _read(Engine, "engine.toml", folder)
        priors = _read(Priors, "priors.toml", folder)
        sources = _read(Sources, "sources.toml", folder)
        try:
            return cls(engine=engine, priors=priors, sources=sources)
        except ValidationError as error:
            raise _invalid(" and ".join(FILES[:2]), error) from error

    @model_validator(mode="after")
    def _levels_are_apart(self) -> Self:
        """Or a level would be left for one whose threshold is not even reached."""
        ratio = self.engine.levels.exit_ratio.value
        for name, mode in self.priors.modes.items():
            if any(lower > ratio * upper for lower, upper in pairwise(mode.thresholds_minutes.values)):
                raise ValueError(
                    f"modes.{name}.thresholds_minutes: each must be below levels.exit_ratio times the next"
                )
        return self

    @cached_property
    def digest(self) -> str:
        """Names them: other words or values have another."""
        written = json.dumps(self.model_dump(mode="json"), sort_keys=True, ensure_ascii=False)
        return sha256(written.encode()).hexdigest()[:12]


class _Installed:
    assumptions: Assumptions | None = None


def assume(assumptions: Assumptions) -> None:
    """Let this process compute with these from now on; for whoever starts it, before anything else."""
    _Installed.assumptions = assumptions


def assumed() -> Assumptions:
    """What this process computes with: the package's own where nothing was installed."""
    if _Installed.assumptions is None:
        assume(Assumptions.read())
    assert _Installed.assumptions is not None
    return _Installed.assumptions


def _refuse_what_is_not_read(folder: Path) -> None:
    if not folder.is_dir():
        raise Invalid(f"{folder}: is not a folder", field="")
    for file in sorted(folder.glob("*.toml")):
        if file.name not in FILES:
            raise Invalid(f"{file}: is none of {', '.join(FILES)}", field="")


def _read(model: type[Document], name: str, folder: Path | None) -> Document:
    file, document = HERE / name, _ours(name)
    if folder is not None and (folder / name).exists():
        file, document = folder / name, _merged(document, _parsed(folder / name))
    try:
        return model.model_validate(document)
    except ValidationError as error:
        raise _invalid(str(file), error) from error


@cache
def _ours(name: str) -> dict[str, Any]:
    return _parsed(HERE / name)


def _parsed(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise Invalid(f"{file}: {error}", field="") from error


def _merged(ours: Any, own: Any) -> Any:
    """A statement counts as a whole: nobody's figure goes under another's source."""
    if not isinstance(ours, dict) or not isinstance(own, dict) or "source" in ours or "source" in own:
        return own
    return {**ours, **{name: _merged(ours.get(name), value) for name, value in own.items()}}


def _invalid(file: str, error: ValidationError) -> Invalid:
    fault = error.errors()[0]
    field = ".".join(map(str, fault["loc"]))
    said = fault["msg"].removeprefix("Value error, ")
    return Invalid(": ".join(filter(None, (file, field, said))), field=field)
