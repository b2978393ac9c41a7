"""The booking queue of a lane's trucks, told in one sentence."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

from services.api.pages.telling import Telling
from services.api.pages.view import View
from services.core.advisories import BookedFigure
from services.core.crossings import Traveller

ONE_DAY = timedelta(days=1)


def booking(view: View, code: str, traveller: Traveller) -> str | None:
    """None where nothing was reported lately, and on a page about another hour than now."""
    advisory, now = view.asking.board.advisory(code, traveller), view.asking.now
    known = advisory.booking.known(now) if advisory and advisory.booking else None
    if known is None or view.asked.at:
        return None
    parts: list[str] = []
    if known.wait:
        parts += _told(view.telling, "booking.wait", known.wait, view.telling.span)
    if known.units:
        key = "booking.units.too" if known.wait else "booking.units"
        parts += _told(view.telling, key, known.units, lambda count: f"{count:,.0f}")
    return f"{'; '.join(parts)}."


def _told(telling: Telling, key: str, figure: BookedFigure, written: Callable[[float], str]) -> Iterator[str]:
    """As it was reported, and what is expected a day from now."""
    yield telling.words(key, figure=written(figure.reported), at=telling.when(figure.observed_at))
    then = figure.expected(telling.now + ONE_DAY)
    if then is not None:
        low, median, high = map(written, (then.p10, then.p50, then.p90))
        sure = "booking.expected" if low == high else "booking.expected.range"
        yield telling.words(sure, at=telling.when(then.at), low=low, median=median, high=high)
