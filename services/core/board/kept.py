"""The last good board on disk, for a process that starts while the database is away."""

import os
from pathlib import Path
from tempfile import NamedTemporaryFile

from pydantic import ValidationError

from services.core.board.inputs import BoardInputs


def keep_on_disk(inputs: BoardInputs, file: Path) -> None:
    """Write it whole or not at all: a crash leaves the one before."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile("w", dir=file.parent, prefix=file.name, delete=False, encoding="utf-8") as draft:
        draft.write(inputs.model_dump_json(exclude_defaults=True))
        draft.flush()
        os.fsync(draft.fileno())
    Path(draft.name).replace(file)


def kept_on_disk(file: Path) -> BoardInputs | None:
    """What was kept; None if there is nothing, or nothing that this release can read."""
    try:
        return BoardInputs.model_validate_json(file.read_bytes())
    except (OSError, ValidationError):
        return None
