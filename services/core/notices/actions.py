"""What an official can do with a notice. Every act is a new revision; nothing is changed or deleted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

import rfc8785
from uuid_utils.compat import uuid7

from services.core import ledger, outbox
from services.core.access import Official
from services.core.crossings import Side, known_codes
from services.core.errors import Conflict, Forbidden, Invalid, NotFound
from services.core.notices import queries
from services.core.notices.documents import Effect, NoticeFields
from services.core.notices.rules import sides
from services.core.notices.tables import NoticeRevision
from services.core.work import Work


class KeyReused(Conflict):
    """An idempotency key was used before, for another request."""


class Outdated(Conflict):
    """The notice has changed since the caller read it."""


class Withdrawn(Conflict):
    """The notice was withdrawn; it can be announced anew, not revived."""


@dataclass(frozen=True, slots=True)
class Act:
    """What came of a request. `repeated` is true when the same request had been done before."""

    revision: NoticeRevision
    repeated: bool = False


def publish(work: Work, official: Official, fields: NoticeFields, *, idempotency_key: str) -> Act:
    """Announce something. Raises Invalid, Forbidden or KeyReused."""
    request = _digest("publish", None, fields)
    ledger.hold(work)
    if done := _done_before(work, official, idempotency_key, request):
        return done
    return _record(
        work,
        official,
        str(uuid7()),
        1,
        "published",
        _spoken_by(work, official, fields),
        idempotency_key,
        request,
    )


def amend(
    work: Work,
    official: Official,
    notice_id: str,
    fields: NoticeFields,
    *,
    expected: int,
    idempotency_key: str,
    reason: str | None = None,
) -> Act:
    """Say it differently. `expected` is the revision that the caller has read.

    Raises NotFound, Invalid, Forbidden, KeyReused, Outdated or Withdrawn.
    """
    request = _digest("amend", notice_id, fields, reason)
    ledger.hold(work)
    if done := _done_before(work, official, idempotency_key, request):
        return done
    latest = _known(work, official, notice_id, expected)[-1]
    spoken = _spoken_by(work, official, fields)
    return _record(
        work, official, notice_id, latest.revision + 1, "amended", spoken, idempotency_key, request, reason
    )


def withdraw(
    work: Work,
    official: Official,
    notice_id: str,
    *,
    expected: int,
    idempotency_key: str,
    reason: str | None = None,
) -> Act:
    """Take it back: its effects end at this instant. Raises as `amend` does.

    What was to be told on a later day is taken back on that day, so that nobody hears of it before.
    """
    request = _digest("withdraw", notice_id, None, reason)
    ledger.hold(work)
    if done := _done_before(work, official, idempotency_key, request):
        return done
    known = _known(work, official, notice_id, expected)
    latest, first_told = known[-1], min(row.published_at for row in known)
    return _record(
        work,
        official,
        notice_id,
        latest.revision + 1,
        "withdrawn",
        latest.document,
        idempotency_key,
        request,
        reason,
        told_at=max(work.now, first_told),
    )


def _digest(verb: str, notice_id: str | None, fields: NoticeFields | None, reason: str | None = None) -> str:
    asked = {
        "verb": verb,
        "notice": notice_id,
        "fields": fields.model_dump(mode="json") if fields else None,
        "reason": reason,
    }
    return sha256(rfc8785.dumps(asked)).hexdigest()


def _done_before(work: Work, official: Official, idempotency_key: str, request: str) -> Act | None:
    row = queries.by_idempotency_key(work.session, _author(official), idempotency_key)
    if row is None:
        return None
    if row.fingerprint != request:
        raise KeyReused("this idempotency key was used before for another request")
    return Act(row, repeated=True)


def _known(work: Work, official: Official, notice_id: str, expected: int) -> Sequence[NoticeRevision]:
    """All revisions of a notice that this official may change now."""
    storable = notice_id.isprintable()  # PostgreSQL would not even look for another
    rows = queries.revisions(work.session, notice_id) if storable else ()
    if not rows:
        raise NotFound(f"there is no notice {notice_id!r}")
    latest = rows[-1]
    for number, effect in enumerate(latest.document.effects):
        _may_speak(official, effect, number, sides(effect.selector))
    if latest.revision != expected:
        raise Outdated(f"the notice is at revision {latest.revision}, not {expected}: read it again")
    if latest.kind == "withdrawn":
        raise Withdrawn("the notice was withdrawn; announce a new one")
    return rows


def _spoken_by(work: Work, official: Official, fields: NoticeFields) -> NoticeFields:
    """The notice with every effect on the official's own side. Raises Invalid or Forbidden."""
    codes = known_codes(work.session)
    for number, effect in enumerate(fields.effects):
        for place, code in enumerate(effect.selector.crossings):
            if code not in codes:
                raise Invalid(
                    f"no crossing is called {code!r}", field=f"effects.{number}.selector.crossings.{place}"
                )
        _may_speak(official, effect, number, effect.selector.sides)
    for place, code in enumerate(fields.alternatives):
        if code not in codes:
            raise Invalid(f"no crossing is called {code!r}", field=f"alternatives.{place}")
    own = (Side(official.country),)
    return fields.model_copy(
        update={
            "effects": tuple(
                effect.model_copy(update={"selector": effect.selector.model_copy(update={"sides": own})})
                for effect in fields.effects
            )
        }
    )


def _may_speak(official: Official, effect: Effect, number: int, about: Sequence[Side]) -> None:
    if any(side != official.country for side in about):
        raise Forbidden(f"effects.{number}: you speak for the {official.country} side only")
    if official.crossings:
        chosen = set(effect.selector.crossings)
        if not chosen or not chosen <= set(official.crossings):
            allowed = ", ".join(official.crossings)
            raise Forbidden(f"effects.{number}: you speak for these crossings only: {allowed}")


def _author(official: Official) -> str:
    return f"official:{official.id}"


def _record(
    work: Work,
    official: Official,
    notice_id: str,
    revision: int,
    kind: str,
    fields: NoticeFields,
    idempotency_key: str,
    request: str,
    reason: str | None = None,
    told_at: datetime | None = None,
) -> Act:
    row = NoticeRevision(
        notice_id=notice_id,
        revision=revision,
        kind=kind,
        published_at=told_at or max(work.now, fields.publish_from or work.now),
        recorded_at=work.now,
        author=_author(official),
        reason=reason,
        idempotency_key=idempotency_key,
        fingerprint=request,
        document=fields,
    )
    return Act(store(work, row))


def store(work: Work, row: NoticeRevision) -> NoticeRevision:
    """Write a revision with its ledger entry, and promise that the advisories will follow."""
    work.session.add(row)
    work.session.flush()
    ledger.append(
        work, actor=row.author, action=f"notices.{row.kind}", subject=row.notice_id, payload=_entry(row)
    )
    outbox.promise(work, "advisories.recompute", {"because": f"notices.{row.kind}", "notice": row.notice_id})
    return row


def _entry(row: NoticeRevision) -> dict[str, Any]:
    return {
        "number": row.revision,
        "published_at": _written(row.published_at),
        "reason": row.reason,
        "document": row.document.model_dump(mode="json", exclude_defaults=True),
        "fingerprint": ledger.row_print(row),
    }


def _written(at: datetime) -> str:
    return at.isoformat(timespec="microseconds")
