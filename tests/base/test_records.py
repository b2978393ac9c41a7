"""What comes back from the database is what went in, and aware."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import Column, Connection, Integer, MetaData, create_engine, insert, select, text
from sqlalchemy import Table as SqlTable
from sqlalchemy.exc import StatementError

from services.core import tables
from services.core.places import Position
from services.core.records import Document, Instant, Table

ROWS = SqlTable(
    "row",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("at", Instant),
    Column("document", Document(Position)),
)
TASHKENT = timezone(timedelta(hours=5))
NOON = datetime(2026, 3, 10, 12, tzinfo=TASHKENT)


@pytest.fixture
def connection(database_url: str) -> Iterator[Connection]:
    """A database of the test's own with one small table more."""
    engine = create_engine(database_url)
    with engine.begin() as open_connection:
        ROWS.metadata.create_all(open_connection)
        yield open_connection
    engine.dispose()


def kept(connection: Connection, **values: object) -> tuple[datetime | None, Position | None]:
    connection.execute(insert(ROWS).values(**values))
    at, document = connection.execute(select(ROWS.c.at, ROWS.c.document)).one()
    return at, document


@pytest.mark.parametrize(
    "at",
    [
        NOON,
        NOON.astimezone(UTC),
        NOON + timedelta(microseconds=1),
        datetime(2024, 2, 29, 23, 30, tzinfo=timezone(timedelta(hours=6))),
        datetime(1991, 9, 1, tzinfo=TASHKENT),
    ],
)
def test_an_instant_comes_back_the_same_to_the_microsecond_and_in_utc(
    connection: Connection, at: datetime
) -> None:
    found, _ = kept(connection, at=at)
    assert found == at
    assert found is not None
    assert found.utcoffset() == timedelta(0)


def test_no_instant_comes_back_as_none(connection: Connection) -> None:
    assert kept(connection) == (None, None)


def test_a_time_without_a_zone_is_refused_before_it_is_stored(connection: Connection) -> None:
    with pytest.raises(StatementError, match="an instant needs a time zone"):
        connection.execute(insert(ROWS).values(at=NOON.replace(tzinfo=None)))


def test_instants_are_compared_as_instants_whatever_clock_they_were_told_by(connection: Connection) -> None:
    connection.execute(insert(ROWS).values(at=NOON))
    for at, found in ((NOON.astimezone(UTC), 1), (NOON.astimezone(UTC) + timedelta(seconds=1), 0)):
        assert len(connection.execute(select(ROWS).where(ROWS.c.at >= at)).all()) == found


def test_a_document_comes_back_as_the_value_that_it_was(connection: Connection) -> None:
    place = Position(lat=41.5, lon=69.25)
    assert kept(connection, document=place)[1] == place


def test_a_document_that_is_no_longer_one_is_not_given_out(connection: Connection) -> None:
    connection.execute(text("""INSERT INTO "row" (id, document) VALUES (1, '{"lat": 900, "lon": 0}')"""))
    with pytest.raises(ValueError, match="less than or equal to 90"):
        connection.execute(select(ROWS.c.document)).one()


def test_every_constraint_has_a_name_so_that_it_can_be_changed_later() -> None:
    assert tables.__all__
    for table in Table.metadata.tables.values():
        for constraint in table.constraints:
            assert constraint.name, f"{table.name} has a constraint without a name"
        for index in table.indexes:
            assert str(index.name).startswith("ix_")
