"""Challenges: random bytes that somebody's device signs once, within minutes, for one purpose."""

from __future__ import annotations

import secrets
from datetime import timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import delete, update
from sqlmodel import col

from services.core.access.tables import Ceremony
from services.core.errors import Unidentified
from services.core.work import Work

LASTS = timedelta(minutes=5)


class Purpose(StrEnum):
    ENROL = "enrol"
    SIGN_IN = "sign-in"
    SIGN = "sign"


def begin(
    work: Work,
    purpose: Purpose,
    *,
    official_id: str | None = None,
    challenge: bytes | None = None,
    about: dict[str, Any] | None = None,
) -> Ceremony:
    """`challenge` is random unless it says what is signed; `about` is handed back at the end."""
    ceremony = Ceremony(
        id=secrets.token_urlsafe(16),
        purpose=purpose,
        official_id=official_id,
        challenge=challenge or secrets.token_bytes(32),
        about=about or {},
        expires_at=work.now + LASTS,
    )
    work.session.add(ceremony)
    work.session.flush()
    return ceremony


def used(work: Work, ceremony_id: str, purpose: Purpose) -> Ceremony:
    """The ceremony, which nobody can use again. Raises Unidentified."""
    taken = work.session.connection().execute(
        update(Ceremony)
        .where(
            col(Ceremony.id) == ceremony_id,
            col(Ceremony.purpose) == purpose,
            col(Ceremony.used_at).is_(None),
            col(Ceremony.expires_at) > work.now,
        )
        .values(used_at=work.now)
    )
    if taken.rowcount != 1:
        raise Unidentified("this took too long, or was done already: begin again")
    return work.session.get_one(Ceremony, ceremony_id, populate_existing=True)


def forget(work: Work) -> None:
    """What nobody can use any more: whoever asks for a challenge without a name leaves no more behind."""
    work.session.connection().execute(delete(Ceremony).where(col(Ceremony.expires_at) <= work.now))
