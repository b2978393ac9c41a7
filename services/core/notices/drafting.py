"""Drafts: what an official writes before it is announced, and what a second one makes of it."""

from __future__ import annotations

from typing import Any

from sqlmodel import col, select
from uuid_utils.compat import uuid7

from services.core import ledger
from services.core.access import Actor, Right
from services.core.errors import Conflict, Forbidden, NotFound
from services.core.notices import lifecycle, queries
from services.core.notices.actions import Act, KeyReused, Outdated, digest, known, record
from services.core.notices.breadth import breadth
from services.core.notices.documents import NoticeFields
from services.core.notices.lifecycle import State, Step
from services.core.notices.speaking import may_change, spoken_by
from services.core.notices.tables import NoticeDraft, NoticeRevision
from services.core.work import Work


def save(
    work: Work, actor: Actor, form: dict[str, Any], *, draft_id: str | None = None, version: int = 0
) -> NoticeDraft:
    """Keep what is written so far, as it is. `version` is the one that the caller has read.

    Raises NotFound, Forbidden, Outdated or Conflict.
    """
    actor.needs(Right.POST)
    if draft_id is None:
        draft = _new(work, actor)
        draft.form = form
        work.session.add(draft)
        work.session.flush()
        return draft
    draft = _own(work, actor, draft_id, version)
    if draft.state != State.DRAFT:
        raise Conflict(f"what is {draft.state} cannot be written on")
    draft.form = form
    _moved(work, draft)
    return draft


def submit(
    work: Work,
    actor: Actor,
    fields: NoticeFields,
    *,
    idempotency_key: str,
    amends: tuple[str, int] | None = None,
    reason: str | None = None,
    draft_id: str | None = None,
    version: int = 0,
) -> NoticeDraft:
    """Ask a second person to approve. `amends` names a notice and the revision that was read.

    The same request under the same key gives the same draft again, whatever has become of it. Raises
    NotFound, Invalid, Forbidden, KeyReused, Outdated or Conflict.
    """
    actor.needs(Right.POST)
    step = Step.AMEND if amends else Step.PUBLISH
    request = digest(step, amends[0] if amends else None, fields, reason)
    ledger.hold(work)
    if done := _by_key(work, actor, idempotency_key):
        if done.fingerprint != request:
            raise KeyReused("this idempotency key was used before for another request")
        return done
    if amends:
        known(work, actor, *amends, Step.AMEND)
    draft = _own(work, actor, draft_id, version) if draft_id else _new(work, actor)
    draft.state = lifecycle.after(State(draft.state), Step.SUBMIT)
    draft.notice_id, draft.expected = amends or (None, None)
    draft.document = spoken_by(work, actor, fields)
    draft.wide = [*breadth(draft.document, work.now, surely_themselves=actor.surely_themselves)]
    draft.reason, draft.note = reason, None
    draft.idempotency_key, draft.fingerprint = idempotency_key, request
    _moved(work, draft)
    work.session.add(draft)
    work.session.flush()
    _noted(work, actor, draft, Step.SUBMIT)
    return draft


def approve(work: Work, actor: Actor, draft_id: str, *, version: int) -> Act:
    """Announce what another official submitted. Approved twice it is announced once.

    Raises NotFound, Forbidden, Outdated or Conflict.
    """
    actor.needs(Right.APPROVE)
    ledger.hold(work)
    draft = _visible(work, actor, draft_id)
    if draft.state == State.PUBLISHED and (row := _published(work, draft)) and row.approver == actor.name:
        return Act(row, repeated=True)
    if draft.author == actor.name:
        raise Forbidden("you wrote this yourself: another official approves")
    _same(draft, version)
    draft.state = lifecycle.after(State(draft.state), Step.PUBLISH)
    assert draft.document is not None
    assert draft.idempotency_key is not None
    assert draft.fingerprint is not None
    rows = queries.revisions(work.session, draft.notice_id) if draft.notice_id else ()
    if rows and rows[-1].revision != draft.expected:
        raise Outdated("the notice has changed since this was submitted: return it to its author")
    _moved(work, draft)
    return record(
        work,
        NoticeRevision(
            notice_id=draft.notice_id or draft.id,
            revision=rows[-1].revision + 1 if rows else 1,
            kind=lifecycle.after(State(rows[-1].kind), Step.AMEND) if rows else State.PUBLISHED,
            published_at=max(work.now, draft.document.publish_from or work.now),
            recorded_at=work.now,
            author=draft.author,
            approver=actor.name,
            wide=bool(draft.wide),
            reason=draft.reason,
            idempotency_key=draft.idempotency_key,
            fingerprint=draft.fingerprint,
            document=draft.document,
        ),
    )


def send_back(work: Work, actor: Actor, draft_id: str, *, version: int, note: str) -> NoticeDraft:
    """Return it to its author, who may change and submit it anew. Raises as `approve` does."""
    actor.needs(Right.APPROVE)
    draft = _visible(work, actor, draft_id)
    _same(draft, version)
    draft.state = lifecycle.after(State(draft.state), Step.RETURN)
    draft.note, draft.idempotency_key, draft.fingerprint = note, None, None
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
