"""What somebody can do to the records who may write to the database as they like, and has no private key."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, TypeAlias

from sqlalchemy import (
    Connection,
    DateTime,
    LargeBinary,
    RowMapping,
    Table,
    delete,
    insert,
    select,
    update,
)

from services.core.ledger import GENESIS, LedgerEntry
from services.core.ledger.rules import digest

Tables: TypeAlias = dict[str, Table]
Tampering: TypeAlias = Callable[[Connection, Tables, random.Random], None]

KINDS = ("published", "amended", "withdrawn", "ended")


def any_row(connection: Connection, table: Table, rng: random.Random) -> RowMapping:
    keys = list(table.primary_key.columns)
    return rng.choice(connection.execute(select(table).order_by(*keys)).mappings().all())


def this(table: Table, row: RowMapping) -> Any:
    """The condition that chooses one row."""
    condition: Any = True
    for column in table.primary_key.columns:
        condition = (column == row[column.name]) & condition
    return condition


def another(value: Any, rng: random.Random, kind: Any = None) -> Any:
    """Something else of the same kind; `kind` is the column's type, for where there is nothing."""
    match value:
        case bool():
            return not value
        case int() | float():
            return value + rng.randint(1, 1000)
        case datetime():
            return value + timedelta(microseconds=rng.randint(1, 10**9))
        case str() if value in KINDS:
            return rng.choice([other for other in KINDS if other != value])
        case str():
            at = rng.randrange(len(value) + 1)
            return value[:at] + rng.choice("abc019") + value[at:]
        case bytes():
            at = rng.randrange(len(value))
            return value[:at] + bytes([value[at] ^ (1 << rng.randrange(8))]) + value[at + 1 :]
        case None if isinstance(kind, DateTime):
            return datetime.now(UTC).replace(microsecond=rng.randrange(10**6))
        case None if isinstance(kind, LargeBinary):
            return rng.randbytes(32)
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


def edit_in(names: tuple[str, ...], only: str | None = None) -> Tampering:
    """One value of one row is another, in any column if none is named."""

    def edit(connection: Connection, tables: Tables, rng: random.Random) -> None:
        table = tables[rng.choice(names)]
        row, column = any_row(connection, table, rng), table.columns[only or rng.choice(table.columns.keys())]
        changed = another(row[column.name], rng, column.type)
        connection.execute(update(table).where(this(table, row)).values({column.name: changed}))

    return edit


def remove_from(names: tuple[str, ...]) -> Tampering:
    def remove(connection: Connection, tables: Tables, rng: random.Random) -> None:
        table = tables[rng.choice(names)]
        connection.execute(delete(table).where(this(table, any_row(connection, table, rng))))

    return remove


def exchange(connection: Connection, tables: Tables, rng: random.Random) -> None:
    """Two entries change places, each with all that it says."""
    table = tables["ledger_entry"]
    one, other = rng.sample(seqs(connection, table), 2)
    for before, after in ((one, 10**6), (other, one), (10**6, other)):
        connection.execute(update(table).where(table.c.seq == before).values(seq=after))


def exchange_and_chain(connection: Connection, tables: Tables, rng: random.Random) -> None:
    """Two entries change places, and every hash is made to fit."""
    exchange(connection, tables, rng)
    chain_anew(connection, tables)


def replay(connection: Connection, tables: Tables, rng: random.Random) -> None:
    """An old entry once more, as the newest, in a chain that fits."""
    table = tables["ledger_entry"]
    row = dict(any_row(connection, table, rng))
    last = max(seqs(connection, table))
    connection.execute(insert(table).values({**row, "seq": last + 1, "hash": f"{rng.getrandbits(256):064x}"}))
    if rng.random() < 0.8:
        chain_anew(connection, tables)


def squeeze_in(connection: Connection, tables: Tables, rng: random.Random) -> None:
    """An entry in the middle, the later ones moved up; sometimes in a chain that fits."""
    table, signatures = tables["ledger_entry"], tables["notice_signature"]
    row = dict(any_row(connection, table, rng))
    for seq in range(max(seqs(connection, table)), row["seq"], -1):
        for moved in (table, signatures):
            connection.execute(update(moved).where(moved.c.seq == seq).values(seq=seq + 1))
    forged = {"seq": row["seq"] + 1, "hash": f"{rng.getrandbits(256):064x}", "previous": row["hash"]}
    connection.execute(insert(table).values({**row, **forged}))
    if rng.random() < 0.5:
        chain_anew(connection, tables)


def leave_out(connection: Connection, tables: Tables, rng: random.Random) -> None:
    """An entry is gone, with all that it vouches for, and the later ones close the gap."""
    table, signatures = tables["ledger_entry"], tables["notice_signature"]
    row = any_row(connection, table, rng)
    forget(connection, tables, row)
    connection.execute(delete(table).where(table.c.seq == row["seq"]))
    for seq in sorted(one for one in seqs(connection, table) if one > row["seq"]):
        for moved in (table, signatures):
            connection.execute(update(moved).where(moved.c.seq == seq).values(seq=seq - 1))
    chain_anew(connection, tables)


def cut_off(connection: Connection, tables: Tables, rng: random.Random) -> None:
    """The newest entries, with everything that they vouch for."""
    table = tables["ledger_entry"]
    first = rng.choice(seqs(connection, table))
    for entry in connection.execute(select(table).where(table.c.seq >= first)).mappings().all():
        forget(connection, tables, entry)
    connection.execute(delete(table).where(table.c.seq >= first))


def forget(connection: Connection, tables: Tables, entry: RowMapping) -> None:
    """Remove what an entry vouches for."""
    number = entry["payload"].get("number")
    for name, keys in (
        ("notice_revision", ("notice_id", "revision")),
        ("notice_signature", ("notice_id", "revision")),
        ("crossing_version", ("code", "version")),
    ):
        subject, numbered = (tables[name].c[key] for key in keys)
        connection.execute(delete(tables[name]).where(subject == entry["subject"], numbered == number))
    for name in ("observation", "signing_key"):
        connection.execute(delete(tables[name]).where(tables[name].c.id == entry["subject"]))


def rewrite(connection: Connection, tables: Tables, rng: random.Random) -> None:
    """An entry says something else, and every hash is made to fit."""
    table = tables["ledger_entry"]
    row = any_row(connection, table, rng)
    name = rng.choice(("at", "actor", "action", "subject", "payload"))
    connection.execute(update(table).where(this(table, row)).values({name: another(row[name], rng)}))
    chain_anew(connection, tables)


def chain_anew(connection: Connection, tables: Tables) -> None:
    """Number the entries' hashes through, so that the chain is unbroken again."""
    table, previous = tables["ledger_entry"], GENESIS
    for row in connection.execute(select(table).order_by(table.c.seq)).mappings().all():
        entry = LedgerEntry(**{**row, "at": in_utc(row["at"]), "previous": previous})
        entry.hash = digest(entry)
        fitting = {"previous": previous, "hash": entry.hash}
        connection.execute(update(table).where(table.c.seq == row["seq"]).values(fitting))
        previous = entry.hash


def in_utc(at: datetime) -> datetime:
    """SQLite gives instants without their zone."""
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def seqs(connection: Connection, table: Table) -> list[int]:
    return list(connection.execute(select(table.c.seq).order_by(table.c.seq)).scalars())
