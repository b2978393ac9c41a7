"""The editions: which board was shown from when, and what was answered from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import delete, tuple_
from sqlmodel import Session, col, select

from services.core.board.compiled import Board
from services.core.board.tables import Edition, Served, Told
from services.core.database import insert_into
from services.core.errors import NotFound
from services.core.work import Work

ORDER = Told._fields


class NotKept(NotFound):
    """What was shown then is not known, or not any more."""


class Showing(NamedTuple):
    """A board was shown, for all that its process knows for the first time."""

    edition: Told
    runs: tuple[int, ...]
    shown_from: datetime

    @classmethod
    def of(cls, board: Board, at: datetime) -> Showing:
        return cls(board.edition, tuple(one.id for one in board.inputs.runs), at)


class Answered(NamedTuple):
    """What was answered to a question as of `clock`, while an edition was shown."""

    edition: Told
    question: str
    clock: datetime
    etag: str


def note(work: Work, notes: Sequence[Showing | Answered]) -> None:
    """Write it down. What another process has noted before stays as it is; an answer counts only under an
    edition that is known."""
    connection = work.session.connection()
    for one in notes:
        if isinstance(one, Showing):
            values = {**one.edition._asdict(), "shown_from": one.shown_from, "runs": list(one.runs)}
            connection.execute(
                insert_into(connection, Edition).values(**values).on_conflict_do_nothing(index_elements=ORDER)
            )
    numbers: dict[Told, int | None] = {}
    for one in notes:
        if isinstance(one, Answered):
            if one.edition not in numbers:
                numbers[one.edition] = _number(work.session, one.edition)
            if (number := numbers[one.edition]) is not None:
                values = {**one._asdict(), "edition": number}
                connection.execute(insert_into(connection, Served).values(**values).on_conflict_do_nothing())


def _number(session: Session, edition: Told) -> int | None:
    return session.exec(select(Edition.id).filter_by(**edition._asdict())).first()


def shown_at(session: Session, at: datetime) -> Edition:
    """The newest edition that any process showed at an instant. Raises NotKept.

    By the order of the records, not of the clocks: who is late to show an old board does not bring it back.
    """
    found = _newest(session, at)
    if found is None:
        first = session.exec(select(Edition.shown_from).order_by(col(Edition.shown_from)).limit(1)).first()
        since = f"since {first.isoformat(timespec='seconds')}" if first else "not yet"
        raise NotKept(f"what was said then is not on record; it is {since}")
    return found


def _newest(session: Session, at: datetime) -> Edition | None:
    newest_first = (col(getattr(Edition, name)).desc() for name in ORDER)
    return session.exec(
        select(Edition).where(col(Edition.shown_from) <= at).order_by(*newest_first).limit(1)
    ).first()


def etags(session: Session, edition: Edition, question: str) -> Mapping[datetime, Set[str]]:
    """ETags of what was answered to a question while an edition was shown, by the clock of the answer."""
    found: dict[datetime, set[str]] = {}
    for row in session.exec(select(Served).where(Served.edition == edition.id, Served.question == question)):
        found.setdefault(row.clock, set()).add(row.etag)
    return found


def forget_editions(work: Work, *, before: datetime) -> Edition | None:
    """Forget those that were followed by another before an instant; the oldest that stays, if any."""
    session = work.session
    oldest = (
        _newest(session, before)
        or session.exec(
            select(Edition).order_by(*(col(getattr(Edition, name)) for name in ORDER)).limit(1)
        ).first()
    )
    if oldest is not None:
        place = tuple_(*(col(getattr(Edition, name)) for name in ORDER))
        session.connection().execute(delete(Edition).where(place < tuple_(*oldest.place)))
    return oldest
