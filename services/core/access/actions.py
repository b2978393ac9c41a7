"""Letting officials in, and knowing them again."""

import hmac
from collections.abc import Iterable, Sequence
from datetime import timedelta

from pydantic import TypeAdapter, ValidationError
from sqlmodel import select
from uuid_utils.compat import uuid7

from services.core import ledger
from services.core.access import sessions
from services.core.access.keys import WrittenKey
from services.core.access.roles import ONLY_IN_PERSON, Actor, Right, Role, rights_of
from services.core.access.tables import Key, Official
from services.core.crossings import Side
from services.core.errors import Conflict, Invalid, NotFound, Unidentified
from services.core.text import Line
from services.core.work import Work

KEY_LIFE = timedelta(days=365)


class NameTaken(Conflict):
    """Two officials cannot have one name: the ledger would not tell them apart."""


def add_official(
    work: Work,
    *,
    name: str,
    authority: str,
    country: Side,
    crossings: Sequence[str] = (),
    roles: Iterable[Role] = (Role.AUTHOR, Role.APPROVER),
    actor: str = "system",
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
        roles=[str(role) for role in roles],
        created_at=work.now,
    )
    work.session.add(official)
    work.session.flush()
    _noted(work, actor, "add_official", official)
    return official


def _line(text: str, field: str) -> str:
    try:
        return _LINE.validate_python(text)
    except ValidationError as error:
        raise Invalid(error.errors()[0]["msg"].removeprefix("Value error, "), field=field) from None


_LINE: TypeAdapter[str] = TypeAdapter(Line)


def issue_key(
    work: Work, official_name: str, scopes: Iterable[Right] | None = None, *, actor: str = "system"
) -> WrittenKey:
    """A new key for an official's machine, with all rights that their roles give to a key if not said.

    It is given out once; only its hash is kept. It lasts a year. Raises NotFound, or Invalid for a scope that
    no key has.
    """
    official = named(work, official_name)
    chosen = frozenset(rights_of(official) - ONLY_IN_PERSON if scopes is None else scopes)
    if chosen & ONLY_IN_PERSON:
        raise Invalid(f"no key may have {', '.join(sorted(chosen & ONLY_IN_PERSON))}", field="scopes")
    key = WrittenKey.new()
    work.session.add(
        Key(
            id=key.id,
            official_id=official.id,
            scopes=sorted(chosen),
            secret_hash=key.hash,
            created_at=work.now,
            expires_at=work.now + KEY_LIFE,
        )
    )
    ledger.append(
        work,
        actor=actor,
        action="access.issue_key",
        subject=official.id,
        payload={"key": key.id, "scopes": sorted(chosen)},
    )
    return key


def revoke_key(work: Work, key_id: str, *, actor: str = "system") -> None:
    """Make a key worthless from now on. Raises NotFound."""
    key = work.session.get(Key, key_id)
    if key is None:
        raise NotFound(f"there is no key {key_id!r}")
    if key.revoked_at is None:
        key.revoked_at = work.now
        ledger.append(
            work, actor=actor, action="access.revoke_key", subject=key.official_id, payload={"key": key_id}
        )


def disable(work: Work, official_name: str, *, actor: str = "system") -> None:
    """Whatever they hold opens nothing from now on: keys, passkeys, passwords, sessions. Raises NotFound."""
    official = named(work, official_name)
    if official.disabled_at is None:
        official.disabled_at = work.now
        sessions.end_all(work, official.id)
        _noted(work, actor, "disable", official)


def named(work: Work, name: str) -> Official:
    """Raises NotFound."""
    official = work.session.exec(select(Official).where(Official.name == name)).first()
    if official is None:
        raise NotFound(f"no official is called {name!r}")
    return official


def identify(work: Work, written: str) -> Actor:
    """The official whose machine holds this key. Raises Unidentified, in the same words whatever is wrong."""
    key = WrittenKey.parse(written)
    row = work.session.get(Key, key.id) if key else None
    expected = row.secret_hash if row else b"\0" * 32
    genuine = hmac.compare_digest(expected, key.hash if key else b"\1" * 32)
    if row is None or not genuine or row.revoked_at is not None or row.expires_at <= work.now:
        raise Unidentified("this key is not known, has expired or was revoked")
    official = work.session.get_one(Official, row.official_id)
    if official.disabled_at is not None:
        raise Unidentified("this key is not known, has expired or was revoked")
    return Actor.by_key(official, frozenset(Right(scope) for scope in row.scopes))


def _noted(work: Work, actor: str, verb: str, official: Official) -> None:
    """Names are personal and the ledger is public: it vouches for the row, and shows what may be done."""
    ledger.append(
        work,
        actor=actor,
        action=f"access.{verb}",
        subject=official.id,
        payload={
            "country": official.country,
            "crossings": official.crossings,
            "roles": official.roles,
            "fingerprint": ledger.row_print(official),
        },
    )
