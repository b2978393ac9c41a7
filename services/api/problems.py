"""Failures as RFC 9457 problems, with types that stay the same."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import ValidationError
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException

from services.core import board, errors, notices, observations

log = logging.getLogger(__name__)
audit = logging.getLogger("otkel.audit")

MEDIA_TYPE = "application/problem+json"

KINDS: list[tuple[type[errors.OtkelError], int, str, str]] = [
    (notices.KeyReused, 422, "idempotency-key-reused", "This idempotency key was used for another request"),
    (
        observations.KeyReused,
        422,
        "idempotency-key-reused",
        "This idempotency key was used for another request",
    ),
    (notices.NeedsApproval, 409, "needs-approval", "A second official must approve this"),
    (notices.Outdated, 412, "outdated", "The notice has changed since you read it"),
    (board.NotKept, 404, "not-kept", "What was said then is not on record"),
    (errors.NotFound, 404, "not-found", "There is no such thing"),
    (errors.Invalid, 422, "invalid", "The request cannot be taken as it is"),
    (errors.Conflict, 409, "conflict", "The request contradicts what is recorded"),
    (errors.Unidentified, 401, "unidentified", "A valid key is needed"),
    (errors.Forbidden, 403, "forbidden", "You may not do this"),
    (errors.TooMany, 429, "too-many", "That is too much within an hour"),
    (errors.Unavailable, 503, "unavailable", "Something needed does not answer now"),
]
"""The first kind that fits decides: status, stable type, title."""


RETRY_AFTER = {429: "600", 503: "2"}
"""Seconds after which the same request may succeed."""


UNWRITTEN = "Whether it was recorded is not certain. Send the same request again under the same key."


class Required(errors.OtkelError):
    """A header that the request needs is missing. Not a kind of the domain: only HTTP has headers."""

    def __init__(self, status: int, header: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.header = header


def problem(status: int, kind: str, title: str, detail: str | None = None, **more: Any) -> JSONResponse:
    body = {"type": f"urn:otkel:problem:{kind}", "title": title, "status": status, **more}
    if detail:
        body["detail"] = detail
    headers = {"cache-control": "no-store"}
    if status == 401:
        headers["www-authenticate"] = "Bearer"
    if status in RETRY_AFTER:
        headers["retry-after"] = RETRY_AFTER[status]
    return JSONResponse(body, status, headers, MEDIA_TYPE)


def install(app: FastAPI) -> None:
    """Have every failure of the application answered as a problem."""
    app.add_exception_handler(errors.OtkelError, _domain)
    app.add_exception_handler(RequestValidationError, _malformed)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(OperationalError, _database)
    app.add_exception_handler(PoolTimeout, _database)
    app.add_exception_handler(Exception, _unforeseen)


def _domain(request: Request, error: Exception) -> JSONResponse:
    if isinstance(error, errors.Unidentified | errors.Forbidden):
        note_refusal(request, error)
    if isinstance(error, Required):
        return problem(
            error.status,
            "header-required",
            f"The header {error.header} is needed",
            str(error),
            field=error.header,
        )
    for kind, status, name, title in KINDS:
        if isinstance(error, kind):
            more = (
                {"errors": [{"field": error.field, "message": str(error)}]}
                if isinstance(error, errors.Invalid)
                else {}
            )
            return problem(status, name, title, str(error), **more)
    raise error


def judged(error: Exception) -> tuple[int, str]:
    """The status of a failure, and what may be said of it to whoever asked."""
    if isinstance(error, errors.OtkelError):
        return next(status for kind, status, _, _ in KINDS if isinstance(error, kind)), str(error)
    return 503, UNWRITTEN


def note_refusal(request: Request, error: errors.OtkelError) -> None:
    """Somebody was not let through. Never what they sent."""
    route = request.scope["route"].path
    who = getattr(request.state, "actor", "nobody known")
    audit.warning("refused: %s %s by %s: %s", request.method, route, who, type(error).__name__)


def _malformed(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    if any(one["type"] == "json_invalid" for one in error.errors()):
        return _not_json()
    found = [fault(one) for one in _causes(error.errors())]
    detail = "; ".join(f"{one['field']}: {one['message']}" for one in found[:5])
    return problem(422, "invalid", "The request cannot be taken as it is", detail, errors=found)


def faults_of(error: ValidationError) -> list[tuple[str, str]]:
    """Every field of a value that cannot be taken, as a dotted path, and what is wrong with it."""
    found = [fault({**one, "loc": ("body", *one["loc"])}) for one in _causes(error.errors())]
    return [(one["field"], one["message"]) for one in found]


NAMES_ITS_FIELD = re.compile(r"([a-z][a-z0-9_.]*): (.+)", re.DOTALL)


def _not_json() -> JSONResponse:
    message = "must be JSON in UTF-8, not nested deeply, with numbers of usual size"
    return problem(400, "malformed", "The body is not JSON", errors=[{"field": "body", "message": message}])


def _causes(found: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Without lists that are called too short only because what they hold is at fault itself."""
    above = {one["loc"][:depth] for one in found for depth in range(len(one["loc"]))}
    return [one for one in found if one["type"] != "too_short" or one["loc"] not in above]


def fault(one: Mapping[str, Any]) -> dict[str, str]:
    """The dotted path of a field and what is wrong with it.

    Where it was found (body, query) stands in the path only if nothing else does. A rule about several
    fields is reported at the value that holds them, and starts its sentence with the field that it means.
    """
    place, message = [str(part) for part in one["loc"]], _sentence(one["msg"])
    if one["type"] == "value_error" and (named := NAMES_ITS_FIELD.fullmatch(message)):
        place, message = [*place, named[1]], named[2]
    return {"field": ".".join(place[1:] or place), "message": message}


def _sentence(message: str) -> str:
    """What was wrong, without characters that cannot be encoded and without the library's prefix."""
    return message.removeprefix("Value error, ").encode("utf-8", "replace").decode()


def _http(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    if error.status_code == 400:  # the framework could not read the body
        return _not_json()
    names = {404: "not-found", 405: "method-not-allowed", 413: "too-large"}
    reply = problem(error.status_code, names.get(error.status_code, "http"), str(error.detail))
    reply.headers.update(error.headers or {})
    return reply


def _database(_request: Request, error: Exception) -> JSONResponse:
    log.warning("the database does not answer: %s", str(error).splitlines()[0])
    return problem(
        503,
        "unavailable",
        "The records cannot be written now",
        UNWRITTEN,
    )


def _unforeseen(_request: Request, error: Exception) -> JSONResponse:
    log.exception("a request failed", exc_info=error)
    return problem(500, "unforeseen", "Something went wrong on our side")
