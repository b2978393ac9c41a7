"""Making promises, handing them out and keeping them."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete
from sqlmodel import col, select

from services.core.database import insert_into
from services.core.outbox.tables import Heartbeat, Promise
from services.core.work import Work

MAX_ATTEMPTS = 10


def promise(
    work: Work,
    kind: str,
    payload: dict[str, Any] | None = None,
    *,
    dedupe_key: str | None = None,
    due: datetime | None = None,
) -> bool:
    """Promise an effect in this transaction. False: a row with this `dedupe_key` stands there already."""
    connection = work.session.connection()
    added = connection.execute(
        insert_into(connection, Promise)
        .values(
            kind=kind,
            payload=payload or {},
            dedupe_key=dedupe_key,
            created_at=work.now,
            next_at=due or work.now,
            attempts=0,
        )
        .on_conflict_do_nothing(index_elements=["dedupe_key"])
        .returning(col(Promise.id))
    )
    return added.first() is not None


def claim(work: Work, *, lease: timedelta, limit: int = 50) -> Sequence[Promise]:
    """Take rows that are due, oldest first, and keep others off them for `lease`."""
    rows = work.session.exec(
        select(Promise)
        .where(
            col(Promise.done_at).is_(None), col(Promise.dead_at).is_(None), col(Promise.next_at) <= work.now
        )
        .order_by(col(Promise.id))
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    for row in rows:
        row.next_at = work.now + lease
        row.attempts += 1
    work.session.flush()
    return rows


def keep(work: Work, ids: Sequence[int]) -> Sequence[Promise]:
    """Mark rows as done, in the transaction that commits their effect.

    Gives the rows that this transaction was the first to do; none means that somebody else did it all,
    and the effect must not be recorded again. Waits for whoever is doing one of them: so two who record the
    same effect do it one after the other, and the second sees what the first has recorded.
    """
    rows = work.session.exec(
        select(Promise)
        .where(col(Promise.id).in_(ids), col(Promise.done_at).is_(None))
        .order_by(col(Promise.id))  # all take their locks in one order
        .with_for_update()
    ).all()
    for row in rows:
        row.done_at = work.now
        row.error = None
    work.session.flush()
    return rows


def fail(work: Work, promise_id: int, error: str) -> Promise | None:
    """Note why an attempt failed; after ten attempts the row is dead and waits for a person."""
    row = work.session.get(Promise, promise_id, with_for_update=True)
    if row is None or row.done_at is not None:
        return None
    row.error = _storable(error)[:2000]
    if row.attempts >= MAX_ATTEMPTS:
        row.dead_at = work.now
    else:
        row.next_at = work.now + timedelta(seconds=min(2**row.attempts, 60))
    work.session.flush()
    return row


def _storable(text: str) -> str:
    """An error may quote anything; PostgreSQL takes neither NUL nor lone surrogates."""
    return text.replace("\0", "\N{REPLACEMENT CHARACTER}").encode("utf-8", "replace").decode()


def beat(work: Work, name: str) -> None:
    """Note that a process of this kind is alive and working."""
    connection = work.session.connection()
    connection.execute(
        insert_into(connection, Heartbeat)
        .values(name=name, at=work.now)
        .on_conflict_do_update(index_elements=["name"], set_={"at": work.now})
    )


def forget_kept(work: Work, *, before: datetime) -> None:
    """Delete promises that were kept before an instant; nothing refers to them."""
    work.session.connection().execute(delete(Promise).where(col(Promise.done_at) < before))
