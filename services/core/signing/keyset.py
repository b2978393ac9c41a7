"""Public keys as anybody may have them: a JWK set, in which the retired stay."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from pydantic import field_validator, model_validator

from services.core.ledger import written
from services.core.signing.rules import decoded, encoded, key_id
from services.core.signing.tables import SigningKey
from services.core.text import Record


class PublicKey(Record):
    """A JWK (RFC 8037) with the instants between which it signs."""

    kty: Literal["OKP"] = "OKP"
    crv: Literal["Ed25519"] = "Ed25519"
    alg: Literal["EdDSA"] = "EdDSA"
    use: Literal["sig"] = "sig"
    kid: str
    x: str
    published_at: str
    retired_at: str | None = None

    @field_validator("x")
    @classmethod
    def _is_a_key(cls, x: str) -> str:
        if len(decoded(x)) != 32:
            raise ValueError("must be 32 bytes")
        return x

    @model_validator(mode="after")
    def _is_named_rightly(self) -> PublicKey:
        if key_id(self.public) != self.kid:
            raise ValueError("kid: must be the key's thumbprint (RFC 7638)")
        return self

    @property
    def public(self) -> bytes:
        return decoded(self.x)


class KeySet(Record):
    keys: tuple[PublicKey, ...]

    def find(self, kid: str) -> PublicKey | None:
        return next((key for key in self.keys if key.kid == kid), None)


def key_set(rows: Iterable[SigningKey]) -> KeySet:
    return KeySet(
        keys=tuple(
            PublicKey.model_construct(
                kid=row.id,
                x=encoded(row.public),
                published_at=written(row.published_at),
                retired_at=written(row.retired_at) if row.retired_at else None,
            )
            for row in rows
        )
    )
