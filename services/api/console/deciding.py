"""Before and at the moment of publishing: the preview, the signature, and the second person."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from anyascii import anyascii
from fastapi import APIRouter
from starlette.responses import Response

from services.api.console import forms, views
from services.api.console.sent import Sent, SentDep
from services.api.console.telling import ConsoleRoute, data, desk, done
from services.api.console.visiting import Acting, Visit, VisitDep
from services.api.console.writing import written_in
from services.api.formats import previews as formats
from services.api.formats.json import Json
from services.api.keeper import Current
from services.api.previewing import previewed
from services.core import access, notices, previews
from services.core.crossings import Side
from services.core.errors import Conflict, Invalid, NotFound
from services.core.notices import NoticeDraft, NoticeFields, Signatures, State
from services.core.previews import Finding, Severity, Subject

ANNOUNCE, SUBMIT, APPROVE = "publish", "submit", "approve"

EVERYWHERE = "WHOLE BORDER"
"""What is typed to confirm what concerns every crossing."""


def routes(base: str) -> APIRouter:
    """The same for the real border and for the one to practise on."""
    router = APIRouter(
        prefix=f"{base}/drafts/{{draft_id}}", include_in_schema=False, route_class=ConsoleRoute
    )
    router.get("/preview")(preview)
    router.get("/effects")(effects)
    router.post("/sign")(sign)
    router.post("/publish")(announce)
    router.post("/submit")(submit)
    router.post("/approve")(approve)
    router.post("/return")(send_back)
    return router


def preview(visit: VisitDep, draft_id: str) -> Response:
    """What is wrong with it, what people will read, and what it takes to have it told."""
    with visit.acting() as acting:
        draft = notices.draft(acting.work, acting.actor, draft_id)
        author = _name(acting, draft.author)
    if draft.state == State.PUBLISHED:
        return done(visit, f"{visit.base}/notices/{draft.notice_id or draft.id}")
    if draft.state == State.DISCARDED:
        return done(visit, visit.base)
    try:
        fields = said_in(draft)
    except Invalid:
        return done(visit, f"{visit.base}/drafts/{draft_id}?check=true#faults")
    current, mine = visit.current, draft.author == acting.actor.name
    try:
        subject = _subject(visit, acting, current, draft, fields)
    except (Conflict, NotFound) as error:
        why = str(error)
        return desk(visit, acting, "stuck.html", here="write", draft=draft, author=author, mine=mine, why=why)
    findings = previews.lint(subject)
    return desk(
        visit,
        acting,
        "preview.html",
        here="write",
        draft=draft,
        mine=mine,
        author=author,
        findings=[(one, _place(one)) for one in findings],
        stopped=any(one.severity is Severity.STOP for one in findings),
        notice=views.told(current, [subject.revision])[0],
        texts=[
            (one.language, formats.read_in(one, subject.revision, current, visit.now), one.sms)
            for one in previews.texts(subject)
        ],
        suggested=previews.suggested_alternatives(subject, current.roads),
        named=dict(views.named(current.board.catalogue)),
        due=[due for due in _due(subject) if due.side == acting.actor.official.country],
        wide=draft.wide if draft.state == State.SUBMITTED else list(_wide(visit, acting, fields)),
        later=subject.revision.published_at if subject.revision.published_at > visit.now else None,
        confirmation=confirmation(fields, current, Side(acting.actor.official.country)),
    )


def effects(visit: VisitDep, draft_id: str, bare: bool = False) -> Response:
    """Whom it shuts out, and which neighbours fill: a part of the page that takes some seconds to reckon. It
    comes `bare` for the page to put in."""
    with visit.acting() as acting:
        draft = notices.draft(acting.work, acting.actor, draft_id)
        fields, current = said_in(draft), visit.current
        subject = _subject(visit, acting, current, draft, fields)
    found = formats.preview(previewed(subject, current), current, visit.now)
    more = [one for one in found["spill_over"]["items"] if one["fills_by"] >= NOTICEABLE]
    with visit.acting() as acting:
        return desk(
            visit,
            acting,
            "effects.html",
            here="write",
            bare=bare,
            shut_out=_both_ways(found["shut_out"]),
            filled=_both_ways(one for one in more if not _from_nobody(one)),
            opened=_both_ways(one for one in more if _from_nobody(one)),
            at_once=AT_ONCE,
            basis=found["spill_over"]["basis"],
            named=dict(views.named(current.board.catalogue)),
        )


NOTICEABLE = 0.1
"""A lane to which such a share more come than otherwise fills."""

AT_ONCE = 6
"""So many crossings are told of before one asks for more."""


def _from_nobody(lane: Json) -> bool:
    """Whether nobody would come without the notice, so that no multiple of them says anything."""
    without = lane["coming_24h"]["without_notice"]
    return bool((without["p90"] if without["units"] is None else without["units"]) < 1)


def _both_ways(lanes: Iterable[Json]) -> list[list[Json]]:
    """Those of one crossing and one mode together, in the order in which the first of them came."""
    together: dict[tuple[str, str], list[Json]] = {}
    for one in lanes:
        together.setdefault((one["crossing"], one["mode"]), []).append(one)
    return list(together.values())


def sign(visit: VisitDep, draft_id: str, sent: SentDep) -> Response:
    """What the device of whoever announces, submits or approves is asked to sign; nothing where that is done
    already, which who lost the answer cannot know.

    What takes a while is reckoned between two transactions, so that others can write meanwhile.
    """
    step, version = sent.needed("step"), sent.number("version")
    with visit.acting() as acting:
        draft = notices.draft(acting.work, acting.actor, draft_id)
        if _is_done(draft, step):
            return data({})
        if step == APPROVE:
            approval = notices.to_approve(acting.work, acting.actor, draft_id, version=version)
            asked = acting.ask_to_sign(approval.challenge, {"draft": draft_id, "step": step})
            return data(asked or {})
    fields, current, reason = written_in(draft), visit.current, _reason(sent)
    _confirmed(sent, fields, current, Side(acting.actor.official.country))
    if _stops(_subject(visit, acting, current, draft, fields)):
        raise Invalid("something in it can never be right: see what is marked", field="draft")
    with visit.acting() as acting:
        said = notices.to_sign(acting.work, acting.actor, draft_id, fields, version=version, reason=reason)
        about = {"draft": draft_id, "step": step, "nonce": said.nonce}
        return data(acting.ask_to_sign(said.challenge, about) or {})


def announce(visit: VisitDep, draft_id: str, sent: SentDep) -> Response:
    """Tell everybody. Sent again it is told once."""
    version, reason = sent.number("version"), _reason(sent)
    with visit.acting() as acting:
        draft = notices.draft(acting.work, acting.actor, draft_id)
        fields = written_in(draft)
        if draft.state != State.PUBLISHED:
            _confirmed(sent, fields, visit.current, Side(acting.actor.official.country))
        act = notices.announce(
            acting.work,
            acting.actor,
            draft_id,
            fields,
            version=version,
            reason=reason,
            emergency=sent.one("emergency") is not None,
            signatures=_signatures(acting, sent, draft, ANNOUNCE),
        )
    visit.show_what_was_written()
    return done(visit, f"{visit.base}/notices/{act.revision.notice_id}?done={act.revision.kind}")


def submit(visit: VisitDep, draft_id: str, sent: SentDep) -> Response:
    """Ask a second official. Sent again it waits once."""
    version, reason = sent.number("version"), _reason(sent)
    with visit.acting() as acting:
        draft = notices.draft(acting.work, acting.actor, draft_id)
        fields = written_in(draft)
        if draft.state == State.DRAFT:
            _confirmed(sent, fields, visit.current, Side(acting.actor.official.country))
        notices.submit(
            acting.work,
            acting.actor,
            fields,
            draft_id=draft_id,
            version=version,
            reason=reason,
            signatures=_signatures(acting, sent, draft, SUBMIT),
        )
    return done(visit, f"{visit.base}/drafts/{draft_id}/preview")


def approve(visit: VisitDep, draft_id: str, sent: SentDep) -> Response:
    """As the second person have it told. Sent again it is told once."""
    with visit.acting() as acting:
        draft = notices.draft(acting.work, acting.actor, draft_id)
        signatures = _signatures(acting, sent, draft, APPROVE)
        act = notices.approve(
            acting.work,
            acting.actor,
            draft_id,
            version=sent.number("version"),
            signature=signatures.approver if signatures else None,
        )
    visit.show_what_was_written()
    return done(visit, f"{visit.base}/notices/{act.revision.notice_id}?done={act.revision.kind}")


def send_back(visit: VisitDep, draft_id: str, sent: SentDep) -> Response:
    """Return it to its author with a word why."""
    note = sent.needed("note", "say why, in a few words")
    with visit.acting() as acting:
        notices.send_back(acting.work, acting.actor, draft_id, version=sent.number("version"), note=note)
    return done(visit, visit.base)


def said_in(draft: NoticeDraft) -> NoticeFields:
    """What a draft says: as it was submitted, or as it is written by now. Raises Invalid."""
    return draft.document if draft.state == State.SUBMITTED and draft.document else written_in(draft)


def confirmation(fields: NoticeFields, current: Current, side: Side) -> str:
    """What is typed to confirm a notice: the name of the first post that it concerns, so that nobody shuts
    one crossing in the belief that it is another."""
    codes = [code for effect in fields.effects for code in effect.selector.crossings]
    if not codes or any(not effect.selector.crossings for effect in fields.effects):
        return EVERYWHERE
    first = current.board.catalogue.get(codes[0])
    return (views.post_name(first, side) if first else codes[0]).upper()


def _confirmed(sent: Sent, fields: NoticeFields, current: Current, side: Side) -> None:
    """Raises Invalid."""
    wanted = confirmation(fields, current, side)
    if _plain(sent.one("confirm") or "") != _plain(wanted):
        raise Invalid(f"type {wanted} to confirm which crossing is meant", field="confirm")


def _plain(written: str) -> str:
    return "".join(letter for letter in anyascii(written).lower() if letter.isalnum())


def _reason(sent: Sent) -> str | None:
    """Why it is amended, or why one person says it."""
    reason = sent.one("reason")
    if sent.one("emergency") is not None and reason is None:
        raise Invalid("say why it cannot wait for a second official", field="reason")
    if reason is not None and len(reason) > 300:
        raise Invalid("must be at most 300 characters long", field="reason")
    return reason


def _signatures(acting: Acting, sent: Sent, draft: NoticeDraft, step: str) -> Signatures | None:
    """What a device has signed; nothing where what it was asked for is done already, for a retry has no
    signature to give again. Raises Unidentified or Invalid."""
    answer = sent.answer()
    if answer is None or _is_done(draft, step):
        return None
    ceremony, signature = acting.signed(*answer)
    if ceremony.about.get("draft") != draft.id or ceremony.about.get("step") != step:
        raise Invalid("this was signed for something else: begin again", field="ceremony")
    if step == APPROVE:
        return Signatures(draft.nonce or "", approver=signature)
    return Signatures(ceremony.about["nonce"], author=signature)


def _is_done(draft: NoticeDraft, step: str) -> bool:
    return draft.state == State.PUBLISHED or (step == SUBMIT and draft.state == State.SUBMITTED)


def _subject(
    visit: Visit, acting: Acting, current: Current, draft: NoticeDraft, fields: NoticeFields
) -> Subject:
    official = acting.actor.official
    return Subject.of(
        current.board.inputs,
        fields,
        visit.now,
        side=Side(official.country),
        speaks_for=official.crossings,
        amends=draft.notice_id,
    )


def _stops(subject: Subject) -> bool:
    return any(one.severity is Severity.STOP for one in previews.lint(subject))


def _wide(visit: Visit, acting: Acting, fields: NoticeFields) -> Sequence[str]:
    return list(notices.breadth(fields, visit.now, surely_themselves=acting.actor.surely_themselves))


def _due(subject: Subject) -> list[previews.Due]:
    codes = dict.fromkeys(code for effect in subject.fields.effects for code in effect.selector.crossings)
    known = [subject.after.bulletin(code) for code in codes if code in subject.after.catalogue]
    return [due for bulletin in known for due in previews.hours_due(bulletin, subject.at)]


def _place(finding: Finding) -> str:
    """Where on the form something is said."""
    named = forms.named(finding.field)
    if named.startswith("alternatives."):
        return "alternatives"
    return ".".join(named.split(".")[:2]) if named.startswith(("effect.", "source.")) else named


def _name(acting: Acting, author: str) -> str:
    known = access.named_by_id(acting.identity.session, [author.removeprefix("official:")])
    return next((one.name for one in known.values()), author)
