"""Falsified records are found out: by whoever may read the database, and by whoever only kept a heartbeat."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlmodel import Session

from services.cli.verifying import examined
from services.core import ledger
from services.core.work import Edge
from tests.keys import KEYS
from tests.ledger.falsifying import Tables, Tampering, cut_off, edit_in, remove_from
from tests.ledger.tampering import (
    PUBLIC,
    TAMPERINGS,
    Kept,
    falsifiable,
    faults,
    record,
    unchecked,
    undetected,
)

FROM_OUTSIDE, FROM_INSIDE = 40, 30
"""On each of two databases; a thousand from outside: `python -m tests.ledger.tampering`."""
SEED = 20260310

ALONE = ("crossing_version", "observation")
"""Tables of which outsiders see the fingerprints, not the rows."""


@pytest.fixture(scope="module")
def edge(standing_url: str) -> Iterator[Edge]:
    """One for all tests here: whatever they falsify they take back."""
    edge = Edge.to(standing_url, writers=8, readers=8, keys=KEYS)
    yield edge
    edge.close()


@pytest.fixture(scope="module")
def kept(edge: Edge) -> Kept:
    """A little of everything is recorded; what somebody outside keeps of it."""
    return record(edge)


def test_what_nobody_touched_is_genuine(edge: Edge, kept: Kept, tmp_path: Path) -> None:
    with edge.reading() as session:
        assert faults(session, kept, tmp_path) == []
        assert examined(session, kept.heartbeat.ledger.noted, kept.pinned, kept.heartbeat).fault is None


def test_every_kind_of_falsification_is_found_from_outside(edge: Edge, kept: Kept) -> None:
    found = undetected(edge, kept, FROM_OUTSIDE, SEED)
    assert {kind: counted[False] for kind, counted in found.items()} == dict.fromkeys(TAMPERINGS, 0)
    assert all(counted[True] for counted in found.values())


def test_what_outsiders_cannot_see_is_found_by_whoever_reads_the_database(edge: Edge, kept: Kept) -> None:
    rng, tamperings = random.Random(SEED), (edit_in(ALONE), remove_from(ALONE), cut_off)
    with falsifiable(edge) as tables:
        for number in range(FROM_INSIDE):
            assert _examined(edge, kept, tables, tamperings[number % 3], rng) is not None


def _examined(edge: Edge, kept: Kept, tables: Tables, tampering: Tampering, rng: random.Random) -> str | None:
    with Session(edge.writer) as session:
        tampering(unchecked(session), tables, rng)
        fault = examined(session, kept.heartbeat.ledger.noted, kept.pinned, kept.heartbeat).fault
        session.rollback()
    return fault


@pytest.mark.parametrize("name", [*PUBLIC, *ALONE])
def test_every_column_of_every_record_is_vouched_for(edge: Edge, kept: Kept, name: str) -> None:
    rng = random.Random(SEED)
    with falsifiable(edge) as tables:
        for column in tables[name].columns:
            edit = edit_in((name,), column.name)
            assert _examined(edge, kept, tables, edit, rng) is not None, column.name


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
        ("delete from notice_signature where revision = 2", "revision 2): is not signed"),
        ("update notice_signature set nonce = 'x' where revision = 2", "the service's signature is false"),
        ("update signing_key set retired_at = null", "was changed after it was written"),
        ("delete from signing_key", "is in the ledger and nowhere else"),
    ],
)
def test_what_was_done_is_said_in_words(edge: Edge, kept: Kept, statement: str, words: str) -> None:
    with Session(edge.writer) as session:
        session.connection().exec_driver_sql(statement)
        assert words in (examined(session).fault or "")
        session.rollback()


def test_a_ledger_that_was_written_anew_shows_only_against_what_was_kept(edge: Edge, kept: Kept) -> None:
    """The chain fits itself: without a head, or the keys, nobody could know."""
    with falsifiable(edge) as tables, Session(edge.writer) as session:
        TAMPERINGS["write all anew"][0](unchecked(session), tables, random.Random(SEED))
        assert examined(session).fault is None
        assert "not the one that was noted" in (examined(session, kept.heartbeat.ledger.noted).fault or "")
        assert "neither pinned nor vouched for" in (examined(session, pinned=kept.pinned).fault or "")
        assert ledger.head(session)[1] != kept.heartbeat.ledger.hash
        session.rollback()
