"""The travellers' pages."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request
from fastapi.routing import APIRoute
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.responses import RedirectResponse, Response

from services.api.answering import AskingDep, Kept
from services.api.pages import accuracy, crossing, front, noticeboard, which, witness
from services.api.pages.asked import asked
from services.api.pages.posting import Posted
from services.api.pages.rendering import GUARDS, MEDIA_TYPE, asset_named, rendered
from services.api.pages.view import View
from services.api.pages.words import words_in
from services.api.problems import RETRY_AFTER
from services.core import access
from services.core.errors import Forbidden, NotFound, TooMany, Unavailable
from services.core.text import Language

A_YEAR = "public, max-age=31536000, immutable"


class Page(APIRoute):
    """A route whose failures are told as a page."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        answered = super().get_route_handler()

        async def told(request: Request) -> Response:
            try:
                return await answered(request)
            except Forbidden:
                return _failure(403)
            except NotFound:
                return _failure(404)
            except Unavailable:
                return _failure(503)

        return told


router = APIRouter(include_in_schema=False, route_class=Page)


@router.get("/")
def first(request: Request, asking: AskingDep) -> Response:
    """Where may I cross? With `q`, which crossing is called that?"""
    view = _view(request, asking)
    if view.asked.q is None:
        return _page(view, "front.html", *front.front(view))
    found = which.found(view, view.asked.q)
    if isinstance(found, str):
        return RedirectResponse(found, 303, _unkept(303))
    return _page(view, "which.html", *found)


@router.get("/crossings/{code}")
def one(request: Request, asking: AskingDep, code: str) -> Response:
    """Everything about one crossing."""
    view = _view(request, asking)
    return _page(view, "crossing.html", *crossing.one(view, code))


@router.post("/crossings/{code}")
def tell(request: Request, asking: AskingDep, code: str, posted: Posted) -> Response:
    """A traveller tells what they saw there, and is sent back to the page."""
    view = _view(request, asking)
    story = witness.heard(asking.board.bulletin(code).crossing, posted, asking.now)
    if story.fields is None:
        return _told_badly(view, code, story, 422)
    try:
        with request.app.state.edge.work() as work:
            contributor = access.contributor(work, request.client.host if request.client else "")
            anew = witness.tell(work, contributor, story, asking.board.inputs.reports)
    except TooMany:
        return _told_badly(view, code, story.refused("fault.enough"), 429)
    except (OperationalError, PoolTimeout):
        return _told_badly(view, code, story.refused("fault.unwritten"), 503)
    request.app.state.keeper.refresh_if_possible()
    back = witness.thanks(view, story.fields, anew=anew)
    return RedirectResponse(back, 303, _unkept(303))


@router.get("/accuracy")
def grades(request: Request, asking: AskingDep) -> Response:
    """How good were the forecasts?"""
    view = _view(request, asking)
    return _page(view, "accuracy.html", *accuracy.grades(view))


@router.get("/notices")
def notices(request: Request, asking: AskingDep) -> Response:
    """What the authorities announced."""
    view = _view(request, asking)
    return _page(view, "notices.html", *noticeboard.notices(view))


@router.get("/static/{name}")
def static(request: Request, name: str) -> Response:
    """A file that belongs to the pages, under the name that its content gave it."""
    asset = asset_named(name)
    if asset is None:
        raise NotFound(f"there is no file {name!r}")
    headers = {"cache-control": A_YEAR, "vary": "accept-encoding"}
    zipped = "gzip" in request.headers.get("accept-encoding", "")
    if zipped:
        headers["content-encoding"] = "gzip"
    content = asset.zipped if zipped else asset.plain
    return Response(content, 200, _headers(headers), asset.media_type)


def _view(request: Request, asking: AskingDep) -> View:
    return View.of(asking, asked(request.query_params, asking.current.roads))


def _page(view: View, template: str, values: dict[str, Any], until: datetime) -> Response:
    """The page; kept for whoever asks the same, unless something asked could not be taken."""
    body = rendered(template, **values)
    if view.asked.faults:
        return Response(body, 422, _unkept(422), MEDIA_TYPE)
    return Kept(view.asking, body, until, MEDIA_TYPE, GUARDS)


def _told_badly(view: View, code: str, story: witness.Story, status: int) -> Response:
    """The page again, with what was filled in and why it cannot be taken."""
    values, _ = crossing.one(view, code, story)
    return Response(rendered("crossing.html", **values), status, _unkept(status), MEDIA_TYPE)


def _failure(status: int) -> Response:
    body = rendered("failure.html", t=words_in(Language.ENGLISH), status=status)
    return Response(body, status, _unkept(status), MEDIA_TYPE)


def _unkept(status: int) -> dict[str, str]:
    """The headers of what nobody keeps, and when to try again."""
    again = {"retry-after": RETRY_AFTER[status]} if status in RETRY_AFTER else {}
    return _headers({"cache-control": "no-store", **again})


def _headers(more: dict[str, str]) -> dict[str, str]:
    return {name.decode(): value.decode() for name, value in GUARDS} | more
