"""The chain: no gaps, no forks, and nobody overtakes, whoever writes at once."""

import json
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.core import ledger
from services.core.database import ROOT
from services.core.ledger import GENESIS, LedgerEntry
from services.core.ledger.rules import digest
from services.core.work import Edge, Work
from tests.keys import forget_keys
from tests.makers import HOUR, NOON

WRITERS, EACH = 8, 10

APPEND = """
import sys
from services.core import ledger
from services.core.work import Edge

edge = Edge.to(sys.argv[1])
for number in range(int(sys.argv[2])):
    with edge.work() as work:
        ledger.append(work, actor="process", action="test.write", subject=str(number), payload={})
"""


@pytest.fixture
def edge(edge: Edge) -> Edge:
    """With nothing in the ledger, not even a key."""
    with edge.work() as work:
        forget_keys(work)
    return edge


def note(work: Work, subject: str = "it", **payload: Any) -> LedgerEntry:
    return ledger.append(work, actor="system", action="test.note", subject=subject, payload=payload)


def everything(edge: Edge, batch: int = 1000) -> list[LedgerEntry]:
    with edge.reading() as session:
        return list(ledger.entries(session, batch=batch))


def test_the_first_entry_follows_nothing_and_each_other_the_one_before(work: Work) -> None:
    first, second, third = (note(work, str(number)) for number in range(3))
    assert [first.seq, second.seq, third.seq] == [1, 2, 3]
    assert [first.previous, second.previous, third.previous] == [GENESIS, first.hash, second.hash]
    assert ledger.head(work.session) == (3, third.hash)


def test_an_empty_ledger_has_a_head_too(work: Work) -> None:
    assert ledger.head(work.session) == (0, GENESIS)
    assert ledger.verify(ledger.entries(work.session)) == ledger.Verdict(0, GENESIS)


def test_the_hash_is_that_of_the_canonical_json_of_all_the_rest(work: Work) -> None:
    entry = note(work, "ö", b=[1.0, {"d": None}], a="x")
    written = {
        "seq": 1,
        "at": "2026-03-10T07:00:00.000000+00:00",
        "actor": "system",
        "action": "test.note",
        "subject": "ö",
        "payload": {"b": [1, {"d": None}], "a": "x"},
        "previous": GENESIS,
    }
    canonical = json.dumps(written, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert entry.hash == sha256(canonical.encode()).hexdigest()


def test_entries_survive_the_database_word_for_word(edge: Edge) -> None:
    with edge.work(now=NOON) as work:
        for number in range(7):
            note(work, str(number), number=number, share=0.1, text="Ғ\U0001f697", nothing=None)
    read = everything(edge, batch=3)
    assert [entry.subject for entry in read] == list("0123456")
    assert all(entry.hash == digest(entry) for entry in read)
    assert ledger.verify(read).fault is None


def test_what_is_rolled_back_leaves_no_gap(edge: Edge) -> None:
    def noted_and_then_failed() -> None:
        with edge.work() as work:
            note(work)
            raise LookupError

    with edge.work() as work:
        note(work)
    with pytest.raises(LookupError):
        noted_and_then_failed()
    with edge.work() as work:
        assert note(work).seq == 2


def test_threads_that_write_at_once_leave_one_unbroken_chain(edge: Edge) -> None:
    def write(writer: int) -> None:
        for number in range(EACH):
            with edge.work() as work:
                note(work, f"{writer}.{number}")

    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(write, range(WRITERS)))
    read = everything(edge)
    assert ledger.verify(read) == ledger.Verdict(WRITERS * EACH, read[-1].hash)
    subjects = [entry.subject for entry in read]
    for writer in range(WRITERS):
        own = [subject for subject in subjects if subject.startswith(f"{writer}.")]
        assert own == [f"{writer}.{number}" for number in range(EACH)]


def test_processes_that_write_at_once_leave_one_unbroken_chain(edge: Edge, database_url: str) -> None:
    argv = [
        sys.executable,
        "-c",
        APPEND,
        database_url.replace("postgresql:", "postgresql+psycopg:"),
        str(EACH),
    ]
    writers = [subprocess.Popen(argv, cwd=ROOT) for _ in range(3)]
    assert [writer.wait(60) for writer in writers] == [0, 0, 0]
    read = everything(edge)
    assert (len(read), ledger.verify(read).fault) == (3 * EACH, None)


def test_whoever_holds_the_chain_decides_from_the_newest_state(edge: Edge) -> None:
    """Each reads the head, waits for the others, and writes what follows from what it has read."""

    def count_up(_: int) -> None:
        with edge.work() as work:
            ledger.hold(work)
            newest = ledger.newest(work.session)
            note(work, total=newest.payload["total"] + 1 if newest else 1)

    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(count_up, range(20)))
    assert [entry.payload["total"] for entry in everything(edge)] == list(range(1, 21))


