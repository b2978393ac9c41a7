"""How the console answers: with a page, with data for its own script, or with what went wrong, as either."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping
from typing import Any
from urllib.parse import quote

from fastapi import Request
from fastapi.routing import APIRoute
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.responses import JSONResponse, RedirectResponse, Response

from services.api import problems
from services.api.console.visiting import Acting, Visit
from services.api.console.words import CONSOLE
from services.api.pages.rendering import GUARDS, MEDIA_TYPE, POLICY, rendered
from services.api.pages.telling import Telling
from services.api.questions import now as clock
from services.core.access import Right
from services.core.errors import Forbidden, OtkelError, Unidentified
from services.core.text import Language

POLICY_HERE = f"{POLICY}; connect-src 'self'"
HEADERS = {
    **{name.decode(): value.decode() for name, value in GUARDS},
    "content-security-policy": POLICY_HERE,
    "cache-control": "no-store",
}

SIGN_IN = "/console/sign-in"


def wants_data(request: Request) -> bool:
    """Whether the console's own script asks, which shows what it is told in the page that it is on."""
    return "application/json" in request.headers.get("accept", "")


class ConsoleRoute(APIRoute):
    """A route whose failures are told as a page, or as a problem to the console's script."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        answered = super().get_route_handler()

        async def told(request: Request) -> Response:
            if (elsewhere := _not_here(request)) is not None:
                return elsewhere
            try:
                return await answered(request)
            except (OtkelError, OperationalError, PoolTimeout) as error:
                if wants_data(request):
                    raise
                return _failure(request, error)

        return told


def page(visit: Visit, template: str, *, status: int = 200, **values: Any) -> Response:
    """A page that anybody may see."""
    telling = Telling(CONSOLE, Language.ENGLISH, visit.now)
    common = {
        "t": CONSOLE,
        "telling": telling,
        "base": visit.base,
        "practising": visit.practising,
        "official": None,
    }
    return Response(rendered(f"console/{template}", **{**common, **values}), status, HEADERS, MEDIA_TYPE)


def desk(visit: Visit, acting: Acting, template: str, *, status: int = 200, **values: Any) -> Response:
    """A page for whoever is signed in."""
    actor = acting.actor
    rights = {right.name.lower(): right in actor.rights for right in Right}
    return page(visit, template, status=status, **{"official": actor.official, "may": rights, **values})


def data(value: Mapping[str, Any], status: int = 200) -> Response:
    """For the console's script."""
    return JSONResponse(dict(value), status, HEADERS)


def done(visit: Visit, location: str) -> Response:
    """What was asked is done; `location` shows what came of it."""
    if wants_data(visit.request):
        return data({"location": location})
    return RedirectResponse(location, 303, HEADERS)


def _not_here(request: Request) -> Response | None:
    """Passkeys and cookies belong to one host: whoever opens the console by another name is led there."""
    origin: str = request.app.state.settings.console_origin
    if request.method != "GET" or request.headers.get("host") == origin.partition("://")[2]:
        return None
    query = f"?{request.url.query}" if request.url.query else ""
    return RedirectResponse(f"{origin}{request.url.path}{query}", 307, {"cache-control": "no-store"})


def _failure(request: Request, error: Exception) -> Response:
    status, sentence = problems.judged(error)
    if isinstance(error, Unidentified | Forbidden):
        problems.note_refusal(request, error)
    if isinstance(error, Unidentified) and request.method == "GET":
        return RedirectResponse(f"{SIGN_IN}?next={quote(request.url.path)}", 303, HEADERS)
    visit = Visit(request, clock())
    body = rendered(
        "console/failure.html",
        t=CONSOLE,
        status=status,
        sentence=sentence,
        sign_in=SIGN_IN,
        base=visit.base,
        practising=visit.practising,
    )
    return Response(body, status, HEADERS, MEDIA_TYPE)
