"""What a signature is made of, and whether one is genuine. Nothing here needs a private key."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

import rfc8785
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

LIVE = 2
"""Keys that may sign at a time, so that one can take over from the other."""


def canonical(content: Mapping[str, Any]) -> bytes:
    """RFC 8785. Raises ValueError for what has no such form."""
    return rfc8785.dumps(dict(content))


def genuine(public: bytes, content: Mapping[str, Any], signature: str) -> bool:
    """Whether a signature (base64url) is that of the content's canonical form, by this Ed25519 key."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(decoded(signature), canonical(content))
    except (InvalidSignature, ValueError):
        return False
    return True


def key_id(public: bytes) -> str:
    """The thumbprint of an Ed25519 key as a JWK (RFC 7638, RFC 8037): base64url of a SHA-256."""
    return encoded(sha256(canonical({"kty": "OKP", "crv": "Ed25519", "x": encoded(public)})).digest())


def raw(key: Ed25519PublicKey) -> bytes:
    return key.public_bytes(Encoding.Raw, PublicFormat.Raw)


def encoded(value: bytes) -> str:
    """base64url without padding."""
    return urlsafe_b64encode(value).rstrip(b"=").decode()


def decoded(text: str) -> bytes:
    """Raises ValueError for anything but the one way in which `encoded` writes."""
    try:
        value = urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
    except NotBase64 as error:
        raise ValueError(f"not base64url: {error}") from None
    if encoded(value) != text:
        raise ValueError("not base64url without padding")
    return value
