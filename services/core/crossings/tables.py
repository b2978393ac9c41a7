"""The catalogue as it is stored: whole versions, none of them ever changed."""

from datetime import datetime

from sqlalchemy import Column
from sqlmodel import Field

from services.core.crossings.documents import Crossing
from services.core.records import Document, Instant, Table


class CrossingVersion(Table, table=True):
    """What the catalogue said of a crossing from `recorded_at` on, until the next version."""

    __tablename__ = "crossing_version"

    code: str = Field(primary_key=True)
    version: int = Field(primary_key=True, ge=1)
    recorded_at: datetime = Field(sa_type=Instant)
    fingerprint: str
    """SHA-256 of the document's canonical JSON."""
    document: Crossing = Field(sa_column=Column(Document(Crossing), nullable=False))
