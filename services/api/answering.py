"""How a reading route answers: from the board, and onto the shelf for whoever asks the same next.

An answer is the same bytes in whichever process and at whichever moment it is made: it speaks of the
beginning of its stretch of time, not of the moment at which somebody happened to ask.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from fastapi import Depends, Request
from pydantic_core import to_json
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from services.api import shelf
from services.api.fastpath import read, send_reply
from services.api.keeper import Current, Keeper
from services.api.past import Then
from services.api.questions import now as clock
from services.api.register import canonical
from services.core import status
from services.core.board import Board
from services.core.crossings import Traveller
from services.core.errors import Invalid
from services.core.spans import DISTANT_FUTURE, Span

LONGEST = timedelta(minutes=10)
"""No answer is kept longer than this without being rendered anew."""

FORECASTS_MOVE = timedelta(minutes=1)
"""Answers that depend on where a traveller is at what minute are rendered anew as often as this."""

TICK = timedelta(microseconds=1)

JSON = "application/json"
AS_SERVED = b"otkel-as-served"


@dataclass(frozen=True, slots=True)
class Asking:
    """One request to read: what it sees, and when it is asked."""

    current: Current
    now: datetime
    """The instant of which the answer speaks."""
    asked_at: datetime | None = None
    """When it was asked, where that is not the same."""
    keeper: Keeper | None = None
    question: str | None = None
    """Its path, where it is one of those of which is kept what was answered."""
    then: Then | None = None
    """Only where an answer of the past is asked for."""

    @property
    def board(self) -> Board:
        return self.current.board

    @property
    def _seen(self) -> datetime:
        """Now; or the last instant before a notice should have been told whose board is still being
        compiled."""
        due = self.board.next_telling
        return self.now if due is None else min(self.now, due - TICK)

    def slot(self, longest: timedelta) -> Span:
        """The stretch of the clock in which now lies, cut off where the next notice is told.

        Slots end at multiples of `longest` and begin a little before, for in its last seconds an answer must
        not be repeated any more.
        """
        seconds = int(longest.total_seconds())
        number = int(self._seen.timestamp() + shelf.FRESH_SECONDS) // seconds
        start = datetime.fromtimestamp(number * seconds - shelf.FRESH_SECONDS, UTC)
        end = datetime.fromtimestamp((number + 1) * seconds, UTC)
        return Span(start, min(end, self.board.next_telling or DISTANT_FUTURE))

    def within(self, longest: timedelta) -> datetime:
        """The end of the slot; not after now while a notice is due whose board is still being compiled."""
        return max(self.now, self.slot(longest).until)

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

    def settled(self, longest: timedelta, turns: Iterable[datetime] = ()) -> tuple[Asking, datetime]:
        """The question as of the beginning of the stretch in which now lies, and the end of that stretch.

        A stretch is a slot, cut at the `turns`: the instants at which the answer changes otherwise.
        """
        slot, seen = self.slot(longest), self._seen
        inside = [turn for turn in turns if slot.start < turn < slot.until]
        start = max((turn for turn in inside if turn <= seen), default=slot.start)
        end = min((turn for turn in inside if turn > seen), default=slot.until)
        return replace(self, now=start, asked_at=self.now), end

    def settled_for(
        self, travellers: Iterable[tuple[str, Traveller]], at: datetime | None
    ) -> tuple[Asking, datetime]:
        """The same for an answer that tells these their status, now or at a named instant."""
        if at is not None:
            return self.settled(LONGEST)
        slot = self.slot(LONGEST)
        return self.settled(
            LONGEST,
            (
                turn
                for code, traveller in travellers
                for turn in status.changes_at(self.board.bulletin(code), traveller, slot)
            ),
        )

    def back_at(self, as_of: datetime) -> Asking:
        """The same question at an instant of the past. Raises NotKept or Unavailable."""
        assert self.keeper is not None
        then = self.keeper.past.at(as_of, self.question)
        return replace(self, current=Current(then.board, self.current.roads), now=as_of, then=then)


async def _asking(request: Request) -> Asking:
    keeper: Keeper = request.app.state.keeper
    question = canonical(request.url.path, request.query_params.keys())
    return Asking(keeper.current, clock(), keeper=keeper, question=question)


AskingDep = Annotated[Asking, Depends(_asking)]


class Kept(Response):
    """A reply that goes onto the shelf of the board it was made from; one of the past goes nowhere."""

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
        self._noted = asking.question if media_type == JSON else None
        if asking.then is not None:
            headers = (*headers, (AS_SERVED, _as_served(asking, asking.then, body, self._noted)))
        self._reply = shelf.reply(
            body,
            media_type,
            now=(asking.asked_at or asking.now).timestamp(),
            until=until.timestamp(),
            headers=headers,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request, known, zipped = read(scope)
        asking, kept = self._asking, self._reply
        if asking.then is None:
            asking.current.shelf.put(request, kept)
            self._note(kept)
        await send_reply(kept, send, known=known, zipped=zipped)

    def _note(self, kept: shelf.Reply) -> None:
        asking, question = self._asking, self._noted
        if asking.keeper is not None and question is not None and not asking.current.stale:
            asking.keeper.register.answered(asking.board, question, asking.now, kept.tag.decode())


def _as_served(asking: Asking, then: Then, body: bytes, question: str | None) -> bytes:
    """Whether this is what was served: `yes` or `no` by the ETag that was noted then."""
    noted = then.etags.get(asking.now) if question else None
    if not noted:
        return b"unrecorded"
    return b"yes" if shelf.tag_of(body).decode() in noted else b"no"


def answered(asking: Asking, content: Any, until: datetime, media_type: str = JSON) -> Kept:
    """A reply of JSON. `content` may hold whatever pydantic can write; never NaN."""
    return Kept(asking, to_json(content, inf_nan_mode="null"), until, media_type)


async def answer(asking: Asking, as_of: datetime | None, render: Callable[[Asking], Response]) -> Response:
    """What a question is answered, or was answered at an instant of the past.

    Raises Invalid, NotKept, or Unavailable where too many ask for the past at once.
    """
    if as_of is None:
        return render(asking)
    if as_of > asking.now:
        raise Invalid("must be past: what will be said is not told before", field="as_of")
    assert asking.keeper is not None
    return await asking.keeper.past.in_turn(lambda: render(asking.back_at(as_of)))
