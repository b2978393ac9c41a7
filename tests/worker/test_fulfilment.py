from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier
from typing import Any

import pytest
from sqlmodel import select

from services.core import advisories, outbox
from services.core.advisories import AdvisoryRun
from services.core.outbox import MAX_ATTEMPTS, Promise
from services.core.settings import Settings
from services.core.work import Edge
from services.worker.fulfilment import fulfil
from tests.makers import ALFA, BRAVO, RAIL, a_run

LEASE = timedelta(seconds=3)


def promised(edge: Edge, kind: str = "advisories.component", **payload: Any) -> int:
    """The id of a new promise; of the smallest component of the border if nothing else is said."""
    with edge.work() as work:
        outbox.promise(work, kind, payload or {"component": RAIL})
        row = outbox.pending(work.session, kind)[-1]
    assert row.id is not None
    return row.id


def row(edge: Edge, promise_id: int) -> Promise:
    with edge.reading() as session:
        return session.get_one(Promise, promise_id)


def runs(edge: Edge) -> list[AdvisoryRun]:
    with edge.reading() as session:
        return list(session.exec(select(AdvisoryRun)))


def test_a_promise_is_kept_when_its_effect_is_recorded(stocked: Edge, settings: Settings) -> None:
    promise = promised(stocked)
    assert fulfil(stocked, settings, promise, by="worker")
    assert row(stocked, promise).done_at is not None
    assert [run.ledger_seq for run in runs(stocked)] == [5]


def test_a_promise_that_was_kept_is_not_kept_again(stocked: Edge, settings: Settings) -> None:
    promise = promised(stocked)
    assert [fulfil(stocked, settings, promise, by="worker") for _ in range(3)] == [True, False, False]
    assert len(runs(stocked)) == 1


def test_a_promise_that_was_never_made_is_not_kept(edge: Edge, settings: Settings) -> None:
    assert not fulfil(edge, settings, 404, by="worker")


def test_two_who_keep_one_promise_at_once_record_it_once(stocked: Edge, settings: Settings) -> None:
    together = Barrier(2)

    def keep(promise: int) -> bool:
        together.wait()
        return fulfil(stocked, settings, promise, by="worker")

    with ThreadPoolExecutor(2) as pool:
        for number in range(1, 4):
            promise = promised(stocked)
            assert sorted(pool.map(keep, [promise] * 2)) == [False, True]
            assert len(runs(stocked)) == number


def test_one_run_keeps_every_promise_of_a_run_made_before_it(stocked: Edge, settings: Settings) -> None:
    promises = [promised(stocked) for _ in range(5)]
    assert fulfil(stocked, settings, promises[2], by="relay")
    assert all(row(stocked, promise).done_at for promise in promises)
    assert len(runs(stocked)) == 1


def components(edge: Edge) -> list[str]:
    """Of which a run is promised."""
    with edge.reading() as session:
        return [row.payload["component"] for row in outbox.pending(session, "advisories.component")]


@pytest.mark.parametrize(
    ("payload", "computed", "left"),
    [
        ({"crossings": [BRAVO]}, [ALFA], []),
        ({"crossings": [RAIL]}, [RAIL], []),
        ({"crossings": [BRAVO, RAIL]}, [], [ALFA, RAIL]),
        ({"because": "time"}, [], [ALFA, RAIL]),
        ({"notice": "one that is not told yet"}, [], [ALFA, RAIL]),
        ({"crossings": ["nowhere"]}, [], []),
    ],
)
def test_only_what_an_event_touches_is_computed_one_part_at_once_and_several_apart(
    stocked: Edge, settings: Settings, payload: dict[str, Any], computed: list[str], left: list[str]
) -> None:
    promise = promised(stocked, "advisories.recompute", **payload)
    assert fulfil(stocked, settings, promise, by="worker")
    assert [run.component for run in runs(stocked)] == computed
    assert components(stocked) == left


def test_a_run_of_one_component_keeps_no_promise_of_another(stocked: Edge, settings: Settings) -> None:
    rail, alfa = promised(stocked), promised(stocked, component=ALFA)
    assert fulfil(stocked, settings, rail, by="worker")
    assert (row(stocked, rail).done_at is None, row(stocked, alfa).done_at is None) == (False, True)


def test_a_component_that_is_no_more_is_not_computed(stocked: Edge, settings: Settings) -> None:
    assert fulfil(stocked, settings, promised(stocked, component="gone"), by="worker")
    assert runs(stocked) == []


