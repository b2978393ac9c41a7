"""The first page: where may I cross?"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from services.api.pages.judging import Answer, answer
from services.api.pages.map import WIDTH, drawn
from services.api.pages.view import View


def front(view: View) -> tuple[dict[str, Any], datetime]:
    """Where may I cross?"""
    found = answer(view.asking, view.asked)
    cards = view.cards
    return {
        **view.common("/", view.data("/v1/crossings")),
        "lead": _lead(view, found),
        "open": [cards.card(judged) for judged in found.open],
        "unconfirmed": [cards.card(judged) for judged in found.unconfirmed],
        "closed": [cards.card(judged) for judged in found.closed],
        "never": [cards.card(judged, with_round=False) for judged in found.never],
        "map": _map(view, found),
    }, view.until((judged.code, judged.traveller) for judged in found)


def _lead(view: View, found: Answer) -> str:
    """By what the open ones are ordered."""
    if not found.open:
        return "answer.none-open"
    if view.asked.origin is not None:
        return "answer.arriving"
    return "answer.unplaced" if any(judged.wait for judged in found.open) else "answer.unmeasured"


def _map(view: View, found: Answer) -> dict[str, Any]:
    """The map with the status of each crossing, and the link of each mark."""
    catalogue, roads = view.asking.board.catalogue, view.asking.current.roads
    pairs = {code: view.telling.pair(one) for code, one in catalogue.items()}
    towns = {
        code: (view.telling.name(place.names, code).text,) for code, place in roads.gazetteer.places.items()
    }
    lines = {code: (f"{pair.uz} –", pair.kz.text) for code, pair in pairs.items()}
    return {
        "drawn": drawn(catalogue, roads, lines, towns),
        "width": WIDTH,
        "looks": {judged.code: "never" if judged.never else judged.verdict for judged in found},
        "names": {code: str(pair) for code, pair in pairs.items()},
        "hrefs": {code: view.cards.href(code) for code in catalogue},
    }
