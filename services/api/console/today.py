"""Today at one's crossings: what waits for a decision, what travellers are told, and what is due."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from fastapi import APIRouter
from starlette.responses import Response

from services.api.console import views
from services.api.console.telling import ConsoleRoute, desk
from services.api.console.visiting import Acting, Visit, VisitDep
from services.api.formats.json import lanes
from services.api.keeper import Current
from services.core import access, congestion, notices, previews
from services.core.access import Right
from services.core.advisories import Level
from services.core.crossings import Verdict
from services.core.notices import NoticeDraft, State


@dataclass(frozen=True, slots=True)
class Place:
    """One of one's crossings now. `verdict` is the best that any of its lanes has: open if anybody passes.
    `level` is the worst of its queues, None where none is known."""

    code: str
    name: str
    verdict: Verdict
    some_shut: bool
    level: Level | None
    reported: str | None
    due: tuple[previews.Due, ...]


def routes(base: str) -> APIRouter:
    """The same for the real border and for the one to practise on."""
    router = APIRouter(prefix=base, include_in_schema=False, route_class=ConsoleRoute)
    router.get("")(today)
    return router


def today(visit: VisitDep) -> Response:
    with visit.acting() as acting:
        current = visit.current
        drafts = notices.drafts(acting.work, acting.actor)
        names = access.named_by_id(
            acting.identity.session, {one.author.removeprefix("official:") for one in drafts}
        )
        me = acting.actor.name
        mine = {key: found for key, found in views.heaped(current, visit.now) if key != "past"}
        return desk(
            visit,
            acting,
            "today.html",
            here="today",
            waiting=[
                (one, _headline(one), names[one.author.removeprefix("official:")].name)
                for one in drafts
                if one.author != me and one.state == State.SUBMITTED and Right.APPROVE in acting.actor.rights
            ],
            drafts=[(one, _headline(one)) for one in drafts if one.author == me],
            places=list(_places(visit, acting, current)),
            heaps=[
                (key, [told for told, revision in found if views.is_own(acting.actor, revision.notice)])
                for key, found in mine.items()
            ],
        )


def _places(visit: Visit, acting: Acting, current: Current) -> Iterable[Place]:
    for code, name in views.own(current.board.catalogue, acting.actor):
        bulletin = current.board.bulletin(code)
        found = lanes(bulletin.crossing)
        verdicts = [
            current.board.status(code, congestion.typical((code, direction, mode)), visit.now).verdict
            for direction, mode in found
        ]
        levels = [
            advisory.level
            for lane in found
            if (advisory := current.board.advisories.get((code, *lane))) and advisory.level
        ]
        reports = [one for one in current.board.inputs.reports if one.fields.crossing == code]
        yield Place(
            code=code,
            name=name,
            verdict=_best(verdicts),
            some_shut=len(set(verdicts)) > 1,
            level=max(levels, key=list(Level).index, default=None),
            reported=views.when(visit.now, reports[-1].fields.observed_at) if reports else None,
            due=tuple(
                one
                for one in previews.hours_due(bulletin, visit.now)
                if one.side == acting.actor.official.country
            ),
        )


def _best(verdicts: Sequence[Verdict]) -> Verdict:
    return next((one for one in (Verdict.OPEN, Verdict.UNCONFIRMED) if one in verdicts), Verdict.CLOSED)


def _headline(draft: NoticeDraft) -> str:
    """Something to know a draft by: any headline that is written in it."""
    form = draft.form or {}
    written = [value for name, values in form.items() if name.endswith(".headline") for value in values]
    told = [text.headline for text in draft.document.texts.values()] if draft.document else []
    return next((one for one in (*written, *told) if one.strip()), "")
