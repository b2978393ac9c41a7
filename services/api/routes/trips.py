"""From door to door: which crossing gets me there first?"""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from services.api.answering import FORECASTS_MOVE, AskingDep, answered
from services.api.formats import json
from services.api.questions import TripAsked
from services.api.views import crossings as views
from services.core.alternatives import alternatives

router = APIRouter(prefix="/v1/trips", tags=["trips"])


@router.get("")
async def trips(asking: AskingDep, asked: Annotated[TripAsked, Query()]) -> Response:
    """Every crossing that passes when one arrives there, by the time of the whole way."""
    way = views.way(asking, None, asked)
    asking, until = asking.settled(FORECASTS_MOVE)
    depart = asked.depart or asked.instant(asking.now)
    ranking = alternatives(asking.board, asking.current.roads, asked.one, depart, way, turn=until)
    items = map(json.trip, ranking.items)
    return answered(asking, json.listed(asking.current, until, items, **json.ranking(ranking)), until)
