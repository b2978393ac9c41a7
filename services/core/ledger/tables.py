"""The ledger as it is stored."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Column
from sqlmodel import Field

from services.core.records import Instant, Table


class LedgerEntry(Table, table=True):
    """One change. `seq` counts from 1 without a gap; `hash` covers everything else and the hash before."""

    __tablename__ = "ledger_entry"
    __table_args__ = (CheckConstraint("seq >= 1", name="seq_from_one"),)

    seq: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    at: datetime = Field(sa_type=Instant)
    actor: str
    """Who did it: an official's name as in `official:…`, or `system`."""
    action: str
    """What was done, as `slice.verb`."""
    subject: str
    """What it was done to: a notice's id, a crossing's code."""
    payload: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    previous: str
    hash: str = Field(unique=True)
