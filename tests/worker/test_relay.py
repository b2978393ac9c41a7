import json
import threading
import time
from ast import literal_eval
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Barrier

import pytest
from sqlmodel import col, select

from services.core import outbox
from services.core.database import migrate
from services.core.outbox import Promise
from services.core.settings import Settings
from services.core.work import Edge
from services.worker.app import create_app
from services.worker.relay import LEASE, PATIENCE, Relay, periods
from tests.chaos.household import Household
from tests.processes import eventually, free_port
from tests.servers import Postgres, Redis

SECOND = timedelta(seconds=1)


@pytest.fixture
def relay(edge: Edge, settings: Settings) -> Relay:
    """Its hints are files, and nobody reads them."""
    return Relay(edge, settings, create_app(settings))


def promised(edge: Edge, kind: str = "worker.beat", *, ago: timedelta = timedelta()) -> int:
    with edge.work(now=datetime.now(UTC) - ago) as work:
        outbox.promise(work, kind)
        return max(promise.id or 0 for promise in outbox.pending(work.session, kind))


def row(edge: Edge, promise_id: int) -> Promise:
    with edge.reading() as session:
        return session.get_one(Promise, promise_id)


def hinted(settings: Settings) -> list[int]:
    """The promises of which a worker was told, most recent last."""
    found = []
    for message in sorted((settings.data_dir / "broker" / "messages").glob("*.msg")):
        with suppress(json.JSONDecodeError):  # a relay in another thread may still be writing it
            found.append(json.loads(message.read_text()))
    return [literal_eval(message["headers"]["argsrepr"])[0] for message in found]


def test_a_worker_is_told_of_a_new_promise_and_the_relay_lets_it_work(
    edge: Edge, settings: Settings, relay: Relay
) -> None:
    promise = promised(edge, ago=PATIENCE - SECOND)
    relay.step()
    assert promise in hinted(settings)
    assert row(edge, promise).done_at is None


def test_nobody_is_told_twice_within_a_lease_and_somebody_again_after_it(
    edge: Edge, settings: Settings, relay: Relay
) -> None:
    promise = promised(edge)
    relay.step()
    relay.step()
    assert hinted(settings).count(promise) == 1
    with edge.work() as work:
        work.session.get_one(Promise, promise).next_at -= LEASE
    relay.step()
    assert hinted(settings).count(promise) == 2


def test_a_promise_whose_hints_were_lost_is_kept_by_the_relay_after_its_patience(
    stocked: Edge, relay: Relay
) -> None:
    promise = promised(stocked, "advisories.recompute", ago=PATIENCE)
    relay.step()
    assert row(stocked, promise).done_at is not None
    with stocked.reading() as session:
        assert outbox.last_beat(session, "worker") is None


def test_unknown_and_failing_promises_do_not_keep_the_relay_from_the_next(edge: Edge, relay: Relay) -> None:
    unknown, failing, good = (
        promised(edge, kind, ago=PATIENCE) for kind in ("moon.landing", "roads.ask", "worker.beat")
    )
    relay.step()
    assert row(edge, good).done_at is not None
    assert "LookupError" in (row(edge, unknown).error or "")
    assert "Unavailable" in (row(edge, failing).error or "")


def test_without_a_broker_the_relay_loses_no_time_and_keeps_the_promises_itself(
    edge: Edge, settings: Settings
) -> None:
    nowhere = settings.model_copy(update={"redis_url": f"redis://127.0.0.1:{free_port()}/0"})
    relay = Relay(edge, nowhere, create_app(nowhere))
    promises = [promised(edge) for _ in range(20)]
    began = time.monotonic()
    relay.step()
    assert time.monotonic() - began < 2
    with edge.work() as work:
        for promise in promises:
            waiting = work.session.get_one(Promise, promise)
            waiting.created_at -= PATIENCE
            waiting.next_at -= LEASE
    relay.step()
    assert all(row(edge, promise).done_at for promise in promises)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # it waits for the broker, for seconds
def test_a_frozen_broker_does_not_keep_the_relay_from_keeping_promises(
    edge: Edge, settings: Settings
) -> None:
    with Redis() as redis:
        frozen = settings.model_copy(update={"redis_url": redis.url})
        relay = Relay(edge, frozen, create_app(frozen))
        promised(edge)
        relay.step()
        redis.freeze()
        fresh, old = promised(edge), promised(edge, ago=PATIENCE)
        began = time.monotonic()
        relay.step()
        took = time.monotonic() - began
        redis.thaw()
    assert took < 7  # one socket timeout of five seconds, not a minute
    assert row(edge, old).done_at is not None
    assert row(edge, fresh).attempts == 1


def test_periodic_work_is_promised_once_a_period_by_any_number_of_relays(
    edge: Edge, settings: Settings
) -> None:
    together = Barrier(3)

    def relay() -> None:
        relay = Relay(edge, settings, create_app(settings))
        together.wait()
        for _ in range(4):
            relay.step()

    began = datetime.now(UTC)
    with ThreadPoolExecutor(3) as pool:
        for done in [pool.submit(relay) for _ in range(3)]:
            done.result()
    with edge.reading() as session:
        promised = Counter(session.exec(select(Promise.kind).where(col(Promise.dedupe_key).is_not(None))))
    lasted = (datetime.now(UTC) - began).total_seconds()
    for period in periods(settings):
        assert 1 <= promised[period.kind] <= 2 + lasted // period.seconds, period


def test_each_period_has_its_own_promise(edge: Edge, settings: Settings, relay: Relay) -> None:
    relay.step()
    with edge.reading() as session:
        promised = {promise.kind: promise.dedupe_key for promise in outbox.pending(session)}
    now = datetime.now(UTC).timestamp()
    assert promised.keys() == {"worker.beat", "advisories.recompute", "outbox.tidy"}
    for period in periods(settings):
        number = int((promised[period.kind] or "").removeprefix(f"{period.kind}:"))
        assert number * period.seconds <= now <= (number + 2) * period.seconds


def test_roads_are_asked_for_only_where_there_is_somebody_to_ask(settings: Settings) -> None:
    asked = settings.model_copy(update={"osrm_url": "http://127.0.0.1:1"})
    assert [{period.kind for period in periods(one)} & {"roads.ask"} for one in (settings, asked)] == [
        set(),
        {"roads.ask"},
    ]


def test_a_relay_outlives_the_death_of_its_database(tmp_path: Path) -> None:
    with Postgres() as server:
        settings = Settings(database_url=server.create("otkel"), data_dir=tmp_path / "data", redis_url=None)
        migrate(settings.database)
        edge, stop = Edge.to(settings.database), threading.Event()
        running = threading.Thread(target=Relay(edge, settings, create_app(settings)).run, args=(stop,))
        running.start()
        try:
            assert eventually(lambda: bool(hinted(settings)), within=10)
            server.restart()
            promise = promised(edge, ago=PATIENCE)
            assert eventually(lambda: row(edge, promise).done_at is not None, within=15)
        finally:
            stop.set()
            running.join()
            edge.close()


@pytest.mark.parametrize("broker", ["files", "redis"])
def test_a_hint_reaches_a_worker_which_keeps_the_promise(
    broker: str, sqlite_url: str, redis: Redis, tmp_path: Path
) -> None:
    redis_url = redis.url if broker == "redis" else None
    house = Household(tmp_path, database_url=sqlite_url, redis_url=redis_url, apis=0)
    with house.edge() as edge, house:
        assert eventually(lambda: _worker_beats(edge), within=20), house.said()


def _worker_beats(edge: Edge) -> bool:
    with edge.reading() as session:
        return outbox.last_beat(session, "worker") is not None
