"""Drafts: what an official writes before it is announced, and what a second one makes of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlmodel import col, select
from uuid_utils.compat import uuid7

from services.core import ledger
from services.core.access import Actor, Right
from services.core.errors import Conflict, Forbidden, NotFound
from services.core.notices import lifecycle, queries
from services.core.notices.actions import Act, KeyReused, Outdated, alone, digest, known, record
from services.core.notices.breadth import breadth
from services.core.notices.documents import NoticeFields
from services.core.notices.lifecycle import State, Step
from services.core.notices.signatures import (
    Approval,
    Signatures,
    Statement,
    genuine,
    new_nonce,
    required,
    stated,
)
from services.core.notices.speaking import may_change, spoken_by
from services.core.notices.tables import NoticeDraft, NoticeRevision
from services.core.signing import DeviceSignature
from services.core.work import Work


def begin(
    work: Work, actor: Actor, form: dict[str, Any], *, amends: tuple[str, int] | None = None
) -> NoticeDraft:
    """Keep what is written so far, as it is. `amends` names a notice and the revision that was read.

    Raises Forbidden, NotFound, Outdated or Conflict.
    """
    actor.needs(Right.POST)
    if amends:
        known(work, actor, *amends, Step.AMEND)
    draft = _new(work, actor)
    draft.form = form
    draft.notice_id, draft.expected = amends or (None, None)
    work.session.add(draft)
    work.session.flush()
    return draft


def save(work: Work, actor: Actor, draft_id: str, form: dict[str, Any], *, version: int) -> NoticeDraft:
    """Keep what is written by now. `version` is the one that the caller has read. The same again changes
    nothing: whoever lost the answer sends what they sent.

    Raises NotFound, Forbidden, Outdated or Conflict.
    """
    actor.needs(Right.POST)
    kept = _visible(work, actor, draft_id)
    again = (kept.author, kept.state, kept.version, kept.form)
    if again == (actor.name, State.DRAFT, version + 1, form):
        return kept
    draft = _own(work, actor, draft_id, version)
    if draft.state != State.DRAFT:
        raise Conflict(f"what is {draft.state} cannot be written on")
    draft.form = form
    _moved(work, draft)
    return draft


def to_sign(
    work: Work,
    actor: Actor,
    draft_id: str,
    fields: NoticeFields,
    *,
    version: int,
    reason: str | None = None,
) -> Statement:
    """What its author's device is asked to sign before they announce or submit a draft.

    Raises NotFound, Invalid, Forbidden, Outdated or Conflict.
    """
    draft = _own(work, actor, draft_id, version)
    rows = _amended(work, actor, draft)
    return stated(_planned(work, draft, rows, spoken_by(work, actor, fields), reason), new_nonce())


def announce(
    work: Work,
    actor: Actor,
    draft_id: str,
    fields: NoticeFields,
    *,
    version: int,
    reason: str | None = None,
    emergency: bool = False,
    signatures: Signatures | None = None,
) -> Act:
    """Publish what one has written oneself; in an emergency also what two should say, for the `reason`.

    Announced twice it is announced once. Raises NotFound, Invalid, Forbidden, NeedsApproval, Outdated or
    Conflict.
    """
    actor.needs(Right.POST)
    ledger.hold(work)
    draft = _visible(work, actor, draft_id)
    key = _key(draft_id, version)
    if draft.state == State.PUBLISHED and (row := queries.by_idempotency_key(work.session, actor.name, key)):
        return Act(row, repeated=True)
    draft = _own(work, actor, draft_id, version)
    required(actor, signatures.author if signatures else None)
    rows = _amended(work, actor, draft)
    draft.state = lifecycle.after(State(draft.state), Step.PUBLISH)
    draft.document, draft.reason = spoken_by(work, actor, fields), reason
    wide = alone(work, actor, draft.document, reason if emergency else None)
    draft.idempotency_key = key
    draft.fingerprint = digest(_step(draft.notice_id), draft.notice_id, fields, reason)
    _moved(work, draft)
    row = _planned(work, draft, rows, draft.document, reason)
    row.wide = row.emergency = wide
    return record(work, row, signatures)


def submit(
    work: Work,
    actor: Actor,
    fields: NoticeFields,
    *,
    idempotency_key: str | None = None,
    amends: tuple[str, int] | None = None,
    reason: str | None = None,
    draft_id: str | None = None,
    version: int = 0,
    signatures: Signatures | None = None,
) -> NoticeDraft:
    """Ask a second person to approve. `amends` names a notice and the revision that was read; a draft that
    was begun to amend one does so anyway.

    The same request under the same key, or of the same version of a draft, gives the same draft again,
    whatever has become of it. Raises NotFound, Invalid, Forbidden, KeyReused, Outdated or Conflict.
    """
    actor.needs(Right.POST)
    key = idempotency_key or _key(draft_id, version)
    ledger.hold(work)
    if draft_id:
        begun = _visible(work, actor, draft_id)
        amends = (begun.notice_id, begun.expected) if begun.notice_id and begun.expected else amends
    notice_id, expected = amends or (None, None)
    request = digest(_step(notice_id), notice_id, fields, reason)
    if done := _by_key(work, actor, key):
        if done.fingerprint != request:
            raise KeyReused("this idempotency key was used before for another request")
        return done
    draft = _own(work, actor, draft_id, version) if draft_id else _new(work, actor)
    required(actor, signatures.author if signatures else None)
    draft.notice_id, draft.expected = notice_id, expected
    rows = _amended(work, actor, draft)
    draft.state = lifecycle.after(State(draft.state), Step.SUBMIT)
    draft.document = spoken_by(work, actor, fields)
    draft.wide = [*breadth(draft.document, work.now, surely_themselves=actor.surely_themselves)]
    draft.reason, draft.note = reason, None
    draft.idempotency_key, draft.fingerprint = key, request
    signatures = signatures or Signatures(new_nonce())
    draft.nonce, draft.assertion = signatures.nonce, signatures.author
    if signatures.author is not None:
        planned = _planned(work, draft, rows, draft.document, reason)
        genuine(signatures.author, stated(planned, signatures.nonce).challenge)
    _moved(work, draft)
    work.session.add(draft)
    work.session.flush()
    _noted(work, actor, draft, Step.SUBMIT)
    return draft


def to_approve(work: Work, actor: Actor, draft_id: str, *, version: int) -> Approval:
    """What the second person's device is asked to sign. Raises as `approve` does."""
    actor.needs(Right.APPROVE)
    draft = _anothers(work, actor, draft_id, version)
    lifecycle.after(State(draft.state), Step.PUBLISH)
    return Approval.of(stated(_approved(work, draft), _nonce(draft)), actor.name)


