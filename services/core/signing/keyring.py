"""The service's private keys: a file `ID.pem` for each, in a folder that only the service can read.

An id is the key's thumbprint (RFC 7638), so that no key can be passed off under another's name. Which of them
signs, the database says: a file that is new is found when it is needed, and no process has to start anew.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from services.core.errors import Unavailable
from services.core.signing.rules import key_id, raw

ONLY_OURS = os.O_WRONLY | os.O_CREAT | os.O_EXCL


class NoKey(Unavailable):
    """There is nothing to sign with."""


class Keyring:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._known: dict[str, Ed25519PrivateKey] = {}

    def holds(self, keys: Sequence[str]) -> str | None:
        """The first of these ids whose private key is at hand. Raises NoKey for a file that is no key."""
        return next((key for key in keys if self._find(key)), None)

    def sign(self, key: str, message: bytes) -> bytes:
        """Raises NoKey."""
        if (private := self._find(key)) is None:
            raise NoKey(f"the key {key} is not in {self.folder}")
        return private.sign(message)

    def public(self, key: str) -> bytes:
        """The public half, 32 bytes. Raises NoKey."""
        if (private := self._find(key)) is None:
            raise NoKey(f"the key {key} is not in {self.folder}")
        return raw(private.public_key())

    def ids(self) -> list[str]:
        """Of all keys in the folder, newest file first; none if there is no such folder."""
        files = sorted(self.folder.glob("*.pem"), key=lambda file: (file.stat().st_mtime_ns, file.name))
        return [file.stem for file in reversed(files)]

    def make(self) -> str:
        """A new key's id. Raises NoKey where it cannot be kept."""
        return self.keep(Ed25519PrivateKey.generate())

    def keep(self, private: Ed25519PrivateKey) -> str:
        """Write a key to the folder; its id. Nobody else can read it at any moment. Raises NoKey."""
        key = key_id(raw(private.public_key()))
        pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with os.fdopen(os.open(self._file(key), ONLY_OURS, 0o600), "wb") as file:
                file.write(pem)
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise NoKey(f"{self.folder} cannot keep a key: {error.strerror}") from error
        return key

    def destroy(self, key: str) -> None:
        """Whoever gets hold of the folder later cannot sign with it."""
        self._known.pop(key, None)
        self._file(key).unlink(missing_ok=True)

    def _find(self, key: str) -> Ed25519PrivateKey | None:
        if key not in self._known:
            try:
                pem = self._file(key).read_bytes()
            except FileNotFoundError:
                return None
            except OSError as error:
                raise NoKey(f"{self._file(key)} cannot be read: {error.strerror}") from error
            self._known[key] = self._read(key, pem)
        return self._known[key]

    def _read(self, key: str, pem: bytes) -> Ed25519PrivateKey:
        try:
            private = load_pem_private_key(pem, None)
        except (ValueError, TypeError):
            private = None
        if not isinstance(private, Ed25519PrivateKey) or key_id(raw(private.public_key())) != key:
            raise NoKey(f"{self._file(key)} is not the key that it is called by")
        return private

    def _file(self, key: str) -> Path:
        return self.folder / f"{key}.pem"
