"""Whether an official's own device signed something. Nothing here needs the device, or the service."""

from __future__ import annotations

from hashlib import sha256
from urllib.parse import urlsplit

from cryptography.exceptions import InvalidSignature
from webauthn.helpers import (
    decode_credential_public_key,
    decoded_public_key_to_cryptography,
    parse_authenticator_data,
    parse_client_data_json,
    verify_signature,
)
from webauthn.helpers.exceptions import WebAuthnException

from services.core.signing.rules import decoded
from services.core.text import Record


class DeviceSignature(Record):
    """A WebAuthn assertion, every field base64url: `signature` is over `authenticator_data` and SHA-256 of
    `client_data`, which holds the challenge, by `public_key` (COSE)."""

    credential_id: str
    public_key: str
    authenticator_data: str
    client_data: str
    signature: str

    def fault(self, challenge: bytes) -> str | None:
        """What is wrong with it as a signature of this challenge; None if nothing is."""
        try:
            return self._fault(challenge)
        except InvalidSignature:
            return "the device's signature is false"
        except (WebAuthnException, ValueError, TypeError, KeyError, IndexError) as error:
            return f"the device's signature cannot be read: {error}"

    def _fault(self, challenge: bytes) -> str | None:
        client_data, authenticator_data = decoded(self.client_data), decoded(self.authenticator_data)
        said, device = parse_client_data_json(client_data), parse_authenticator_data(authenticator_data)
        if said.type != "webauthn.get" or said.challenge != challenge:
            return "the device signed something else"
        if not (device.flags.up and device.flags.uv):
            return "the device did not verify its owner"
        if device.rp_id_hash not in _parties(said.origin):
            return "the device signed for another site than it was asked by"
        key = decode_credential_public_key(decoded(self.public_key))
        verify_signature(
            public_key=decoded_public_key_to_cryptography(key),
            signature_alg=key.alg,
            signature=decoded(self.signature),
            data=authenticator_data + sha256(client_data).digest(),
        )
        return None


def _parties(origin: str) -> set[bytes]:
    """Hashes of the hosts for which a page of this origin may ask: its own, and those above it."""
    labels = (urlsplit(origin).hostname or "").split(".")
    return {sha256(".".join(labels[first:]).encode()).digest() for first in range(len(labels))}
