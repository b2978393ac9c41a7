"""Keeps the newest board at hand: looks for changes, compiles, and goes on with the last one when it must."""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime

from services.api.past import Past
from services.api.register import Register
from services.api.shelf import Shelf
from services.core import alternatives, board
from services.core.board import Board
from services.core.errors import Unavailable
from services.core.settings import Settings
from services.core.work import Edge

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Current:
    """What every reader of this process sees now; replaced as a whole, never changed.

    `shelf` holds replies rendered from this very board; it goes when the board goes.
    """

    board: Board
    roads: alternatives.Roads
    stale: bool = False
    shelf: Shelf = field(default_factory=Shelf)


def _compiled(
    inputs: board.BoardInputs, legs: alternatives.RoadTimes | None = None, *, stale: bool = False
) -> Current:
    compiled = board.compile_board(inputs, datetime.now(UTC))
    return Current(compiled, alternatives.roads_for(compiled.catalogue, legs), stale)


class Keeper:
    def __init__(self, edge: Edge, settings: Settings) -> None:
        self._edge = edge
        self._settings = settings
        self.register = Register(edge, settings.poll_seconds)
        self.past = Past(edge, self.register)
        self._current: Current | None = None
        self._reached = time.monotonic()
        self._trouble: str | None = None
        self._refreshing = threading.Lock()
        self._swapping = threading.Lock()
        self._stop = threading.Event()
        self._threads = [
            threading.Thread(target=self._look, name="board-keeper", daemon=True),
            threading.Thread(target=self._age, name="board-clock", daemon=True),
        ]

    @property
    def current(self) -> Current:
        """Raises Unavailable before the first board, and only then."""
        if self._current is None:
            raise Unavailable("the service has not seen its database yet")
        return self._current

    @property
    def shelf(self) -> Shelf | None:
        return self._current.shelf if self._current else None

    def start(self) -> None:
        """Have a board if one can be had, from the database or from the disk, and keep watching."""
        if not self._try_to_refresh() and (kept := board.kept_on_disk(self._settings.board_file)):
            self._show(_compiled(kept, stale=True))
        for thread in self._threads:
            thread.start()
        self.register.start()

    def stop(self) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join(timeout=5)
        self.register.stop()

    def refresh(self) -> None:
        """Show what is in the database now. Whoever has just written calls it before replying."""
        with self._refreshing:
            with self._edge.reading() as session:
                changed = self._has_changed(board.position(session), datetime.now(UTC))
                inputs = board.read_inputs(session, self._known()) if changed else None
                legs = alternatives.road_times(session) if changed else None
            newer = _compiled(inputs, legs) if inputs is not None else None
            self._reached = time.monotonic()
            if newer is None:
                self._say(stale=False)
            else:
                self._show(newer)
                self._keep(newer.board.inputs)

    def _known(self) -> board.BoardInputs | None:
        return self._current.board.inputs if self._current else None

    def _has_changed(self, position: board.Position, now: datetime) -> bool:
        if self._current is None:
            return True
        shown = self._current.board
        due = shown.next_telling is not None and shown.next_telling <= now
        return due or position != shown.inputs.position

    def _show(self, current: Current) -> None:
        with self._swapping:
            since, self._current = datetime.now(UTC), current
        if not current.stale:
            self.register.shown(current.board, since)

    def _say(self, *, stale: bool) -> None:
        """Show the same board with another word on its age."""
        with self._swapping:
            if self._current is not None and self._current.stale is not stale:
                self._current = Current(self._current.board, self._current.roads, stale)
                if not stale:
                    self.register.shown(self._current.board, datetime.now(UTC))

    def _keep(self, inputs: board.BoardInputs) -> None:
        try:
            board.keep_on_disk(inputs, self._settings.board_file)
        except OSError as error:
            log.warning("the board could not be kept on disk: %s", error)

    def refresh_if_possible(self) -> None:
        """For whoever has just committed: their work stands even if it cannot be shown this instant."""
        self._try_to_refresh()

    def _try_to_refresh(self) -> bool:
        """Whatever goes wrong, a broken record included, the last good board stays; and ages."""
        try:
            self.refresh()
        except Exception as error:
            self._note(error)
            return False
        self._trouble = None
        return True

    def _note(self, error: Exception) -> None:
        """Say what is wrong once, not at every look."""
        trouble = f"{type(error).__name__}: {error}".splitlines()[0]
        if trouble != self._trouble:
            log.warning("the board cannot be refreshed: %s", trouble)
        self._trouble = trouble

    def _look(self) -> None:
        while not self._stop.wait(self._settings.poll_seconds):
            self._try_to_refresh()

    def _age(self) -> None:
        """Apart from the looking, for a look at a frozen database does not return."""
        while not self._stop.wait(self._settings.poll_seconds):
            if time.monotonic() - self._reached > self._settings.stale_seconds:
                self._say(stale=True)
                self._tell_what_is_due()

    def _tell_what_is_due(self) -> None:
        """What was announced for later is told at its hour, although the database cannot be asked."""
        shown, now = self._current, datetime.now(UTC)
        if shown is None or shown.board.next_telling is None or shown.board.next_telling > now:
            return
        told = Current(board.compile_board(shown.board.inputs, now), shown.roads, stale=True)
        with self._swapping:
            if self._current is shown:
                self._current = told
