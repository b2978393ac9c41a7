"""What was shown at an instant of the past: compiled anew, by few at a time, and kept for a while."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from anyio import CapacityLimiter, to_thread
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from services.api.register import Register
from services.core import board
from services.core.board import Board, Told
from services.core.errors import Unavailable
from services.core.work import Edge

MOST_BOARDS = 8
"""Kept in memory, apart from the current one."""

MOST_ASKING = 8
"""Questions about the past are answered one after the other. So many may wait for that, further ones are
refused: the present comes first."""

Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class Then:
    """What was shown then; `etags` of the answers that were noted to one question, by the instant of which
    they spoke."""

    board: Board
    etags: Mapping[datetime, Set[str]]


class Past:
    def __init__(self, edge: Edge, register: Register) -> None:
        self._edge = edge
        self._register = register
        self._boards: OrderedDict[Told, Board] = OrderedDict()
        self._keeping = threading.Lock()
        self._limiter: CapacityLimiter | None = None
        self._asking = 0

    async def in_turn(self, work: Callable[[], Found]) -> Found:
        """Do it in a thread, after those who asked before. Raises Unavailable where too many wait."""
        if self._asking >= MOST_ASKING:
            raise Unavailable("too many ask at once what was said before; ask again in a moment")
        if self._limiter is None:  # it belongs to the loop that runs
            self._limiter = CapacityLimiter(1)
        self._asking += 1
        try:
            return await to_thread.run_sync(work, limiter=self._limiter)
        finally:
            self._asking -= 1

    def at(self, as_of: datetime, question: str | None) -> Then:
        """Raises NotKept, or Unavailable without the database."""
        self._register.write()
        try:
            with self._edge.reading() as session:
                edition = board.shown_at(session, as_of)
                etags = board.etags(session, edition, question) if question else {}
                known = self._known(edition.place)
                inputs = None if known else board.read_inputs_of(session, edition)
        except (OperationalError, PoolTimeout) as error:
            raise Unavailable("the records of what was said cannot be read now") from error
        if inputs is not None:
            known = self._keep(edition.place, board.compile_board(inputs, edition.told))
        assert known is not None
        return Then(known, etags)

    def _known(self, place: Told) -> Board | None:
        with self._keeping:
            if place in self._boards:
                self._boards.move_to_end(place)
            return self._boards.get(place)

    def _keep(self, place: Told, compiled: Board) -> Board:
        with self._keeping:
            self._boards[place] = compiled
            if len(self._boards) > MOST_BOARDS:
                self._boards.popitem(last=False)
        return compiled
