"""What the authorities announced; and for officials, how to announce it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Header, Query, Request
from pydantic import BeforeValidator
from starlette.responses import JSONResponse, Response

from services.api.answering import LONGEST, AskingDep, answered
from services.api.formats import json
from services.api.problems import Required
from services.api.questions import NoticesAsked, checked_key
from services.api.views import notices as views
from services.core import access, notices
from services.core.access import Official
from services.core.errors import Invalid, NotFound, Unidentified
from services.core.notices import Act, NoticeFields
from services.core.text import Line, Record
from services.core.work import Work

router = APIRouter(prefix="/v1/notices", tags=["notices"])

KeyHeader = Annotated[str | None, Header(alias="Idempotency-Key")]
MatchHeader = Annotated[str | None, Header(alias="If-Match")]
Credentials = Annotated[str | None, Header(alias="Authorization")]


def _in_utf8(header: object) -> object:
    """HTTP says nothing of the letters in a header, and servers give its bytes as Latin-1."""
    try:
        return header.encode("latin-1").decode() if isinstance(header, str) else header
    except UnicodeError:
        raise ValueError("must be UTF-8") from None


ReasonHeader = Annotated[Line | None, BeforeValidator(_in_utf8), Header(alias="Otkel-Reason")]


class Withdrawal(Record):
    reason: Line | None = None


@router.get("")
async def listed(asking: AskingDep, asked: Annotated[NoticesAsked, Query()]) -> Response:
    """The newest revision of every notice, newest first; of one crossing, or in force at an instant.

    `as_of` asks for what was published at an instant of the past.
    """
    at, until = asked.instant(asking.now), views.holds_until(asking, asked)
    chosen = [one for one in reversed(views.published(asking, asked)) if asked.chooses(one, at)]
    return answered(asking, json.listed(asking.current, until, map(json.notice, chosen)), until)


@router.get("/{notice_id}")
async def one(asking: AskingDep, notice_id: str) -> Response:
    """One notice. The header `ETag` is what `If-Match` asks for."""
    found = next((one for one in asking.board.revisions if one.notice_id == notice_id), None)
    if found is None:
        raise NotFound(f"there is no notice {notice_id!r}")
    envelope = json.envelope(asking.current, asking.within(LONGEST))
    headers = {"etag": f'"{found.revision}"', "cache-control": "no-cache"}
    return JSONResponse({**envelope, **json.notice(found)}, headers=headers)


@router.post("", status_code=201)
def publish(
    request: Request,
    fields: NoticeFields,
    authorization: Credentials = None,
    idempotency_key: KeyHeader = None,
) -> Response:
    """Announce something on one's own side. It is told at once, everywhere within a second."""
    key = checked_key(idempotency_key)
    with request.app.state.edge.work() as work:
        act = notices.publish(work, official(work, authorization), fields, idempotency_key=key)
    return _done(request, act, 201)


@router.put("/{notice_id}")
def amend(
    request: Request,
    notice_id: str,
    fields: NoticeFields,
    authorization: Credentials = None,
    idempotency_key: KeyHeader = None,
    if_match: MatchHeader = None,
    reason: ReasonHeader = None,
) -> Response:
    """Say it differently. The revision before stays on record."""
    key, expected = checked_key(idempotency_key), _revision(if_match)
    with request.app.state.edge.work() as work:
        author = official(work, authorization)
        act = notices.amend(
            work, author, notice_id, fields, expected=expected, idempotency_key=key, reason=reason
        )
    return _done(request, act, 200)


@router.post("/{notice_id}/withdraw")
def withdraw(
    request: Request,
    notice_id: str,
    withdrawal: Withdrawal | None = None,
    authorization: Credentials = None,
    idempotency_key: KeyHeader = None,
    if_match: MatchHeader = None,
) -> Response:
    """Take it back at this instant. It stays on record."""
    key, expected = checked_key(idempotency_key), _revision(if_match)
    reason = withdrawal.reason if withdrawal else None
    with request.app.state.edge.work() as work:
        author = official(work, authorization)
        act = notices.withdraw(work, author, notice_id, expected=expected, idempotency_key=key, reason=reason)
    return _done(request, act, 200)


def official(work: Work, authorization: str | None) -> Official:
    """Whoever holds the key in the header. Raises Unidentified."""
    scheme, _, written = (authorization or "").partition(" ")
    if scheme.lower() != "bearer" or not written:
        raise Unidentified("send your key as `Authorization: Bearer otkel_…`")
    return access.identify(work, written.strip())


def _revision(if_match: str | None) -> int:
    if if_match is None:
        raise Required(428, "If-Match", "send the ETag of the revision that you have read")
    written = if_match.strip().removeprefix("W/").strip('"')
    if not written.isascii() or not written.isdigit() or len(written) > 9:
        raise Invalid('must be the ETag of a notice, such as `"1"`', field="If-Match")
    return int(written)


def _done(request: Request, act: Act, status: int) -> Response:
    """The revision as it was recorded, once every reader of this process sees it."""
    request.app.state.keeper.refresh_if_possible()
    row = act.revision
    shown = json.notice(notices.as_told(row))
    headers = {
        "etag": f'"{row.revision}"',
        "location": f"/v1/notices/{row.notice_id}",
        "cache-control": "no-store",
        **({"idempotent-replayed": "true"} if act.repeated else {}),
    }
    return JSONResponse(shown, status, headers)
