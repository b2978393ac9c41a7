"""A promise is claimed by one at a time, kept once, tried ten times, and never lost in between."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import datetime, timedelta
from threading import Barrier

import pytest

from services.core import outbox
from services.core.outbox import MAX_ATTEMPTS, Promise
from services.core.work import Edge, Work
from tests.makers import DAY, HOUR, NOON

LEASE = timedelta(seconds=3)
SECOND = timedelta(seconds=1)


def promised(edge: Edge, count: int = 1, *, at: datetime = NOON, due: datetime | None = None) -> list[int]:
    with edge.work(now=at) as work:
        for number in range(count):
            outbox.promise(work, "test.do", {"number": number}, due=due)
        return numbers(outbox.pending(work.session)[-count:])


def numbers(rows: object) -> list[int]:
    assert isinstance(rows, list | tuple)
    return [row.id for row in rows]


def claimed(edge: Edge, at: datetime = NOON, **options: int) -> list[int]:
    with edge.work(now=at) as work:
        return numbers(outbox.claim(work, lease=LEASE, **options))


def row(edge: Edge, promise_id: int) -> Promise:
    with edge.reading() as session:
        return session.get_one(Promise, promise_id)


def test_a_promise_says_what_it_is_and_when_it_is_due(edge: Edge) -> None:
    with edge.work(now=NOON) as work:
        assert outbox.promise(work, "test.do", {"a": [1]}, due=NOON + HOUR)
        (kept,) = outbox.pending(work.session)
    assert (kept.kind, kept.payload, kept.created_at, kept.next_at) == (
        "test.do",
        {"a": [1]},
        NOON,
        NOON + HOUR,
    )
    assert (kept.attempts, kept.done_at, kept.dead_at, kept.error) == (0, None, None, None)


def test_a_promise_of_a_transaction_that_fails_was_never_made(edge: Edge) -> None:
    def promised_and_then_failed() -> None:
        with edge.work() as work:
            outbox.promise(work, "test.do")
            raise LookupError

    with pytest.raises(LookupError):
        promised_and_then_failed()
    assert claimed(edge, NOON + 10_000 * DAY) == []


@pytest.mark.parametrize(
    ("at", "due"), [(NOON - SECOND, False), (NOON, True), (NOON + DAY, True)], ids=["before", "then", "after"]
)
def test_a_promise_is_handed_out_when_it_is_due(edge: Edge, at: datetime, due: bool) -> None:
    ids = promised(edge, at=NOON - HOUR, due=NOON)
    with edge.reading() as session:
        assert outbox.any_due(session, at) is due
    assert claimed(edge, at) == (ids if due else [])


def test_promises_are_handed_out_oldest_first_and_so_many_at_a_time(edge: Edge) -> None:
    ids = promised(edge, 5)
    assert [claimed(edge, limit=2) for _ in range(4)] == [ids[:2], ids[2:4], ids[4:], []]


def test_a_lease_keeps_others_off_until_it_runs_out(edge: Edge) -> None:
    ids = promised(edge)
    assert claimed(edge, NOON) == ids
    assert claimed(edge, NOON + LEASE - SECOND) == []
    assert claimed(edge, NOON + LEASE) == ids
    assert row(edge, ids[0]).attempts == 2


def test_claimers_whose_transactions_are_open_together_get_disjoint_rows(postgres_url: str) -> None:
    """SQLite lets one transaction write at a time, so there is nothing to get there."""
    edge = Edge.to(postgres_url, writers=3)
    ids = promised(edge, 6)
    with ExitStack() as stack:
        works = [stack.enter_context(edge.work(now=NOON)) for _ in range(3)]
        taken = [numbers(outbox.claim(work, lease=LEASE, limit=2)) for work in works]
    assert taken == [ids[:2], ids[2:4], ids[4:]]
    edge.close()


def at_once(edge: Edge, act: Callable[[Work], object], *, times: int = 6) -> list[object]:
    """What each of several saw who did the same in transactions of their own at the same moment."""
    together = Barrier(times)

    def one(_: int) -> object:
        together.wait(10)
        with edge.work(now=NOON) as work:
            return act(work)

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(one, range(times)))


def test_claimers_at_the_same_moment_share_the_rows_without_doubles(edge: Edge) -> None:
    ids = promised(edge, 30)
    taken = at_once(edge, lambda work: numbers(outbox.claim(work, lease=LEASE, limit=5)))
    assert sorted(one for few in taken for one in few) == ids  # type: ignore[attr-defined]


def test_a_dedupe_key_is_promised_once_whoever_promises(edge: Edge) -> None:
    made = at_once(edge, lambda work: outbox.promise(work, "test.do", dedupe_key="hour 12"))
    assert sorted(made) == [False] * 5 + [True]  # type: ignore[type-var]
    with edge.work() as work:
        assert not outbox.promise(work, "test.other", dedupe_key="hour 12")
        assert outbox.promise(work, "test.do", dedupe_key="hour 13")
        assert [outbox.promise(work, "test.do") for _ in range(2)] == [True, True]


def test_a_kept_promise_still_holds_its_dedupe_key(edge: Edge) -> None:
    with edge.work() as work:
        outbox.promise(work, "test.do", dedupe_key="k")
        outbox.keep(work, numbers(outbox.pending(work.session)))
        assert not outbox.promise(work, "test.do", dedupe_key="k")


def test_a_promise_is_kept_by_one_of_many(edge: Edge) -> None:
    ids = promised(edge, 3)
    kept = at_once(edge, lambda work: numbers(outbox.keep(work, ids)))
    assert sorted(map(len, kept)) == [0] * 5 + [3]  # type: ignore[arg-type]
    assert claimed(edge, NOON + DAY) == []
    assert row(edge, ids[0]).done_at == NOON


def test_what_was_kept_in_a_transaction_that_fails_is_still_promised(edge: Edge) -> None:
    ids = promised(edge)

    def kept_and_then_failed() -> None:
        with edge.work() as work:
            outbox.keep(work, ids)
            raise LookupError

    with pytest.raises(LookupError):
        kept_and_then_failed()
    assert claimed(edge) == ids


def failed(edge: Edge, promise_id: int, error: str = "no") -> Promise | None:
    with edge.work(now=NOON) as work:
        return outbox.fail(work, promise_id, error)


def test_a_failure_waits_longer_each_time_and_after_ten_a_person_must_look(edge: Edge) -> None:
    (it,) = promised(edge)
    waits = []
    for _ in range(MAX_ATTEMPTS):
        assert claimed(edge, NOON + DAY) == [it]
        after = failed(edge, it, "it did not work")
        assert after is not None
        waits.append((after.next_at - NOON) // SECOND)
    assert waits[:-1] == [2, 4, 8, 16, 32, 60, 60, 60, 60]
    dead = row(edge, it)
    assert (dead.attempts, dead.dead_at, dead.error) == (10, NOON, "it did not work")
    assert claimed(edge, NOON + 100 * DAY) == []
    with edge.reading() as session:
        assert numbers(outbox.dead(session)) == [it]
        assert numbers(outbox.pending(session)) == []
        assert not outbox.any_due(session, NOON + 100 * DAY)


def test_success_after_a_failure_forgets_the_error(edge: Edge) -> None:
    (it,) = promised(edge)
    failed(edge, it)
    with edge.work(now=NOON) as work:
        outbox.keep(work, [it])
    assert (row(edge, it).error, row(edge, it).done_at) == (None, NOON)


def test_a_failure_of_what_is_kept_or_gone_is_nothing(edge: Edge) -> None:
    (it,) = promised(edge)
    with edge.work(now=NOON) as work:
        outbox.keep(work, [it])
    assert failed(edge, it) is None
    assert failed(edge, it + 1) is None
    assert row(edge, it).error is None


@pytest.mark.parametrize(
    ("error", "kept"),
    [("x" * 5000, "x" * 2000), ("a\0b", "a\N{REPLACEMENT CHARACTER}b"), ("\ud800", "?")],
    ids=["long", "NUL", "surrogate"],
)
def test_whatever_an_error_says_can_be_noted(edge: Edge, error: str, kept: str) -> None:
    (it,) = promised(edge)
    failed(edge, it, error)
    assert row(edge, it).error == kept


def test_pending_promises_of_a_kind_are_those_neither_kept_nor_dead(edge: Edge) -> None:
    with edge.work(now=NOON) as work:
        for kind in ("a.do", "b.do", "a.do"):
            outbox.promise(work, kind)
        first, second, third = numbers(outbox.pending(work.session))
        assert numbers(outbox.pending(work.session, "a.do")) == [first, third]
        outbox.keep(work, [first])
        assert numbers(outbox.pending(work.session, "a.do")) == [third]
        assert numbers(outbox.pending(work.session)) == [second, third]


def test_kept_promises_are_forgotten_in_time_and_others_never(edge: Edge) -> None:
    old, young, waiting = promised(edge, 3)
    for promise_id, at in ((old, NOON), (young, NOON + HOUR)):
        with edge.work(now=at) as work:
            outbox.keep(work, [promise_id])
    with edge.work(now=NOON + DAY) as work:
        outbox.forget_kept(work, before=NOON + HOUR)
    with edge.reading() as session:
        assert [session.get(Promise, it) is None for it in (old, young, waiting)] == [True, False, False]


def test_a_heart_beats_by_name(edge: Edge) -> None:
    for at in (NOON, NOON + HOUR):
        with edge.work(now=at) as work:
            outbox.beat(work, "relay")
    with edge.reading() as session:
        assert outbox.last_beat(session, "relay") == NOON + HOUR
        assert outbox.last_beat(session, "worker") is None
