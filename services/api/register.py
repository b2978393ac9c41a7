"""The register of what this process showed and answered, written down apart from the answering.

Reading never waits for it: with a database that cannot be written notes wait, and in the end the oldest are
lost. What is said while stale is not noted, for other processes do not say it.
"""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Iterable
from datetime import datetime

from services.core import board
from services.core.board import Answered, Board, Showing
from services.core.work import Edge

log = logging.getLogger(__name__)

MOST_NOTES = 10_000

CANONICAL = re.compile(r"/v1/(notices|advisories|crossings(/[a-z0-9-]{1,60})?)")
"""Of these questions, asked without parameters, the ETags of the answers are kept."""


def canonical(path: str, parameters: Iterable[str]) -> str | None:
    """The question, if it is one of those; `as_of` asks what was answered to it."""
    return path if CANONICAL.fullmatch(path) and set(parameters) <= {"as_of"} else None


class Register:
    def __init__(self, edge: Edge, poll_seconds: float) -> None:
        self._edge = edge
        self._poll_seconds = poll_seconds
        self._notes: dict[Showing | Answered, None] = {}
        self._written: set[Answered] = set()
        self._trouble: str | None = None
        self._noting = threading.Lock()
        self._writing = threading.Lock()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="board-register", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Write what is still to be written, and no more."""
        self._stop.set()
        self._thread.join(timeout=5)

    def shown(self, compiled: Board, since: datetime) -> None:
        """A board is shown from an instant on."""
        self._note(Showing.of(compiled, since))

    def answered(self, compiled: Board, question: str, clock: datetime, etag: str) -> None:
        """A question was answered from a board as of `clock`."""
        self._note(Answered(compiled.edition, question, clock, etag))

    def _note(self, note: Showing | Answered) -> None:
        with self._noting:
            if note in self._written:
                return
            if len(self._notes) >= MOST_NOTES:
                del self._notes[next(iter(self._notes))]
            self._notes[note] = None

    def write(self) -> None:
        """Write down what is noted, whoever calls; what cannot be written now stays noted."""
        with self._writing:
            with self._noting:
                notes = list(self._notes)
            if not notes:
                return
            try:
                with self._edge.work() as work:
                    board.note(work, notes)
            except Exception as error:
                self._say(error)
                return
            self._trouble = None
            with self._noting:
                for note in notes:
                    self._notes.pop(note, None)
                self._written = {note for note in notes if isinstance(note, Answered)}

    def _say(self, error: Exception) -> None:
        """Say what is wrong once, not at every try."""
        trouble = f"{type(error).__name__}: {error}".splitlines()[0]
        if trouble != self._trouble:
            log.warning("what was shown cannot be written down: %s", trouble)
        self._trouble = trouble

    def _watch(self) -> None:
        while not self._stop.wait(self._poll_seconds):
            self.write()
        self.write()
