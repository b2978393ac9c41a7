"""Which process is to die after which act, agreed upon in a folder."""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from services.core.settings import Settings


@dataclass(frozen=True, slots=True)
class Orders:
    """Files in a folder, one for each act after whose commit its process is to die.

    Whoever takes one adds their process id to its name: it is taken once, and it is known by whom.
    """

    folder: Path

    @classmethod
    def beside(cls, settings: Settings) -> Orders:
        return cls(settings.data_dir / "orders")

    def place(self, key: str) -> None:
        self.folder.mkdir(exist_ok=True)
        self._placed(key).touch()

    def take(self, keys: Iterable[str]) -> bool:
        """Whether one of these acts was ordered, and nobody has died after it yet."""
        for key in keys:
            with suppress(FileNotFoundError):
                placed = self._placed(key)
                placed.rename(f"{placed}+{os.getpid()}")
                return True
        return False

    def taken(self, key: str) -> int | None:
        """Which process died, said once; None if none has. The same key may then be ordered again."""
        for found in self.folder.glob(f"{self._placed(key).name}+*"):
            found.unlink()
            return int(found.name.rpartition("+")[2])
        return None

    def note_end(self, pid: int, code: int) -> None:
        self.folder.mkdir(exist_ok=True)
        with self._ended.open("a") as ended:
            ended.write(f"{pid} {code}\n")

    def ended(self) -> dict[int, int]:
        """Every process that has ended, and its exit code: minus the signal if it was killed."""
        lines = self._ended.read_text().splitlines() if self._ended.exists() else ()
        return {int(pid): int(code) for pid, code in map(str.split, lines)}

    @property
    def _ended(self) -> Path:
        return self.folder / "+ended"

    def _placed(self, key: str) -> Path:
        return self.folder / quote(key, safe="")
