"""One piece of work: one transaction, one instant.

An edge opens it around a call into the domain and so commits before it replies. No function of the
domain commits, and none reads the clock.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from sqlalchemy import Engine
from sqlmodel import Session

from services.core.database import engine_for


class Signer(Protocol):
    """Whoever has private keys of the service at hand."""

    def holds(self, keys: Sequence[str]) -> str | None:
        """The first of these ids whose private key is at hand."""

    def sign(self, key: str, message: bytes) -> bytes:
        """The message's signature by a key that it holds."""


@dataclass(frozen=True, slots=True)
class Work:
    """`now` is aware and the same for everything that this piece of work records.

    Without a `signer` nothing can be announced.
    """

    session: Session
    now: datetime
    signer: Signer | None = None


@dataclass(frozen=True, slots=True)
class Edge:
    """Where a process touches its database: few connections that write, others that only read."""

    writer: Engine
    reader: Engine
    keys: Signer | None = None

    @classmethod
    def to(cls, url: str, *, writers: int = 2, readers: int = 2, keys: Signer | None = None) -> "Edge":
        """`writers` and `readers` bound the connections of each kind on a server database. `keys` are needed
        where anything is announced."""
        reader = engine_for(url, connections=readers, read_only=True)
        return cls(engine_for(url, connections=writers), reader, keys)

    @contextmanager
    def work(self, *, now: datetime | None = None) -> Iterator[Work]:
        """Commit on the way out, roll back on an error."""
        with Session(self.writer, expire_on_commit=False) as session:
            yield Work(session, now or datetime.now(UTC), self.keys)
            session.commit()

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that sees one state of the database throughout and changes nothing."""
        with Session(self.reader, expire_on_commit=False) as session:
            yield session

    def close(self) -> None:
        self.writer.dispose()
        self.reader.dispose()
