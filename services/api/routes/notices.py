"""What the authorities announced; and for officials, how to announce it."""

from __future__ import annotations

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import JSONResponse, Response

from services.api.answering import LONGEST, Asking, AskingDep, answer, answered
from services.api.formats import json
from services.api.questions import NoticeAsked, NoticesAsked
from services.api.views import notices as views
from services.core.board import NotKept
from services.core.errors import NotFound

router = APIRouter(prefix="/v1/notices", tags=["notices"])


@router.get("")
async def listed(asking: AskingDep, asked: Annotated[NoticesAsked, Query()]) -> Response:
    """The newest revision of every notice, newest first; of one crossing, or in force at an instant.

    `as_of` asks what was answered at an instant of the past; where no answer of then is on record, what the
    authorities had announced by then.
    """
    try:
        return await answer(asking, asked.as_of, partial(_listed, asked))
    except NotKept:
        assert asked.as_of is not None
        return _listed(asked, views.announced_by(asking, asked.as_of))


def _listed(asked: NoticesAsked, asking: Asking) -> Response:
    asking, until = views.settled(asking, asked)
    at = asked.instant(asking.now)
    chosen = [one for one in reversed(asking.board.revisions) if asked.chooses(one, at)]
    return answered(asking, json.listed(asking.current, until, map(json.notice, chosen)), until)


@router.get("/{notice_id}")
async def one(asking: AskingDep, notice_id: str, asked: Annotated[NoticeAsked, Query()]) -> Response:
    """One notice. The header `ETag` is what `If-Match` asks for."""
    return await answer(asking, asked.as_of, partial(_one, notice_id))


def _one(notice_id: str, asking: Asking) -> Response:
    found = next((one for one in asking.board.revisions if one.notice_id == notice_id), None)
    if found is None:
        raise NotFound(f"there is no notice {notice_id!r}")
    asking, until = asking.settled(LONGEST)
    headers = {"etag": f'"{found.revision}"', "cache-control": "no-cache"}
    return JSONResponse({**json.envelope(asking.current, until), **json.notice(found)}, headers=headers)
