"""Officials and their keys, and the salts of the days, as they are stored."""

from datetime import date, datetime

from sqlalchemy import JSON, CheckConstraint, Column, LargeBinary
from sqlmodel import Field

from services.core.records import Instant, Table


class Official(Table, table=True):
    """A person or office that may speak for one state's authority."""

    __tablename__ = "official"
    __table_args__ = (CheckConstraint("country in ('uz', 'kz')", name="country"),)

    id: str = Field(primary_key=True)
    name: str = Field(unique=True)
    authority: str
    country: str
    crossings: list[str] = Field(sa_column=Column(JSON, nullable=False))
    """Codes of the crossings they may speak for; an empty list means all."""
    created_at: datetime = Field(sa_type=Instant)
    disabled_at: datetime | None = Field(default=None, sa_type=Instant)


class Key(Table, table=True):
    """A key for machine posting. Only a hash of it is kept; it is 256 random bits, so a fast hash will do."""

    __tablename__ = "access_key"

    id: str = Field(primary_key=True)
    official_id: str = Field(foreign_key="official.id")
    secret_hash: bytes = Field(sa_column=Column(LargeBinary(32), nullable=False))
    created_at: datetime = Field(sa_type=Instant)
    expires_at: datetime = Field(sa_type=Instant)
    revoked_at: datetime | None = Field(default=None, sa_type=Instant)


class DaySalt(Table, table=True):
    """Random bytes that turn addresses into contributors for one day. Without them nobody can tell who a
    contributor was, so they are deleted when the day is over."""

    __tablename__ = "day_salt"

    day: date = Field(primary_key=True)
    salt: bytes = Field(sa_column=Column(LargeBinary(32), nullable=False))
