"""Letting officials in, and knowing them again."""

import hmac
from collections.abc import Sequence
from datetime import timedelta

from pydantic import TypeAdapter, ValidationError
from sqlmodel import select
from uuid_utils.compat import uuid7

from services.core import ledger
from services.core.access.keys import WrittenKey
from services.core.access.tables import Key, Official
from services.core.crossings import Side
from services.core.errors import Conflict, Invalid, NotFound, Unidentified
from services.core.text import Line
from services.core.work import Work

KEY_LIFE = timedelta(days=365)


class NameTaken(Conflict):
    """Two officials cannot have one name: the ledger would not tell them apart."""


def add_official(
    work: Work, *, name: str, authority: str, country: Side, crossings: Sequence[str] = ()
) -> Official:
    """Let somebody speak for one side of some crossings; no crossings means all of them.

    Raises Invalid for a name that is not a line of text, or NameTaken.
    """
    name, authority = _line(name, "name"), _line(authority, "authority")
    if work.session.exec(select(Official).where(Official.name == name)).first():
        raise NameTaken(f"there is an official called {name!r} already")
    official = Official(
        id=str(uuid7()),
        name=name,
        authority=authority,
        country=country,
        crossings=list(crossings),
        created_at=work.now,
    )
    work.session.add(official)
    work.session.flush()
    ledger.append(
        work,
        actor="system",
        action="access.add_official",
        subject=official.id,
        payload={"name": name, "authority": authority, "country": country, "crossings": list(crossings)},
    )
    return official


def _line(text: str, field: str) -> str:
    try:
        return _LINE.validate_python(text)
    except ValidationError as error:
        raise Invalid(error.errors()[0]["msg"].removeprefix("Value error, "), field=field) from None


_LINE: TypeAdapter[str] = TypeAdapter(Line)


def issue_key(work: Work, official_name: str) -> WrittenKey:
    """A new key for an official. It is given out once; only its hash is kept. It lasts a year."""
    official = work.session.exec(select(Official).where(Official.name == official_name)).first()
    if official is None:
        raise NotFound(f"no official is called {official_name!r}")
    key = WrittenKey.new()
    work.session.add(
        Key(
            id=key.id,
            official_id=official.id,
            secret_hash=key.hash,
            created_at=work.now,
            expires_at=work.now + KEY_LIFE,
        )
    )
    ledger.append(
        work, actor="system", action="access.issue_key", subject=official.id, payload={"key": key.id}
    )
    return key


def revoke_key(work: Work, key_id: str) -> None:
    """Make a key worthless from now on. Raises NotFound."""
    key = work.session.get(Key, key_id)
    if key is None:
        raise NotFound(f"there is no key {key_id!r}")
    if key.revoked_at is None:
        key.revoked_at = work.now
        ledger.append(
            work, actor="system", action="access.revoke_key", subject=key.official_id, payload={"key": key_id}
        )


def identify(work: Work, written: str) -> Official:
    """The official who holds this key. Raises Unidentified, in the same words whatever is wrong with it."""
    key = WrittenKey.parse(written)
    row = work.session.get(Key, key.id) if key else None
    expected = row.secret_hash if row else b"\0" * 32
    genuine = hmac.compare_digest(expected, key.hash if key else b"\1" * 32)
    if row is None or not genuine or row.revoked_at is not None or row.expires_at <= work.now:
        raise Unidentified("this key is not known, has expired or was revoked")
    official = work.session.get_one(Official, row.official_id)
    if official.disabled_at is not None:
        raise Unidentified("this key is not known, has expired or was revoked")
    return official
