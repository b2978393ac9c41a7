"""Notices never travel through the queue: what one API process accepts is soon in the other's answers."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from services.core.crossings import Side
from tests.chaos.household import Household
from tests.makers import a_closure, a_notice, as_asked
from tests.processes import eventually
from tests.servers import Postgres, Redis

WITHIN_SECONDS = 1.0
CODE = "navoiy-kaplanbek"
LANE = {"mode": "car", "direction": "to-kz", "citizenship": "UZ"}
STALE_SECONDS = 5.0


def get(address: str, path: str, **asked: str) -> Any:
    # Without `verify=False` certificates are read, which takes longer than the answer.
    reply = httpx.get(address + path, params=asked, timeout=2, trust_env=False, verify=False)
    return reply.json() if reply.status_code == 200 else {}


class Official:
    def __init__(self, key: str) -> None:
        self.headers = {"Authorization": f"Bearer {key}"}
        self.acts = 0

    def post(self, address: str, path: str, body: Any = None, **headers: str) -> Any:
        self.acts += 1
        every = {**self.headers, "Idempotency-Key": f"act {self.acts}", **headers}
        reply = httpx.post(
            address + path, headers=every, json=body, timeout=10, trust_env=False, verify=False
        )
        assert reply.status_code in (200, 201), reply.text
        return reply.json()

    def close(self, address: str) -> Any:
        return self.post(address, "/v1/notices", as_asked(a_notice(a_closure(CODE, start=datetime.now(UTC)))))

    def withdraw(self, address: str, told: Any) -> Any:
        match = {"If-Match": f'"{told["revision"]}"'}
        return self.post(address, f"/v1/notices/{told['id']}/withdraw", **match)


def reasons(address: str) -> set[str]:
    """The notices for which a driver is told that the crossing is shut."""
    told = get(address, f"/v1/crossings/{CODE}", **LANE)
    return {reason["notice"] for reason in told["reasons"] if "notice" in reason}


def seconds_until(seen: Any) -> float:
    began = time.monotonic()
    assert eventually(seen, within=10)
    return time.monotonic() - began


def slowest_of_six_closures(house: Household, official: Official) -> float:
    """Accepted by each process in turn and read from the other, whose answer was ready before."""
    slowest = 0.0
    for number in range(6):
        accepting, other = house.addresses[number % 2], house.addresses[1 - number % 2]
        reasons(other)
        told = official.close(accepting)
        ref = f"{told['id']}/1"
        assert ref in reasons(accepting)
        slowest = max(slowest, seconds_until(lambda ref=ref, other=other: ref in reasons(other)))
        official.withdraw(accepting, told)
        assert ref not in reasons(accepting)
        slowest = max(slowest, seconds_until(lambda ref=ref, other=other: ref not in reasons(other)))
    return slowest


def let_in(house: Household) -> Official:
    ((_, key, side),) = house.furnish()
    assert side is Side.UZ
    return Official(key)


def test_on_postgresql_with_redis_worker_and_relay_dead_the_other_process_tells_it_within_a_second(
    postgres_url: str, tmp_path: Path
) -> None:
    with Redis() as redis:
        house = Household(tmp_path, database_url=postgres_url, redis_url=redis.url)
        official = let_in(house)
        with house:
            redis.kill()
            for member in house.workers:
                member.stop()
            assert slowest_of_six_closures(house, official) <= WITHIN_SECONDS
            assert not any(member.serves for member in house.workers)


def test_on_sqlite_without_worker_and_relay_the_other_process_tells_it_within_a_second(
    tmp_path: Path,
) -> None:
    house = Household(tmp_path, workers=())
    official = let_in(house)
    with house:
        assert slowest_of_six_closures(house, official) <= WITHIN_SECONDS


@pytest.fixture(scope="module")
def standing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Household, Official, Postgres]]:
    with Postgres() as server:
        house = Household(tmp_path_factory.mktemp("house"), database_url=server.url, apis=1, workers=())
        official = let_in(house)
        with house:
            yield house, official, server


@pytest.fixture
def fragile(
    standing: tuple[Household, Official, Postgres],
) -> Iterator[tuple[Household, Official, Postgres]]:
    """One API process on a PostgreSQL of its own, both well, which a test may freeze and kill."""
    house, _, server = standing
    (address,) = house.addresses
    assert eventually(lambda: house.apis[0].serves and not stale(address), within=30)
    yield standing
    server.restart()


def stale(address: str) -> bool:
    """Whether the process says that it may be behind; it must answer at once in any case."""
    began = time.monotonic()
    told = get(address, "/v1/crossings", **LANE)
    assert time.monotonic() - began < 1
    return bool(told["stale"])


@pytest.mark.parametrize("fault", ["killed", "frozen"])
def test_without_its_database_a_process_goes_on_and_says_so_within_five_seconds(
    fragile: tuple[Household, Official, Postgres], fault: str
) -> None:
    house, official, server = fragile
    (address,) = house.addresses
    ref = f"{official.close(address)['id']}/1"
    assert not stale(address)
    server.kill() if fault == "killed" else server.freeze()
    assert seconds_until(lambda: stale(address)) <= STALE_SECONDS + 1
    assert ref in reasons(address)
    server.start() if fault == "killed" else server.thaw()
    assert seconds_until(lambda: not stale(address)) <= 3


def test_a_process_that_starts_without_its_database_tells_what_it_last_knew_and_says_so(
    fragile: tuple[Household, Official, Postgres],
) -> None:
    house, official, server = fragile
    (address,) = house.addresses
    ref = f"{official.close(address)['id']}/1"
    server.kill()
    lives = house.apis[0].lives
    assert house.apis[0].kill()
    assert eventually(lambda: house.apis[0].lives > lives and house.apis[0].serves, within=15)
    assert stale(address)
    assert ref in reasons(address)


def test_a_record_that_cannot_be_read_leaves_the_last_good_board_in_place_and_makes_it_stale(
    fragile: tuple[Household, Official, Postgres],
) -> None:
    house, official, _ = fragile
    (address,) = house.addresses
    ref = f"{official.close(address)['id']}/1"
    with house.edge() as edge:
        with edge.work() as work:
            kept = work.session.connection().execute(text("select document::text from advisory_run")).all()
            assert kept == []
            work.session.connection().execute(
                text(
                    "insert into advisory_run (component, at, ledger_seq, document) values ('', now(), 1, '')"
                )
            )
        assert seconds_until(lambda: stale(address)) <= STALE_SECONDS + 1
        assert ref in reasons(address)
        with edge.work() as work:
            work.session.connection().execute(text("delete from advisory_run"))
    assert seconds_until(lambda: not stale(address)) <= WITHIN_SECONDS
