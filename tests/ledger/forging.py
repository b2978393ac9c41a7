"""Lies told with care: announcements and keys that fit each other and the ledger, but not what was kept."""

from __future__ import annotations

import json
import random
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection, RowMapping, Table, delete, insert, select, update
from sqlmodel import Session
from sqlmodel import select as select_rows

from services.core import ledger, notices, signing
from services.core.ledger import LedgerEntry
from services.core.ledger.rules import digest
from services.core.notices import NoticeRevision
from services.core.notices.signatures import signed
from services.core.notices.tables import NoticeSignature
from services.core.signing import SigningKey, encoded, key_id
from services.core.signing.rules import raw
from tests.ledger.falsifying import Tables, any_row, chain_anew, in_utc, this


def put_in(connection: Connection, tables: Tables, rng: random.Random) -> None:
    """A revision of which the ledger knows nothing."""
    table = tables["notice_revision"]
    row = dict(any_row(connection, table, rng))
    forged = {"revision": row["revision"] + 100, "idempotency_key": f"forged {rng.random()}"}
    connection.execute(insert(table).values({**row, **forged}))


def swap_signatures(connection: Connection, tables: Tables, rng: random.Random) -> None:
    table = tables["notice_signature"]
    rows = connection.execute(select(table).order_by(table.c.seq)).mappings().all()
    one, other = rng.sample(rows, 2)
    names = rng.choice((("value",), ("value", "key"), ("value", "key", "nonce", "assertion")))
    for row, by in ((one, other), (other, one)):
        connection.execute(update(table).where(this(table, row)).values({name: by[name] for name in names}))


def take_the_device_away(connection: Connection, tables: Tables, rng: random.Random) -> None:
    """As if the author had never signed, or had signed something else."""
    table = tables["notice_signature"]
    by_device = [row for row in _signatures(connection, table) if row["assertion"] is not None]
    row = rng.choice(by_device)
    left = rng.choice((None, *(one["assertion"] for one in by_device if one is not row)))
    connection.execute(update(table).where(this(table, row)).values(assertion=left))


def sign_falsely(connection: Connection, tables: Tables, rng: random.Random) -> None:
    """What is signed is signed anew, by a key of whoever does it: under its own name or that of ours."""
    table, forger = tables["notice_signature"], Ed25519PrivateKey.generate()
    row = rng.choice(_signatures(connection, table))
    with Session(bind=connection) as session:
        revision = session.get_one(NoticeRevision, (row["notice_id"], row["revision"]))
        signature = session.get_one(NoticeSignature, (row["notice_id"], row["revision"]))
        entry = session.get_one(LedgerEntry, row["seq"])
        content = signed(revision, signature, entry).content
        session.expunge_all()
    value = encoded(forger.sign(signing.canonical(content.model_dump())))
    key = rng.choice((row["key"], key_id(raw(forger.public_key()))))
    connection.execute(update(table).where(this(table, row)).values(value=value, key=key))


def announce(connection: Connection, tables: Tables, rng: random.Random) -> None:
    """A notice as the service would have recorded it, at the end of the chain, under a key that was put in
    before or that is ours."""
    forger = Ed25519PrivateKey.generate()
    public = raw(forger.public_key())
    with Session(bind=connection, autoflush=False) as session:
        key = key_id(public)
        if rng.random() < 0.5:
            session.add(SigningKey(id=key, public=public, published_at=_last(session).at))
            _append(session, signing.PUBLISH, key, {"public": encoded(public)}, "system")
        else:
            key = rng.choice([row.id for row in signing.keys(session)])
        _announce_anew(session, rng, forger, key)
        session.flush()
        session.expunge_all()


