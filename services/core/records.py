"""The base of every table: named constraints, instants that are always aware, JSON that is always checked."""

from datetime import UTC, datetime
from typing import Any, ClassVar
from zlib import compress, decompress

from pydantic import BaseModel
from sqlalchemy import JSON, DateTime, Dialect, LargeBinary, MetaData
from sqlalchemy.types import TypeDecorator
from sqlmodel import SQLModel

NAMING = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Table(SQLModel):
    """A row. Built from validated values only: SQLModel does not validate a table on construction."""

    metadata: ClassVar[MetaData] = MetaData(naming_convention=NAMING)

    came_later: ClassVar[frozenset[str]] = frozenset()
    """Columns that were added to rows whose fingerprints are in the ledger already."""


class Instant(TypeDecorator[datetime]):
    """An aware instant, stored in UTC. Refuses naive times; SQLite would give them back silently."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Document(TypeDecorator[BaseModel]):
    """A pydantic value kept as JSON and checked again when it is read."""

    impl = JSON
    cache_ok = True

    def __init__(self, model: type[BaseModel]) -> None:
        super().__init__()
        self.model = model

    def process_bind_param(self, value: BaseModel | None, dialect: Dialect) -> dict[str, Any] | None:
        return None if value is None else value.model_dump(mode="json", exclude_defaults=True)

    def process_result_value(self, value: dict[str, Any] | None, dialect: Dialect) -> BaseModel | None:
        return None if value is None else self.model.model_validate(value)


class PackedDocument(TypeDecorator[BaseModel]):
    """A pydantic value kept as compressed JSON, where it is large and nobody asks the database about it."""

    impl = LargeBinary
    cache_ok = True

    def __init__(self, model: type[BaseModel]) -> None:
        super().__init__()
        self.model = model

    def process_bind_param(self, value: BaseModel | None, dialect: Dialect) -> bytes | None:
        return None if value is None else compress(value.model_dump_json(exclude_defaults=True).encode())

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> BaseModel | None:
        return None if value is None else self.model.model_validate_json(decompress(value))
