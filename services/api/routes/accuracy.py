"""How good were the forecasts of the wait?"""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from services.api.answering import AskingDep, answered
from services.api.formats import json
from services.api.questions import AccuracyAsked
from services.api.views import accuracy as views

router = APIRouter(prefix="/v1/accuracy", tags=["accuracy"])


@router.get("")
async def accuracy(asking: AskingDep, asked: Annotated[AccuracyAsked, Query()]) -> Response:
    """Forecasts beside what was observed, by mode and horizon; of one crossing by lane."""
    grades, until = views.chosen(asking, asked), views.holds_until(asking)
    listed = json.listed(
        asking.current,
        until,
        map(json.grade, grades),
        note=views.note(asking, grades),
        explained=views.explained(),
    )
    return answered(asking, listed, until)
