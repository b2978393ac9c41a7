"""How entries are chained, and how a chain is checked."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, Protocol, TypeVar

import rfc8785
from pydantic import BaseModel

from services.core.records import Table

GENESIS = "0" * 64
"""What the first entry has for a previous hash."""


class Link(Protocol):
    """What makes a chain."""

    @property
    def seq(self) -> int: ...
    @property
    def previous(self) -> str: ...
    @property
    def hash(self) -> str: ...


_L = TypeVar("_L", bound=Link)


class Entry(Protocol):
    seq: int
    at: datetime
    actor: str
    action: str
    subject: str
    payload: dict[str, Any]
    previous: str
    hash: str


def row_print(row: Table) -> str:
    """SHA-256 over the canonical JSON of every column of a stored row: what its entry here vouches for."""
    return sha256(rfc8785.dumps(columns(row))).hexdigest()


def columns(row: Table) -> dict[str, Any]:
    """Every column of a row as JSON. One that came later is left out where it has its default, as it has in
    rows from before."""
    return {
        name: _plain(getattr(row, name))
        for name, field in type(row).model_fields.items()
        if name not in row.came_later or getattr(row, name) != field.get_default()
    }


def _plain(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json", exclude_defaults=True)
    return written(value) if isinstance(value, datetime) else value


def written(at: datetime) -> str:
    """How an instant stands in what is hashed and signed: UTC, to the microsecond."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def digest(entry: Entry) -> str:
    """SHA-256 over the canonical JSON (RFC 8785) of everything in the entry but the hash itself."""
    return sha256(rfc8785.dumps(content(entry))).hexdigest()


def content(entry: Entry) -> dict[str, Any]:
    """What the hash of an entry covers, as JSON."""
    return {
        "seq": entry.seq,
        "at": written(entry.at),
        "actor": entry.actor,
        "action": entry.action,
        "subject": entry.subject,
        "payload": entry.payload,
        "previous": entry.previous,
    }


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a check found: how many entries were read, the head, and the first thing wrong, if any."""

    entries: int
    head: str
    fault: str | None = None


def verify(entries: Iterable[Entry], *, head: tuple[int, str] | None = None) -> Verdict:
    """Check a chain from its first entry on. `head`: as `chained` has it."""
    return chained(entries, digest, head=head)


def chained(
    entries: Iterable[_L], digest_of: Callable[[_L], str], *, head: tuple[int, str] | None = None
) -> Verdict:
    """Check a chain from its first link on; `digest_of` gives the hash that a link should have.

    `head` is a sequence number and hash that somebody noted earlier: with it a chain whose tail was cut
    off is found out too, which no chain can show by itself.
    """
    count, previous, seen_head = 0, GENESIS, head is None or head[0] == 0
    for entry in entries:
        count += 1
        if entry.seq != count:
            return Verdict(count, previous, f"entry {count} is missing: the next one found is {entry.seq}")
        if entry.previous != previous:
            return Verdict(count, previous, f"entry {count} does not follow the one before it")
        if entry.hash != digest_of(entry):
            return Verdict(count, previous, f"entry {count} was changed after it was written")
        previous = entry.hash
        if head is not None and entry.seq == head[0]:
            if entry.hash != head[1]:
                return Verdict(count, previous, f"entry {count} is not the one that was noted earlier")
            seen_head = True
    if not seen_head and head is not None:
        return Verdict(count, previous, f"the chain ends at {count}, but entry {head[0]} was noted earlier")
    return Verdict(count, previous)
