"""What an official signs in with: their passkeys, and a password for when there is none at hand.

Nothing here can be done with a password, nor long after signing in: whoever borrows a browser, or reads a
password over a shoulder, must not make themselves a key to come back with.
"""

from __future__ import annotations

import segno
from fastapi import APIRouter
from starlette.responses import Response

from services.api.console.entering import Answer
from services.api.console.sent import SentDep
from services.api.console.telling import ConsoleRoute, data, desk, done
from services.api.console.visiting import BASE, Acting, VisitDep
from services.core import access
from services.core.access import Method, Vault
from services.core.errors import Forbidden, Invalid
from services.core.text import Line

router = APIRouter(prefix=f"{BASE}/me", include_in_schema=False, route_class=ConsoleRoute)


class Another(Answer):
    name: Line


@router.get("")
def devices(visit: VisitDep) -> Response:
    """By what this official is known."""
    with visit.acting() as acting:
        own = access.passkeys.live(acting.identity, acting.actor.official.id)
        has_password = access.passwords.has_one(acting.identity, acting.actor.official)
        return desk(
            visit,
            acting,
            "me.html",
            here="me",
            passkeys=own,
            has_password=has_password,
            by_password=acting.actor.method is Method.PASSWORD,
        )


@router.post("/passkeys/begin")
def begin(visit: VisitDep) -> Response:
    with visit.acting(lately=True) as acting:
        _by_passkey(acting)
        ceremony, options = access.passkeys.begin_enrolling(
            acting.identity, acting.actor.official, visit.party
        )
    return data({"ceremony": ceremony.id, "options": options})


@router.post("/passkeys")
def enrol(visit: VisitDep, another: Another) -> Response:
    """Another device, beside those there are."""
    with visit.acting(lately=True) as acting:
        _by_passkey(acting)
        passkey = access.passkeys.enrol(
            acting.identity, another.ceremony, another.credential, visit.party, name=another.name
        )
        if passkey.official_id != acting.actor.official.id:
            raise Forbidden("this passkey was begun for somebody else")
    return data({"location": f"{BASE}/me"})


@router.post("/passkeys/{passkey_id}/revoke")
def revoke(visit: VisitDep, passkey_id: str) -> Response:
    """A device that is lost or not used any more; not the last one, or only a new invitation would help."""
    with visit.acting(lately=True) as acting:
        _by_passkey(acting)
        if len(access.passkeys.live(acting.identity, acting.actor.official.id)) < 2:
            raise Invalid("this is your only passkey: add another one first", field="passkey")
        access.passkeys.revoke(acting.identity, acting.actor.official, passkey_id)
    return done(visit, f"{BASE}/me")


@router.post("/password/begin")
def begin_password(visit: VisitDep) -> Response:
    """A secret for one-time codes, to be read by a telephone; and the form for a password."""
    with visit.acting(lately=True) as acting:
        _by_passkey(acting)
        address = access.passwords.begin(acting.identity, acting.actor.official, _vault(visit))
        return _secret(visit, acting, address)


@router.post("/password")
def choose(visit: VisitDep, sent: SentDep) -> Response:
    """The password counts from now on; whoever is signed in signs in anew."""
    hashed = access.passwords.hashed(sent.secret("password"))
    with visit.acting(lately=True) as acting:
        _by_passkey(acting)
        access.passwords.choose(
            acting.identity, acting.actor.official, hashed, sent.one("code") or "", _vault(visit)
        )
    return done(visit, f"{BASE}/sign-in")


def _secret(visit: VisitDep, acting: Acting, address: str) -> Response:
    code = segno.make(address, error="m").svg_inline(scale=5, border=2, light="white", dark="black")
    return desk(visit, acting, "password.html", here="me", code=code, address=address)


def _by_passkey(acting: Acting) -> None:
    if acting.actor.method is not Method.PASSKEY:
        raise Forbidden("this is done with a passkey only: sign in with one")


def _vault(visit: VisitDep) -> Vault:
    return Vault.of(visit.settings.keys_folder)
