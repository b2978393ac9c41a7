"""What this process vouches for: how far the records have come, signed, and the records themselves.

Readers read a board; whoever checks reads the database. They wait for each other, so that however many there
are they take no connection from the keeper of the board but one.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from sqlmodel import Session

from services.api.keeper import Keeper
from services.core import notices, signing
from services.core.errors import Unavailable
from services.core.ledger import LedgerEntry
from services.core.notices import UNREADABLE
from services.core.signing import Heartbeat
from services.core.work import Edge

BEATS_EVERY = timedelta(seconds=5)
PATIENCE = 2.0
"""Seconds that a reader waits for those before it."""
NOTICES_TOLD = 10

T = TypeVar("T")


class Witness:
    def __init__(self, edge: Edge, keeper: Keeper) -> None:
        self._edge = edge
        self._keeper = keeper
        self._reading = threading.Lock()
        self._beating = threading.Lock()
        self._beat: tuple[datetime, Heartbeat] | None = None
        self._key: str | None = None

    def read(self, ask: Callable[[Session], T]) -> T:
        """What the database says to one question. Raises Unavailable where too many ask, or where a record
        cannot be read."""
        if not self._reading.acquire(timeout=PATIENCE):
            raise Unavailable("too many read the records at once")
        try:
            with self._edge.reading() as session:
                return ask(session)
        except UNREADABLE as error:
            raise Unavailable(f"a record cannot be read: {str(error).splitlines()[0]}") from error
        finally:
            self._reading.release()

    def heartbeat(self) -> Heartbeat:
        """At most five seconds old. Raises Unavailable without a board or a key, and where the ledger does
        not go on from what this process has vouched for."""
        with self._beating:
            now = datetime.now(UTC)
            if self._beat is None or now - self._beat[0] >= BEATS_EVERY:
                self._beat = (now, self._new(now))
            return self._beat[1]

    def _new(self, now: datetime) -> Heartbeat:
        shown = self._keeper.current
        if not shown.stale or self._key is None:
            self._key = self.read(self._checked)
        inputs = shown.board.inputs
        told = [notices.as_told_hash(one) for one in shown.board.revisions[-NOTICES_TOLD:]]
        assert self._edge.keys is not None
        return signing.heartbeat(
            self._edge.keys, self._key, now, (inputs.ledger_seq, inputs.ledger_hash), told, stale=shown.stale
        )

    def _checked(self, session: Session) -> str:
        """The key that signs now, if the ledger goes on from what was vouched for last."""
        last = self._beat[1].ledger if self._beat else None
        if last is not None and last.seq:
            entry = session.get(LedgerEntry, last.seq)
            if entry is None or entry.hash != last.hash:
                raise Unavailable(
                    f"the ledger does not go on from {last.seq}:{last.hash}: run `otkel verify`"
                )
        return signing.signing_key(session, self._edge.keys)
