"""Officials who sign with a device of their own."""

from __future__ import annotations

from uuid import uuid4

from services.core import notices
from services.core.access import Official, Party, passkeys
from services.core.notices import NoticeFields, NoticeRevision, Signatures
from services.core.notices.actions import store
from services.core.signing import DeviceSignature
from services.core.work import Work
from tests.authenticator import Authenticator

HERE = Party("localhost", "http://localhost:8080")


def enrolled(work: Work, official: Official) -> Authenticator:
    device = Authenticator()
    ceremony, options = passkeys.begin_enrolling(work, official, HERE)
    passkeys.enrol(work, ceremony.id, device.create(options), HERE, name="Telephone")
    return device


def asserted(work: Work, official: Official, device: Authenticator, challenge: bytes) -> DeviceSignature:
    ceremony, options = passkeys.begin_signing(work, official, challenge, {}, HERE)
    return passkeys.signed(work, official, ceremony.id, device.get(options), HERE)[1]


def a_revision(work: Work, author: str, fields: NoticeFields) -> NoticeRevision:
    return NoticeRevision(
        notice_id=str(uuid4()),
        revision=1,
        kind="published",
        published_at=max(work.now, fields.publish_from or work.now),
        recorded_at=work.now,
        author=author,
        idempotency_key=str(uuid4()),
        fingerprint="0" * 64,
        document=fields,
    )


def stated(row: NoticeRevision, nonce: str) -> notices.Statement:
    return notices.statement(
        notice_id=row.notice_id,
        revision=row.revision,
        kind=row.kind,
        author=row.author,
        document=row.document,
        reason=row.reason,
        nonce=nonce,
    )


def published_by_device(
    work: Work, official: Official, device: Authenticator, fields: NoticeFields
) -> NoticeRevision:
    """Announced, and signed by its author before."""
    row, nonce = a_revision(work, f"official:{official.id}", fields), notices.new_nonce()
    assertion = asserted(work, official, device, stated(row, nonce).challenge)
    return store(work, row, Signatures(nonce, assertion))
