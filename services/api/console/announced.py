"""Notices that are told: to read with their history, to amend, and to take back with one tap."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from services.api.console import forms, views
from services.api.console.sent import Sent, SentDep
from services.api.console.telling import ConsoleRoute, data, desk, done
from services.api.console.visiting import Acting, VisitDep
from services.core import access, notices
from services.core.errors import Invalid, NotFound
from services.core.notices import Closing, NoticeRevision, Signatures, Step
from services.core.text import Language

CLOSES = {"withdraw": Step.WITHDRAW, "end": Step.END}


def routes(base: str) -> APIRouter:
    """The same for the real border and for the one to practise on."""
    router = APIRouter(prefix=f"{base}/notices", include_in_schema=False, route_class=ConsoleRoute)
    router.get("")(listed)
    router.get("/{notice_id}")(one)
    router.post("/{notice_id}/amend")(amend)
    router.post("/{notice_id}/sign")(sign)
    router.post("/{notice_id}/close")(close)
    return router


def listed(visit: VisitDep) -> Response:
    """What is told, and what will be; one's own first to hand."""
    with visit.acting() as acting, visit.reading() as session:
        current = visit.current
        untold = map(notices.as_told, notices.untold(session, visit.now))
        later = [one for one in untold if not one.over]
        heaps = views.heaped(current, visit.now)
        return desk(
            visit,
            acting,
            "notices.html",
            here="notices",
            heaps=[
                (key, [(pair, views.is_own(acting.actor, pair[1].notice)) for pair in found])
                for key, found in (("later", views.paired(current, later)), *heaps)
            ],
        )


def one(
    visit: VisitDep,
    notice_id: str,
    finished: Annotated[str | None, Query(alias="done", max_length=20)] = None,
) -> Response:
    """Every revision of one notice, who said it and how it is signed."""
    with visit.acting() as acting, visit.reading() as session:
        rows = notices.revisions(session, notice_id) if notice_id.isprintable() else ()
        if not rows:
            raise NotFound(f"there is no notice {notice_id!r}")
        current, latest = visit.current, rows[-1]
        newest = notices.as_told(latest)
        last_told = next((row for row in reversed(rows) if row.published_at <= visit.now), latest)
        mine = views.is_own(acting.actor, latest.document)
        ready = {
            word: notices.closing_texts(last_told.document, step, current.board.catalogue)
            for word, step in CLOSES.items()
        }
        signed = notices.signed_by(session, notice_id)
        names = _names(acting, rows)
        return desk(
            visit,
            acting,
            "notice.html",
            here="notices",
            finished=finished == latest.kind,
            told=views.told(current, [newest])[0],
            latest=latest,
            later=latest.published_at > visit.now,
            over=newest.over,
            mine=mine,
            ready=ready,
            languages=tuple(Language),
            revisions=[
                (row, views.told(current, [notices.as_told(row)])[0], names, signed.get(row.revision))
                for row in reversed(rows)
            ],
        )


def amend(visit: VisitDep, notice_id: str, sent: SentDep) -> Response:
    """Begin a draft that says it differently."""
    with visit.acting() as acting:
        rows = notices.revisions(acting.work.session, notice_id) if notice_id.isprintable() else ()
        if not rows:
            raise NotFound(f"there is no notice {notice_id!r}")
        form = forms.written(rows[-1].document)
        draft = notices.begin(acting.work, acting.actor, form, amends=(notice_id, sent.number("expected")))
    return done(visit, f"{visit.base}/drafts/{draft.id}")


def sign(visit: VisitDep, notice_id: str, sent: SentDep) -> Response:
    """What the device of whoever takes a notice back is asked to sign; nothing where they have done it."""
    closing = _closing(notice_id, sent)
    with visit.acting() as acting:
        if _is_done(acting, closing):
            return data({})
        said = notices.closing_to_sign(acting.work, acting.actor, closing)
        about = {"notice": notice_id, "step": closing.step, "nonce": said.nonce}
        return data(acting.ask_to_sign(said.challenge, about) or {})


def close(visit: VisitDep, notice_id: str, sent: SentDep) -> Response:
    """Withdraw it, or say that it is over. Sent again it is done once."""
    closing = _closing(notice_id, sent)
    with visit.acting() as acting:
        act = notices.close(
            acting.work,
            acting.actor,
            closing,
            idempotency_key=_key(closing),
            devices=_signatures(acting, sent, closing),
        )
    visit.show_what_was_written()
    return done(visit, f"{visit.base}/notices/{notice_id}?done={act.revision.kind}")


def _closing(notice_id: str, sent: Sent) -> Closing:
    step = CLOSES.get(sent.needed("step"))
    if step is None:
        raise Invalid(f"must be one of {', '.join(CLOSES)}", field="step")
    reason = sent.one("reason")
    if reason is not None and len(reason) > 300:
        raise Invalid("must be at most 300 characters long", field="reason")
    return Closing(notice_id, step, sent.number("expected"), reason)


def _key(closing: Closing) -> str:
    return f"{closing.step}:{closing.notice_id}:{closing.expected}"


def _is_done(acting: Acting, closing: Closing) -> bool:
    return notices.by_idempotency_key(acting.work.session, acting.actor.name, _key(closing)) is not None


def _signatures(acting: Acting, sent: Sent, closing: Closing) -> Signatures | None:
    """What a device has signed; nothing where it is done already, for a retry has no other signature to give.
    Raises Unidentified or Invalid."""
    answer = sent.answer()
    if answer is None or _is_done(acting, closing):
        return None
    ceremony, signature = acting.signed(*answer)
    if ceremony.about.get("notice") != closing.notice_id or ceremony.about.get("step") != closing.step:
        raise Invalid("this was signed for something else: begin again", field="ceremony")
    return Signatures(ceremony.about["nonce"], author=signature)


def _names(acting: Acting, rows: Sequence[NoticeRevision]) -> dict[str, str]:
    ids = {actor.removeprefix("official:") for row in rows for actor in (row.author, row.approver or "")}
    known = access.named_by_id(acting.identity.session, ids)
    return {f"official:{one.id}": one.name for one in known.values()}
