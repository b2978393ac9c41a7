"""Crossings as they are shown to whoever asks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from services.api.answering import Asking
from services.api.formats import json
from services.api.questions import AlternativesAsked, CrossingsAsked, TravellerAsked, TripAsked
from services.core import crossings, status
from services.core.alternatives import Place, PlaceKind, Roads, Way
from services.core.crossings import Crossing, Direction, Mode, Side, Traveller
from services.core.errors import Invalid
from services.core.places import Position, great_circle_km


@dataclass(frozen=True, slots=True)
class Found:
    """Which crossings a search found, and what to ask back when a name means several."""

    codes: Sequence[str]
    question: dict[str, Any] = field(default_factory=dict)


def found(asking: Asking, asked: CrossingsAsked) -> Found:
    codes = list(asking.board.catalogue)
    question: dict[str, Any] = {}
    if asked.q:
        finding = crossings.find(asked.q, asking.board.catalogue)
        codes = [match.code for match in finding.matches]
        if finding.ambiguous:
            question = {"ambiguous": True, "question": f"{asked.q!r} is the name of several: which one?"}
    if asked.point:
        near = asked.point
        codes.sort(key=lambda code: distance_km(asking, code, near))
    return Found(codes, question)


def distance_km(asking: Asking, code: str, point: Position) -> float:
    located = [post.located for post in asking.board.catalogue[code].posts.values() if post.located]
    return min((great_circle_km(place.position, point) for place in located), default=float("inf"))


def travellers(
    asking: Asking, asked: TravellerAsked, codes: Iterable[str]
) -> Iterator[tuple[str, Traveller]]:
    """Everybody whose status an answer shows."""
    for code in codes:
        if asked.traveller:
            yield code, asked.traveller
        else:
            for direction, mode in lanes(asking.board.catalogue[code], asked):
                yield code, asked.travelling(mode, direction)


def lanes(crossing: Crossing, asked: TravellerAsked) -> Sequence[tuple[Direction, Mode]]:
    """All of them, or those of the one mode or direction that was said."""
    return [
        (direction, mode)
        for direction, mode in json.lanes(crossing)
        if asked.direction in (None, direction) and asked.mode in (None, mode)
    ]


def shown(asking: Asking, asked: TravellerAsked, code: str) -> dict[str, Any]:
    """One crossing for one traveller, or lane by lane. Raises NotFound."""
    bulletin, at = asking.board.bulletin(code), asked.instant(asking.now)
    item = json.crossing(bulletin.crossing, asked.lang)
    if asked.traveller:
        return item | _lane(asking, bulletin, asked.traveller, asked)
    shown_lanes = [
        {"direction": direction, "mode": mode}
        | _lane(asking, bulletin, asked.travelling(mode, direction), asked)
        for direction, mode in lanes(bulletin.crossing, asked)
    ]
    return item | {"at": json.instant(at), "lanes": shown_lanes}


def _lane(
    asking: Asking, bulletin: status.Bulletin, traveller: Traveller, asked: TravellerAsked
) -> dict[str, Any]:
    at = asked.instant(asking.now)
    advisory = asking.board.advisory(bulletin.code, traveller)
    answer = json.answer(bulletin, traveller, at, asked.lang)
    expected = asking.board.expected(bulletin.code, traveller, at)
    return answer | {
        "wait_minutes": json.wait(expected, advisory) if answer["status"] != "closed" else None,
        "level": advisory.level if advisory and asked.at is None else None,
    }


def settled(asking: Asking, asked: TravellerAsked, codes: Iterable[str]) -> tuple[Asking, datetime]:
    """As of when these crossings are told, and until when that holds."""
    return asking.settled_for(travellers(asking, asked, codes), asked.at)


def segment(one: status.Segment) -> dict[str, Any]:
    return {
        "from": json.instant(one.span.start),
        "to": json.instant(one.span.until),
        "status": one.status.verdict,
        "reasons": [json.reason(reason) for reason in one.status.reasons],
    }


def outlook(asking: Asking, code: str, traveller: Traveller) -> dict[str, Any]:
    """The wait now and ahead, and the booking queue apart; null where nobody can say."""
    advisory = asking.board.advisory(code, traveller)
    computed_at = asking.board.computed.get(code)
    ahead = [
        {"at": json.instant(one.at), "wait_minutes": json.wait(one, advisory)}
        for one in (advisory.ahead if advisory else ())
    ]
    return {
        "code": code,
        "direction": traveller.direction,
        "mode": traveller.mode,
        "level": advisory.level if advisory else None,
        "basis": advisory.basis if advisory else None,
        "computed_at": json.instant(computed_at) if computed_at else None,
        "wait_minutes": json.wait(asking.board.expected(code, traveller, asking.now), advisory),
        "items": ahead,
        "booking": json.booking(advisory, asking.now, ahead=True),
        "reports": [
            {**report.fields.model_dump(mode="json", exclude_defaults=True), "reported_by": report.by}
            for report in asking.board.inputs.reports
            if report.fields.lane == (code, traveller.direction, traveller.mode)
        ],
    }


def way(asking: Asking, code: str | None, asked: AlternativesAsked | TripAsked) -> Way:
    """From where to where, by places that we know or coordinates. Raises Invalid naming the parameter."""
    direction, roads = asked.direction, asking.current.roads
    return Way(
        code,
        _place(roads, asked.from_, direction.exit_side, "from"),
        _place(roads, asked.to, direction.entry_side, "to"),
    )


def _place(roads: Roads, written: str | None, side: Side, field_name: str) -> Place | Position | None:
    """A place on that side. A position is taken as lying there: near the line nobody can tell."""
    if written is None:
        return None
    try:
        found = roads.gazetteer.find(written)
    except Invalid as error:
        raise Invalid(str(error), field=field_name) from None
    if found and found[0].kind is PlaceKind.POINT:
        return found[0].position
    here = [place for place in found if place.country is side]
    if not here:
        where = "lies on the other side of the border" if found else "is no place that we know"
        raise Invalid(f"{written!r} {where}; a `latitude,longitude` will do", field=field_name)
    return here[0]
