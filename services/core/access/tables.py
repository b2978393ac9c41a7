"""Officials and the ways they are known, and the salts of the days, as they are stored."""

from datetime import date, datetime
from typing import Any

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
    roles: list[str] = Field(sa_column=Column(JSON, nullable=False))
    created_at: datetime = Field(sa_type=Instant)
    disabled_at: datetime | None = Field(default=None, sa_type=Instant)


class Key(Table, table=True):
    """A key for machines. Only a hash of it is kept; it is 256 random bits, so a fast hash will do."""

    __tablename__ = "access_key"

    id: str = Field(primary_key=True)
    official_id: str = Field(foreign_key="official.id")
    scopes: list[str] = Field(sa_column=Column(JSON, nullable=False))
    """Rights that whoever holds it has, as far as its official has them."""
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


class Passkey(Table, table=True):
    """What is known of a device that signs for an official."""

    __tablename__ = "passkey"

    id: str = Field(primary_key=True)
    """The credential's, base64url."""
    official_id: str = Field(foreign_key="official.id", index=True)
    public_key: bytes
    """COSE."""
    sign_count: int
    name: str
    created_at: datetime = Field(sa_type=Instant)
    used_at: datetime | None = Field(default=None, sa_type=Instant)
    revoked_at: datetime | None = Field(default=None, sa_type=Instant)


class Password(Table, table=True):
    """A password's hash (Argon2id), and the sealed secrets of one-time codes: the one that counts, and one
    that a telephone was shown and has not yet proved to have read."""

    __tablename__ = "password"

    official_id: str = Field(primary_key=True, foreign_key="official.id")
    hash: str | None = None
    secret: bytes | None = None
    next_secret: bytes | None = None
    failures: int = 0
    not_before: datetime | None = Field(default=None, sa_type=Instant)


class UsedCode(Table, table=True):
    """One-time codes that were used, by half minutes since 1970: none counts twice."""

    __tablename__ = "used_code"

    official_id: str = Field(primary_key=True, foreign_key="official.id")
    step: int = Field(primary_key=True)


class ConsoleSession(Table, table=True):
    """Somebody signed in. Of the token in their cookie only the hash is kept."""

    __tablename__ = "console_session"

    token_hash: bytes = Field(primary_key=True)
    official_id: str = Field(foreign_key="official.id", index=True)
    method: str
    began_at: datetime = Field(sa_type=Instant)
    seen_at: datetime = Field(sa_type=Instant)
    ended_at: datetime | None = Field(default=None, sa_type=Instant)


class Ceremony(Table, table=True):
    """A challenge that a device is to sign."""

    __tablename__ = "ceremony"

    id: str = Field(primary_key=True)
    purpose: str
    official_id: str | None = Field(default=None, foreign_key="official.id")
    challenge: bytes
    about: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    expires_at: datetime = Field(sa_type=Instant)
    used_at: datetime | None = Field(default=None, sa_type=Instant)


class Proposal(Table, table=True):
    """Something about who may do what, which one administrator asks for and another decides."""

    __tablename__ = "proposal"
    __table_args__ = (
        CheckConstraint("decided_by is null or decided_by <> asked_by", name="two_people"),
        CheckConstraint("(decided_by is null) = (granted is null)", name="decided_whole"),
    )

    id: str = Field(primary_key=True)
    asked_by: str = Field(foreign_key="official.id")
    asked_at: datetime = Field(sa_type=Instant)
    document: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    decided_by: str | None = Field(default=None, foreign_key="official.id")
    decided_at: datetime | None = Field(default=None, sa_type=Instant)
    granted: bool | None = None
    redeemed_at: datetime | None = Field(default=None, sa_type=Instant)
    """When whoever asked took what was granted: a key or a link, which is shown once."""


class Invitation(Table, table=True):
    """A link by which an official enrols a first passkey, or another one when all are lost. Used once."""

    __tablename__ = "invitation"

    token_hash: bytes = Field(primary_key=True)
    official_id: str = Field(foreign_key="official.id")
    expires_at: datetime = Field(sa_type=Instant)
    used_at: datetime | None = Field(default=None, sa_type=Instant)