def approve(
    work: Work, actor: Actor, draft_id: str, *, version: int, signature: DeviceSignature | None = None
) -> Act:
    """Announce what another official submitted. Approved twice it is announced once.

    `signature` is by the approver's own device. Raises NotFound, Forbidden, Outdated, Conflict or Invalid.
    """
    actor.needs(Right.APPROVE)
    ledger.hold(work)
    draft = _visible(work, actor, draft_id)
    if draft.state == State.PUBLISHED and (row := _published(work, draft)) and row.approver == actor.name:
        return Act(row, repeated=True)
    draft = _anothers(work, actor, draft_id, version)
    required(actor, signature)
    draft.state = lifecycle.after(State(draft.state), Step.PUBLISH)
    row = _approved(work, draft)
    row.approver, row.wide = actor.name, bool(draft.wide)
    _moved(work, draft)
    return record(work, row, Signatures(_nonce(draft), draft.assertion, signature))


def send_back(work: Work, actor: Actor, draft_id: str, *, version: int, note: str) -> NoticeDraft:
    """Return it to its author, who may change and submit it anew. Raises as `approve` does."""
    actor.needs(Right.APPROVE)
    draft = _visible(work, actor, draft_id)
    _same(draft, version)
    draft.state = lifecycle.after(State(draft.state), Step.RETURN)
    draft.note, draft.nonce, draft.assertion = note, None, None
    _moved(work, draft)
    _noted(work, actor, draft, Step.RETURN)
    return draft


def discard(work: Work, actor: Actor, draft_id: str, *, version: int) -> NoticeDraft:
    """Its author gives it up. Raises NotFound, Outdated or Conflict."""
    draft = _own(work, actor, draft_id, version)
    draft.state = lifecycle.after(State(draft.state), Step.DISCARD)
    _moved(work, draft)
    _noted(work, actor, draft, Step.DISCARD)
    return draft


def visible(work: Work, actor: Actor) -> list[NoticeDraft]:
    """An official's own that are not finished, and what others have submitted that they may approve; newest
    first."""
    unfinished = col(NoticeDraft.state).in_([State.DRAFT, State.SUBMITTED])
    newest_first = col(NoticeDraft.changed_at).desc()
    rows = work.session.exec(select(NoticeDraft).where(unfinished).order_by(newest_first)).all()
    return [row for row in rows if _may_see(actor, row)]


def one(work: Work, actor: Actor, draft_id: str) -> NoticeDraft:
    """Raises NotFound."""
    return _visible(work, actor, draft_id)


