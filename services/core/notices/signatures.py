"""Signing what is announced: by its author's own device where there is one, and always by the service.

The device signs the *statement*: what its owner can know before it is published. The service signs that, the
device's signature and the entry of the ledger, and with it everything that was recorded before.
"""

from __future__ import annotations

import secrets
from hashlib import sha256
from typing import Literal

from services.core import signing
from services.core.access.passkeys import Assertion
from services.core.errors import Invalid
from services.core.ledger import LedgerEntry, written
from services.core.notices.documents import NoticeFields
from services.core.notices.tables import NoticeRevision, NoticeSignature
from services.core.signing import DeviceSignature, Head, encoded
from services.core.text import Record
from services.core.work import Work


class Statement(Record):
    """What an author says in a revision. `nonce` makes each the only one of its kind."""

    format: Literal["otkel-statement/1"] = "otkel-statement/1"
    notice: str
    revision: int
    kind: str
    author: str
    document: dict[str, object]
    reason: str | None
    nonce: str

    @property
    def challenge(self) -> bytes:
        """The SHA-256 of its canonical form: the WebAuthn challenge."""
        return sha256(signing.canonical(self.model_dump())).digest()


class Content(Record):
    """What the service signs of a revision, in canonical form."""

    format: Literal["otkel-notice/1"] = "otkel-notice/1"
    statement: Statement
    published_at: str
    recorded_at: str
    approver: str | None
    assertion: DeviceSignature | None
    ledger: Head


class Signed(Record):
    """A revision's content with the service's signature of it (base64url)."""

    content: Content
    key: str
    value: str

    def genuine(self, public: bytes) -> bool:
        return signing.genuine(public, self.content.model_dump(), self.value)


def new_nonce() -> str:
    return secrets.token_urlsafe(16)


def statement(
    *,
    notice_id: str,
    revision: int,
    kind: str,
    author: str,
    document: NoticeFields,
    reason: str | None,
    nonce: str,
) -> Statement:
    return Statement(
        notice=notice_id,
        revision=revision,
        kind=kind,
        author=author,
        document=document.model_dump(mode="json", exclude_defaults=True),
        reason=reason,
        nonce=nonce,
    )


def sign(
    work: Work,
    key: str,
    row: NoticeRevision,
    entry: LedgerEntry,
    *,
    nonce: str | None = None,
    assertion: Assertion | None = None,
) -> NoticeSignature:
    """Sign a revision that was just recorded with this entry, by a key of the service that is at hand.

    `assertion` is the author's own signature of the statement that has this `nonce`. Raises Invalid if it is
    not.
    """
    assert work.signer is not None
    signature = NoticeSignature(
        notice_id=row.notice_id,
        revision=row.revision,
        seq=entry.seq,
        nonce=nonce or new_nonce(),
        key=key,
        value="",
    )
    if assertion is not None:
        signature.assertion = _as_shown(assertion)
        if fault := signature.assertion.fault(_said(row, signature.nonce).challenge):
            raise Invalid(fault, field="signature")
    content = _content(row, signature, entry)
    signature.value = signing.signature_by(work.signer, key, content.model_dump())
    work.session.add(signature)
    work.session.flush()
    return signature


def signed(row: NoticeRevision, signature: NoticeSignature, entry: LedgerEntry) -> Signed:
    """As it is shown: put together from what is stored, so that whatever was changed there shows."""
    return Signed(content=_content(row, signature, entry), key=signature.key, value=signature.value)


def _content(row: NoticeRevision, signature: NoticeSignature, entry: LedgerEntry) -> Content:
    return Content(
        statement=_said(row, signature.nonce),
        published_at=written(row.published_at),
        recorded_at=written(row.recorded_at),
        approver=row.approver,
        assertion=signature.assertion,
        ledger=Head(seq=entry.seq, hash=entry.hash),
    )


def _said(row: NoticeRevision, nonce: str) -> Statement:
    return statement(
        notice_id=row.notice_id,
        revision=row.revision,
        kind=row.kind,
        author=row.author,
        document=row.document,
        reason=row.reason,
        nonce=nonce,
    )


def _as_shown(assertion: Assertion) -> DeviceSignature:
    return DeviceSignature(
        credential_id=assertion.credential_id,
        public_key=encoded(assertion.public_key),
        authenticator_data=encoded(assertion.authenticator_data),
        client_data=encoded(assertion.client_data),
        signature=encoded(assertion.signature),
    )
