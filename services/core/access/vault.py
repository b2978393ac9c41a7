"""What must be kept so that the database alone does not tell it: sealed with a key that is not in it."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from services.core.errors import OtkelError

KEY_BYTES, NONCE_BYTES = 32, 12


class WrongKey(OtkelError):
    """What was sealed was sealed with another key, or has been changed."""


@dataclass(frozen=True, slots=True)
class Vault:
    key: bytes = field(repr=False)

    def sealed(self, secret: bytes, whose: str) -> bytes:
        """AES-256-GCM; it opens for the same `whose` only."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        return nonce + AESGCM(self.key).encrypt(nonce, secret, whose.encode())

    def opened(self, sealed: bytes, whose: str) -> bytes:
        """Raises WrongKey."""
        try:
            return AESGCM(self.key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], whose.encode())
        except InvalidTag:
            raise WrongKey("this was sealed with another key: is the file of the secret the same?") from None
