"""What an effect does and when, in the words of a page."""

from __future__ import annotations

from datetime import datetime

from services.api.pages.telling import Telling
from services.core.notices import Effect, End, What, Window


def what_told(telling: Telling, effect: Effect) -> str:
    words = telling.words
    if effect.what is What.RESTRICTED and effect.capacity_share is not None:
        return words("what.restricted.share", share=f"{effect.capacity_share:.0%}".removesuffix("%"))
    if effect.what is What.DELAY and effect.delay_minutes is not None:
        return words("what.delay.minutes", span=telling.span(effect.delay_minutes))
    return words(f"what.{effect.what}", rules=telling.rules([effect.hours or ""]))


def when_told(telling: Telling, window: Window, at: datetime) -> str:
    """`at` decides what has begun and what has passed."""
    words, start = telling.words, telling.moment(window.start)
    if window.end is None:
        when = words("effect.since" if window.start <= at else "effect.from", start=start)
    else:
        passed = "lapsed" if window.end <= at else "announced"
        key = f"effect.{passed}" if window.end_is is End.ANNOUNCED else "effect.known"
        when = words(key, start=start, end=telling.moment(window.end))
    if window.recurs:
        return f"{when}, {words('effect.recurs', rules=telling.rules([window.recurs]))}"
    return when
