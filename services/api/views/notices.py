"""Notices as they are listed to whoever asks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from services.api.answering import LONGEST, Asking
from services.api.questions import NoticesAsked
from services.core import notices
from services.core.errors import Invalid
from services.core.notices import Revision


def published(asking: Asking, asked: NoticesAsked) -> Sequence[Revision]:
    """The newest revision of every notice as of now or an instant of the past; what spoke last is last."""
    if asked.as_of is None:
        return asking.board.revisions
    if asked.as_of > asking.now:
        raise Invalid("must be past: what will be published is not told before", field="as_of")
    return notices.current(asking.board.inputs.revisions, asked.as_of)


def holds_until(asking: Asking, asked: NoticesAsked) -> datetime:
    """Until when the list stays as it is; a list for a named instant holds on."""
    horizon = asking.within(LONGEST)
    if asked.instant(asking.now) != asking.now:
        return horizon
    turns = (turn for one in asking.board.revisions for turn in _turns(one))
    return min((turn for turn in turns if asking.now < turn < horizon), default=horizon)


def _turns(one: Revision) -> Iterator[datetime]:
    """When it leaves the list, and when an effect begins or ends."""
    if one.notice.publish_until:
        yield one.notice.publish_until
    for effect in one.notice.effects:
        yield effect.window.start
        if effect.window.end:
            yield effect.window.end
