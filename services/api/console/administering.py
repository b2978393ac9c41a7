"""Who may do what: one administrator asks, another grants; taking away needs nobody else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fastapi import APIRouter
from pydantic import ValidationError
from starlette.responses import Response

from services.api.console import views
from services.api.console.sent import Sent, SentDep
from services.api.console.telling import ConsoleRoute, desk, done
from services.api.console.visiting import BASE, Acting, VisitDep
from services.api.problems import faults_of
from services.core import access
from services.core.access import Official, Right, Role, WrittenKey
from services.core.access.roles import ONLY_IN_PERSON
from services.core.errors import Forbidden, Invalid, NotFound

router = APIRouter(prefix=f"{BASE}/officials", include_in_schema=False, route_class=ConsoleRoute)

DECISIONS = {"grant": True, "refuse": False}

ASKED = {
    "invite": ("name", "authority", "crossings", "roles"),
    "change": ("official", "crossings", "roles"),
    "key": ("official", "scopes"),
    "renew": ("official",),
}
"""What can be asked for, and the fields that say it."""


@router.get("")
def everybody(visit: VisitDep) -> Response:
    """The officials of this state, what waits for a second administrator, and what was granted."""
    with visit.acting() as acting:
        return _page(visit, acting)


@router.post("/proposals")
def propose(visit: VisitDep, sent: SentDep) -> Response:
    """Ask for something."""
    with visit.acting(lately=True) as acting:
        try:
            asked = access.proposals.ASKED.validate_python(_asked(acting, sent))
        except ValidationError as error:
            field, message = faults_of(error)[0]
            raise Invalid(message, field=field.split(".")[-1]) from None
        access.proposals.propose(acting.work, acting.actor, asked)
    return done(visit, f"{BASE}/officials")


@router.post("/proposals/{proposal_id}/{decision}")
def decide(visit: VisitDep, proposal_id: str, decision: str) -> Response:
    """Grant or refuse what another asked for; or take, once, what one was granted."""
    with visit.acting(lately=True) as acting:
        if decision == "redeem":
            given = access.proposals.redeem(acting.work, acting.actor, proposal_id)
            return _page(visit, acting, **_shown_once(visit, given))
        if decision not in DECISIONS:
            raise NotFound("that cannot be decided")
        access.proposals.decide(acting.work, acting.actor, proposal_id, grant=DECISIONS[decision])
    return done(visit, f"{BASE}/officials")


@router.post("/{official_id}/disable")
def disable(visit: VisitDep, official_id: str) -> Response:
    """At once, and alone: whoever sees that something is wrong must not wait for a second."""
    return _taken_away(
        visit, official_id, lambda acting, one: access.disable(acting.work, one.name, actor=acting.actor.name)
    )


@router.post("/{official_id}/keys/{key_id}/revoke")
def revoke_key(visit: VisitDep, official_id: str, key_id: str) -> Response:
    def revoked(acting: Acting, one: Official) -> None:
        if key_id not in {key.id for key in access.keys_of(acting.work.session, [one.id])}:
            raise NotFound("there is no such key")
        access.revoke_key(acting.work, key_id, actor=acting.actor.name)

    return _taken_away(visit, official_id, revoked)


def _taken_away(visit: VisitDep, official_id: str, take: Callable[[Acting, Official], None]) -> Response:
    with visit.acting() as acting:
        acting.actor.needs(Right.ADMINISTER)
        found = access.named_by_id(acting.work.session, [official_id]).get(official_id)
        if found is None or found.country != acting.actor.official.country:
            raise NotFound("there is no such official")
        if found.id == acting.actor.official.id:
            raise Forbidden("nobody locks themselves out: another administrator does it")
        take(acting, found)
    return done(visit, f"{BASE}/officials")


def _page(visit: VisitDep, acting: Acting, **shown: Any) -> Response:
    session, country = acting.work.session, acting.actor.official.country
    own = access.colleagues(session, country)
    names = {one.id: one.name for one in own}
    keys = access.keys_of(session, list(names))
    administers = Right.ADMINISTER in acting.actor.rights
    values = {
        "own": [
            (one, [key for key in keys if key.official_id == one.id], _devices(acting, one)) for one in own
        ],
        "pending": [
            (one, names.get(one.asked_by, "?"), one.asked_by == acting.actor.official.id)
            for one in (access.proposals.pending(acting.work, country) if administers else ())
        ],
        "granted": access.proposals.to_redeem(acting.work, acting.actor) if administers else (),
        "crossings": views.named(visit.current.board.catalogue),
        "roles": tuple(Role),
        "scopes": sorted(set(Right) - ONLY_IN_PERSON),
        "link": None,
        "key": None,
    }
    return desk(visit, acting, "officials.html", here="officials", **{**values, **shown})


def _devices(acting: Acting, one: Official) -> int:
    return len(access.passkeys.live(acting.work, one.id))


def _shown_once(visit: VisitDep, given: WrittenKey | str) -> dict[str, str]:
    if isinstance(given, WrittenKey):
        return {"key": str(given)}
    return {"link": f"{visit.party.origin}{BASE}/welcome#{given}"}


def _asked(acting: Acting, sent: Sent) -> dict[str, Any]:
    """The proposal as its document; what belongs to another kind is left out."""
    what = sent.needed("what", "say what you ask for")
    if what not in ASKED:
        raise Invalid(f"must be one of {', '.join(ASKED)}", field="what")
    said: dict[str, Any] = {"what": what}
    for name in ASKED[what]:
        if name in ("crossings", "roles", "scopes"):
            said[name] = [value for value in sent.fields.get(name, ()) if value]
        elif value := sent.one(name):
            said[name] = value
    if what == "invite":
        said["country"] = acting.actor.official.country
    return said
