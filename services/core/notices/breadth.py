"""Which notices are too wide for one person alone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from enum import StrEnum

from services.core.notices.documents import NoticeFields

MOST_CROSSINGS = 2
BACK_DATED = timedelta(days=1)
"""Within a day somebody may be late in saying what has begun; earlier it changes what others relied on."""


class Wide(StrEnum):
    """Why a second person must approve."""

    CROSSINGS = "three-crossings-or-more"
    BORDER = "whole-border"
    BACK_DATED = "back-dated"
    WITHOUT_PASSKEY = "without-passkey"


def breadth(fields: NoticeFields, at: datetime, *, surely_themselves: bool) -> Iterator[Wide]:
    """Every reason why a notice, said at an instant, is wide; none where its author may publish it alone."""
    chosen = [effect.selector.crossings for effect in fields.effects]
    if any(not crossings for crossings in chosen):
        yield Wide.BORDER
    elif len({code for crossings in chosen for code in crossings}) > MOST_CROSSINGS:
        yield Wide.CROSSINGS
    if any(effect.window.start < at - BACK_DATED for effect in fields.effects):
        yield Wide.BACK_DATED
    if not surely_themselves:
        yield Wide.WITHOUT_PASSKEY
