"""Runs, and what the engine remembers between them, as they are stored."""

from datetime import datetime

from sqlalchemy import Column, LargeBinary
from sqlmodel import Field

from services.core.advisories.documents import Run
from services.core.records import Instant, PackedDocument, Table


class AdvisoryRun(Table, table=True):
    __tablename__ = "advisory_run"

    id: int | None = Field(default=None, primary_key=True)
    component: str = Field(index=True)
    at: datetime = Field(sa_type=Instant, index=True)
    ledger_seq: int
    document: Run = Field(sa_column=Column(PackedDocument(Run), nullable=False))


class Checkpoint(Table, table=True):
    """The queues of a component as they were believed to be at an instant, to go on from there."""

    __tablename__ = "checkpoint"

    component: str = Field(primary_key=True)
    at: datetime = Field(primary_key=True, sa_type=Instant)
    ledger_seq: int
    """The newest ledger entry that was known when it was made: what came later may speak of before `at`."""
    engine: str
    state: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    """Named arrays."""


class Memory(Table, table=True):
    """What the engine has learned from the observations of a component, up to a ledger entry."""

    __tablename__ = "engine_memory"

    component: str = Field(primary_key=True)
    ledger_seq: int
    engine: str
    state: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    """Named arrays."""
