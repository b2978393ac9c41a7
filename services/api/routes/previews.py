"""What would a notice do, and what is wrong with it? For officials, before they publish it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import JSONResponse, Response

from services.api.formats import previews as formats
from services.api.identity import Credentials, official
from services.api.previewing import previewed
from services.api.questions import now as clock
from services.core.crossings import Side
from services.core.notices import NoticeFields
from services.core.previews import Subject

router = APIRouter(prefix="/v1/notices", tags=["officials"])


@router.post("/preview")
def preview(
    request: Request,
    fields: NoticeFields,
    amends: Annotated[str | None, Query(max_length=100)] = None,
    authorization: Credentials = None,
) -> Response:
    """Findings, ways round, who is shut out, where they will go and what each audience reads. Writes nothing.

    `amends` is the id of the notice that this says differently.
    """
    with request.app.state.edge.work() as work:
        author = official(work, authorization).official
        side, speaks_for = Side(author.country), tuple(author.crossings)
    current, now = request.app.state.keeper.current, clock()
    subject = Subject.of(current.board.inputs, fields, now, side=side, speaks_for=speaks_for, amends=amends)
    found = formats.preview(previewed(subject, current), current, now)
    return JSONResponse(found, headers={"cache-control": "no-store"})
