"""Runs as they are stored."""

from datetime import datetime

from sqlalchemy import Column
from sqlmodel import Field

from services.core.advisories.documents import Run
from services.core.records import Document, Instant, Table


class AdvisoryRun(Table, table=True):
    __tablename__ = "advisory_run"

    id: int | None = Field(default=None, primary_key=True)
    at: datetime = Field(sa_type=Instant)
    ledger_seq: int
    document: Run = Field(sa_column=Column(Document(Run), nullable=False))
