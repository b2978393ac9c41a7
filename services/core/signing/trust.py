"""Which key may have signed what, by the log that published and retired them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from services.core.signing.keyset import KeySet
from services.core.signing.rules import decoded, genuine, key_id


class Untrusted(ValueError):
    """A key that may not have signed this, in words."""


@dataclass(slots=True)
class Trust:
    """Without `pinned` keys, those that a file names itself are taken at its word."""

    pinned: KeySet | None = None
    own: KeySet | None = None
    """Keys that came with what they signed; for where there is no log."""
    published: dict[str, tuple[int, str, bytes]] = field(default_factory=dict)
    """By id: the entry's number, its instant and the key."""
    retired: dict[str, tuple[int, str]] = field(default_factory=dict)
    _trusted: set[str] = field(default_factory=set)

    def publish(self, seq: int, at: str, key: str, payload: Mapping[str, Any]) -> str | None:
        """Learn that a key was published; what is wrong with that."""
        try:
            public = decoded(payload["public"])
            if key_id(public) != key:
                return f"entry {seq} publishes a key under another's name"
            if key in self.published:
                return f"entry {seq} publishes the key {key} again"
            trusted = self._vouched(seq, at, key, payload.get("vouched_by"))
        except (ValueError, KeyError, TypeError, AttributeError):
            return f"entry {seq} publishes a key that cannot be read"
        self.published[key] = (seq, at, public)
        if not trusted:
            return (
                f"entry {seq} publishes the key {key}, which is neither pinned nor vouched for by one that is"
            )
        self._trusted.add(key)
        return None

    def retire(self, seq: int, at: str, key: str) -> str | None:
        """Learn that a key was retired; what is wrong with that."""
        if key not in self.published or key in self.retired:
            return f"entry {seq} retires a key that is not live"
        self.retired[key] = (seq, at)
        return None

    def signer(self, key: str, seq: int) -> bytes:
        """The public key of whoever signed entry `seq`. Raises Untrusted."""
        if not self.published:
            return self._named(key)
        if key not in self.published or seq <= self.published[key][0]:
            raise Untrusted(f"the key {key}, which the log had not published by then")
        self._not_retired(key, seq)
        return self._believed(key)

    def witness(self, key: str, seq: int) -> bytes:
        """The public key of whoever vouched for the log up to `seq`; it may have been published since. Raises
        Untrusted."""
        if not self.published:
            return self._named(key)
        if key not in self.published:
            raise Untrusted(f"the key {key}, which the log never published")
        self._not_retired(key, seq)
        return self._believed(key)

    def missing(self, last_at: str) -> Iterator[str]:
        """Where a log up to this instant knows nothing of pinned keys, or something else."""
        for key in self.pinned.keys if self.pinned else ():
            if key.kid not in self.published:
                if key.published_at <= last_at:
                    yield f"the pinned key {key.kid} was never published in this log"
            elif self.published[key.kid][1] != key.published_at:
                yield f"the pinned key {key.kid} was not published when this log says so"

    def differences(self, served: KeySet) -> Iterator[str]:
        """Where a list of keys is not what the log says."""
        for kid in sorted({key.kid for key in served.keys} | self.published.keys()):
            key = served.find(kid)
            if key is None:
                yield f"the key {kid} is in the log and not in the list of keys"
            elif kid not in self.published:
                yield f"the key {kid} is in the list of keys and not in the log"
            else:
                retired = self.retired.get(kid)
                if (key.published_at, key.retired_at) != (self.published[kid][1], retired and retired[1]):
                    yield f"the list of keys has other dates for the key {kid} than the log"

    def _vouched(self, seq: int, at: str, key: str, by: Mapping[str, Any] | None) -> bool:
        if self.pinned is None or self.pinned.find(key):
            return True
        if by is None:
            return False
        public = self.signer(by["key"], seq)
        return genuine(public, succession(key, at), by["signature"])

    def _not_retired(self, key: str, seq: int) -> None:
        if key in self.retired and self.retired[key][0] <= seq:
            raise Untrusted(f"the key {key}, which was retired by then")

    def _believed(self, key: str) -> bytes:
        if key not in self._trusted:
            raise Untrusted(f"the key {key}, which is neither pinned nor vouched for by one that is")
        return self.published[key][2]

    def _named(self, key: str) -> bytes:
        known = self.pinned or self.own
        found = known.find(key) if known else None
        if found is None:
            raise Untrusted(f"the key {key}, which is not {'pinned' if self.pinned else 'known'}")
        return found.public


def succession(key: str, at: str) -> dict[str, str]:
    """What a key signs of the one that takes over, published at this instant."""
    return {"format": "otkel-succession/1", "key": key, "published_at": at}