def _new(work: Work, actor: Actor) -> NoticeDraft:
    return NoticeDraft(
        id=str(uuid7()),
        version=0,
        state=State.DRAFT,
        author=actor.name,
        created_at=work.now,
        changed_at=work.now,
    )


def _key(draft_id: str | None, version: int) -> str:
    """Of one version of a draft comes one act."""
    return f"draft:{draft_id}:{version}"


def _step(notice_id: str | None) -> Step:
    return Step.AMEND if notice_id else Step.PUBLISH


def _amended(work: Work, actor: Actor, draft: NoticeDraft) -> Sequence[NoticeRevision]:
    """The revisions of the notice that a draft amends; none if it is a new one. Raises as `known` does."""
    if draft.notice_id is None or draft.expected is None:
        return ()
    return known(work, actor, draft.notice_id, draft.expected, Step.AMEND)


def _approved(work: Work, draft: NoticeDraft) -> NoticeRevision:
    """The revision that a submitted draft becomes. Raises Outdated."""
    rows = queries.revisions(work.session, draft.notice_id) if draft.notice_id else ()
    if rows and rows[-1].revision != draft.expected:
        raise Outdated("the notice has changed since this was submitted: return it to its author")
    assert draft.document is not None
    return _planned(work, draft, rows, draft.document, draft.reason)


def _planned(
    work: Work,
    draft: NoticeDraft,
    rows: Sequence[NoticeRevision],
    document: NoticeFields,
    reason: str | None,
) -> NoticeRevision:
    """The revision that a draft becomes when it says this, after those that there are."""
    return NoticeRevision(
        notice_id=draft.notice_id or draft.id,
        revision=rows[-1].revision + 1 if rows else 1,
        kind=lifecycle.after(State(rows[-1].kind), Step.AMEND) if rows else State.PUBLISHED,
        published_at=max(work.now, document.publish_from or work.now),
        recorded_at=work.now,
        author=draft.author,
        reason=reason,
        idempotency_key=draft.idempotency_key or "",
        fingerprint=draft.fingerprint or "",
        document=document,
    )


def _nonce(draft: NoticeDraft) -> str:
    assert draft.nonce is not None, "whatever is submitted has one"
    return draft.nonce


def _by_key(work: Work, actor: Actor, key: str) -> NoticeDraft | None:
    return work.session.exec(
        select(NoticeDraft).where(NoticeDraft.author == actor.name, NoticeDraft.idempotency_key == key)
    ).first()


def _visible(work: Work, actor: Actor, draft_id: str) -> NoticeDraft:
    draft = work.session.get(NoticeDraft, draft_id, with_for_update=True) if draft_id.isprintable() else None
    if draft is None or not _may_see(actor, draft):
        raise NotFound(f"there is no draft {draft_id!r}")
    return draft


def _may_see(actor: Actor, draft: NoticeDraft) -> bool:
    """Their own, and what was submitted about what they may speak of. Others' unfinished words are nobody's
    business."""
    if draft.author == actor.name:
        return True
    if draft.document is None or draft.state == State.DRAFT:
        return False
    try:
        may_change(actor, draft.document)
    except Forbidden:
        return False
    return True


def _anothers(work: Work, actor: Actor, draft_id: str, version: int) -> NoticeDraft:
    draft = _visible(work, actor, draft_id)
    if draft.author == actor.name:
        raise Forbidden("you wrote this yourself: another official approves")
    _same(draft, version)
    return draft


def _own(work: Work, actor: Actor, draft_id: str, version: int) -> NoticeDraft:
    draft = _visible(work, actor, draft_id)
    if draft.author != actor.name:
        raise NotFound(f"there is no draft {draft_id!r}")
    _same(draft, version)
    return draft


def _same(draft: NoticeDraft, version: int) -> None:
    if draft.version != version:
        raise Outdated(f"the draft is at version {draft.version}, not {version}: read it again")


def _moved(work: Work, draft: NoticeDraft) -> None:
    draft.version += 1
    draft.changed_at = work.now


def _published(work: Work, draft: NoticeDraft) -> NoticeRevision | None:
    assert draft.idempotency_key is not None
    return queries.by_idempotency_key(work.session, draft.author, draft.idempotency_key)


def _noted(work: Work, actor: Actor, draft: NoticeDraft, step: Step) -> None:
    ledger.append(
        work,
        actor=actor.name,
        action=f"drafts.{step}",
        subject=draft.id,
        payload={"version": draft.version, "fingerprint": ledger.row_print(draft)},
    )
