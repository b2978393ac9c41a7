"""Observations as they are stored."""

from datetime import datetime

from sqlalchemy import Column, UniqueConstraint
from sqlmodel import Field

from services.core.observations.documents import ObservationFields
from services.core.records import Document, Instant, Table


class Observation(Table, table=True):
    """`observed_at` inside the document is when it was seen; `received_at` when it reached us."""

    __tablename__ = "observation"
    __table_args__ = (UniqueConstraint("source", "idempotency_key"),)

    id: str = Field(primary_key=True)
    crossing: str = Field(index=True)
    observed_at: datetime = Field(sa_type=Instant, index=True)
    received_at: datetime = Field(sa_type=Instant)
    source: str
    idempotency_key: str
    fingerprint: str
    document: ObservationFields = Field(sa_column=Column(Document(ObservationFields), nullable=False))
