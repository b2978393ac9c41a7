"""For officials: announcing, amending, withdrawing and ending; and approving what needs two."""

from __future__ import annotations

from fastapi import APIRouter, Request
from pydantic import Field
from starlette.responses import JSONResponse, Response

from services.api.formats import json
from services.api.identity import (
    Credentials,
    EmergencyHeader,
    KeyHeader,
    MatchHeader,
    ReasonHeader,
    matched,
    official,
)
from services.api.questions import checked_key
from services.core import notices
from services.core.notices import Act, NoticeDraft, NoticeFields, NoticeText
from services.core.text import Language, Line, Record
from services.core.work import Work

router = APIRouter(prefix="/v1/notices", tags=["officials"])
drafts = APIRouter(prefix="/v1/drafts", tags=["officials"])


class Because(Record):
    """`texts` are said in place of the ones that are ready, in the languages given."""

    reason: Line | None = None
    texts: dict[Language, NoticeText] = Field(default_factory=dict)


class Return(Record):
    note: Line


@router.post("", status_code=201)
def publish(
    request: Request,
    fields: NoticeFields,
    authorization: Credentials = None,
    idempotency_key: KeyHeader = None,
    emergency: EmergencyHeader = None,
) -> Response:
    """Announce something on one's own side. It is told at once, everywhere within a second.

    202 with a draft where a second official must approve it, unless it is an emergency.
    """
    key = checked_key(idempotency_key)
    with request.app.state.edge.work() as work:
        author = official(work, authorization)
        try:
            act = notices.publish(work, author, fields, idempotency_key=key, emergency=emergency)
        except notices.NeedsApproval:
            return _submitted(work, notices.submit(work, author, fields, idempotency_key=key))
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
    emergency: EmergencyHeader = None,
) -> Response:
    """Say it differently. The revision before stays on record. 202 as for a new notice."""
    key, expected = checked_key(idempotency_key), matched(if_match)
    with request.app.state.edge.work() as work:
        author = official(work, authorization)
        try:
            act = notices.amend(
                work,
                author,
                notice_id,
                fields,
                expected=expected,
                idempotency_key=key,
                reason=reason or emergency,
                emergency=emergency is not None,
            )
        except notices.NeedsApproval:
            draft = notices.submit(
                work, author, fields, idempotency_key=key, amends=(notice_id, expected), reason=reason
            )
            return _submitted(work, draft)
    return _done(request, act, 200)


@router.post("/{notice_id}/withdraw")
def withdraw(
    request: Request,
    notice_id: str,
    because: Because | None = None,
    authorization: Credentials = None,
    idempotency_key: KeyHeader = None,
    if_match: MatchHeader = None,
) -> Response:
    """Take it back at this instant, with words that are ready in every language. It stays on record."""
    key, expected = checked_key(idempotency_key), matched(if_match)
    because = because or Because()
    with request.app.state.edge.work() as work:
        author = official(work, authorization)
        act = notices.withdraw(
            work,
            author,
            notice_id,
            expected=expected,
            idempotency_key=key,
            reason=because.reason,
            texts=because.texts,
        )
    return _done(request, act, 200)


@router.post("/{notice_id}/end")
def end(
    request: Request,
    notice_id: str,
    because: Because | None = None,
    authorization: Credentials = None,
    idempotency_key: KeyHeader = None,
    if_match: MatchHeader = None,
) -> Response:
    """What it announced is over, at this instant."""
    key, expected = checked_key(idempotency_key), matched(if_match)
    because = because or Because()
    with request.app.state.edge.work() as work:
        author = official(work, authorization)
        act = notices.end(
            work,
            author,
            notice_id,
            expected=expected,
            idempotency_key=key,
            reason=because.reason,
            texts=because.texts,
        )
    return _done(request, act, 200)


@router.post("/{draft_id}/publish")
def approve(
    request: Request, draft_id: str, authorization: Credentials = None, if_match: MatchHeader = None
) -> Response:
    """Announce what another official submitted."""
    version = matched(if_match)
    with request.app.state.edge.work() as work:
        act = notices.approve(work, official(work, authorization), draft_id, version=version)
    return _done(request, act, 201)


@drafts.get("")
def listed(request: Request, authorization: Credentials = None) -> Response:
    """One's own that are not finished, and what waits for one's approval; newest first."""
    with request.app.state.edge.work() as work:
        found = notices.drafts(work, official(work, authorization))
    return JSONResponse({"items": [json.draft(one) for one in found]}, headers={"cache-control": "no-store"})


@drafts.get("/{draft_id}")
def one(request: Request, draft_id: str, authorization: Credentials = None) -> Response:
    """One of these. Its ETag is what `If-Match` asks for."""
    with request.app.state.edge.work() as work:
        return _draft(notices.draft(work, official(work, authorization), draft_id), 200)


@drafts.post("/{draft_id}/return")
def send_back(
    request: Request,
    draft_id: str,
    back: Return,
    authorization: Credentials = None,
    if_match: MatchHeader = None,
) -> Response:
    """Give it back to its author, with a word why."""
    version = matched(if_match)
    with request.app.state.edge.work() as work:
        author = official(work, authorization)
        return _draft(notices.send_back(work, author, draft_id, version=version, note=back.note), 200)


@drafts.post("/{draft_id}/discard")
def discard(
    request: Request, draft_id: str, authorization: Credentials = None, if_match: MatchHeader = None
) -> Response:
    """Give up one's own."""
    version = matched(if_match)
    with request.app.state.edge.work() as work:
        return _draft(notices.discard(work, official(work, authorization), draft_id, version=version), 200)


def _submitted(work: Work, draft: NoticeDraft) -> Response:
    return _draft(draft, 202, repeated=draft.changed_at < work.now)


def _draft(draft: NoticeDraft, status: int, *, repeated: bool = False) -> Response:
    headers = {
        "etag": f'"{draft.version}"',
        "location": f"/v1/drafts/{draft.id}",
        "cache-control": "no-store",
        **({"idempotent-replayed": "true"} if repeated else {}),
    }
    return JSONResponse(json.draft(draft), status, headers)


def _done(request: Request, act: Act, status: int) -> Response:
    """The revision as it was recorded, once every reader of this process sees it."""
    request.app.state.keeper.refresh_if_possible()
    row = act.revision
    headers = {
        "etag": f'"{row.revision}"',
        "location": f"/v1/notices/{row.notice_id}",
        "cache-control": "no-store",
        **({"idempotent-replayed": "true"} if act.repeated else {}),
    }
    return JSONResponse(json.notice(notices.as_told(row)), status, headers)
