"""A thousand ways to falsify the records by hand, each of them found out."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any, TypeAlias

import pytest
from sqlalchemy import Connection, MetaData, RowMapping, Table, delete, insert, select, update
from sqlmodel import Session

from services.cli.verifying import examined
from services.core import crossings, ledger, notices, observations
from services.core.work import Edge
from tests.makers import ALFA, a_closure, a_crossing, a_notice, an_observation, an_official

TIMES = 500
"""On each of two databases."""
SEED = 20260310

Tables: TypeAlias = dict[str, Table]
Tampering: TypeAlias = Callable[[Connection, Tables, random.Random], None]

VOUCHED_FOR = ("ledger_entry", "notice_revision", "crossing_version", "observation")
"""Tables in which any change of anything is found."""


@pytest.fixture
def recorded(edge: Edge) -> Edge:
    """A little of everything that is recorded."""
    with edge.work() as work:
        crossings.load(work, {ALFA: a_crossing(ALFA)})
        crossings.load(work, {ALFA: a_crossing(ALFA, hours="08:00-20:00")})
        official, _ = an_official(work)
        first = notices.publish(work, official, a_notice(), idempotency_key="1").revision
        notices.publish(work, official, a_notice(a_closure(), headline="All"), idempotency_key="2")
        changed = a_notice(headline="Changed")
        notices.amend(
            work, official, first.notice_id, changed, expected=1, idempotency_key="3", reason="Because"
        )
        notices.withdraw(work, official, first.notice_id, expected=2, idempotency_key="4")
        observations.report(work, official, an_observation(), idempotency_key="5")
    return edge


def any_row(connection: Connection, table: Table, rng: random.Random) -> RowMapping:
    keys = list(table.primary_key.columns)
    return rng.choice(connection.execute(select(table).order_by(*keys)).mappings().all())


def this(table: Table, row: RowMapping) -> Any:
    """The condition that chooses one row."""
    condition: Any = True
    for column in table.primary_key.columns:
        condition = (column == row[column.name]) & condition
    return condition


def another(value: Any, rng: random.Random) -> Any:
    """Something else of the same kind."""
    match value:
        case bool():
            return not value
        case int() | float():
            return value + rng.randint(1, 1000)
        case datetime():
            return value + timedelta(microseconds=rng.randint(1, 10**9))
        case "published" | "amended" | "withdrawn":
            return rng.choice([kind for kind in ("published", "amended", "withdrawn") if kind != value])
        case str():
            at = rng.randrange(len(value) + 1)
            return value[:at] + rng.choice("abc019") + value[at:]
        case None:
            return "something"
        case dict() | list():
            return changed_inside(value, rng)
    raise TypeError(value)


def changed_inside(document: dict[str, Any] | list[Any], rng: random.Random) -> Any:
    """A copy with one thing in it changed, somewhere."""
    copy = json.loads(json.dumps(document))
    holder, key = rng.choice(list(leaves(copy)) or [(copy, "added")])
    holder[key] = another(holder[key] if key in holder or isinstance(holder, list) else None, rng)
    return copy


def leaves(document: Any) -> Iterator[tuple[Any, Any]]:
    inside = document.items() if isinstance(document, dict) else enumerate(document)
    for key, value in inside:
        if isinstance(value, dict | list) and value:
            yield from leaves(value)
        elif not isinstance(value, dict | list):
            yield document, key


def edit(connection: Connection, tables: Tables, rng: random.Random) -> None:
    table = tables[rng.choice(VOUCHED_FOR)]
    row, column = any_row(connection, table, rng), rng.choice(list(table.columns))
    connection.execute(
        update(table).where(this(table, row)).values({column.name: another(row[column.name], rng)})
    )


def remove(connection: Connection, tables: Tables, rng: random.Random) -> None:
    table = tables[rng.choice(VOUCHED_FOR)]
    connection.execute(delete(table).where(this(table, any_row(connection, table, rng))))


def exchange(connection: Connection, tables: Tables, rng: random.Random) -> None:
    """Two entries change places, each with all that it says."""
    table = tables["ledger_entry"]
    seqs = connection.execute(select(table.c.seq)).scalars().all()
    one, other = rng.sample(seqs, 2)
    for before, after in ((one, 10**6), (other, one), (10**6, other)):
        connection.execute(update(table).where(table.c.seq == before).values(seq=after))


def replay(connection: Connection, tables: Tables, rng: random.Random) -> None:
    """An old entry once more, as the newest."""
    table = tables["ledger_entry"]
    row = dict(any_row(connection, table, rng))
    seq = max(connection.execute(select(table.c.seq)).scalars()) + 1
    connection.execute(insert(table).values({**row, "seq": seq, "hash": f"{rng.getrandbits(256):064x}"}))


def put_in(connection: Connection, tables: Tables, rng: random.Random) -> None:
    """A record that nobody ever made."""
    table = tables[rng.choice(VOUCHED_FOR[1:])]
    row = dict(any_row(connection, table, rng))
    number = "revision" if "revision" in row else "version" if "version" in row else None
    key = f"forged {rng.random()}"
    forged = {number: row[number] + 100} if number else {"id": key}
    if "idempotency_key" in row:
        forged["idempotency_key"] = key
    connection.execute(insert(table).values({**row, **forged}))


def squeeze_in(connection: Connection, tables: Tables, rng: random.Random) -> None:
    """An entry in the middle, the later ones moved up."""
    table = tables["ledger_entry"]
    row = dict(any_row(connection, table, rng))
    last = max(connection.execute(select(table.c.seq)).scalars())
    for seq in range(last, row["seq"], -1):
        connection.execute(update(table).where(table.c.seq == seq).values(seq=seq + 1))
    forged = {"seq": row["seq"] + 1, "hash": f"{rng.getrandbits(256):064x}", "previous": row["hash"]}
    connection.execute(insert(table).values({**row, **forged}))


def cut_off(connection: Connection, tables: Tables, rng: random.Random) -> None:
    """The newest entries, with everything that they vouch for."""
    table = tables["ledger_entry"]
    first = rng.choice(connection.execute(select(table.c.seq)).scalars().all())
    gone = connection.execute(select(table).where(table.c.seq >= first)).mappings().all()
    connection.execute(delete(table).where(table.c.seq >= first))
    for entry in gone:
        number = entry["payload"].get("number")
        for name, keys in (
            ("notice_revision", ("notice_id", "revision")),
            ("crossing_version", ("code", "version")),
        ):
            subject, numbered = (tables[name].c[key] for key in keys)
            connection.execute(delete(tables[name]).where(subject == entry["subject"], numbered == number))
        connection.execute(
            delete(tables["observation"]).where(tables["observation"].c.id == entry["subject"])
        )


TAMPERINGS: tuple[Tampering, ...] = (edit, edit, edit, remove, exchange, replay, put_in, squeeze_in, cut_off)


def test_a_thousand_tamperings_are_found_out(recorded: Edge) -> None:
    rng = random.Random(SEED)
    known = MetaData()
    known.reflect(recorded.writer)
    with recorded.reading() as session:
        head = ledger.head(session)
        assert examined(session, head).fault is None
    undetected = []
    for number in range(TIMES):
        tampering = TAMPERINGS[number % len(TAMPERINGS)]
        with Session(recorded.writer) as session:
            tampering(session.connection(), dict(known.tables), rng)
            if examined(session, head).fault is None:
                undetected.append((number, tampering.__name__))
            session.rollback()
    assert undetected == []
    with recorded.reading() as session:
        assert examined(session, head).fault is None


@pytest.mark.parametrize("table", VOUCHED_FOR)
def test_every_column_of_every_record_is_vouched_for(recorded: Edge, table: str) -> None:
    known = MetaData()
    known.reflect(recorded.writer)
    rng = random.Random(SEED)
    for column in known.tables[table].columns:
        with Session(recorded.writer) as session:
            connection = session.connection()
            row = any_row(connection, known.tables[table], rng)
            changed = {column.name: another(row[column.name], rng)}
            connection.execute(
                update(known.tables[table]).where(this(known.tables[table], row)).values(changed)
            )
            assert examined(session).fault is not None, column.name
            session.rollback()


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        (
            "update ledger_entry set actor = 'somebody' where seq = 3",
            "entry 3 was changed after it was written",
        ),
        ("delete from ledger_entry where seq = 2", "entry 2 is missing: the next one found is 3"),
        (
            "update ledger_entry set previous = hash where seq = 4",
            "entry 4 does not follow the one before it",
        ),
        ("delete from observation", "is in the ledger and nowhere else"),
        (
            "update notice_revision set kind = 'published' where revision = 3",
            "was changed after it was written",
        ),
        ("update notice_revision set reason = null where revision = 2", "was changed after it was written"),
        (
            "update crossing_version set recorded_at = '2020-01-01 00:00:00'",
            "was changed after it was written",
        ),
        ("update notice_revision set document = '{}' where revision = 1", "a record cannot be read"),
    ],
)
def test_what_was_done_is_said_in_words(recorded: Edge, statement: str, words: str) -> None:
    with Session(recorded.writer) as session:
        session.connection().exec_driver_sql(statement)
        assert words in (examined(session).fault or "")
        session.rollback()
