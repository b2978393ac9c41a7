"""What somebody may do: by their roles, and by how they made themselves known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from services.core.access.tables import Official
from services.core.crossings import Side
from services.core.errors import Forbidden


class Role(StrEnum):
    AUTHOR = "author"
    APPROVER = "approver"
    ADMINISTRATOR = "administrator"


class Method(StrEnum):
    """How somebody made themselves known."""

    PASSKEY = "passkey"
    PASSWORD = "password"  # noqa: S105
    """With a one-time code; for whoever has no passkey at hand."""
    KEY = "key"


class Right(StrEnum):
    """What a route or an action asks for. The same words are the scopes of keys."""

    POST = "notices:post"
    APPROVE = "notices:approve"
    REPORT = "observations:report"
    ADMINISTER = "access:administer"
    AUDIT = "audit:read"


RIGHTS: Mapping[Role, frozenset[Right]] = {
    Role.AUTHOR: frozenset({Right.POST, Right.REPORT, Right.AUDIT}),
    Role.APPROVER: frozenset({Right.APPROVE, Right.REPORT, Right.AUDIT}),
    Role.ADMINISTRATOR: frozenset({Right.ADMINISTER, Right.AUDIT}),
}

ONLY_IN_PERSON = frozenset({Right.ADMINISTER})
"""No key has these, whatever its scopes: whoever steals a machine's key must not make keys."""

ONLY_BY_PASSKEY = frozenset({Right.APPROVE, Right.ADMINISTER})
"""What a password is too little for: it can be read over a shoulder, and asked for by a false page."""


@dataclass(frozen=True, slots=True)
class Actor:
    """An official who is acting, and what they may do this way."""

    official: Official
    method: Method
    rights: frozenset[Right]

    @classmethod
    def by_key(cls, official: Official, scopes: frozenset[Right]) -> Actor:
        return cls(official, Method.KEY, (rights_of(official) & scopes) - ONLY_IN_PERSON)

    @classmethod
    def in_person(cls, official: Official, method: Method) -> Actor:
        rights = rights_of(official)
        return cls(official, method, rights if method is Method.PASSKEY else rights - ONLY_BY_PASSKEY)

    @property
    def name(self) -> str:
        """As the ledger names them."""
        return f"official:{self.official.id}"

    @property
    def surely_themselves(self) -> bool:
        """Whether the way they made themselves known can hardly be borrowed."""
        return self.method is not Method.PASSWORD

    def needs(self, right: Right) -> None:
        """Raises Forbidden."""
        if right not in self.rights:
            raise Forbidden(f"this needs the right {right}")

    def speaks_for(self, side: Side, code: str) -> bool:
        own = self.official.crossings
        return side == self.official.country and (not own or code in own)


def rights_of(official: Official) -> frozenset[Right]:
    return frozenset(right for role in official.roles for right in RIGHTS[Role(role)])
