"""The service's keys, what they sign, and whether a signature is genuine."""

from services.core.signing.actions import prepare, rotate, signature_by
from services.core.signing.devices import DeviceSignature
from services.core.signing.heartbeats import Head, Heartbeat, Told, heartbeat
from services.core.signing.keyring import Keyring, NoKey
from services.core.signing.keyset import KeySet, PublicKey, key_set
from services.core.signing.queries import PUBLISH, RETIRE, first_forged, keys, live, signing_key
from services.core.signing.rules import canonical, decoded, encoded, genuine, key_id
from services.core.signing.tables import SigningKey
from services.core.signing.trust import Trust, Untrusted

__all__ = [
    "PUBLISH",
    "RETIRE",
    "DeviceSignature",
    "Head",
    "Heartbeat",
    "KeySet",
    "Keyring",
    "NoKey",
    "PublicKey",
    "SigningKey",
    "Told",
    "Trust",
    "Untrusted",
    "canonical",
    "decoded",
    "encoded",
    "first_forged",
    "genuine",
    "heartbeat",
    "key_id",
    "key_set",
    "keys",
    "live",
    "prepare",
    "rotate",
    "signature_by",
    "signing_key",
]
