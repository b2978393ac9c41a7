"""Notices as they are stored: revisions only, none of them ever changed."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Column, UniqueConstraint
from sqlmodel import Field

from services.core.notices.documents import NoticeFields
from services.core.records import Document, Instant, Table


class NoticeRevision(Table, table=True):
    """What a notice said from `published_at` on, until its next revision.

    `published_at` is when it was told; `recorded_at` when we wrote it down. They differ for the history
    of the border, which was told long before this service began.
    """

    __tablename__ = "notice_revision"
    __table_args__ = (
        CheckConstraint("kind in ('published', 'amended', 'withdrawn')", name="kind"),
        UniqueConstraint("author", "idempotency_key"),
    )

    notice_id: str = Field(primary_key=True)
    revision: int = Field(primary_key=True, ge=1)
    kind: str
    published_at: datetime = Field(sa_type=Instant)
    recorded_at: datetime = Field(sa_type=Instant)
    author: str
    reason: str | None = None
    idempotency_key: str
    """Chosen by the author for one act; remembered for ever, so that a repeated request changes nothing."""
    fingerprint: str
    """SHA-256 of what was asked, to tell a repetition from another request under the same key."""
    document: NoticeFields = Field(sa_column=Column(Document(NoticeFields), nullable=False))
