"""Links by which an official enrols a passkey: the first one, or another when all are lost."""

from __future__ import annotations

import secrets
from datetime import timedelta
from hashlib import sha256

from sqlalchemy import update
from sqlmodel import col

from services.core import ledger
from services.core.access.tables import Invitation, Official
from services.core.errors import Unidentified
from services.core.work import Work

LASTS = timedelta(hours=24)


def invite(work: Work, official: Official, *, actor: str) -> str:
    """The token of a link. It is given out once; whoever has it within a day becomes this official."""
    token = secrets.token_urlsafe(32)
    work.session.add(
        Invitation(token_hash=_hash(token), official_id=official.id, expires_at=work.now + LASTS)
    )
    ledger.append(work, actor=actor, action="access.invite", subject=official.id, payload={})
    return token


def invited(work: Work, token: str) -> Official:
    """Whom a link is for. Raises Unidentified where it was used, is too old or never was."""
    row = work.session.get(Invitation, _hash(token))
    official = work.session.get_one(Official, row.official_id) if row else None
    if row is None or official is None or row.used_at is not None or row.expires_at <= work.now:
        raise Unidentified("this link was used already, or is too old: ask for another")
    if official.disabled_at is not None:
        raise Unidentified("this link was used already, or is too old: ask for another")
    return official


def use(work: Work, token: str) -> Official:
    """The same, for the only time."""
    official = invited(work, token)
    used = work.session.connection().execute(
        update(Invitation)
        .where(col(Invitation.token_hash) == _hash(token), col(Invitation.used_at).is_(None))
        .values(used_at=work.now)
    )
    if used.rowcount != 1:
        raise Unidentified("this link was used already, or is too old: ask for another")
    return official


def _hash(token: str) -> bytes:
    return sha256(token.encode()).digest()
