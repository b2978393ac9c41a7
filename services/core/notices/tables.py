"""Notices as they are stored: revisions only, none of them ever changed."""

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import JSON, CheckConstraint, Column, UniqueConstraint
from sqlmodel import Field

from services.core.notices.documents import NoticeFields
from services.core.records import Document, Instant, Table
from services.core.signing import DeviceSignature


class NoticeRevision(Table, table=True):
    """What a notice said from `published_at` on, until its next revision.

    `published_at` is when it was told; `recorded_at` when we wrote it down. They differ for the history
    of the border, which was told long before this service began.
    """

    __tablename__ = "notice_revision"
    __table_args__ = (
        CheckConstraint("kind in ('published', 'amended', 'withdrawn', 'ended')", name="kind"),
        CheckConstraint("approver is null or approver <> author", name="two_people"),
        CheckConstraint("not wide or emergency or approver is not null", name="approved"),
        UniqueConstraint("author", "idempotency_key"),
    )
    came_later: ClassVar[frozenset[str]] = frozenset({"approver", "wide", "emergency"})

    notice_id: str = Field(primary_key=True)
    revision: int = Field(primary_key=True, ge=1)
    kind: str
    published_at: datetime = Field(sa_type=Instant)
    recorded_at: datetime = Field(sa_type=Instant)
    author: str
    approver: str | None = None
    """The second person, where one was needed."""
    wide: bool = False
    """One person alone was not enough: see `breadth`."""
    emergency: bool = False
    """It was said by one person all the same; the reason says why."""
    reason: str | None = None
    idempotency_key: str
    """Chosen by the author for one act; remembered for ever, so that a repeated request changes nothing."""
    fingerprint: str
    """SHA-256 of what was asked, to tell a repetition from another request under the same key."""
    document: NoticeFields = Field(sa_column=Column(Document(NoticeFields), nullable=False))


class NoticeDraft(Table, table=True):
    """What an official is about to announce: written and rewritten, until it is published or discarded.

    Its id becomes that of the notice, unless it amends one.
    """

    __tablename__ = "notice_draft"
    __table_args__ = (
        CheckConstraint("state in ('draft', 'submitted', 'discarded', 'published')", name="state"),
        CheckConstraint("(notice_id is null) = (expected is null)", name="amends_a_revision"),
        CheckConstraint("state <> 'submitted' or document is not null", name="whole_when_submitted"),
        UniqueConstraint("author", "idempotency_key"),
    )

    id: str = Field(primary_key=True)
    version: int = 1
    """Moves with every change, so that two people cannot overwrite each other."""
    state: str
    author: str = Field(index=True)
    notice_id: str | None = None
    """The notice that it amends, and the revision that its author has read."""
    expected: int | None = None
    form: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON))
    """As far as it is written: what the console's form holds."""
    document: NoticeFields | None = Field(default=None, sa_column=Column(Document(NoticeFields)))
    """As it was submitted."""
    wide: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    """Why a second person must approve."""
    reason: str | None = None
    nonce: str | None = None
    assertion: DeviceSignature | None = Field(default=None, sa_column=Column(Document(DeviceSignature)))
    """Its author's own signature of the statement that has this nonce."""
    note: str | None = None
    """With which words it was returned."""
    idempotency_key: str | None = None
    fingerprint: str | None = None
    created_at: datetime = Field(sa_type=Instant)
    changed_at: datetime = Field(sa_type=Instant)


class NoticeSignature(Table, table=True):
    """The service's signature of a revision, and that of its author's own device if there is one.

    What they are over is in the revision and in the ledger's entry `seq`.
    """

    __tablename__ = "notice_signature"

    notice_id: str = Field(primary_key=True)
    revision: int = Field(primary_key=True)
    seq: int = Field(unique=True)
    nonce: str
    key: str
    value: str
    assertion: DeviceSignature | None = Field(default=None, sa_column=Column(Document(DeviceSignature)))
    approval: DeviceSignature | None = Field(default=None, sa_column=Column(Document(DeviceSignature)))
    """By the device of the second person, where one was needed."""
