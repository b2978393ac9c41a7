"""How far the records have come, signed: who keeps one can prove later that nothing was taken back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from pydantic import Field

from services.core.ledger import written
from services.core.signing.actions import signature_by
from services.core.signing.rules import genuine
from services.core.text import Record
from services.core.work import Signer


class Head(Record):
    """An entry of the ledger, by its number and hash."""

    seq: int = Field(ge=0)
    hash: str = Field(pattern="^[0-9a-f]{64}$")

    @property
    def noted(self) -> tuple[int, str]:
        return self.seq, self.hash


class Told(Record):
    """A revision of a notice that is told, and the SHA-256 of what it says."""

    notice: str
    revision: int
    hash: str


class Heartbeat(Record):
    format: Literal["otkel-heartbeat/1"] = "otkel-heartbeat/1"
    at: str
    stale: bool
    """The records could not be reached lately: there may be more of them."""
    ledger: Head
    notices: tuple[Told, ...]
    key: str
    signature: str = ""
    """Over everything else here."""

    def genuine(self, public: bytes) -> bool:
        return genuine(public, self.model_dump(exclude={"signature"}), self.signature)


def heartbeat(
    signer: Signer, key: str, at: datetime, head: tuple[int, str], notices: Sequence[Told], *, stale: bool
) -> Heartbeat:
    unsigned = Heartbeat(
        at=written(at),
        stale=stale,
        ledger=Head(seq=head[0], hash=head[1]),
        notices=tuple(notices),
        key=key,
    )
    value = signature_by(signer, key, unsigned.model_dump(exclude={"signature"}))
    return unsigned.model_copy(update={"signature": value})
