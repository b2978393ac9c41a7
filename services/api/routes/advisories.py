"""How bad is the wait now, lane by lane?"""

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from services.api.answering import LONGEST, Asking, AskingDep, answer, answered
from services.api.formats import json
from services.api.questions import AdvisoriesAsked

router = APIRouter(prefix="/v1/advisories", tags=["advisories"])


@router.get("")
async def advisories(asking: AskingDep, asked: Annotated[AdvisoriesAsked, Query()]) -> Response:
    """The newest advisories. `computed_at` is when the oldest of them was computed, null without any."""
    return await answer(asking, asked.as_of, partial(_advisories, asked))


def _advisories(asked: AdvisoriesAsked, asking: Asking) -> Response:
    asking, until = asking.settled(LONGEST)
    board = asking.board
    chosen = [advisory for advisory in board.advisories.values() if asked.chooses(advisory)]
    times = [board.computed[advisory.crossing] for advisory in chosen]
    computed_at = json.instant(min(times)) if times else None
    items = (json.advisory(one, asking.now) for one in chosen)
    return answered(asking, json.listed(asking.current, until, items, computed_at=computed_at), until)
