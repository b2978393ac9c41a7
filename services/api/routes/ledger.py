"""The ledger and signed notices, for whoever wants to keep and check them: `otkel verify FILE`."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from pydantic_core import to_json
from starlette.responses import Response

from services.api.answering import LONGEST, AskingDep, Kept, answered
from services.core import notices
from services.core.errors import NotFound

router = APIRouter(tags=["ledger"])

LINES = "application/x-ndjson"


class LedgerAsked(BaseModel):
    model_config = ConfigDict(extra="forbid")

    after: Annotated[int, Field(ge=0, le=2**53)] = 0
    """The number of the last entry that the caller has."""
    limit: Annotated[int, Field(ge=1, le=1000)] = 1000


@router.get("/v1/ledger")
def ledger(request: Request, asking: AskingDep, asked: Annotated[LedgerAsked, Query()]) -> Response:
    """Entries in their order, as JSON, or one on a line with `Accept: application/x-ndjson`.

    `next` is what `after` asks for next, null at the end. An entry that announces something for a later day
    is withheld until then.
    """
    until = asking.within(LONGEST)
    lines = request.app.state.witness.read(
        lambda session: list(notices.log(session, now=asking.now, after=asked.after, limit=asked.limit))
    )
    items = [notices.as_json(line) for line in lines]
    if LINES in request.headers.get("accept", ""):
        return Kept(asking, b"".join(to_json(item) + b"\n" for item in items), until, LINES)
    last = lines[-1].seq if len(lines) == asked.limit else None
    return answered(asking, {"items": items, "next": last}, until)


@router.get("/v1/notices/{notice_id}/signed")
def signed(request: Request, asking: AskingDep, notice_id: str) -> Response:
    """Every revision with what its author stated, the signatures and the entry of the ledger."""
    found = None
    if notice_id.isprintable():  # PostgreSQL would not even look for another
        found = request.app.state.witness.read(
            lambda session: notices.signed_notice(session, notice_id, now=asking.now)
        )
    if found is None:
        raise NotFound(f"there is no notice {notice_id!r}")
    return answered(asking, notices.as_json(found), asking.within(LONGEST))