@dataclass
class Written:
    """An entry apart from any database."""

    seq: int
    at: datetime
    subject: str
    previous: str
    actor: str = "system"
    action: str = "test.note"
    payload: dict[str, Any] = field(default_factory=dict)
    hash: str = ""

    def sealed(self) -> "Written":
        return replace(self, hash=digest(self))


def a_chain(length: int) -> list[Written]:
    chain: list[Written] = []
    for seq in range(1, length + 1):
        previous = chain[-1].hash if chain else GENESIS
        at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=seq)
        chain.append(Written(seq, at, f"subject {seq}", previous).sealed())
    return chain


lengths = st.integers(1, 12)
places = st.data()


@given(lengths)
def test_a_whole_chain_has_no_fault_and_its_own_head(length: int) -> None:
    chain = a_chain(length)
    assert ledger.verify(chain) == ledger.Verdict(length, chain[-1].hash)
    assert ledger.verify(chain, head=(length, chain[-1].hash)).fault is None


@given(lengths, places)
def test_any_changed_field_is_found_at_its_entry(length: int, data: st.DataObject) -> None:
    chain = a_chain(length)
    place = data.draw(st.integers(0, length - 1))
    changes: list[dict[str, Any]] = [
        {"at": chain[place].at + timedelta(microseconds=1)},
        {"actor": "somebody"},
        {"action": "test.other"},
        {"subject": "another"},
        {"payload": {"a": 1}},
        {"hash": "0" * 64},
        {"previous": "f" * 64},
        {"seq": length + 5},
    ]
    chain[place] = replace(chain[place], **data.draw(st.sampled_from(changes)))
    verdict = ledger.verify(chain)
    assert verdict.fault is not None
    assert verdict.fault.startswith(f"entry {place + 1} ")


@given(lengths, places)
def test_what_is_resealed_breaks_the_entry_after_it_or_the_noted_head(
    length: int, data: st.DataObject
) -> None:
    chain = a_chain(length)
    head = (length, chain[-1].hash)
    place = data.draw(st.integers(0, length - 1))
    chain[place] = replace(chain[place], subject="another").sealed()
    assert (ledger.verify(chain).fault is None) is (place == length - 1)
    assert ledger.verify(chain, head=head).fault is not None


def shortened(chain: Sequence[Written], at: int) -> list[Written]:
    return [*chain[:at], *chain[at + 1 :]]


@given(st.integers(2, 12), places)
def test_what_is_missing_or_in_another_order_is_found(length: int, data: st.DataObject) -> None:
    chain = a_chain(length)
    at = data.draw(st.integers(0, length - 2))
    other = data.draw(st.integers(at + 1, length - 1))
    swapped = [*chain]
    swapped[at], swapped[other] = chain[other], chain[at]
    for broken in (shortened(chain, at), swapped, [*chain[:at], chain[at], *chain[at:]]):
        assert ledger.verify(broken).fault is not None


@given(lengths, places)
def test_a_chain_cut_short_is_found_by_a_head_that_was_noted_and_by_nothing_else(
    length: int, data: st.DataObject
) -> None:
    chain = a_chain(length)
    kept = data.draw(st.integers(0, length - 1))
    assert ledger.verify(chain[:kept]).fault is None
    fault = ledger.verify(chain[:kept], head=(length, chain[-1].hash)).fault
    assert fault == f"the chain ends at {kept}, but entry {length} was noted earlier"


@given(lengths, places)
def test_any_head_noted_on_the_way_is_still_good_when_the_chain_has_grown(
    length: int, data: st.DataObject
) -> None:
    chain = a_chain(length)
    seq = data.draw(st.integers(0, length))
    noted = (seq, chain[seq - 1].hash if seq else GENESIS)
    assert ledger.verify(chain, head=noted).fault is None
    if seq:
        assert ledger.verify(chain, head=(seq, "0" * 64)).fault == (
            f"entry {seq} is not the one that was noted earlier"
        )


def test_the_instant_counts_not_the_zone_in_which_it_is_written(work: Work) -> None:
    entry = note(work)
    assert digest(entry) == entry.hash
    elsewhere = Written(entry.seq, NOON.astimezone(UTC), entry.subject, entry.previous)
    assert digest(elsewhere) == digest(replace(elsewhere, at=NOON)) == entry.hash
    assert digest(replace(elsewhere, at=NOON + HOUR)) != entry.hash
