"""Whether a revision is genuine: its entry, its record and its signatures must say one and the same."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any

from services.core.ledger import written
from services.core.notices.public import ANNOUNCING, Line
from services.core.notices.signatures import Approval, Content
from services.core.signing import DeviceSignature, Trust, Untrusted, canonical


@dataclass(slots=True)
class Devices:
    """Passkeys by the log: whose they are, until when."""

    enrolled: dict[str, str] = field(default_factory=dict)

    def learn(self, line: Line) -> None:
        passkey = line.payload.get("passkey")
        if line.action == "access.enrol_passkey" and isinstance(passkey, str):
            self.enrolled[passkey] = line.subject
        elif line.action == "access.revoke_passkey" and isinstance(passkey, str):
            self.enrolled.pop(passkey, None)

    def fault(self, signature: DeviceSignature, author: str) -> str | None:
        if author != f"official:{self.enrolled.get(signature.credential_id)}":
            return "the device that signed it was not its author's by then"
        return None


def faults(line: Line, trust: Trust, devices: Devices | None, *, needs_signature: bool) -> Iterator[str]:
    """Everything wrong with an entry that announces something. Without `devices` nobody knows whose they are.

    Raises ValueError, TypeError or KeyError for what cannot be read.
    """
    number = line.payload["number"]
    this = f"entry {line.seq} (notice {line.subject}, revision {number})"
    if line.record is None:
        yield f"{this}: the record is gone"
    elif sha256(canonical(line.record)).hexdigest() != line.payload["fingerprint"]:
        yield f"{this}: the record was changed after it was written"
    if line.signed is None:
        if needs_signature:
            yield f"{this}: is not signed"
        return
    content = line.signed.content
    for name, said, told in _pairs(line, content):
        if canonical({name: said}) != canonical({name: told}):
            yield f"{this}: the {name} that was signed is not the one that is recorded"
    try:
        public = trust.signer(line.signed.key, line.seq)
    except Untrusted as error:
        yield f"{this}: is signed by {error}"
    else:
        if not line.signed.genuine(public):
            yield f"{this}: the service's signature is false"
    if content.assertion is not None:
        if fault := content.assertion.fault(content.statement.challenge):
            yield f"{this}: {fault}"
        if devices and (fault := devices.fault(content.assertion, content.statement.author)):
            yield f"{this}: {fault}"
    if content.approval is not None and content.approver is not None:
        if fault := content.approval.fault(Approval.of(content.statement, content.approver).challenge):
            yield f"{this}: of its approval, {fault}"
        if devices and (fault := devices.fault(content.approval, content.approver)):
            yield f"{this}: of its approval, {fault}"


def _pairs(line: Line, content: Content) -> Iterator[tuple[str, Any, Any]]:
    """Name, what was signed and what the entry says of everything that stands in both."""
    payload, statement = line.payload, content.statement
    yield "entry", [content.ledger.seq, content.ledger.hash], [line.seq, line.hash]
    yield "notice", [statement.notice, statement.revision], [line.subject, payload["number"]]
    yield "kind", ANNOUNCING + statement.kind, line.action
    yield "author", statement.author, line.actor
    yield "approver", content.approver, payload.get("approver")
    yield "reason", statement.reason, payload["reason"]
    yield "document", statement.document, payload["document"]
    yield (
        "hour of publication",
        content.published_at,
        written(datetime.fromisoformat(payload["published_at"])),
    )
    yield "hour of recording", content.recorded_at, line.at
