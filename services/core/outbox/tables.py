"""The outbox as it is stored."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, Index, text
from sqlmodel import Field

from services.core.records import Instant, Table


class Promise(Table, table=True):
    """An effect still to be done. It is done when the effect itself is committed, not when somebody was told.

    `kind` is `slice.verb`. `dedupe_key` lets many processes promise the same thing once.
    """

    __tablename__ = "outbox"
    __table_args__ = (
        Index(
            "ix_outbox_pending",
            "next_at",
            postgresql_where=text("done_at is null and dead_at is null"),
            sqlite_where=text("done_at is null and dead_at is null"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    kind: str
    payload: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    dedupe_key: str | None = Field(default=None, unique=True)
    created_at: datetime = Field(sa_type=Instant)
    next_at: datetime = Field(sa_type=Instant)
    """When it is due, and while somebody works on it, when the lease runs out."""
    attempts: int = 0
    done_at: datetime | None = Field(default=None, sa_type=Instant)
    dead_at: datetime | None = Field(default=None, sa_type=Instant)
    """When we gave up; such a row waits for a person."""
    error: str | None = None


class Heartbeat(Table, table=True):
    """When a process of each kind last did its work; what a health check asks."""

    __tablename__ = "heartbeat"

    name: str = Field(primary_key=True)
    at: datetime = Field(sa_type=Instant)
