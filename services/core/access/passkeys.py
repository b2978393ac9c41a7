"""Passkeys (WebAuthn): how they are enrolled, how one signs in, and how one signs a text.

What a device signs is a challenge. To sign in it is random; to sign a text it is the text's SHA-256, so the
assertion is a signature of that text by its author's own device, which has verified its owner.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from sqlmodel import col, select
from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url, options_to_json_dict
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from services.core import ledger
from services.core.access import ceremonies
from services.core.access.ceremonies import Purpose
from services.core.access.tables import Ceremony, Official, Passkey
from services.core.errors import Conflict, Invalid, Unidentified
from services.core.signing import DeviceSignature, encoded
from services.core.work import Work

Json: TypeAlias = dict[str, Any]

MOST_PASSKEYS = 10
"""For one official: a few devices, and those that were lost and replaced."""


@dataclass(frozen=True, slots=True)
class Party:
    """Whom passkeys are for: the host of the console, and where its pages come from."""

    host: str
    origin: str


def live(work: Work, official_id: str) -> Sequence[Passkey]:
    """Those that have not been revoked, oldest first."""
    return work.session.exec(
        select(Passkey)
        .where(Passkey.official_id == official_id, col(Passkey.revoked_at).is_(None))
        .order_by(col(Passkey.created_at), col(Passkey.id))
    ).all()


def begin_enrolling(work: Work, official: Official, party: Party) -> tuple[Ceremony, Json]:
    """A ceremony, and the options for the browser. Raises Conflict."""
    known = live(work, official.id)
    if len(known) >= MOST_PASSKEYS:
        raise Conflict(f"you have {MOST_PASSKEYS} passkeys: revoke one that you no longer use")
    ceremony = ceremonies.begin(work, Purpose.ENROL, official_id=official.id)
    options = generate_registration_options(
        rp_id=party.host,
        rp_name="Otkel",
        user_id=official.id.encode(),
        user_name=official.name,
        challenge=ceremony.challenge,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=[PublicKeyCredentialDescriptor(base64url_to_bytes(one.id)) for one in known],
    )
    return ceremony, options_to_json_dict(options)


def enrol(work: Work, ceremony_id: str, credential: Json, party: Party, *, name: str) -> Passkey:
    """Keep what the browser answered. Raises Unidentified, Invalid or Conflict."""
    ceremony = ceremonies.used(work, ceremony_id, Purpose.ENROL)
    assert ceremony.official_id is not None
    try:
        verified = verify_registration_response(
            credential=credential,
            expected_challenge=ceremony.challenge,
            expected_rp_id=party.host,
            expected_origin=party.origin,
            require_user_verification=True,
        )
    except WebAuthnException as error:
        raise Invalid(f"the passkey was not accepted: {error}", field="credential") from None
    passkey_id = bytes_to_base64url(verified.credential_id)
    if work.session.get(Passkey, passkey_id) is not None:
        raise Conflict("this passkey is known already")
    passkey = Passkey(
        id=passkey_id,
        official_id=ceremony.official_id,
        public_key=verified.credential_public_key,
        sign_count=verified.sign_count,
        name=name,
        created_at=work.now,
    )
    work.session.add(passkey)
    work.session.flush()
    _noted(work, passkey, "access.enrol_passkey")
    return passkey


def begin_signing_in(work: Work, party: Party) -> tuple[Ceremony, Json]:
    """For whoever it is: the device offers the passkeys that it holds for this host."""
    return _asked(ceremonies.begin(work, Purpose.SIGN_IN), party)


def sign_in(work: Work, ceremony_id: str, credential: Json, party: Party) -> Official:
    """Whose device answered. Raises Unidentified."""
    ceremony = ceremonies.used(work, ceremony_id, Purpose.SIGN_IN)
    passkey, _ = _answered(work, ceremony, credential, party)
    official = work.session.get_one(Official, passkey.official_id)
    if official.disabled_at is not None:
        raise Unidentified("this passkey is not known here, or was revoked")
    return official


def begin_signing(
    work: Work, official: Official, digest: bytes, about: Json, party: Party
) -> tuple[Ceremony, Json]:
    """Have an official's own device sign the SHA-256 of a text; `about` is handed back with the signature."""
    ceremony = ceremonies.begin(work, Purpose.SIGN, official_id=official.id, challenge=digest, about=about)
    return _asked(ceremony, party, live(work, official.id))


def signed(
    work: Work, official: Official, ceremony_id: str, credential: Json, party: Party
) -> tuple[Ceremony, DeviceSignature]:
    """The ceremony and the signature. Raises Unidentified, also where another official's device signed."""
    ceremony = ceremonies.used(work, ceremony_id, Purpose.SIGN)
    passkey, signature = _answered(work, ceremony, credential, party)
    if not passkey.official_id == ceremony.official_id == official.id:
        raise Unidentified("this was to be signed by somebody else")
    return ceremony, signature


def revoke(work: Work, official: Official, passkey_id: str) -> None:
    """Make an official's own passkey worthless. Raises Invalid."""
    passkey = work.session.get(Passkey, passkey_id)
    if passkey is None or passkey.official_id != official.id:
        raise Invalid("you have no such passkey", field="passkey")
    if passkey.revoked_at is None:
        passkey.revoked_at = work.now
        _noted(work, passkey, "access.revoke_passkey")


def _asked(ceremony: Ceremony, party: Party, known: Sequence[Passkey] = ()) -> tuple[Ceremony, Json]:
    options = generate_authentication_options(
        rp_id=party.host,
        challenge=ceremony.challenge,
        allow_credentials=[PublicKeyCredentialDescriptor(base64url_to_bytes(one.id)) for one in known],
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return ceremony, options_to_json_dict(options)


def _answered(
    work: Work, ceremony: Ceremony, credential: Json, party: Party
) -> tuple[Passkey, DeviceSignature]:
    named = credential.get("id")
    passkey = work.session.get(Passkey, named) if isinstance(named, str) and named.isascii() else None
    if passkey is None or passkey.revoked_at is not None:
        raise Unidentified("this passkey is not known here, or was revoked")
    try:
        verified = verify_authentication_response(
            credential=credential,
            expected_challenge=ceremony.challenge,
            expected_rp_id=party.host,
            expected_origin=party.origin,
            credential_public_key=passkey.public_key,
            credential_current_sign_count=passkey.sign_count,
            require_user_verification=True,
        )
    except WebAuthnException as error:
        raise Unidentified(f"the passkey did not answer as it should: {error}") from None
    passkey.sign_count, passkey.used_at = verified.new_sign_count, work.now
    response = credential["response"]
    return passkey, DeviceSignature(
        credential_id=passkey.id,
        public_key=encoded(passkey.public_key),
        authenticator_data=encoded(base64url_to_bytes(response["authenticatorData"])),
        client_data=encoded(base64url_to_bytes(response["clientDataJSON"])),
        signature=encoded(base64url_to_bytes(response["signature"])),
    )


def _noted(work: Work, passkey: Passkey, action: str) -> None:
    ledger.append(
        work,
        actor=f"official:{passkey.official_id}",
        action=action,
        subject=passkey.official_id,
        payload={"passkey": passkey.id},
    )
