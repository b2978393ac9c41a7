"""`python -m tests.ledger.tampering --edits 1000 --seed 7`: is every falsification found from outside?

On a PostgreSQL of its own somebody who may write as they like falsifies the records, a thousand times,
each time anew. Outside are the public keys and a heartbeat from before, and what the API gives afterwards:
the log, every notice with its signatures, and the list of keys. Nothing else is looked at.
"""

from __future__ import annotations

import argparse
import json
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from pydantic_core import to_json
from sqlalchemy import Connection, MetaData, inspect, select, text
from sqlmodel import Session

from services.cli import evidence
from services.core import crossings, ledger, notices, observations, signing
from services.core.database import is_sqlite
from services.core.signing import Heartbeat, KeySet
from services.core.work import Edge
from tests.counts import at_least_one
from tests.keys import KEYS, migrated
from tests.ledger import falsifying, forging
from tests.ledger.falsifying import Tables, Tampering
from tests.makers import ALFA, HOUR, NOON, a_crossing, a_notice, an_observation, an_official
from tests.servers import Postgres
from tests.signing.devices import enrolled, published_by_device

PUBLIC = ("ledger_entry", "notice_revision", "notice_signature", "signing_key")
"""What outsiders see, whole."""

TAMPERINGS: dict[str, tuple[Tampering, ...]] = {
    "edit": (falsifying.edit_in(PUBLIC),) * 4,
    "edit, chained anew": (falsifying.rewrite,) * 2,
    "delete": (falsifying.remove_from(PUBLIC),) * 2,
    "delete, chained anew": (falsifying.leave_out,),
    "reorder": (falsifying.exchange,),
    "reorder, chained anew": (falsifying.exchange_and_chain,),
    "replay": (falsifying.replay,) * 2,
    "insert": (falsifying.squeeze_in, forging.put_in),
    "truncate": (falsifying.cut_off,) * 2,
    "swap signatures": (forging.swap_signatures, forging.take_the_device_away),
    "forge a signature": (forging.sign_falsely, forging.announce),
    "write all anew": (forging.write_all_anew,),
}


@dataclass(frozen=True)
class Kept:
    """What somebody outside has from before."""

    pinned: KeySet
    heartbeat: Heartbeat


def record(edge: Edge) -> Kept:
    """A little of everything, with two rotations of keys; what somebody outside keeps of it."""
    with edge.work(now=NOON) as work:
        crossings.load(work, {ALFA: a_crossing(ALFA)})
        crossings.load(work, {ALFA: a_crossing(ALFA, hours="08:00-20:00")})
        author, _ = an_official(work)
        device = enrolled(work, author.official)
        first = notices.publish(work, author, a_notice(), idempotency_key="1").revision
        published_by_device(work, author.official, device, a_notice(headline="By hand"))
    for hour in (1, 2):
        with edge.work(now=NOON + hour * HOUR) as work:
            signing.rotate(work, KEYS)
            changed = a_notice(headline=f"Changed {hour}")
            why = "Because" if hour == 1 else None
            notices.amend(
                work, author, first.notice_id, changed, expected=hour, idempotency_key=f"a{hour}", reason=why
            )
            published_by_device(work, author.official, device, a_notice(headline=f"By hand {hour}"))
    with edge.work(now=NOON + 3 * HOUR) as work:
        notices.withdraw(work, author, first.notice_id, expected=3, idempotency_key="w")
        observations.report(work, author, an_observation(), idempotency_key="o")
    with edge.reading() as session:
        head, now = ledger.head(session), datetime.now(UTC)
        told = [notices.as_told_hash(one) for one in notices.told(session)]
        key = signing.signing_key(session, KEYS)
        beat = signing.heartbeat(KEYS, key, now, head, told[-10:], stale=False)
        return Kept(signing.key_set(signing.keys(session)), beat)


def faults(session: Session, kept: Kept, folder: Path) -> Sequence[str]:
    """What somebody outside finds wrong."""
    try:
        files = shown(session, folder)
        found = evidence.read(files)
    except notices.UNREADABLE as error:  # the API answers that a record cannot be read
        return [f"not shown: {error}"]
    return evidence.examine(found, kept.pinned, kept.heartbeat).faults


def shown(session: Session, folder: Path) -> list[Path]:
    """What the API gives, as files."""
    now, files = datetime.now(UTC), [folder / "log.ndjson", folder / "keys.json"]
    lines = [to_json(notices.as_json(line)) for line in notices.log(session, now=now)]
    files[0].write_bytes(b"\n".join(lines) or b"[]")
    files[1].write_bytes(to_json(signing.key_set(signing.keys(session))))
    for number, notice_id in enumerate({row.notice_id for row in notices.revisions(session)}):
        if notice := notices.signed_notice(session, notice_id, now=now):
            files.append(folder / f"notice-{number}.json")
            files[-1].write_bytes(to_json(notices.as_json(notice)))
    return files


@contextmanager
def falsifiable(edge: Edge) -> Iterator[Tables]:
    """The tables, without what would keep a superuser from writing what they like."""
    known = MetaData()
    known.reflect(edge.writer)
    with edge.work() as work:
        connection = work.session.connection()
        if not is_sqlite(connection):
            for table in PUBLIC:
                for check in inspect(connection).get_check_constraints(table):
                    connection.execute(text(f'alter table {table} drop constraint "{check["name"]}"'))
    yield dict(known.tables)


def unchecked(session: Session) -> Connection:
    connection = session.connection()
    if is_sqlite(connection):
        connection.exec_driver_sql("pragma ignore_check_constraints = on")
    return connection


def undetected(edge: Edge, kept: Kept, edits: int, seed: int) -> dict[str, Counter[bool]]:
    """By kind: how many falsifications were found (True), how many not. Nothing is left of any."""
    rng, found = random.Random(seed), {kind: Counter[bool]() for kind in TAMPERINGS}
    kinds = [(kind, tampering) for kind, ones in TAMPERINGS.items() for tampering in ones]
    with TemporaryDirectory() as folder, falsifiable(edge) as tables:
        for number in range(edits):
            kind, tampering = kinds[number % len(kinds)]
            with Session(edge.writer) as session:
                connection = unchecked(session)
                before = _contents(session, tables)
                tampering(connection, tables, rng)
                if _contents(session, tables) != before:
                    found[kind][bool(faults(session, kept, Path(folder)))] += 1
                session.rollback()
    return found


def _contents(session: Session, tables: Tables) -> list[object]:
    """Everything that outsiders see: a falsification that changes nothing is none."""
    return [
        tuple(row)
        for name in PUBLIC
        for row in session.connection().execute(
            select(tables[name]).order_by(*tables[name].primary_key.columns)
        )
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--edits", type=at_least_one, default=1000)
    parser.add_argument("--seed", type=int, default=7)
    given = parser.parse_args()
    with Postgres() as server:
        edge = Edge.to(migrated(server.create("otkel_falsified")), keys=KEYS)
        kept = record(edge)
        with TemporaryDirectory() as folder, edge.reading() as session:
            assert faults(session, kept, Path(folder)) == []
        found = undetected(edge, kept, given.edits, given.seed)
        edge.close()
    for kind, counted in found.items():
        print(f"{kind:24} {counted[True]:5} found, {counted[False]} not")
    total, missed = (sum(one[hit] for one in found.values()) for hit in (True, False))
    passed = missed == 0 and total == given.edits
    print(json.dumps({"tamperings_found": {"value": total, "limit": given.edits, "pass": passed}}))
    raise SystemExit(not passed)


if __name__ == "__main__":
    main()
