"""What was shown, as it is stored."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import JSON, Column, UniqueConstraint
from sqlmodel import Field

from services.core.records import Instant, Table


class Told(NamedTuple):
    """What a board tells, the same in every process: the records up to the newest ledger entry and the newest
    run, and of them what was published until then."""

    ledger_seq: int
    run_id: int
    told: datetime


class Edition(Table, table=True):
    """From when a board was shown, and which: all that is needed to compile it again.

    Boards follow each other in the order of `ledger_seq`, `run_id` and `told`, none of which ever falls.
    """

    __tablename__ = "edition"
    __table_args__ = (UniqueConstraint("ledger_seq", "run_id", "told"),)

    id: int | None = Field(default=None, primary_key=True)
    ledger_seq: int
    run_id: int
    """The newest run that it knew, 0 without any."""
    told: datetime = Field(sa_type=Instant)
    """When the newest of the revisions that it tells was published: those to be told later it keeps back."""
    shown_from: datetime = Field(sa_type=Instant)
    """By the clock of the process that showed it first."""
    runs: list[int] = Field(sa_column=Column(JSON, nullable=False))
    """The run of every component, in the order of their numbers."""

    @property
    def place(self) -> Told:
        return Told(self.ledger_seq, self.run_id, self.told)


class Served(Table, table=True):
    """The ETag of what was answered to a question while an edition was shown."""

    __tablename__ = "served"

    edition: int = Field(primary_key=True, foreign_key="edition.id", ondelete="CASCADE")
    question: str = Field(primary_key=True)
    """A path without parameters."""
    clock: datetime = Field(primary_key=True, sa_type=Instant)
    """The instant of which the answer speaks."""
    etag: str = Field(primary_key=True)
    """Several only where several releases answered differently."""
