"""Readers read the board: no GET asks the database for anything."""

from __future__ import annotations

import pkgutil
import threading
from collections.abc import Iterator
from importlib import import_module
from typing import Any

import pytest
from fastapi.routing import APIRoute
from sqlalchemy import event

from services.api import routes
from services.api.pages import routes as pages
from services.core import crossings
from tests.api.service import AT_REST, Headers, Service, a_stocked_service, let_in
from tests.makers import a_closure, a_notice

CODE = "navoiy-kaplanbek"
LANE = {"mode": "car", "direction": "to-kz"}
ASKED: dict[str, dict[str, str]] = {
    "/v1/crossings": {**LANE, "citizenship": "UZ", "q": "navoiy"},
    "/v1/crossings/{code}": LANE,
    "/v1/crossings/{code}/timeline": LANE,
    "/v1/crossings/{code}/outlook": LANE,
    "/v1/crossings/{code}/alternatives": {**LANE, "from": "tashkent"},
    "/v1/trips": {**LANE, "from": "tashkent", "to": "shymkent"},
    "/v1/notices": {"crossing": CODE},
    "/v1/accuracy": {"crossing": CODE, "mode": "car"},
}
"""What is asked of the routes that take a question; the others are asked without one."""

STATIC = "/static/{name}"

RECORDS = frozenset(
    {"/.well-known/otkel-keys.json", "/v1/heartbeat", "/v1/ledger", "/v1/notices/{notice_id}/signed"}
)
"""What the board does not hold, for whoever checks the records."""


def readable() -> Iterator[str]:
    """The path of every GET route: each module of `routes` has a router, and the pages have one."""
    modules = [
        import_module(f"{routes.__name__}.{found.name}") for found in pkgutil.iter_modules(routes.__path__)
    ]
    for module in (*modules, pages):
        for route in module.router.routes:
            if isinstance(route, APIRoute) and "GET" in (route.methods or ()):
                yield route.path


class Counter:
    """What is sent to the database, by anybody but the threads that look whether the board has moved and note
    what was shown."""

    def __init__(self, service: Service) -> None:
        self.statements: list[str] = []
        for engine in (service.edge.writer, service.edge.reader):
            event.listen(engine, "before_cursor_execute", self._note)

    def _note(self, _connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if threading.current_thread().name not in ("board-keeper", "board-register"):
            self.statements.append(statement)


@pytest.fixture(scope="module")
def service(standing_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """The whole catalogue, for the pages tell only of crossings that there are."""
    service = a_stocked_service(
        standing_url, tmp_path_factory.mktemp("data"), crossings.catalogue(), **AT_REST
    )
    yield service
    service.close()


@pytest.fixture(scope="module")
def aziza(service: Service) -> Headers:
    return let_in(service.edge)


@pytest.fixture(scope="module")
def notice(service: Service, aziza: Headers) -> str:
    """The id of a notice."""
    told: str = service.publish(a_notice(a_closure(CODE)), aziza, "the one").json()["id"]
    return told


@pytest.mark.parametrize("path", sorted(set(readable()) - RECORDS - {STATIC}))
def test_reading_asks_the_database_nothing(service: Service, notice: str, path: str) -> None:
    named = path.replace("{code}", CODE).replace("{notice_id}", notice)
    assert "{" not in named, f"say what stands for the name in {path}"
    counter = Counter(service)
    for _ in range(2):  # rendered, and from the shelf
        reply = service.get(named, **ASKED.get(path, {}))
        assert reply.status_code == 200, reply.text
    assert counter.statements == []


@pytest.mark.parametrize("path", sorted(RECORDS))
def test_the_records_are_asked_once_for_all_who_check_them(service: Service, notice: str, path: str) -> None:
    named = path.replace("{notice_id}", notice)
    assert service.get(named).status_code == 200
    counter = Counter(service)
    assert service.get(named).status_code == 200
    assert counter.statements == []


def test_a_refused_question_asks_the_database_nothing(service: Service) -> None:
    counter = Counter(service)
    statuses = [service.get(path).status_code for path in ("/v1/crossings/nowhere", "/v1/trips", "/v1/x")]
    assert statuses == [404, 422, 404]
    assert counter.statements == []


def test_writing_is_counted(service: Service, aziza: Headers) -> None:
    """Or the tests above could not fail."""
    counter = Counter(service)
    assert service.publish(a_notice(a_closure(CODE)), aziza, "another").status_code == 201
    assert any(statement.startswith("INSERT INTO notice_revision") for statement in counter.statements)


def test_every_route_that_can_be_read_is_known_here() -> None:
    assert len(set(readable())) >= 16
    assert ASKED.keys() <= set(readable())
