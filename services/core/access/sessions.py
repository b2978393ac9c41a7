"""Sessions of the console: a random token in a cookie, and its hash here."""

from __future__ import annotations

import secrets
from datetime import timedelta
from hashlib import sha256

from sqlalchemy import delete, update
from sqlmodel import col

from services.core import ledger
from services.core.access.roles import Actor, Method
from services.core.access.tables import ConsoleSession, Official
from services.core.errors import Forbidden, Unidentified
from services.core.work import Work

IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=12)
FRESH = timedelta(minutes=10)
SEEN_EVERY = timedelta(minutes=1)
"""A session is not written to more often than this for having been used."""


def begin(work: Work, official: Official, method: Method) -> str:
    """Let somebody in who has made themselves known. The token is given out once."""
    token = secrets.token_urlsafe(32)
    work.session.add(
        ConsoleSession(
            token_hash=_hash(token),
            official_id=official.id,
            method=method,
            began_at=work.now,
            seen_at=work.now,
        )
    )
    ledger.append(
        work,
        actor=f"official:{official.id}",
        action="access.sign_in",
        subject=official.id,
        payload={"method": method},
    )
    return token


def resume(work: Work, token: str) -> Actor:
    """Who this is. Raises Unidentified where the session has ended, by itself or by somebody."""
    row = work.session.get(ConsoleSession, _hash(token))
    if row is None or row.ended_at is not None or _is_over(row, work):
        raise Unidentified("sign in: there is no such session, or it has ended")
    official = work.session.get_one(Official, row.official_id)
    if official.disabled_at is not None:
        raise Unidentified("sign in: there is no such session, or it has ended")
    if work.now - row.seen_at >= SEEN_EVERY:
        row.seen_at = work.now
    return Actor.in_person(official, Method(row.method))


def began_lately(work: Work, token: str) -> None:
    """For what would outlast the session: that somebody was here themselves a moment ago, and has not merely
    left a browser open. Raises Forbidden."""
    row = work.session.get(ConsoleSession, _hash(token))
    if row is None or work.now - row.began_at > FRESH:
        raise Forbidden("for this you must have signed in within the last ten minutes: sign in anew")


def end(work: Work, token: str) -> None:
    """Sign out. Whoever is signed out already stays so."""
    row = work.session.get(ConsoleSession, _hash(token))
    if row is not None and row.ended_at is None:
        row.ended_at = work.now


def end_all(work: Work, official_id: str) -> None:
    """Wherever somebody is signed in: what they may do, or how they are known, has changed."""
    work.session.connection().execute(
        update(ConsoleSession)
        .where(col(ConsoleSession.official_id) == official_id, col(ConsoleSession.ended_at).is_(None))
        .values(ended_at=work.now)
    )


def forget(work: Work) -> None:
    """Delete what is over for good; who signed in and when stays in the ledger."""
    over = col(ConsoleSession.began_at) < work.now - 2 * LONGEST
    work.session.connection().execute(delete(ConsoleSession).where(over))


def _is_over(row: ConsoleSession, work: Work) -> bool:
    return work.now - row.seen_at > IDLE or work.now - row.began_at > LONGEST


def _hash(token: str) -> bytes:
    return sha256(token.encode()).digest()
