"""Checking a log, signed notices, lists of keys and heartbeats, with nothing but themselves at hand."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime

from services.core import ledger, signing
from services.core.ledger import GENESIS
from services.core.notices import proofs
from services.core.notices.proofs import Devices
from services.core.notices.public import ANNOUNCING, Line, Shown, SignedNotice, Withheld, told_hash
from services.core.signing import Heartbeat, KeySet, Trust, Untrusted

UNREADABLE = (ValueError, TypeError, KeyError, AttributeError, RecursionError)
"""What reading something that nobody of ours wrote may raise."""


@dataclass(slots=True)
class Findings:
    """What was found out about a log or a notice: `head` is its last entry."""

    head: tuple[int, str] = (0, GENESIS)
    faults: list[str] = field(default_factory=list)
    signed: int = 0
    by_device: int = 0
    unsigned: int = 0
    """Announced before the service had a key."""
    withheld: list[Withheld] = field(default_factory=list)
    whole: bool = False
    """It was read to its end, and nothing in it is withheld."""


class Audit:
    """`pinned` are keys that somebody has kept; without them the log's own are taken at its word."""

    def __init__(self, pinned: KeySet | None = None) -> None:
        self._pinned = pinned
        self._trust = Trust(pinned)
        self._devices = Devices()
        self._announced: dict[str, int] = {}
        self._lines: dict[int, str] = {}
        self._told: dict[tuple[str, int], str] = {}
        self._seen: dict[tuple[object, ...], int] = {}
        self._last_at = ""
        self._log: Findings | None = None

    def log(self, lines: Iterable[Shown], *, noted: tuple[int, str] | None = None) -> Findings:
        """A whole log, from its first entry on. `noted` is an entry that was there earlier."""
        found = Findings()
        chain = ledger.chained(self._watched(lines, found), _digest, head=noted)
        if chain.fault:
            found.faults.insert(0, chain.fault)
        found.head = (chain.entries, chain.head)
        if not chain.fault:
            found.faults += self._trust.missing(self._last_at)
        self._log = found
        return found

    def notice(self, notice: SignedNotice) -> Findings:
        """One notice; held against the log if that was read before."""
        found = Findings()
        trust = self._trust if self._log else Trust(self._pinned, own=notice.keys)
        announced = dict.fromkeys([notice.notice], 0)
        for line in notice.revisions:
            found.faults += self._of_notice(notice, line, announced, trust, found)
            found.head = (line.seq, line.hash)
        for row in notice.unrecorded:
            found.faults.append(
                f"notice {notice.notice}, revision {row.get('revision')} is not in the ledger"
            )
        if not notice.revisions:
            found.faults.append(f"notice {notice.notice}: nothing was announced")
        if self._log:
            known = self._announced.get(notice.notice, 0)
            if announced[notice.notice] < known and not found.withheld:
                found.faults.append(f"notice {notice.notice} has {known} revisions in the log, not fewer")
        return found

    def keys(self, served: KeySet) -> list[str]:
        """What is wrong with a list of keys, by the log that was read before."""
        return list(self._trust.differences(served)) if self._log else []

    def heartbeat(self, heartbeat: Heartbeat, notices: Sequence[SignedNotice] = ()) -> list[str]:
        """What is wrong with a heartbeat, and what it shows to be missing from the log or the notices.

        Whether its head is in the log, `log` says.
        """
        own = notices[0].keys if notices else None
        trust = self._trust if self._log else Trust(self._pinned, own=own)
        faults = []
        try:
            public = trust.witness(heartbeat.key, heartbeat.ledger.seq)
            if not heartbeat.genuine(public):
                faults.append("the heartbeat's signature is false")
        except Untrusted as error:
            faults.append(f"the heartbeat is signed by {error}")
        told = self._told if self._log else _told(notices)
        about = {one.notice for one in notices}
        for one in heartbeat.notices:
            missing = (one.notice, one.revision) not in told
            looked_for = self._log.whole if self._log else one.notice in about
            if missing and looked_for:
                faults.append(f"notice {one.notice}, revision {one.revision} was told once and is gone")
            elif not missing and told[one.notice, one.revision] != one.hash:
                faults.append(f"notice {one.notice}, revision {one.revision} was told otherwise")
        return faults

    def _watched(self, lines: Iterable[Shown], found: Findings) -> Iterator[Shown]:
        for line in lines:
            yield line
            self._lines[line.seq] = line.hash
            if isinstance(line, Withheld):
                found.withheld.append(line)
                continue
            try:
                found.faults += self._of_log(line, found)
            except UNREADABLE as error:
                found.faults.append(f"entry {line.seq} cannot be read: {_first_line(error)}")
        found.whole = not found.withheld

    def _of_log(self, line: Line, found: Findings) -> Iterator[str]:
        self._last_at = line.at
        yield from self._new(line)
        if line.action == signing.PUBLISH:
            yield from _if_any(self._trust.publish(line.seq, line.at, line.subject, line.payload))
        elif line.action == signing.RETIRE:
            yield from _if_any(self._trust.retire(line.seq, line.at, line.subject))
        self._devices.learn(line)
        if line.announces:
            needs_signature = bool(self._trust.published)
            yield from proofs.faults(line, self._trust, self._devices, needs_signature=needs_signature)
            yield from _in_turn(line, self._announced, gaps=bool(found.withheld))
            self._told.update(_told_by(line))
            _count(line, found)
        elif line.record is not None or line.signed is not None:
            yield f"entry {line.seq} announces nothing and is signed as if it did"

    def _new(self, line: Line) -> Iterator[str]:
        """No two entries say the same at the same instant, and none vouches for a record twice."""
        payload = json.dumps(line.payload, sort_keys=True)
        what: list[tuple[object, ...]] = [(line.at, line.actor, line.action, line.subject, payload)]
        if "number" in line.payload:
            what.append((line.action.partition(".")[0], line.subject, line.payload["number"]))
        for said in what:
            before = self._seen.setdefault(said, line.seq)
            if before != line.seq:
                yield f"entry {line.seq} repeats entry {before}"

    def _of_notice(
        self, notice: SignedNotice, line: Shown, announced: dict[str, int], trust: Trust, found: Findings
    ) -> Iterator[str]:
        if self._log and self._lines.get(line.seq) != line.hash:
            yield f"entry {line.seq} of notice {notice.notice} is not in the log"
        if isinstance(line, Withheld):
            found.withheld.append(line)
            return
        try:
            if _digest(line) != line.hash:
                yield f"entry {line.seq} was changed after it was written"
            if line.subject != notice.notice or not line.announces:
                yield f"entry {line.seq} is not about notice {notice.notice}"
            unsigned = self._log is not None and not self._signed_by_then(line.seq)
            yield from proofs.faults(line, trust, None, needs_signature=not unsigned)
            yield from _in_turn(line, announced, gaps=bool(found.withheld))
            _count(line, found)
        except UNREADABLE as error:
            yield f"entry {line.seq} cannot be read: {_first_line(error)}"

    def _signed_by_then(self, seq: int) -> bool:
        return any(published < seq for published, _, _ in self._trust.published.values())


