"""Notices as they are listed to whoever asks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from services.api.answering import LONGEST, Asking
from services.api.keeper import Current
from services.api.past import Then
from services.api.questions import NoticesAsked
from services.core import notices
from services.core.notices import Revision


def announced_by(asking: Asking, as_of: datetime) -> Asking:
    """The same question about what the authorities had announced by an instant of which no answer of ours is
    on record, as far as it is known today: the history of the border goes back before this service."""
    revisions = tuple(notices.current(asking.board.inputs.revisions, as_of))
    board = replace(asking.board, revisions=revisions)
    return replace(asking, current=Current(board, asking.current.roads), now=as_of, then=Then(board, {}))


def settled(asking: Asking, asked: NoticesAsked) -> tuple[Asking, datetime]:
    """As of when the list is told, and until when it stays so; a list for a named instant holds on."""
    revisions = () if asked.at else asking.board.revisions
    return asking.settled(LONGEST, (turn for one in revisions for turn in _turns(one)))


def _turns(one: Revision) -> Iterator[datetime]:
    """When it leaves the list, and when an effect begins or ends."""
    if one.notice.publish_until:
        yield one.notice.publish_until
    for effect in one.notice.effects:
        yield effect.window.start
        if effect.window.end:
            yield effect.window.end
