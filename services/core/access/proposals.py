"""What one administrator asks for and another grants: who comes in, who may do what, and new keys.

Taking something away needs nobody else: whoever sees that a key has fallen into wrong hands must not wait
for a second administrator.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal, TypeAlias

from pydantic import Field, TypeAdapter
from sqlalchemy import update
from sqlmodel import col, select
from uuid_utils.compat import uuid7

from services.core import ledger
from services.core.access import actions, invitations, sessions
from services.core.access.keys import WrittenKey
from services.core.access.roles import ONLY_IN_PERSON, Actor, Right, Role
from services.core.access.tables import Official, Proposal
from services.core.crossings import Code, Side
from services.core.errors import Conflict, Forbidden, Invalid, NotFound
from services.core.text import Line, Record
from services.core.work import Work


class Invite(Record):
    """Let somebody in. Granted, it is redeemed for a link by which they enrol a passkey."""

    what: Literal["invite"] = "invite"
    name: Line
    authority: Line
    country: Side
    crossings: tuple[Code, ...] = ()
    roles: tuple[Role, ...] = Field(min_length=1)


class Change(Record):
    """What an official may do from now on; wherever they are signed in, they sign in anew."""

    what: Literal["change"] = "change"
    official: Line
    crossings: tuple[Code, ...] = ()
    roles: tuple[Role, ...] = Field(min_length=1)


class NewKey(Record):
    """A key for a machine of an official's. Granted, it is redeemed for the key itself."""

    what: Literal["key"] = "key"
    official: Line
    scopes: tuple[Right, ...] = Field(min_length=1)


class Renew(Record):
    """Let an official in again who has lost every passkey. Granted, it is redeemed for a link as for an
    invitation."""

    what: Literal["renew"] = "renew"
    official: Line


AnyAsked: TypeAlias = Invite | Change | NewKey | Renew
Asked: TypeAlias = Annotated[AnyAsked, Field(discriminator="what")]
ASKED: TypeAdapter[AnyAsked] = TypeAdapter(Asked)


def propose(work: Work, actor: Actor, asked: AnyAsked) -> Proposal:
    """Ask for something. Raises Forbidden, Invalid, or NotFound for an official that nobody knows."""
    _administers(actor)
    if isinstance(asked, Invite):
        if asked.country != actor.official.country:
            raise Forbidden("country: of another state's officials nobody here decides")
    elif actions.named(work, asked.official).country != actor.official.country:
        raise NotFound(f"no official is called {asked.official!r}")
    elif isinstance(asked, NewKey) and ONLY_IN_PERSON & set(asked.scopes):
        raise Invalid(f"no key may have {', '.join(sorted(ONLY_IN_PERSON))}", field="scopes")
    proposal = Proposal(
        id=str(uuid7()),
        asked_by=actor.official.id,
        asked_at=work.now,
        document=asked.model_dump(mode="json"),
    )
    work.session.add(proposal)
    work.session.flush()
    _noted(work, actor, "access.propose", proposal)
    return proposal


def pending(work: Work, country: str) -> Sequence[Proposal]:
    """What waits for a second administrator of a state, oldest first."""
    return work.session.exec(
        select(Proposal)
        .join(Official, col(Official.id) == col(Proposal.asked_by))
        .where(col(Proposal.decided_by).is_(None), Official.country == country)
        .order_by(col(Proposal.asked_at))
    ).all()


def to_redeem(work: Work, actor: Actor) -> Sequence[Proposal]:
    """What this administrator was granted and has not taken yet, oldest first."""
    taken_once = select(Proposal).where(
        Proposal.asked_by == actor.official.id,
        col(Proposal.granted).is_(True),
        col(Proposal.redeemed_at).is_(None),
    )
    rows = work.session.exec(taken_once.order_by(col(Proposal.decided_at))).all()
    return [row for row in rows if not isinstance(ASKED.validate_python(row.document), Change)]


def decide(work: Work, actor: Actor, proposal_id: str, *, grant: bool) -> Proposal:
    """Grant or refuse what another administrator of the same state asked for. What changes, changes now.

    Raises NotFound, Forbidden or Conflict.
    """
    _administers(actor)
    proposal = _proposal(work, actor, proposal_id)
    if proposal.asked_by == actor.official.id:
        raise Forbidden("you asked for this: another administrator decides")
    decided = work.session.connection().execute(
        update(Proposal)
        .where(col(Proposal.id) == proposal_id, col(Proposal.decided_by).is_(None))
        .values(decided_by=actor.official.id, decided_at=work.now, granted=grant)
    )
    if decided.rowcount != 1:
        raise Conflict("somebody has decided this already")
    work.session.refresh(proposal)
    asked = ASKED.validate_python(proposal.document)
    if grant and isinstance(asked, Change):
        _change(work, asked)
    _noted(work, actor, "access.grant" if grant else "access.refuse", proposal)
    return proposal


def redeem(work: Work, actor: Actor, proposal_id: str) -> WrittenKey | str:
    """The key, or the token of the invitation, that was granted: to whoever asked, once.

    Raises NotFound, Forbidden or Conflict.
    """
    _administers(actor)
    proposal = _proposal(work, actor, proposal_id)
    if proposal.asked_by != actor.official.id:
        raise Forbidden("somebody else asked for this")
    asked = ASKED.validate_python(proposal.document)
    if not proposal.granted or isinstance(asked, Change):
        raise Conflict("there is nothing to take: it was not granted, or has come into force already")
    taken = work.session.connection().execute(
        update(Proposal)
        .where(col(Proposal.id) == proposal_id, col(Proposal.redeemed_at).is_(None))
        .values(redeemed_at=work.now)
    )
    if taken.rowcount != 1:
        raise Conflict("this was taken already; ask anew if it was lost")
    if isinstance(asked, NewKey):
        return actions.issue_key(work, asked.official, asked.scopes, actor=actor.name)
    if isinstance(asked, Renew):
        return invitations.invite(work, actions.named(work, asked.official), actor=actor.name)
    official = actions.add_official(
        work,
        name=asked.name,
        authority=asked.authority,
        country=asked.country,
        crossings=asked.crossings,
        roles=asked.roles,
        actor=actor.name,
    )
    return invitations.invite(work, official, actor=actor.name)


def _administers(actor: Actor) -> None:
    actor.needs(Right.ADMINISTER)


def _proposal(work: Work, actor: Actor, proposal_id: str) -> Proposal:
    """One of the actor's own state; of the others' nobody is told."""
    proposal = work.session.get(Proposal, proposal_id) if proposal_id.isprintable() else None
    asker = work.session.get_one(Official, proposal.asked_by) if proposal else None
    if proposal is None or asker is None or asker.country != actor.official.country:
        raise NotFound("there is no such proposal")
    return proposal


def _change(work: Work, asked: Change) -> None:
    official = actions.named(work, asked.official)
    official.crossings, official.roles = list(asked.crossings), [str(role) for role in asked.roles]
    sessions.end_all(work, official.id)


def _noted(work: Work, actor: Actor, action: str, proposal: Proposal) -> None:
    ledger.append(
        work,
        actor=actor.name,
        action=action,
        subject=proposal.id,
        payload={"what": proposal.document["what"], "fingerprint": ledger.row_print(proposal)},
    )
