"""Who has done what: the ledger's entries of one state's officials, by name."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from services.api.console.telling import ConsoleRoute, desk
from services.api.console.visiting import VisitDep
from services.core import access, ledger
from services.core.errors import NotFound

A_PAGE = 100


def routes(base: str) -> APIRouter:
    """The same for the real border and for the one to practise on."""
    router = APIRouter(prefix=f"{base}/audit", include_in_schema=False, route_class=ConsoleRoute)
    router.get("")(done)
    return router


def done(
    visit: VisitDep,
    before: Annotated[int | None, Query(ge=1, le=2**62)] = None,
    who: Annotated[str | None, Query(max_length=60)] = None,
) -> Response:
    """The newest first; of one official, or of all of this state."""
    with visit.acting() as acting, visit.reading() as session:
        own = access.colleagues(acting.identity.session, acting.actor.official.country)
        names = {f"official:{one.id}": one for one in own}
        if who is not None and f"official:{who}" not in names:
            raise NotFound("there is no such official")
        actors = [f"official:{who}"] if who else list(names)
        entries = ledger.latest(session, actors, before=before, limit=A_PAGE)
        return desk(
            visit,
            acting,
            "audit.html",
            here="audit",
            entries=[
                (entry, names[entry.actor].name, _link(entry.action, entry.subject)) for entry in entries
            ],
            own=own,
            who=who,
            further=entries[-1].seq if len(entries) == A_PAGE else None,
            subjects={one.id: one.name for one in own},
        )


def _link(action: str, subject: str) -> str | None:
    """Where the thing itself can be seen."""
    if action.startswith("notices."):
        return f"notices/{subject}"
    return f"drafts/{subject}/preview" if action.startswith("drafts.") else None
