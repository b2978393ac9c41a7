"""One piece of work: one transaction, one instant.

An edge opens it around a call into the domain and so commits before it replies. No function of the
domain commits, and none reads the clock.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Engine
from sqlmodel import Session

from services.core.database import engine_for


@dataclass(frozen=True, slots=True)
class Work:
    """`now` is aware and the same for everything that this piece of work records."""

    session: Session
    now: datetime


@dataclass(frozen=True, slots=True)
class Edge:
    """Where a process touches its database: few connections that write, others that only read."""

    writer: Engine
    reader: Engine

    @classmethod
    def to(cls, url: str, *, writers: int = 2, readers: int = 2) -> "Edge":
        """`writers` and `readers` bound the connections of each kind on a server database."""
        return cls(engine_for(url, connections=writers), engine_for(url, connections=readers, read_only=True))

    @contextmanager
    def work(self, *, now: datetime | None = None) -> Iterator[Work]:
        """Commit on the way out, roll back on an error."""
        with Session(self.writer, expire_on_commit=False) as session:
            yield Work(session, now or datetime.now(UTC))
            session.commit()

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that sees one state of the database throughout and changes nothing."""
        with Session(self.reader, expire_on_commit=False) as session:
            yield session

    def close(self) -> None:
        self.writer.dispose()
        self.reader.dispose()
