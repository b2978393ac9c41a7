"""What must be kept so that the database alone does not tell it: sealed with a key that is not in it."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from services.core.errors import OtkelError, Unavailable

KEY_BYTES, NONCE_BYTES = 32, 12


class WrongKey(OtkelError):
    """What was sealed was sealed with another key, or has been changed."""


FILE = "vault.key"


@dataclass(frozen=True, slots=True)
class Vault:
    key: bytes = field(repr=False)

    @classmethod
    def of(cls, folder: Path) -> Vault:
        """The vault whose key is in this folder, made if there is none. Raises WrongKey for a file that is
        no key, or Unavailable where none can be kept."""
        file = folder / FILE
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if not file.exists():
                _make(file)
            key = file.read_bytes()
        except OSError as error:
            raise Unavailable(f"{file} cannot be kept: {error.strerror}") from error
        if len(key) != KEY_BYTES:
            raise WrongKey(f"{file} is not a key")
        return cls(key)

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


def _make(file: Path) -> None:
    """Whole or not at all, readable for nobody else at any moment; of two that make one, one stays."""
    made = file.with_name(f"{file.name}.{secrets.token_hex(8)}")
    with os.fdopen(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as opened:
        opened.write(secrets.token_bytes(KEY_BYTES))
        opened.flush()
        os.fsync(opened.fileno())
    with suppress(FileExistsError):
        os.link(made, file)
    made.unlink()
