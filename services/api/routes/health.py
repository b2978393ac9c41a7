"""Is this process alive, and can it answer?"""

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from services.api.formats import json

router = APIRouter(tags=["operations"])


@router.get("/healthz")
async def alive() -> Response:
    """This process runs."""
    return JSONResponse({"alive": True}, headers={"cache-control": "no-store"})


@router.get("/readyz")
async def ready(request: Request) -> Response:
    """This process has a board to answer from; 503 before it has one. A stale board is still an answer."""
    current = request.app.state.keeper.current
    shown = {
        "ready": True,
        "stale": current.stale,
        "board": current.board.version,
        "as_of": json.instant(current.board.as_of),
    }
    return JSONResponse(shown, headers={"cache-control": "no-store"})
