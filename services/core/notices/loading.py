"""Bringing the dated history of the border into the records, as notices like any other."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID, uuid5

from services.core import ledger
from services.core.crossings import fingerprint
from services.core.notices import queries
from services.core.notices.actions import store
from services.core.notices.chronicle import Event
from services.core.notices.chronicle import Revision as Told
from services.core.notices.chronicle import events as recorded_events
from services.core.notices.tables import NoticeRevision
from services.core.work import Work

HISTORY_IDS = UUID("5a3c2a52-6a6b-4d2b-9f34-0f7f7c3a7d11")
"""The name space from which the ids of past events come, so that loading them anew finds them again."""

CHRONICLE = "chronicle"


def load_history(work: Work, events: Iterable[Event] | None = None) -> list[NoticeRevision]:
    """Record the dated history of the border as notices; what was recorded anew.

    Loading it twice records nothing the second time. Where a file says more or something else than is
    recorded, the difference becomes further revisions; what was recorded stays. On a notice on which an
    official has spoken since, the files are silent: the official knows better.
    """
    ledger.hold(work)
    added = []
    for event in recorded_events().values() if events is None else events:
        notice_id = str(uuid5(HISTORY_IDS, event.slug))
        known = queries.revisions(work.session, notice_id)
        for number, revision in enumerate(_untold(event, known), start=len(known) + 1):
            print_ = fingerprint(revision.notice)
            row = NoticeRevision(
                notice_id=notice_id,
                revision=number,
                kind=revision.kind,
                published_at=revision.published_at,
                recorded_at=work.now,
                author=CHRONICLE,
                reason=revision.reason,
                idempotency_key=f"{event.slug}:{number}",
                fingerprint=print_,
                document=revision.notice,
            )
            added.append(store(work, row))
    return added


def _untold(event: Event, known: Sequence[NoticeRevision]) -> Sequence[Told]:
    """The revisions of the file that come after what is recorded; if the past differs, its last word."""
    if any(row.author != CHRONICLE for row in known):
        return ()
    same = [
        (row.kind, fingerprint(row.document)) == (told.kind, fingerprint(told.notice))
        for row, told in zip(known, event.revisions, strict=False)
    ]
    if all(same) and len(known) <= len(event.revisions):
        return event.revisions[len(known) :]
    last, recorded = event.revisions[-1], known[-1]
    if (recorded.kind, fingerprint(recorded.document)) == (last.kind, fingerprint(last.notice)):
        return ()
    return (last,)
