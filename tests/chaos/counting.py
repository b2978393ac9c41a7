"""Holding what was acknowledged against what is recorded and shown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import httpx
from sqlmodel import Session, select

from services.core import crossings, ledger, notices, observations, outbox
from services.core.crossings import Direction
from services.core.notices import NoticeDraft, NoticeFields, NoticeRevision
from services.core.observations import Observation
from services.core.text import Language
from tests.chaos.acts import Act, Told, Verb
from tests.chaos.clients import Done
from tests.chaos.household import Member
from tests.chaos.probing import newest_known

Row: TypeAlias = NoticeRevision | NoticeDraft | Observation

TABLES: Mapping[Verb, type[Row]] = {
    "publish": NoticeRevision,
    "amend": NoticeRevision,
    "withdraw": NoticeRevision,
    "end": NoticeRevision,
    "submit": NoticeDraft,
    "approve": NoticeRevision,
    "report": Observation,
}
"""Where each act is recorded."""

KINDS: Mapping[Verb, str] = {
    "publish": "published",
    "amend": "amended",
    "withdraw": "withdrawn",
    "end": "ended",
    "approve": "published",
}
"""The revision that each act on a notice makes."""

FINISHING: tuple[Verb, ...] = ("withdraw", "end")
"""They have the effects of the revision before them, and words of their own that nobody sends."""


@dataclass(frozen=True, slots=True)
class Records:
    """What the database holds at the end, histories and other people's notices aside."""

    revisions: Sequence[NoticeRevision]
    drafts: Sequence[NoticeDraft]
    observations: Sequence[Observation]
    seqs: dict[tuple[str, int], int]
    """The ledger entry of each notice's revision and of each observation, which has revision 1."""
    known: int
    """Up to which ledger entry the newest advisory run knows."""
    unkept: list[str]
    """Promises that are neither kept nor periodic."""
    faults: list[str]

    @property
    def rows(self) -> Sequence[Row]:
        return [*self.revisions, *self.drafts, *self.observations]


def read(session: Session) -> Records:
    written = list(ledger.entries(session))
    verdict = ledger.verify(written)
    forged = (slice_.first_forged(session) for slice_ in (crossings, notices, observations))
    waiting = [*outbox.pending(session), *outbox.dead(session)]
    return Records(
        revisions=[row for row in notices.revisions(session) if row.author.startswith("official:")],
        drafts=session.exec(select(NoticeDraft)).all(),
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


def recorded(session: Session, act: Act) -> Told | None:
    """What the database has of an act at this moment, as a reply would tell it."""
    table = TABLES[act.verb]
    author = "source" if table is Observation else "author"
    asked = select(table).filter_by(**{author: act.author, "idempotency_key": act.key})
    match session.exec(asked).first():
        case NoticeRevision() as row:
            return Told(row.notice_id, row.revision)
        case NoticeDraft() as row:
            return Told(row.id, row.version)
        case Observation() as row:
            return Told(row.id, 1)
    return None


def lost(acknowledged: Iterable[Done], records: Records) -> list[str]:
    """Acts that were acknowledged and are not recorded as they were sent."""
    rows = {_key(row): row for row in records.rows}
    return [
        f"{done.key}: {done.verb}" for done in acknowledged if not _as_sent(rows.get(_key_of(done)), done)
    ]


def _as_sent(row: Row | None, done: Done) -> bool:
    match row:
        case NoticeRevision():
            told = (row.notice_id, row.revision, row.kind)
            return told == (done.subject, done.revision, KINDS[done.verb]) and _says(row.document, done)
        case NoticeDraft():  # it may have been approved since
            return row.id == done.subject and row.version >= done.revision and _says(row.document, done)
        case Observation():
            return (row.id, row.document) == (done.subject, done.sent)
    return False


def _says(document: NoticeFields | None, done: Done) -> bool:
    """Whether it is what was sent; the service adds the sides, and the words that finish a notice."""
    if document is None or not isinstance(done.sent, NoticeFields):
        return False
    says, said = (
        {(effect.what, effect.selector.crossings, effect.window) for effect in fields.effects}
        for fields in (document, done.sent)
    )
    return says == said and (done.verb in FINISHING or document.texts == done.sent.texts)


def duplicates(acknowledged: Sequence[Done], records: Records) -> list[str]:
    """Acts that are recorded more than once, and records of acts that nobody has done.

    Counted by key, and apart from keys by what each act says of itself: its headline or method.
    """
    keys, words = Counter(map(_key, records.rows)), _words(records)
    done = {_key_of(one) for one in acknowledged}
    said = {(TABLES[one.verb], one.key) for one in acknowledged if one.verb not in FINISHING}
    return [
        *(f"{key}: never done" for table, author, key in keys.keys() - done),
        *(f"{key}: {count} times" for (_, _, key), count in keys.items() if count > 1),
        *(f"{one[1]}: said {count} times" for one, count in words.items() if count > 1 or one not in said),
    ]


def said_again(records: Records) -> int:
    """How many records say what another one says already, whatever their keys."""
    return sum(count - 1 for count in _words(records).values())


def _words(records: Records) -> Counter[tuple[type[Row], str]]:
    finished = {KINDS[verb] for verb in FINISHING}
    words: Counter[tuple[type[Row], str]] = Counter()
    words.update(
        (NoticeRevision, _headline(row.document)) for row in records.revisions if row.kind not in finished
    )
    words.update((NoticeDraft, _headline(row.document)) for row in records.drafts)
    words.update((Observation, row.document.method or "") for row in records.observations)
    return words


def _headline(document: NoticeFields | None) -> str:
    return document.texts[Language.ENGLISH].headline if document else ""


def _key(row: Row) -> tuple[type[Row], str, str | None]:
    author = row.source if isinstance(row, Observation) else row.author
    return type(row), author, row.idempotency_key


def _key_of(done: Done) -> tuple[type[Row], str, str | None]:
    return TABLES[done.verb], done.author, done.key


def missing(acknowledged: Iterable[Done], records: Records) -> list[str]:
    """Effects that were promised and have not come: promises not kept, and acts no advisory run knows of."""
    unknown = [done.key for done in acknowledged if records.seqs.get((done.subject, done.revision), 0) == 0]
    behind = [subject for (subject, _), seq in records.seqs.items() if seq > records.known]
    return [*records.unkept, *unknown, *behind]


def unseen(acknowledged: Sequence[Done], apis: Iterable[Member]) -> list[str]:
    """Closures in force that some API process does not tell of, and notices that it tells wrongly."""
    newest = {done.subject: done for done in sorted(acknowledged, key=lambda done: done.revision)}
    told = [done for done in newest.values() if done.verb in KINDS]
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
        if done.verb in FINISHING or not isinstance(done.sent, NoticeFields):
            continue
        selector = done.sent.effects[0].selector
        lane = (selector.crossings[0], selector.modes[0].value)
        if lane not in answers:
            asked = {"mode": lane[1], "direction": Direction.TO_KZ.value}
            answers[lane] = http.get(f"{api.address}/v1/crossings/{lane[0]}", params=asked)
        reasons = {reason.get("notice") for reason in answers[lane].json().get("reasons", ())}
        if f"{done.subject}/{done.revision}" not in reasons:
            yield f"{answers[lane].status_code}, not a reason of {lane}", done
