"""What an official sees at the post: a count, a length, a wait, or that nothing moves, in two taps."""

from __future__ import annotations

import secrets
from contextlib import suppress
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import ValidationError
from starlette.responses import Response

from services.api.console import views
from services.api.console.sent import Sent, SentDep
from services.api.console.telling import ConsoleRoute, desk, done
from services.api.console.visiting import VisitDep
from services.api.formats.json import lanes
from services.api.problems import faults_of
from services.core import observations
from services.core.errors import Invalid
from services.core.observations import MEASURED, KeyReused, Kind, ObservationFields

MEASURES = (Kind.COUNT, Kind.LENGTH, Kind.WAIT, Kind.THROUGHPUT)
"""Kinds with a figure, in the order in which they are offered."""


def routes(base: str) -> APIRouter:
    """The same for the real border and for the one to practise on."""
    router = APIRouter(prefix=f"{base}/report", include_in_schema=False, route_class=ConsoleRoute)
    router.get("")(form)
    router.post("")(report)
    return router


def form(
    visit: VisitDep,
    crossing: Annotated[str | None, Query(max_length=60)] = None,
    thanks: Annotated[str | None, Query(max_length=20)] = None,
) -> Response:
    """One's crossings, and the lanes of the one that is chosen."""
    with visit.acting() as acting:
        current = visit.current
        places = views.own(current.board.catalogue, acting.actor)
        code = crossing or (places[0][0] if len(places) == 1 else None)
        chosen = current.board.bulletin(code).crossing if code else None
        reports = [one for one in current.board.inputs.reports if one.fields.crossing == code]
        return desk(
            visit,
            acting,
            "report.html",
            here="report",
            places=places,
            chosen=chosen,
            chosen_name=dict(places).get(code or ""),
            lanes=lanes(chosen) if chosen else (),
            measures=MEASURES,
            visit_word=secrets.token_urlsafe(12),
            thanks=thanks in set(Kind),
            reports=[
                (one, views.when(visit.now, one.fields.observed_at), _figure(one.fields))
                for one in reversed(reports[-8:])
            ],
        )


def report(visit: VisitDep, sent: SentDep) -> Response:
    """Take it in. A form sent twice counts once."""
    with visit.acting() as acting:
        try:
            fields = ObservationFields.model_validate(
                {**_said(sent), "side": acting.actor.official.country, "observed_at": visit.now}
            )
        except ValidationError as error:
            field, message = faults_of(error)[0]
            raise Invalid(message, field=field) from None
        said = (fields.direction, fields.mode, fields.kind, sent.one("figure") or "")
        key = ":".join(("console", sent.needed("visit"), *said))
        with suppress(KeyReused):  # the same form again, a moment later
            observations.report(acting.work, acting.actor, fields, idempotency_key=key)
    visit.show_what_was_written()
    return done(visit, f"{visit.base}/report?crossing={fields.crossing}&thanks={fields.kind}")


def _said(sent: Sent) -> dict[str, Any]:
    direction, _, mode = sent.needed("lane", "choose a lane").partition("/")
    kind = sent.needed("kind", "say what you have seen")
    said: dict[str, Any] = {
        "crossing": sent.needed("crossing"),
        "direction": direction,
        "mode": mode,
        "kind": kind,
    }
    if kind in MEASURED:
        said[MEASURED[Kind(kind)]] = sent.needed("figure", "give the figure").replace(",", ".")
    return said


def _figure(fields: ObservationFields) -> str:
    return f"{getattr(fields, MEASURED[fields.kind]):g}" if fields.kind in MEASURED else ""