def write_all_anew(connection: Connection, tables: Tables, rng: random.Random) -> None:
    """Another key in the place of ours from the beginning, everything signed by it, one document changed."""
    forger = Ed25519PrivateKey.generate()
    public = raw(forger.public_key())
    key, entries, keys = key_id(public), tables["ledger_entry"], tables["signing_key"]
    first, *others = connection.execute(
        select(entries).where(entries.c.action == signing.PUBLISH).order_by(entries.c.seq)
    ).mappings()
    said = {"subject": key, "payload": {"public": encoded(public)}}
    connection.execute(update(entries).where(entries.c.seq == first["seq"]).values(said))
    for other in others:
        harmless = {"action": "test.nothing", "payload": {}}
        connection.execute(update(entries).where(entries.c.seq == other["seq"]).values(harmless))
    retired = entries.c.action == signing.RETIRE
    connection.execute(update(entries).where(retired).values(action="test.nothing"))
    connection.execute(delete(keys).where(keys.c.id != first["subject"]))
    connection.execute(update(keys).values(id=key, public=public, retired_at=None))
    _change_a_document(connection, tables, rng)
    chain_anew(connection, tables)
    _sign_all(connection, forger, key)


def _signatures(connection: Connection, table: Table) -> list[RowMapping]:
    return list(connection.execute(select(table).order_by(table.c.seq)).mappings())


def _change_a_document(connection: Connection, tables: Tables, rng: random.Random) -> None:
    table, entries = tables["notice_revision"], tables["ledger_entry"]
    row = any_row(connection, table, rng)
    document = json.loads(json.dumps(row["document"]))
    document["texts"]["en"]["headline"] = f"Open again {rng.random()}"
    connection.execute(update(table).where(this(table, row)).values(document=document))
    with Session(bind=connection) as session:
        print_ = ledger.row_print(session.get_one(NoticeRevision, (row["notice_id"], row["revision"])))
        session.expunge_all()
    for entry in connection.execute(select(entries).where(entries.c.subject == row["notice_id"])).mappings():
        if entry["payload"]["number"] == row["revision"]:
            payload = {**entry["payload"], "document": document, "fingerprint": print_}
            connection.execute(update(entries).where(entries.c.seq == entry["seq"]).values(payload=payload))


def _sign_all(connection: Connection, forger: Ed25519PrivateKey, key: str) -> None:
    with Session(bind=connection) as session:
        for signature in session.exec(select_rows(NoticeSignature)).all():
            revision = session.get_one(NoticeRevision, (signature.notice_id, signature.revision))
            signature.assertion, signature.key = None, key
            content = signed(revision, signature, session.get_one(LedgerEntry, signature.seq)).content
            signature.value = encoded(forger.sign(signing.canonical(content.model_dump())))
        session.flush()
        session.expunge_all()


def _announce_anew(session: Session, rng: random.Random, forger: Ed25519PrivateKey, key: str) -> None:
    old = rng.choice(notices.revisions(session))
    last = _last(session)
    row = NoticeRevision(
        **{
            **{name: getattr(old, name) for name in NoticeRevision.model_fields},
            "notice_id": f"forged-{rng.getrandbits(64):x}",
            "revision": 1,
            "kind": "published",
            "idempotency_key": f"forged {rng.random()}",
            "published_at": in_utc(last.at),
            "recorded_at": in_utc(last.at),
        }
    )
    session.add(row)
    payload = {
        "number": 1,
        "published_at": ledger.written(row.published_at),
        "approver": row.approver,
        "emergency": row.emergency,
        "reason": row.reason,
        "document": row.document.model_dump(mode="json", exclude_defaults=True),
        "fingerprint": ledger.row_print(row),
    }
    entry = _append(session, "notices.published", row.notice_id, payload, row.author)
    signature = NoticeSignature(
        notice_id=row.notice_id, revision=1, seq=entry.seq, nonce="forged", key=key, value=""
    )
    content = signed(row, signature, entry).content
    signature.value = encoded(forger.sign(signing.canonical(content.model_dump())))
    session.add(signature)


def _append(session: Session, action: str, subject: str, payload: dict[str, Any], actor: str) -> LedgerEntry:
    last = _last(session)
    entry = LedgerEntry(
        seq=last.seq + 1,
        at=last.at,
        actor=actor,
        action=action,
        subject=subject,
        payload=payload,
        previous=last.hash,
        hash="",
    )
    entry.hash = digest(entry)
    session.add(entry)
    session.flush()
    return entry


def _last(session: Session) -> LedgerEntry:
    last = ledger.newest(session)
    assert last is not None
    return last