def _in_turn(line: Line, announced: dict[str, int], *, gaps: bool) -> Iterator[str]:
    """Revisions count from 1, one by one; where some are withheld there may be gaps."""
    before, number = announced.get(line.subject, 0), line.payload["number"]
    if number <= before or (number != before + 1 and not gaps):
        yield f"entry {line.seq} is revision {number} of notice {line.subject}, after revision {before}"
    announced[line.subject] = max(before, number)


def _count(line: Line, found: Findings) -> None:
    if line.signed is None:
        found.unsigned += 1
    else:
        found.signed += 1
        found.by_device += line.signed.content.assertion is not None


def _told(notices: Sequence[SignedNotice]) -> dict[tuple[str, int], str]:
    told: dict[tuple[str, int], str] = {}
    for notice in notices:
        for line in notice.revisions:
            if isinstance(line, Line):
                with suppress(*UNREADABLE):  # what cannot be read was said to be so
                    told.update(_told_by(line))
    return told


def _told_by(line: Line) -> dict[tuple[str, int], str]:
    number, kind = line.payload["number"], line.action.removeprefix(ANNOUNCING)
    published_at = ledger.written(datetime.fromisoformat(line.payload["published_at"]))
    hash_ = told_hash(line.subject, number, kind, published_at, line.payload["document"])
    return {(line.subject, number): hash_}


def _digest(line: Shown) -> str:
    """What cannot be hashed has no hash that could be right."""
    try:
        return line.digest
    except UNREADABLE:
        return ""


def _if_any(fault: str | None) -> Iterator[str]:
    if fault:
        yield fault


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]
