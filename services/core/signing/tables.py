"""Public keys as they are stored. None is ever deleted: what it signed stays verifiable."""

from datetime import datetime

from sqlalchemy import Column, LargeBinary
from sqlmodel import Field

from services.core.records import Instant, Table


class SigningKey(Table, table=True):
    """A public key of the service. It signs from when it was published until it was retired."""

    __tablename__ = "signing_key"

    id: str = Field(primary_key=True)
    public: bytes = Field(sa_column=Column(LargeBinary(32), nullable=False))
    published_at: datetime = Field(sa_type=Instant)
    retired_at: datetime | None = Field(default=None, sa_type=Instant)
