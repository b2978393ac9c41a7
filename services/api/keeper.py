"""Keeps the newest board at hand: looks for changes, compiles, and goes on with the last one when it must."""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime

from sqlalchemy.exc import SQLAlchemyError

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


class Keeper:
    def __init__(self, edge: Edge, settings: Settings) -> None:
        self._edge = edge
        self._settings = settings
        self._current: Current | None = None
        self._reached = time.monotonic()
        self._refreshing = threading.Lock()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="board-keeper", daemon=True)

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
            self._show(kept, stale=True)
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        self._thread.join(timeout=5)

    def refresh(self) -> None:
        """Show what is in the database now. Whoever has just written calls it before replying."""
        with self._refreshing:
            with self._edge.reading() as session:
                now = datetime.now(UTC)
                changed = self._has_changed(board.position(session), now)
                inputs = board.read_inputs(session) if changed else None
                legs = alternatives.road_times(session) if changed else None
            self._reached = time.monotonic()
            if inputs is not None:
                self._show(inputs, stale=False, legs=legs)
            elif self._current and self._current.stale:
                self._current = Current(self._current.board, self._current.roads)

    def _has_changed(self, position: board.Position, now: datetime) -> bool:
        if self._current is None:
            return True
        shown = self._current.board
        due = shown.next_telling is not None and shown.next_telling <= now
        return due or position != shown.inputs.position

    def _show(
        self, inputs: board.BoardInputs, *, stale: bool, legs: alternatives.RoadTimes | None = None
    ) -> None:
        compiled = board.compile_board(inputs, datetime.now(UTC))
        self._current = Current(compiled, alternatives.roads_for(compiled.catalogue, legs), stale)
        if not stale:
            self._keep(inputs)

    def _keep(self, inputs: board.BoardInputs) -> None:
        try:
            board.keep_on_disk(inputs, self._settings.board_file)
        except OSError as error:
            log.warning("the board could not be kept on disk: %s", error)

    def refresh_if_possible(self) -> None:
        """For whoever has just committed: their work stands even if it cannot be shown this instant."""
        self._try_to_refresh()

    def _try_to_refresh(self) -> bool:
        try:
            self.refresh()
        except SQLAlchemyError as error:
            log.warning("the database does not answer: %s", str(error).splitlines()[0])
            return False
        return True

    def _watch(self) -> None:
        while not self._stop.wait(self._settings.poll_seconds):
            if self._try_to_refresh() or self._current is None or self._current.stale:
                continue
            if time.monotonic() - self._reached > self._settings.stale_seconds:
                self._current = Current(self._current.board, self._current.roads, stale=True)
