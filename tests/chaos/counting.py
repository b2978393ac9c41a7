"""Holding what was acknowledged against what is recorded and shown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import httpx
from sqlmodel import Session, select

from services.core import crossings, ledger, notices, observations, outbox
from services.core.crossings import Direction
from services.core.notices import NoticeFields, NoticeRevision
from services.core.observations import Observation
from services.core.text import Language
from tests.chaos.clients import Done
from tests.chaos.household import Member
from tests.chaos.probing import newest_known


@dataclass(frozen=True, slots=True)
class Records:
    """What the database holds at the end, histories and other people's notices aside."""

    revisions: Sequence[NoticeRevision]
    observations: Sequence[Observation]
    seqs: dict[tuple[str, int], int]
    """The ledger entry of each notice's revision and of each observation, which has revision 1."""
    known: int
    """Up to which ledger entry the newest advisory run knows."""
    unkept: list[str]
    """Promises that are neither kept nor periodic."""
    faults: list[str]


def read(session: Session) -> Records:
    written = list(ledger.entries(session))
    verdict = ledger.verify(written)
    forged = (slice_.first_forged(session) for slice_ in (crossings, notices, observations))
    waiting = [*outbox.pending(session), *outbox.dead(session)]
    return Records(
        revisions=[row for row in notices.revisions(session) if row.author.startswith("official:")],
        observations=session.exec(select(Observation)).all(),
        seqs={
            (entry.subject, entry.payload["number"]): entry.seq
            for entry in written
            if entry.action.startswith(("notices.", "observations."))
        },
        known=newest_known(session),
        unkept=[f"{row.kind}: {row.error}" for row in waiting if row.dead_at or row.dedupe_key is None],
        faults=[fault for fault in (verdict.fault, *forged) if fault],
    )


def lost(acknowledged: Iterable[Done], records: Records) -> list[str]:
    """Acts that were acknowledged and are not recorded as they were sent."""
    notices_by_key = {(row.author, row.idempotency_key): row for row in records.revisions}
    reports_by_key = {(row.source, row.idempotency_key): row for row in records.observations}
    return [
        f"{done.key}: {done.verb}"
        for done in acknowledged
        if not (
            _reported(done, reports_by_key.get((done.author, done.key)))
            if done.verb == "report"
            else _announced(done, notices_by_key.get((done.author, done.key)))
        )
    ]


KINDS = {"publish": "published", "amend": "amended", "withdraw": "withdrawn"}


def _announced(done: Done, row: NoticeRevision | None) -> bool:
    if row is None or not isinstance(done.sent, NoticeFields):
        return False
    said = {(effect.what, effect.selector.crossings, effect.window) for effect in done.sent.effects}
    says = {(effect.what, effect.selector.crossings, effect.window) for effect in row.document.effects}
    return (row.notice_id, row.revision, row.kind, row.document.texts, says) == (
        done.subject,
        done.revision,
        KINDS[done.verb],
        done.sent.texts,
        said,
    )


def _reported(done: Done, row: Observation | None) -> bool:
    return row is not None and (row.id, row.document) == (done.subject, done.sent)


def duplicates(acknowledged: Sequence[Done], records: Records) -> list[str]:
    """Acts that are recorded more than once, and records of acts that nobody has done.

    Counted by key, and apart from keys by what each act says of itself: its headline or method.
    """
    keys = Counter((row.author, row.idempotency_key) for row in records.revisions)
    keys += Counter((row.source, row.idempotency_key) for row in records.observations)
    words = Counter(_headline(row) for row in records.revisions if row.kind != "withdrawn")
    words += Counter(row.document.method or "" for row in records.observations)
    done = {(one.author, one.key) for one in acknowledged}
    said = {one.key for one in acknowledged if one.verb != "withdraw"}
    strange = [f"{key[1]}: never done" for key in keys.keys() - done]
    return [
        *strange,
        *(f"{key[1]}: {count} times" for key, count in keys.items() if count > 1),
        *(f"{word}: said {count} times" for word, count in words.items() if count > 1 or word not in said),
    ]


def _headline(row: NoticeRevision) -> str:
    return row.document.texts[Language.ENGLISH].headline


def missing(acknowledged: Iterable[Done], records: Records) -> list[str]:
    """Effects that were promised and have not come: promises not kept, and acts no advisory run knows of."""
    unknown = [done.key for done in acknowledged if records.seqs.get((done.subject, done.revision), 0) == 0]
    behind = [subject for (subject, _), seq in records.seqs.items() if seq > records.known]
    return [*records.unkept, *unknown, *behind]


def unseen(acknowledged: Sequence[Done], apis: Iterable[Member]) -> list[str]:
    """Closures in force that some API process does not tell of, and notices that it tells wrongly."""
    newest = {done.subject: done for done in sorted(acknowledged, key=lambda done: done.revision)}
    told = [done for done in newest.values() if done.verb != "report"]
    with httpx.Client(timeout=5.0, trust_env=False) as http:
        return [
            f"{done.key} at {api.name}: {fault}"
            for api in apis
            for fault, done in (*_told_wrongly(http, api, told), *_not_a_reason(http, api, told))
        ]


def _told_wrongly(http: httpx.Client, api: Member, told: Iterable[Done]) -> Iterator[tuple[str, Done]]:
    for done in told:
        reply = http.get(f"{api.address}/v1/notices/{done.subject}")
        says = reply.json()
        if (says.get("revision"), says.get("state")) != (done.revision, KINDS[done.verb]):
            yield f"{reply.status_code} {says}", done


def _not_a_reason(http: httpx.Client, api: Member, told: Iterable[Done]) -> Iterator[tuple[str, Done]]:
    """Notices that are not among the reasons of the status of a lane that they close."""
    answers: dict[tuple[str, str], httpx.Response] = {}
    for done in told:
        if done.verb == "withdraw" or not isinstance(done.sent, NoticeFields):
            continue
        selector = done.sent.effects[0].selector
        lane = (selector.crossings[0], selector.modes[0].value)
        if lane not in answers:
            asked = {"mode": lane[1], "direction": Direction.TO_KZ.value}
            answers[lane] = http.get(f"{api.address}/v1/crossings/{lane[0]}", params=asked)
        reasons = {reason.get("notice") for reason in answers[lane].json().get("reasons", ())}
        if f"{done.subject}/{done.revision}" not in reasons:
            yield f"{answers[lane].status_code}, not a reason of {lane}", done
