"""Signing what is announced: by its author's own device where there is one, and always by the service.

The device signs the *statement*: what its owner can know before it is published. The service signs that, the
device's signature and the entry of the ledger, and with it everything that was recorded before.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Literal

from pydantic import SerializerFunctionWrapHandler, model_serializer

from services.core import signing
from services.core.access import Actor, Method
from services.core.errors import Forbidden, Invalid
from services.core.ledger import LedgerEntry, written
from services.core.notices.documents import NoticeFields
from services.core.notices.tables import NoticeRevision, NoticeSignature
from services.core.signing import DeviceSignature, Head
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


class Approval(Record):
    """What a second person says of a statement: its challenge (base64url), and that it may be published."""

    format: Literal["otkel-approval/1"] = "otkel-approval/1"
    statement: str
    approver: str

    @classmethod
    def of(cls, said: Statement, approver: str) -> Approval:
        return cls(statement=signing.encoded(said.challenge), approver=approver)

    @property
    def challenge(self) -> bytes:
        return sha256(signing.canonical(self.model_dump())).digest()


class Unsigned(Forbidden):
    """Whoever signed in with a device says nothing without its signature."""


@dataclass(frozen=True, slots=True)
class Signatures:
    """Of the statement that has this nonce: by its author's own device, and of its approval by that of the
    second person."""

    nonce: str
    author: DeviceSignature | None = None
    approver: DeviceSignature | None = None


def required(actor: Actor, signature: DeviceSignature | None) -> None:
    """Raises Unsigned where a device is at hand and has not signed."""
    if actor.method is Method.PASSKEY and signature is None:
        raise Unsigned("sign this with your passkey")


class Content(Record):
    """What the service signs of a revision, in canonical form. `approval` stands in it only where there is
    one."""

    format: Literal["otkel-notice/1"] = "otkel-notice/1"
    statement: Statement
    published_at: str
    recorded_at: str
    approver: str | None
    assertion: DeviceSignature | None
    approval: DeviceSignature | None = None
    ledger: Head

    @model_serializer(mode="wrap")
    def _without_what_is_not(self, serialized: SerializerFunctionWrapHandler) -> dict[str, Any]:
        found: dict[str, Any] = serialized(self)
        return found if self.approval else {name: found[name] for name in found if name != "approval"}


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
    devices: Signatures | None = None,
) -> NoticeSignature:
    """Sign a revision that was just recorded with this entry, by a key of the service that is at hand.

    Raises Invalid where what `devices` signed is something else.
    """
    devices = devices or Signatures(new_nonce())
    assert work.signer is not None
    signature = NoticeSignature(
        notice_id=row.notice_id,
        revision=row.revision,
        seq=entry.seq,
        nonce=devices.nonce,
        key=key,
        value="",
        assertion=devices.author,
        approval=devices.approver,
    )
    said = stated(row, devices.nonce)
    if devices.author is not None:
        genuine(devices.author, said.challenge)
    if devices.approver is not None:
        assert row.approver is not None
        genuine(devices.approver, Approval.of(said, row.approver).challenge)
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
        statement=stated(row, signature.nonce),
        published_at=written(row.published_at),
        recorded_at=written(row.recorded_at),
        approver=row.approver,
        assertion=signature.assertion,
        approval=signature.approval,
        ledger=Head(seq=entry.seq, hash=entry.hash),
    )


def stated(row: NoticeRevision, nonce: str) -> Statement:
    return statement(
        notice_id=row.notice_id,
        revision=row.revision,
        kind=row.kind,
        author=row.author,
        document=row.document,
        reason=row.reason,
        nonce=nonce,
    )


def genuine(shown: DeviceSignature, challenge: bytes) -> None:
    """Raises Invalid where it is a signature of something else."""
    if fault := shown.fault(challenge):
        raise Invalid(fault, field="signature")
