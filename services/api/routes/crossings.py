"""Where may I cross, when, how long will it take, and where else?"""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Header, Query
from starlette.responses import Response

from services.api.answering import FORECASTS_MOVE, Asking, AskingDep, answer, answered
from services.api.formats import geojson, json
from services.api.questions import (
    AlternativesAsked,
    CrossingAsked,
    CrossingsAsked,
    OutlookAsked,
    TimelineAsked,
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
    return await answer(asking, asked.as_of, partial(_crossings, asked, "geo+json" in accept))


def _crossings(asked: CrossingsAsked, as_geojson: bool, asking: Asking) -> Response:
    found = views.found(asking, asked)
    asking, until = views.settled(asking, asked, found.codes)
    items = [views.shown(asking, asked, code) for code in found.codes]
    kept = [item for item in items if asked.state in (None, item.get("status"))]
    if as_geojson:
        return answered(asking, geojson.collection(asking.current, until, kept), until, geojson.MEDIA_TYPE)
    return answered(asking, json.listed(asking.current, until, kept, **found.question), until)


@router.get("/{code}")
async def crossing(asking: AskingDep, code: str, asked: Annotated[CrossingAsked, Query()]) -> Response:
    """One crossing: everything the catalogue states of it, and its status."""
    return await answer(asking, asked.as_of, partial(_crossing, code, asked))


def _crossing(code: str, asked: CrossingAsked, asking: Asking) -> Response:
    stated = json.catalogue(asking.board.bulletin(code).crossing)
    asking, until = views.settled(asking, asked, [code])
    shown = views.shown(asking, asked, code)
    return answered(asking, {**json.envelope(asking.current, until), **shown, "catalogue": stated}, until)


@router.get("/{code}/timeline")
async def timeline(asking: AskingDep, code: str, asked: Annotated[TimelineAsked, Query()]) -> Response:
    """When it is open, closed or unconfirmed for one traveller."""
    return await answer(asking, asked.as_of, partial(_timeline, code, asked))


def _timeline(code: str, asked: TimelineAsked, asking: Asking) -> Response:
    asking, until = asking.settled(FORECASTS_MOVE)
    start = asked.from_ or asked.instant(asking.now)
    end = asked.to or start + timedelta(days=7)
    if not start < end <= start + LONGEST_TIMELINE:
        raise Invalid(f"must come after `from` and at most {LONGEST_TIMELINE.days} days later", field="to")
    segments = status.timeline(asking.board.bulletin(code), asked.one, Span(start, end))
    return answered(
        asking, json.listed(asking.current, until, map(views.segment, segments), code=code), until
    )


@router.get("/{code}/outlook")
async def outlook(asking: AskingDep, code: str, asked: Annotated[OutlookAsked, Query()]) -> Response:
    """The wait now and for three days ahead, as quantiles, with what it is made of."""
    return await answer(asking, asked.as_of, partial(_outlook, code, asked))


def _outlook(code: str, asked: OutlookAsked, asking: Asking) -> Response:
    asking.board.bulletin(code)
    asking, until = asking.settled(FORECASTS_MOVE)
    shown = views.outlook(asking, code, asked.one)
    return answered(asking, {**json.envelope(asking.current, until), **shown}, until)


@router.get("/{code}/alternatives")
async def other_crossings(
    asking: AskingDep, code: str, asked: Annotated[AlternativesAsked, Query()]
) -> Response:
    """The other crossings for the same traveller, best first, and why not the rest."""
    asking.board.bulletin(code)
    way = views.way(asking, code, asked)
    asking, until = asking.settled(FORECASTS_MOVE)
    at = asked.instant(asking.now)
    ranking = alternatives(asking.board, asking.current.roads, asked.one, at, way, turn=until)
    items = map(json.alternative, ranking.items)
    return answered(
        asking, json.listed(asking.current, until, items, code=code, **json.ranking(ranking)), until
    )
