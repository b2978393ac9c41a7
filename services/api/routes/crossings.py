"""Where may I cross, when, how long will it take, and where else?"""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Header, Query
from starlette.responses import Response

from services.api.answering import FORECASTS_MOVE, AskingDep, answered
from services.api.formats import geojson, json
from services.api.questions import (
    AlternativesAsked,
    CrossingsAsked,
    OneTravellerAsked,
    TimelineAsked,
    TravellerAsked,
)
from services.api.views import crossings as views
from services.core import status
from services.core.alternatives import alternatives
from services.core.errors import Invalid
from services.core.spans import Span

router = APIRouter(prefix="/v1/crossings", tags=["crossings"])

LONGEST_TIMELINE = timedelta(days=62)


@router.get("")
async def crossings(
    asking: AskingDep, asked: Annotated[CrossingsAsked, Query()], accept: Annotated[str, Header()] = ""
) -> Response:
    """The catalogue, with the status of every crossing for a traveller, or lane by lane without one."""
    found = views.found(asking, asked)
    items = [views.shown(asking, asked, code) for code in found.codes]
    kept = [item for item in items if asked.state in (None, item.get("status"))]
    until = asking.until(views.travellers(asking, asked, found.codes), asked.instant(asking.now))
    if "geo+json" in accept:
        return answered(asking, geojson.collection(asking.current, until, kept), until, geojson.MEDIA_TYPE)
    return answered(asking, json.listed(asking.current, until, kept, **found.question), until)


@router.get("/{code}")
async def crossing(asking: AskingDep, code: str, asked: Annotated[TravellerAsked, Query()]) -> Response:
    """One crossing: everything the catalogue states of it, and its status."""
    shown = views.shown(asking, asked, code)
    stated = json.catalogue(asking.board.bulletin(code).crossing)
    until = asking.until(views.travellers(asking, asked, [code]), asked.instant(asking.now))
    return answered(asking, {**json.envelope(asking.current, until), **shown, "catalogue": stated}, until)


@router.get("/{code}/timeline")
async def timeline(asking: AskingDep, code: str, asked: Annotated[TimelineAsked, Query()]) -> Response:
    """When it is open, closed or unconfirmed for one traveller."""
    start = asked.from_ or asked.instant(asking.now)
    end = asked.to or start + timedelta(days=7)
    if not start < end <= start + LONGEST_TIMELINE:
        raise Invalid(f"must come after `from` and at most {LONGEST_TIMELINE.days} days later", field="to")
    segments = status.timeline(asking.board.bulletin(code), asked.one, Span(start, end))
    until = asking.within(FORECASTS_MOVE)
    return answered(
        asking, json.listed(asking.current, until, map(views.segment, segments), code=code), until
    )


@router.get("/{code}/outlook")
async def outlook(asking: AskingDep, code: str, asked: Annotated[OneTravellerAsked, Query()]) -> Response:
    """The wait now and for three days ahead, as quantiles, with what it is made of."""
    asking.board.bulletin(code)
    until = asking.within(FORECASTS_MOVE)
    shown = views.outlook(asking, code, asked.one)
    return answered(asking, {**json.envelope(asking.current, until), **shown}, until)


@router.get("/{code}/alternatives")
async def other_crossings(
    asking: AskingDep, code: str, asked: Annotated[AlternativesAsked, Query()]
) -> Response:
    """The other crossings for the same traveller, best first, and why not the rest."""
    asking.board.bulletin(code)
    way = views.way(asking, code, asked)
    at, until = asked.instant(asking.now), asking.within(FORECASTS_MOVE)
    ranking = alternatives(asking.board, asking.current.roads, asked.one, at, way, turn=until)
    items = map(json.alternative, ranking.items)
    return answered(
        asking, json.listed(asking.current, until, items, code=code, **json.ranking(ranking)), until
    )
