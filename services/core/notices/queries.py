"""Reading notices."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlmodel import Session, col, func, select, tuple_

from services.core import ledger
from services.core.notices.rules import Revision
from services.core.notices.tables import NoticeRevision, NoticeSignature


def revisions(session: Session, notice_id: str | None = None) -> Sequence[NoticeRevision]:
    """All revisions, of one notice or of every notice, each notice's in their order."""
    wanted = select(NoticeRevision).order_by(col(NoticeRevision.notice_id), col(NoticeRevision.revision))
    if notice_id is not None:
        wanted = wanted.where(NoticeRevision.notice_id == notice_id)
    return session.exec(wanted).all()


def untold(session: Session, now: datetime) -> Sequence[NoticeRevision]:
    """The newest revision of every notice, where the public is told it later, the next one first."""
    notice, number = col(NoticeRevision.notice_id), col(NoticeRevision.revision)
    newest = select(notice, func.max(number)).group_by(notice)
    later = select(NoticeRevision).where(
        tuple_(notice, number).in_(newest), col(NoticeRevision.published_at) > now
    )
    return session.exec(later.order_by(col(NoticeRevision.published_at))).all()


def by_idempotency_key(session: Session, author: str, key: str) -> NoticeRevision | None:
    """What this author did under this key, if anything."""
    return session.exec(
        select(NoticeRevision).where(NoticeRevision.author == author, NoticeRevision.idempotency_key == key)
    ).first()


def signed_by(session: Session, notice_id: str) -> Mapping[int, NoticeSignature]:
    """What was signed of a notice, by the numbers of its revisions."""
    found = session.exec(select(NoticeSignature).where(NoticeSignature.notice_id == notice_id))
    return {row.revision: row for row in found}


def told(session: Session, notice_ids: Collection[str] | None = None) -> list[Revision]:
    """All revisions as readers have them, of these notices or of all, each notice's in their order."""
    wanted = select(NoticeRevision).order_by(col(NoticeRevision.notice_id), col(NoticeRevision.revision))
    if notice_ids is not None:
        wanted = wanted.where(col(NoticeRevision.notice_id).in_(notice_ids))
    return [as_told(row) for row in session.exec(wanted)]


def as_told(row: NoticeRevision) -> Revision:
    return Revision(
        notice_id=row.notice_id,
        revision=row.revision,
        kind=row.kind,
        published_at=row.published_at,
        recorded_at=row.recorded_at,
        emergency=row.emergency,
        reason=row.reason,
        notice=row.document,
    )


def first_forged(session: Session) -> str | None:
    """What is wrong with the first notice that does not say what the ledger says it said; None if all do."""
    rows = revisions(session)
    return ledger.first_difference(session, "notices.", {(row.notice_id, row.revision): row for row in rows})
