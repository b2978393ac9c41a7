"""How a reading route answers: from the board, and onto the shelf for whoever asks the same next."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from fastapi import Depends, Request
from pydantic_core import to_json
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from services.api import shelf
from services.api.fastpath import read, send_reply
from services.api.keeper import Current
from services.api.questions import now as clock
from services.core import status
from services.core.board import Board
from services.core.crossings import Traveller
from services.core.spans import DISTANT_FUTURE

LONGEST = timedelta(minutes=10)
"""No answer is kept longer than this without being rendered anew."""

FORECASTS_MOVE = timedelta(minutes=1)
"""Answers that depend on where a traveller is at what minute are rendered anew as often as this."""


@dataclass(frozen=True, slots=True)
class Asking:
    """One request to read: what it sees, and when it is asked."""

    current: Current
    now: datetime

    @property
    def board(self) -> Board:
        return self.current.board

    def within(self, longest: timedelta) -> datetime:
        """At most so much later, or when the next notice is told that was announced ahead.

        Between half of it and the whole: a time by the clock, so that every process gives the same answer
        the same ETag. Not after now while the board that tells the notice is still being compiled.
        """
        seconds = longest.total_seconds() / 2
        by_the_clock = datetime.fromtimestamp((self.now.timestamp() // seconds + 2) * seconds, UTC)
        return max(self.now, min(by_the_clock, self.board.next_telling or DISTANT_FUTURE))

    def until(self, travellers: Iterable[tuple[str, Traveller]], at: datetime) -> datetime:
        """Until when an answer for these holds word for word; an answer about a named instant holds on."""
        horizon = self.within(LONGEST)
        if at != self.now or horizon == self.now:
            return horizon
        return min(
            (
                status.valid_until(self.board.bulletin(code), traveller, at, horizon)
                for code, traveller in travellers
            ),
            default=horizon,
        )


def _asking(request: Request) -> Asking:
    return Asking(request.app.state.keeper.current, clock())


AskingDep = Annotated[Asking, Depends(_asking)]


class Kept(Response):
    """A reply that goes onto the shelf of the board it was made from."""

    def __init__(
        self,
        asking: Asking,
        body: bytes,
        until: datetime,
        media_type: str,
        headers: Sequence[shelf.Header] = (),
    ) -> None:
        super().__init__(content=b"", status_code=200)
        self._asking = asking
        self._reply = shelf.reply(
            body, media_type, now=asking.now.timestamp(), until=until.timestamp(), headers=headers
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request, known, zipped = read(scope)
        self._asking.current.shelf.put(request, self._reply)
        await send_reply(self._reply, send, known=known, zipped=zipped)


def answered(asking: Asking, content: Any, until: datetime, media_type: str = "application/json") -> Kept:
    """A reply of JSON. `content` may hold whatever pydantic can write; never NaN."""
    return Kept(asking, to_json(content, inf_nan_mode="null"), until, media_type)
