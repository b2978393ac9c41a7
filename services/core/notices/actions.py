"""What one official can do with a notice. Every act is a new revision; nothing is changed or deleted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any

import rfc8785
from uuid_utils.compat import uuid7

from services.core import ledger, outbox, signing
from services.core.access import Actor, Right
from services.core.crossings import newest_versions
from services.core.errors import Conflict, NotFound
from services.core.notices import lifecycle, queries, signatures
from services.core.notices.breadth import Wide, breadth
from services.core.notices.closing import closing_texts
from services.core.notices.documents import NoticeFields, NoticeText
from services.core.notices.lifecycle import State, Step
from services.core.notices.signatures import Signatures, Statement
from services.core.notices.speaking import may_change, spoken_by
from services.core.notices.tables import NoticeRevision
from services.core.text import Language
from services.core.work import Work


class KeyReused(Conflict):
    """An idempotency key was used before, for another request."""


class Outdated(Conflict):
    """The notice has changed since the caller read it."""


class NeedsApproval(Conflict):
    """One person alone may not say this: submit it, and a second one approves."""

    def __init__(self, wide: Sequence[Wide]) -> None:
        super().__init__(f"a second official must approve this: {', '.join(wide)}")
        self.wide = wide


@dataclass(frozen=True, slots=True)
class Act:
    """What came of a request. `repeated` is true when the same request had been done before."""

    revision: NoticeRevision
    repeated: bool = False


def publish(
    work: Work, actor: Actor, fields: NoticeFields, *, idempotency_key: str, emergency: str | None = None
) -> Act:
    """Announce something. `emergency` is the reason for which one person says what two should.

    Raises Invalid, Forbidden, KeyReused or NeedsApproval.
    """
    request = digest(Step.PUBLISH, None, fields, emergency)
    ledger.hold(work)
    if done := _done_before(work, actor, idempotency_key, request):
        return done
    spoken = spoken_by(work, actor, fields)
    wide = alone(work, actor, spoken, emergency)
    return record(
        work,
        NoticeRevision(
            notice_id=str(uuid7()),
            revision=1,
            kind=lifecycle.after(State.DRAFT, Step.PUBLISH),
            published_at=max(work.now, spoken.publish_from or work.now),
            recorded_at=work.now,
            author=actor.name,
            wide=wide,
            emergency=wide,
            reason=emergency if wide else None,
            idempotency_key=idempotency_key,
            fingerprint=request,
            document=spoken,
        ),
    )


def amend(
    work: Work,
    actor: Actor,
    notice_id: str,
    fields: NoticeFields,
    *,
    expected: int,
    idempotency_key: str,
    reason: str | None = None,
    emergency: bool = False,
) -> Act:
    """Say it differently. `expected` is the revision that the caller has read. In an emergency one person may
    say what two should, for the `reason` given.

    Raises NotFound, Invalid, Forbidden, KeyReused, Outdated, Conflict or NeedsApproval.
    """
    request = digest(Step.AMEND, notice_id, fields, reason)
    ledger.hold(work)
    if done := _done_before(work, actor, idempotency_key, request):
        return done
    latest = known(work, actor, notice_id, expected, Step.AMEND)[-1]
    spoken = spoken_by(work, actor, fields)
    wide = alone(work, actor, spoken, reason if emergency else None)
    return record(
        work,
        NoticeRevision(
            notice_id=notice_id,
            revision=latest.revision + 1,
            kind=lifecycle.after(State(latest.kind), Step.AMEND),
            published_at=max(work.now, spoken.publish_from or work.now),
            recorded_at=work.now,
            author=actor.name,
            wide=wide,
            emergency=wide,
            reason=reason,
            idempotency_key=idempotency_key,
            fingerprint=request,
            document=spoken,
        ),
    )


def withdraw(
    work: Work,
    actor: Actor,
    notice_id: str,
    *,
    expected: int,
    idempotency_key: str,
    reason: str | None = None,
    texts: Mapping[Language, NoticeText] | None = None,
) -> Act:
    """Take it back: its effects end at this instant. Nobody else is needed for it. Raises as `amend` does.

    The words for it are ready (`closing_texts`); `texts` replace them in the languages given. What was to be
    told on a later day is taken back on that day, so that nobody hears of it before.
    """
    closing = Closing(notice_id, Step.WITHDRAW, expected, reason, texts or {})
    return close(work, actor, closing, idempotency_key=idempotency_key)


def end(
    work: Work,
    actor: Actor,
    notice_id: str,
    *,
    expected: int,
    idempotency_key: str,
    reason: str | None = None,
    texts: Mapping[Language, NoticeText] | None = None,
) -> Act:
    """Say that what it announced is over, at this instant. `texts` are as for `withdraw`; raises as that."""
    closing = Closing(notice_id, Step.END, expected, reason, texts or {})
    return close(work, actor, closing, idempotency_key=idempotency_key)


@dataclass(frozen=True, slots=True)
class Closing:
    """A notice that is withdrawn or ended at the revision that was read. `texts` replace the ready words."""

    notice_id: str
    step: Step
    expected: int
    reason: str | None = None
    texts: Mapping[Language, NoticeText] = field(default_factory=dict)


def closing_to_sign(work: Work, actor: Actor, closing: Closing) -> Statement:
    """What the device of whoever closes a notice is asked to sign first. Raises as `amend` does."""
    return signatures.stated(_closed(work, actor, closing, "", ""), signatures.new_nonce())


def close(
    work: Work,
    actor: Actor,
    closing: Closing,
    *,
    idempotency_key: str,
    devices: Signatures | None = None,
) -> Act:
    """What `withdraw` and `end` do. Raises as `amend` does, and Unsigned or Invalid."""
    request = digest(closing.step, closing.notice_id, None, closing.reason, closing.texts)
    ledger.hold(work)
    if done := _done_before(work, actor, idempotency_key, request):
        return done
    signatures.required(actor, devices.author if devices else None)
    return record(work, _closed(work, actor, closing, idempotency_key, request), devices)


def _closed(work: Work, actor: Actor, closing: Closing, idempotency_key: str, request: str) -> NoticeRevision:
    rows = known(work, actor, closing.notice_id, closing.expected, closing.step)
    latest, first_told = rows[-1], min(row.published_at for row in rows)
    last_told = next((row for row in reversed(rows) if row.published_at <= work.now), latest)
    catalogue = {row.code: row.document for row in newest_versions(work.session)}
    ready = closing_texts(last_told.document, closing.step, catalogue)
    return NoticeRevision(
        notice_id=closing.notice_id,
        revision=latest.revision + 1,
        kind=lifecycle.after(State(latest.kind), closing.step),
        published_at=max(work.now, first_told),
        recorded_at=work.now,
        author=actor.name,
        reason=closing.reason,
        idempotency_key=idempotency_key,
        fingerprint=request,
        document=last_told.document.model_copy(update={"texts": {**ready, **closing.texts}}),
    )


def digest(
    step: Step,
    notice_id: str | None,
    fields: NoticeFields | None,
    reason: str | None,
    texts: Mapping[Language, NoticeText] | None = None,
) -> str:
    """SHA-256 of what was asked, to tell a repetition from another request under the same key."""
    asked: dict[str, Any] = {
        "verb": step,
        "notice": notice_id,
        "fields": fields.model_dump(mode="json") if fields else None,
        "reason": reason,
    }
    if texts:  # what was asked without any keeps the digest that it had
        asked["texts"] = {language: text.model_dump(mode="json") for language, text in texts.items()}
    return sha256(rfc8785.dumps(asked)).hexdigest()


def known(work: Work, actor: Actor, notice_id: str, expected: int, step: Step) -> Sequence[NoticeRevision]:
    """All revisions of a notice with which this official may do that now. Raises as `amend` does."""
    actor.needs(Right.POST)
    storable = notice_id.isprintable()  # PostgreSQL would not even look for another
    rows = queries.revisions(work.session, notice_id) if storable else ()
    if not rows:
        raise NotFound(f"there is no notice {notice_id!r}")
    latest = rows[-1]
    may_change(actor, latest.document)
    if latest.revision != expected:
        raise Outdated(f"the notice is at revision {latest.revision}, not {expected}: read it again")
    lifecycle.after(State(latest.kind), step)
    return rows


def record(work: Work, row: NoticeRevision, devices: Signatures | None = None) -> Act:
    return Act(store(work, row, devices))


def store(work: Work, row: NoticeRevision, devices: Signatures | None = None) -> NoticeRevision:
    """Write a revision with its ledger entry and its signatures, and promise that the advisories will follow.

    `devices` is what the devices of its author and its approver have signed. Raises NoKey, or Invalid where
    that is something else.
    """
    key = signing.signing_key(work.session, work.signer)
    work.session.add(row)
    work.session.flush()
    entry = ledger.append(
        work, actor=row.author, action=f"notices.{row.kind}", subject=row.notice_id, payload=_entry(row)
    )
    signatures.sign(work, key, row, entry, devices=devices)
    outbox.promise(work, "advisories.recompute", {"because": f"notices.{row.kind}", "notice": row.notice_id})
    return row


def alone(work: Work, actor: Actor, fields: NoticeFields, emergency: str | None) -> bool:
    """Whether it is wide, and said by one person all the same. Raises NeedsApproval."""
    wide = list(breadth(fields, work.now, surely_themselves=actor.surely_themselves))
    if wide and emergency is None:
        raise NeedsApproval(wide)
    return bool(wide)


def _done_before(work: Work, actor: Actor, idempotency_key: str, request: str) -> Act | None:
    actor.needs(Right.POST)
    row = queries.by_idempotency_key(work.session, actor.name, idempotency_key)
    if row is None:
        return None
    if row.fingerprint != request:
        raise KeyReused("this idempotency key was used before for another request")
    return Act(row, repeated=True)


def _entry(row: NoticeRevision) -> dict[str, Any]:
    return {
        "number": row.revision,
        "published_at": _written(row.published_at),
        "approver": row.approver,
        "emergency": row.emergency,
        "reason": row.reason,
        "document": row.document.model_dump(mode="json", exclude_defaults=True),
        "fingerprint": ledger.row_print(row),
    }


def _written(at: datetime) -> str:
    return at.isoformat(timespec="microseconds")
