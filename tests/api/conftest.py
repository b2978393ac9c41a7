"""The application in this process: what would go over the wire, without the wire."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Self

import httpx
import pytest
from anyio.from_thread import BlockingPortal, start_blocking_portal
from sqlalchemy import func, select

from services.api.main import create_app
from services.core import crossings
from services.core.access import WrittenKey
from services.core.crossings import Side
from services.core.notices import NoticeFields
from services.core.settings import Settings
from services.core.tables import METADATA
from services.core.work import Edge
from tests.makers import a_border, an_official, as_asked
from tests.servers import Postgres

Headers = dict[str, str]


@dataclass
class Service:
    """`edge` is the application's own way to its database: what a test writes there, others have written."""

    settings: Settings
    portal: BlockingPortal
    client: httpx.AsyncClient
    edge: Edge
    stack: ExitStack

    @classmethod
    def on(cls, database_url: str, data_dir: Path, **settings: Any) -> Self:
        given = Settings(
            database_url=database_url, data_dir=data_dir, **{"poll_seconds": 0.05, "stale_seconds": 0.5, **settings}
        )
        stack = ExitStack()
        portal = stack.enter_context(start_blocking_portal())
        app = create_app(given)
        stack.enter_context(portal.wrap_async_context_manager(app.router.lifespan_context(app)))
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        client = httpx.AsyncClient(transport=transport, base_url="http://otkel")
        stack.callback(lambda: portal.call(client.aclose))
        return cls(given, portal, client, app.state.edge, stack)

    def close(self) -> None:
        self.stack.close()

    def ask(self, method: str, path: str, **request: Any) -> httpx.Response:
        return self.portal.call(partial(self.client.request, method, path, **request))

    def get(self, path: str, /, headers: Headers | None = None, **query: Any) -> httpx.Response:
        return self.ask("GET", path, params=query, headers=headers)

    def body(self, path: str, /, **query: Any) -> Any:
        """The JSON of an answer that must be good."""
        reply = self.get(path, **query)
        assert reply.status_code == 200, reply.text
        return reply.json()

    def post(self, path: str, /, headers: Headers | None = None, **request: Any) -> httpx.Response:
        return self.ask("POST", path, headers=headers, **request)

    def publish(self, fields: NoticeFields, who: Headers, key: str) -> httpx.Response:
        return self.post("/v1/notices", {**who, "Idempotency-Key": key}, json=as_asked(fields))

    def rows(self) -> dict[str, int]:
        """How many rows each table has."""
        with self.edge.reading() as session:
            return {
                table.name: session.connection().execute(select(func.count()).select_from(table)).scalar_one()
                for table in METADATA.sorted_tables
            }


def bearer(key: WrittenKey | str) -> Headers:
    return {"Authorization": f"Bearer {key}"}


def let_in(edge: Edge, name: str = "Aziza", country: Side = Side.UZ, crossings: tuple[str, ...] = ()) -> Headers:
    """The headers by which a new official is known."""
    with edge.work() as work:
        return bearer(an_official(work, name, country, crossings)[1])


def a_stocked_service(database_url: str, data_dir: Path, **settings: Any) -> Service:
    edge = Edge.to(database_url)
    with edge.work() as work:
        crossings.load(work, a_border())
    edge.close()
    return Service.on(database_url, data_dir, **settings)


@pytest.fixture
def service(database_url: str, tmp_path: Path) -> Iterator[Service]:
    """The small border on a database of the test's own."""
    service = a_stocked_service(database_url, tmp_path / "data")
    yield service
    service.close()


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def standing(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """The small border for a whole module, for tests that leave nothing behind."""
    place = tmp_path_factory.mktemp("standing")
    with ExitStack() as stack:
        if request.param == "sqlite":
            url = f"sqlite:///{shutil.copy(request.getfixturevalue('sqlite_template'), place / 'otkel.db')}"
        else:
            server: Postgres = request.getfixturevalue("postgres")
            url = stack.enter_context(server.clone(request.getfixturevalue("postgres_template")))
        service = a_stocked_service(url, place / "data")
        yield service
        service.close()


Officials = Callable[..., Headers]


@pytest.fixture
def aziza(service: Service) -> Headers:
    """An official who speaks for the Uzbek side of every crossing."""
    return let_in(service.edge)
