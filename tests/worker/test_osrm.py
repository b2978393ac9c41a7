import time
from collections.abc import Iterator
from functools import partial
from typing import Any

import httpx
import pytest

from services.core.errors import Unavailable
from services.core.places import Position
from services.worker.sources import osrm
from tests.processes import free_port
from tests.worker.osrm_server import OsrmServer, Table, osrm_server

TASHKENT, SAMARKAND = Position(lat=41.31, lon=69.28), Position(lat=39.65, lon=66.96)
POSTS = [Position(lat=41.455, lon=69.2125), Position(lat=40.9, lon=68.6), Position(lat=41.5, lon=69.3)]


@pytest.fixture
def server() -> Iterator[OsrmServer]:
    with osrm_server() as server:
        yield server


def ask(url: str, timeout: float = 5.0) -> list[list[tuple[float, float] | None]]:
    with httpx.Client(trust_env=False) as client:
        return osrm.table(client, url, [TASHKENT, SAMARKAND], POSTS, timeout=timeout)


def test_every_drive_comes_in_minutes_and_kilometres(server: OsrmServer) -> None:
    found = ask(server.url)
    assert [len(row) for row in found] == [3, 3]
    minutes, km = found[0][0] or (0, 0)
    assert (round(minutes, 1), round(km, 1)) == (17.1, 17.1)  # straight from Tashkent to Navoiy


def test_a_base_address_may_end_in_a_slash(server: OsrmServer) -> None:
    assert ask(server.url + "/") == ask(server.url)


def test_no_road_is_no_drive(server: OsrmServer) -> None:
    def washed_away(table: Table) -> Table:
        table["durations"][0][1] = table["distances"][0][1] = None
        return table

    server.change = washed_away
    assert [[leg is None for leg in row] for row in ask(server.url)] == [[False, True, False], [False] * 3]


def rows(table: Table, name: str, count: int, width: int) -> Table:
    return table | {name: [row[:width] for row in table[name][:count]]}


def all_are(table: Table, name: str, value: object) -> Table:
    return table | {name: [[value] * 3] * 2}


@pytest.mark.parametrize(
    "answer",
    [
        {"code": "NoTable", "message": "No route found"},
        {"code": "Ok"},
        {},
        [],
        None,
        b"<html>It works!</html>",
        b"",
        b"\xff\xfe\x00",
        b'{"code": "Ok", "durations": [[1, 2',
        b" " * (osrm.LARGEST_ANSWER + 1),
        partial(rows, name="durations", count=1, width=3),
        partial(rows, name="durations", count=2, width=2),
        partial(rows, name="distances", count=2, width=2),
        partial(all_are, name="durations", value=-1.0),
        partial(all_are, name="durations", value=float("nan")),
        partial(all_are, name="distances", value=float("inf")),
        partial(all_are, name="durations", value="soon"),
    ],
)
def test_what_osrm_would_not_say_is_no_answer(server: OsrmServer, answer: Any) -> None:
    server.change = answer if callable(answer) else lambda _table: answer
    with pytest.raises(Unavailable):
        ask(server.url)


@pytest.mark.parametrize("status", [301, 400, 429, 500, 503])
def test_an_error_of_the_server_is_no_answer(server: OsrmServer, status: int) -> None:
    server.status = status
    with pytest.raises(Unavailable, match=str(status)):
        ask(server.url)


def test_a_server_that_is_silent_is_given_up_in_time(server: OsrmServer) -> None:
    server.silence_seconds = 30
    began = time.monotonic()
    with pytest.raises(Unavailable):
        ask(server.url, timeout=0.3)
    assert time.monotonic() - began < 2


def test_a_server_that_sends_a_byte_now_and_then_is_given_up_in_time(server: OsrmServer) -> None:
    server.trickles = True
    began = time.monotonic()
    with pytest.raises(Unavailable, match="too slowly"):
        ask(server.url, timeout=0.5)
    assert time.monotonic() - began < 2


def test_a_server_that_is_not_there_is_no_answer() -> None:
    with pytest.raises(Unavailable):
        ask(f"http://127.0.0.1:{free_port()}")


def test_more_points_than_osrm_takes_are_not_asked_for(server: OsrmServer) -> None:
    with httpx.Client(trust_env=False) as client, pytest.raises(ValueError, match="at most 90"):
        osrm.table(client, server.url, [TASHKENT] * 45, [SAMARKAND] * 46)
    assert server.asked == 0