def test_whoever_is_second_waits_for_the_first_and_sees_what_it_recorded(edge: Edge) -> None:
    """Or a run that knew less could be recorded after one that knew more, and be taken for the newest."""
    both = [promised(edge), promised(edge)]

    def second() -> tuple[list[int | None], int]:
        with edge.work() as work:
            kept = [promise.id for promise in outbox.keep(work, both)]
            newest = advisories.newest(work.session)
            return kept, newest.ledger_seq if newest else 0

    with ThreadPoolExecutor(1) as pool:
        with edge.work() as work:
            outbox.keep(work, both[:1])
            answer = pool.submit(second)
            with pytest.raises(TimeoutError):
                answer.result(timeout=0.3)
            advisories.record(work, a_run(at=work.now, ledger_seq=7))
        assert answer.result(timeout=10) == ([both[1]], 7)


def test_an_effect_that_fails_is_noted_with_its_error_and_due_again(edge: Edge, settings: Settings) -> None:
    promise = promised(edge, "roads.ask")
    with edge.work() as work:
        outbox.claim(work, lease=LEASE)
    began = datetime.now(UTC)
    assert not fulfil(edge, settings, promise, by="worker")
    failed = row(edge, promise)
    assert failed.error == "Unavailable: no OSRM server is set"
    assert (failed.attempts, failed.done_at, failed.dead_at) == (1, None, None)
    assert timedelta(seconds=2) <= failed.next_at - began <= timedelta(seconds=5)


def test_a_failure_of_one_does_not_touch_other_promises(stocked: Edge, settings: Settings) -> None:
    bad, good = promised(stocked, "roads.ask"), promised(stocked)
    assert [fulfil(stocked, settings, promise, by="relay") for promise in (bad, good)] == [False, True]
    assert (row(stocked, bad).done_at, row(stocked, good).error) == (None, None)


def test_what_fails_waits_longer_each_time_and_is_dead_after_ten_attempts(
    edge: Edge, settings: Settings
) -> None:
    promise, waits, at = promised(edge, "roads.ask"), [], datetime.now(UTC)
    for _ in range(MAX_ATTEMPTS):
        at += timedelta(minutes=2)
        with edge.work(now=at) as work:
            assert [claimed.id for claimed in outbox.claim(work, lease=LEASE)] == [promise]
        began = datetime.now(UTC)
        fulfil(edge, settings, promise, by="relay")
        waits.append(round((row(edge, promise).next_at - began).total_seconds()))
    assert waits[:-1] == [2, 4, 8, 16, 32, 60, 60, 60, 60]
    with edge.work(now=at + timedelta(days=365)) as work:
        assert [dead.id for dead in outbox.dead(work.session)] == [promise]
        assert not outbox.claim(work, lease=LEASE)


def test_a_promise_of_a_kind_that_is_not_known_is_noted_as_such(edge: Edge, settings: Settings) -> None:
    promise = promised(edge, "moon.landing")
    assert not fulfil(edge, settings, promise, by="worker")
    assert (
        row(edge, promise).error == "LookupError: this release does not know promises of kind 'moon.landing'"
    )


def test_whoever_keeps_a_promise_is_noted_as_alive(edge: Edge, settings: Settings) -> None:
    began = datetime.now(UTC)
    fulfil(edge, settings, promised(edge, "worker.beat"), by="worker")
    with edge.reading() as session:
        beat = outbox.last_beat(session, "worker")
        assert beat is not None
        assert began <= beat <= datetime.now(UTC)
        assert outbox.last_beat(session, "relay") is None


def test_two_who_beat_for_the_first_time_at_once_both_succeed(edge: Edge) -> None:
    together = Barrier(2)

    def beat(name: str) -> bool:
        with edge.work() as work:
            work.session.connection()
            if edge.writer.dialect.name != "sqlite":  # whose second writer waits before it can begin
                together.wait(timeout=10)
            outbox.beat(work, name)
        return True

    with ThreadPoolExecutor(2) as pool:
        for number in range(5):
            assert list(pool.map(beat, [f"kind {number}"] * 2)) == [True, True]


def test_tidying_forgets_kept_promises_after_two_days_and_nothing_else(
    edge: Edge, settings: Settings
) -> None:
    now = datetime.now(UTC)
    for age in (timedelta(days=3), timedelta(days=1)):
        with edge.work(now=now - age) as work:
            outbox.promise(work, "worker.beat")
            outbox.keep(work, [promise.id for promise in outbox.pending(work.session) if promise.id])
            advisories.record(work, a_run(at=work.now, ledger_seq=age.days))
    with edge.work(now=now - timedelta(days=3)) as work:
        outbox.promise(work, "advisories.recompute")
    fulfil(edge, settings, promised(edge, "outbox.tidy"), by="worker")
    with edge.reading() as session:
        left = [(promise.kind, promise.done_at is None) for promise in session.exec(select(Promise))]
    assert sorted(left) == [("advisories.recompute", True), ("outbox.tidy", False), ("worker.beat", False)]
