"""The application: the fast path in front, the framework behind it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import Depends, FastAPI

from services.api import policy, problems
from services.api.console import (
    administering,
    announced,
    auditing,
    deciding,
    entering,
    oneself,
    reporting,
    today,
    writing,
)
from services.api.console.visiting import BASE, PRACTICE
from services.api.fastpath import FastApplication
from services.api.keeper import Keeper
from services.api.limits import BodyLimit
from services.api.pages import routes as pages
from services.api.routes import (
    accuracy,
    advisories,
    announcing,
    crossings,
    health,
    ledger,
    notices,
    observations,
    previews,
    signing,
    trips,
)
from services.api.witness import Witness
from services.core import congestion
from services.core.settings import Settings
from services.core.signing import Keyring
from services.core.work import Edge


def create_app(settings: Settings | None = None) -> FastAPI:
    """One application with its own board. Settings come from the environment unless given."""
    settings = settings or Settings()
    congestion.assume(congestion.Assumptions.read(settings.assumptions_dir))
    edge = Edge.to(settings.database, keys=Keyring(settings.keys_folder))
    practice = Edge.to(settings.practice_database, keys=Keyring(settings.practice_keys_folder))
    keeper = Keeper(edge, settings)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        keeper.start()
        yield
        keeper.stop()
        edge.close()
        practice.close()

    app = FastApplication(
        keeper,
        title="Otkel",
        summary="Where may I cross the Uzbek–Kazakh border, when, how long will it take, and where else?",
        version="1",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        dependencies=[Depends(policy.allowed)],
    )
    app.state.witness = Witness(edge, keeper)
    app.state.settings, app.state.edge, app.state.keeper = settings, edge, keeper
    app.state.practice = practice
    app.add_middleware(BodyLimit)
    problems.install(app)
    for slice_ in (crossings, trips, notices, announcing, observations, advisories, accuracy, health):
        app.include_router(slice_.router)
    app.include_router(previews.router)
    app.include_router(announcing.drafts)
    app.include_router(ledger.router)
    app.include_router(signing.router)
    app.include_router(pages.router)
    for own in (entering, oneself, administering):
        app.include_router(own.router)
    for base in (BASE, PRACTICE):
        for slice_ in (today, announced, writing, deciding, reporting, auditing):
            app.include_router(slice_.routes(base))
    policy.check(app)
    return app
