"""How bad is the wait now, lane by lane?"""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from services.api.answering import LONGEST, AskingDep, answered
from services.api.formats import json
from services.api.questions import AdvisoriesAsked

router = APIRouter(prefix="/v1/advisories", tags=["advisories"])


@router.get("")
async def advisories(asking: AskingDep, asked: Annotated[AdvisoriesAsked, Query()]) -> Response:
    """The newest advisories. `computed_at` is null before the first computation."""
    run, until = asking.board.inputs.run, asking.within(LONGEST)
    chosen = [advisory for advisory in (run.advisories if run else ()) if asked.chooses(advisory)]
    computed_at = json.instant(run.at) if run else None
    items = map(json.advisory, chosen)
    return answered(asking, json.listed(asking.current, until, items, computed_at=computed_at), until)
