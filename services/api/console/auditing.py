"""Who has done what: the ledger's entries of one state's officials, by name."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from services.api.console import views
from services.api.console.telling import ConsoleRoute, desk
from services.api.console.visiting import VisitDep
from services.core import access, ledger, notices
from services.core.crossings import Crossing
from services.core.errors import NotFound
from services.core.ledger import LedgerEntry
from services.core.text import Language, in_language

A_PAGE = 100


@dataclass(frozen=True, slots=True)
class Deed:
    """An entry for a reader: `about` is a headline, a crossing or a person, if it is about one, and `link`
    where the thing itself can be seen."""

    entry: LedgerEntry
    who: str
    approver: str | None
    emergency: bool
    reason: str | None
    about: str | None
    link: str | None


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
        names = {f"official:{one.id}": one.name for one in own}
        if who and f"official:{who}" not in names:
            raise NotFound("there is no such official")
        actors = [f"official:{who}"] if who else list(names)
        drafts = {one.id for one in notices.drafts(acting.work, acting.actor)}
        entries = ledger.latest(session, actors, before=before, limit=A_PAGE)
        return desk(
            visit,
            acting,
            "audit.html",
            here="audit",
            deeds=[_deed(entry, names, drafts, visit.current.board.catalogue) for entry in entries],
            own=own,
            who=who,
            further=entries[-1].seq if len(entries) == A_PAGE else None,
        )


def _deed(
    entry: LedgerEntry, names: Mapping[str, str], drafts: Set[str], catalogue: Mapping[str, Crossing]
) -> Deed:
    said, crossing = entry.payload, catalogue.get(entry.payload.get("crossing", ""))
    about = names.get(f"official:{entry.subject}") if entry.actor != f"official:{entry.subject}" else None
    if crossing:
        about = views.name(crossing)
    elif "document" in said:
        texts = said["document"]["texts"]
        about = in_language(
            {Language(one): text["headline"] for one, text in texts.items()}, Language.ENGLISH
        )
    return Deed(
        entry=entry,
        who=names.get(entry.actor, entry.actor),
        approver=names.get(said.get("approver") or ""),
        emergency=bool(said.get("emergency")),
        reason=said.get("reason"),
        about=about,
        link=_link(entry, drafts),
    )


def _link(entry: LedgerEntry, drafts: Set[str]) -> str | None:
    """Where the thing itself can be seen; of drafts those that are not over, and not another's alone."""
    if entry.action.startswith("notices."):
        return f"notices/{entry.subject}"
    return f"drafts/{entry.subject}/preview" if entry.subject in drafts else None
