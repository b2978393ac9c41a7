"""The application in this process: what would go over the wire, without the wire."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Self

import httpx
from anyio.from_thread import BlockingPortal, start_blocking_portal
from sqlalchemy import func, select

from services.api.keeper import Keeper
from services.api.main import create_app
from services.core import crossings, notices
from services.core.access import WrittenKey
from services.core.crossings import Crossing, Side
from services.core.notices import NoticeFields
from services.core.settings import Settings
from services.core.tables import METADATA
from services.core.work import Edge
from tests.keys import FOLDER, KEYS
from tests.makers import LATE, a_border, an_official, as_asked
from tests.processes import eventually

Headers = dict[str, str]

AT_REST: dict[str, Any] = {"poll_seconds": 1, "stale_seconds": 60}
"""For a service that stands while others are tested: it has nothing to look for."""


@dataclass
class Service:
    """`edge` is the application's own way to its database: what a test writes there, others have written."""

    settings: Settings
    portal: BlockingPortal
    client: httpx.AsyncClient
    edge: Edge
    keeper: Keeper
    stack: ExitStack

    @classmethod
    def on(cls, database_url: str, data_dir: Path, **settings: Any) -> Self:
        quick = {"poll_seconds": 0.1, "stale_seconds": 60}
        given = Settings(
            database_url=database_url, data_dir=data_dir, **{"keys_dir": FOLDER, **quick, **settings}
        )
        stack = ExitStack()
        portal = stack.enter_context(start_blocking_portal())
        app = create_app(given)
        stack.enter_context(portal.wrap_async_context_manager(app.router.lifespan_context(app)))
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        client = httpx.AsyncClient(transport=transport, base_url="http://otkel")
        stack.callback(lambda: portal.call(client.aclose))
        return cls(given, portal, client, app.state.edge, app.state.keeper, stack)

    def close(self) -> None:
        self.stack.close()

    def look(self) -> None:
        """Show what is in the database now, as it would be shown at the next poll."""
        self.keeper.refresh()

    @staticmethod
    def eventually(condition: Callable[[], bool], *, within: float = 30) -> None:
        assert eventually(condition, within=within)

    def ask(self, method: str, path: str, **request: Any) -> httpx.Response:
        return self.portal.call(partial(self.client.request, method, path, **request))

    def get(self, path: str, headers: Headers | None = None, /, **query: Any) -> httpx.Response:
        return self.ask("GET", path, params=query or None, headers=headers)

    def body(self, path: str, /, **query: Any) -> Any:
        """The JSON of an answer that must be good."""
        reply = self.get(path, **query)
        assert reply.status_code == 200, reply.text
        return reply.json()

    def post(self, path: str, headers: Headers | None = None, /, **request: Any) -> httpx.Response:
        return self.ask("POST", path, headers=headers, **request)

    def publish(self, fields: NoticeFields, who: Headers, key: str) -> httpx.Response:
        headers = {**who, "Idempotency-Key": key, "Otkel-Emergency": LATE}
        return self.post("/v1/notices", headers, json=as_asked(fields))

    def rows(self) -> dict[str, int]:
        """How many rows each table has, those apart that note what was shown to whoever asked."""
        with self.edge.reading() as session:
            return {
                table.name: session.connection().execute(select(func.count()).select_from(table)).scalar_one()
                for table in METADATA.sorted_tables
                if table.name not in ("edition", "served")
            }


def bearer(key: WrittenKey | str) -> Headers:
    return {"Authorization": f"Bearer {key}"}


def let_in(
    edge: Edge, name: str = "Aziza", country: Side = Side.UZ, crossings: tuple[str, ...] = ()
) -> Headers:
    """The headers by which a new official is known."""
    with edge.work() as work:
        return bearer(an_official(work, name, country, crossings)[1])


def a_stocked_service(
    database_url: str,
    data_dir: Path,
    catalogue: Mapping[str, Crossing] | None = None,
    *,
    history: bool = False,
    **settings: Any,
) -> Service:
    edge = Edge.to(database_url, keys=KEYS)
    with edge.work() as work:
        crossings.load(work, catalogue or a_border())
        if history:
            notices.load_history(work)
    edge.close()
    return Service.on(database_url, data_dir, **settings)


def the_real_border(template: Path, place: Path, **settings: Any) -> Service:
    """With its history, in a copy of an empty SQLite file."""
    url = f"sqlite:///{shutil.copy(template, place / 'otkel.db')}"
    return a_stocked_service(url, place / "data", crossings.catalogue(), history=True, **settings)
