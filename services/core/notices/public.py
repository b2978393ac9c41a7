"""The ledger and its notices as anybody may have them, to keep and to check.

What was announced for a later day is withheld until then: nobody hears of it before. It is still a link of
the chain, so that nobody can put another in its place.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any, Literal, TypeAlias

from sqlmodel import Session, col, select

from services.core import ledger, signing
from services.core.ledger import LedgerEntry, written
from services.core.notices.queries import revisions
from services.core.notices.rules import Revision
from services.core.notices.signatures import Signed, signed
from services.core.notices.tables import NoticeRevision, NoticeSignature
from services.core.signing import KeySet, Told
from services.core.text import Record

ANNOUNCING = "notices."
"""How the actions begin that announce something."""


class Line(Record):
    """An entry of the ledger. One that announces something has the `record`, every column that the entry's
    fingerprint vouches for, and what was signed."""

    seq: int
    at: str
    actor: str
    action: str
    subject: str
    payload: dict[str, Any]
    previous: str
    hash: str
    record: dict[str, Any] | None = None
    signed: Signed | None = None

    @property
    def digest(self) -> str:
        """The hash that it should have. Raises ValueError for what cannot be hashed."""
        content = self.model_dump(exclude={"hash", "record", "signed"})
        return sha256(signing.canonical(content)).hexdigest()

    @property
    def announces(self) -> bool:
        return self.action.startswith(ANNOUNCING)


class Withheld(Record):
    """An entry that announces something for a later day."""

    seq: int
    previous: str
    hash: str
    withheld_until: str

    @property
    def digest(self) -> str:
        return self.hash


Shown: TypeAlias = Line | Withheld


class SignedNotice(Record):
    """All that was said in a notice, whoever has to believe it. `unrecorded` has the columns of revisions of
    which the ledger knows nothing: there are none."""

    format: Literal["otkel-signed-notice/1"] = "otkel-signed-notice/1"
    notice: str
    revisions: tuple[Shown, ...]
    unrecorded: tuple[dict[str, Any], ...] = ()
    keys: KeySet


def log(session: Session, *, now: datetime, after: int = 0, limit: int | None = None) -> Iterator[Shown]:
    """Entries with a higher number than `after`, in order."""
    batch = 1000 if limit is None else min(limit, 1000)
    page: list[LedgerEntry] = []
    for number, entry in enumerate(ledger.entries(session, after=after, batch=batch)):
        if number == limit:
            break
        page.append(entry)
        if len(page) == batch:
            yield from _shown(session, page, now)
            page = []
    yield from _shown(session, page, now)


def signed_notice(session: Session, notice_id: str, *, now: datetime) -> SignedNotice | None:
    """None where nothing was told by then."""
    rows = revisions(session, notice_id)
    if not any(row.published_at <= now for row in rows):
        return None
    about = select(LedgerEntry).where(
        LedgerEntry.subject == notice_id, col(LedgerEntry.action).startswith(ANNOUNCING)
    )
    entries = session.exec(about.order_by(col(LedgerEntry.seq))).all()
    recorded = {entry.payload.get("number") for entry in entries}
    return SignedNotice(
        notice=notice_id,
        revisions=tuple(_shown(session, entries, now)),
        unrecorded=tuple(ledger.columns(row) for row in rows if row.revision not in recorded),
        keys=signing.key_set(signing.keys(session)),
    )


def as_json(shown: Shown | SignedNotice) -> dict[str, Any]:
    """As the API gives it and `otkel verify` takes it: without what an entry does not have."""
    if isinstance(shown, SignedNotice):
        return {**shown.model_dump(), "revisions": [as_json(line) for line in shown.revisions]}
    return {name: value for name, value in shown.model_dump().items() if value is not None}


def as_told_hash(revision: Revision) -> Told:
    """A revision as a heartbeat has it."""
    document = revision.notice.model_dump(mode="json", exclude_defaults=True)
    return Told(
        notice=revision.notice_id,
        revision=revision.revision,
        hash=told_hash(
            revision.notice_id, revision.revision, revision.kind, written(revision.published_at), document
        ),
    )


def told_hash(notice: str, revision: int, kind: str, published_at: str, document: dict[str, Any]) -> str:
    """SHA-256 over the canonical JSON of what was told, and when."""
    told = {
        "notice": notice,
        "revision": revision,
        "kind": kind,
        "published_at": published_at,
        "document": document,
    }
    return sha256(signing.canonical(told)).hexdigest()


def _shown(session: Session, entries: Sequence[LedgerEntry], now: datetime) -> Iterator[Shown]:
    announcing = [entry for entry in entries if entry.action.startswith(ANNOUNCING)]
    signatures = _signatures(session, announcing)
    rows = _rows(session, announcing)
    for entry in entries:
        announces = entry.action.startswith(ANNOUNCING)
        what = (entry.subject, entry.payload.get("number"))
        row = rows.get(what) if announces else None
        signature = signatures.get((entry.seq, *what))
        line = Line.model_construct(
            **ledger.content(entry),
            hash=entry.hash,
            record=ledger.columns(row) if row else None,
            signed=signed(row, signature, entry) if row and signature else None,
        )
        yield _withheld(session, line, row, now) or line


def _withheld(session: Session, line: Line, row: NoticeRevision | None, now: datetime) -> Withheld | None:
    """Only what is genuine is withheld: what was changed is shown to everybody at once."""
    if row is None or row.published_at <= now or line.signed is None or line.digest != line.hash:
        return None
    key = session.get(signing.SigningKey, line.signed.key)
    if key is None or not line.signed.genuine(key.public):
        return None
    return Withheld(
        seq=line.seq, previous=line.previous, hash=line.hash, withheld_until=written(row.published_at)
    )


def _signatures(
    session: Session, entries: Sequence[LedgerEntry]
) -> dict[tuple[int, str, Any], NoticeSignature]:
    if not entries:
        return {}
    between = col(NoticeSignature.seq).between(entries[0].seq, entries[-1].seq)
    found = session.exec(select(NoticeSignature).where(between))
    return {(one.seq, one.notice_id, one.revision): one for one in found}


def _rows(session: Session, entries: Sequence[LedgerEntry]) -> dict[tuple[str, Any], NoticeRevision]:
    if not entries:
        return {}
    named = col(NoticeRevision.notice_id).in_({entry.subject for entry in entries})
    found = session.exec(select(NoticeRevision).where(named))
    return {(row.notice_id, row.revision): row for row in found}
