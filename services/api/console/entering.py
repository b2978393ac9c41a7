"""Getting in and out: passkeys first, a password with a one-time code for whoever has none at hand."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query
from starlette.responses import RedirectResponse, Response

from services.api.console.sent import SentDep
from services.api.console.telling import HEADERS, SIGN_IN, ConsoleRoute, data, page
from services.api.console.visiting import BASE, COOKIE, VisitDep, token_of
from services.core import access
from services.core.access import Method, Vault
from services.core.errors import TooMany, Unavailable, Unidentified
from services.core.text import Line, Record

router = APIRouter(prefix=BASE, include_in_schema=False, route_class=ConsoleRoute)


class Answer(Record):
    """What a browser's device said to a ceremony."""

    ceremony: Line
    credential: dict[str, Any]


class Invited(Record):
    token: Line


class Enrolment(Answer):
    token: Line
    name: Line


@router.get("/sign-in")
def sign_in(visit: VisitDep, next: Annotated[str, Query(max_length=300)] = BASE) -> Response:  # noqa: A002
    """The page on which one makes oneself known."""
    return page(visit, "sign-in.html", next=_within(next), fault=None, name="")


@router.post("/sign-in/begin")
def begin(visit: VisitDep) -> Response:
    """A challenge for whichever device answers."""
    with visit.nobody() as work:
        ceremony, options = access.passkeys.begin_signing_in(work, visit.party)
    return data({"ceremony": ceremony.id, "options": options})


@router.post("/sign-in/passkey")
def by_passkey(visit: VisitDep, answer: Answer) -> Response:
    with visit.nobody() as work:
        official = access.passkeys.sign_in(work, answer.ceremony, answer.credential, visit.party)
        token = access.sessions.begin(work, official, Method.PASSKEY)
    return _let_in(data({"location": BASE}), token)


@router.post("/sign-in/password")
def by_password(visit: VisitDep, sent: SentDep) -> Response:
    """With the same words whatever is wrong."""
    name, code, back = (sent.one(field) or "" for field in ("name", "code", "next"))
    token, status, fault = None, 401, "sign-in.refused"
    try:
        token = _tried(visit, name, sent.secret("password"), code)
    except TooMany:
        status, fault = 429, "sign-in.too-many"
    except Unavailable:
        status, fault = 503, "sign-in.busy"
    if token is None:
        return page(visit, "sign-in.html", status=status, next=_within(back), fault=fault, name=name)
    return _let_in(RedirectResponse(_within(back), 303, HEADERS), token)


def _tried(visit: VisitDep, name: str, password: str, code: str) -> str | None:
    vault = Vault.of(visit.settings.keys_folder)
    with visit.identities.reading() as session:
        attempt = access.passwords.attempt(session, name, visit.now)
    fits = attempt.fits(password)
    with visit.nobody() as work:
        official = access.passwords.sign_in(work, attempt, code, vault, fits=fits)
        return access.sessions.begin(work, official, Method.PASSWORD) if official else None


@router.post("/sign-out")
def sign_out(visit: VisitDep) -> Response:
    with visit.nobody() as work:
        access.sessions.end(work, token_of(visit.request))
    reply = RedirectResponse(SIGN_IN, 303, HEADERS)
    reply.delete_cookie(COOKIE, path="/", secure=True, httponly=True, samesite="strict")
    return reply


@router.get("/welcome")
def welcome(visit: VisitDep) -> Response:
    """Where an invitation leads. Its token stands behind the `#`, which no server and no log ever sees."""
    return page(visit, "welcome.html")


@router.post("/welcome/begin")
def begin_enrolling(visit: VisitDep, invited: Invited) -> Response:
    with visit.nobody() as work:
        official = access.invitations.invited(work, invited.token)
        ceremony, options = access.passkeys.begin_enrolling(work, official, visit.party)
        name = official.name
    return data({"ceremony": ceremony.id, "options": options, "name": name})


@router.post("/welcome/passkey")
def enrol(visit: VisitDep, enrolment: Enrolment) -> Response:
    """The link is used up by the passkey that it lets in; until then it can be tried again."""
    with visit.nobody() as work:
        official = access.invitations.use(work, enrolment.token)
        passkey = access.passkeys.enrol(
            work, enrolment.ceremony, enrolment.credential, visit.party, name=enrolment.name
        )
        if passkey.official_id != official.id:
            raise Unidentified("this passkey was begun for somebody else: open the link again")
        token = access.sessions.begin(work, official, Method.PASSKEY)
    return _let_in(data({"location": BASE}), token)


def _let_in(reply: Response, token: str) -> Response:
    """The cookie ends with the browser; the session does so by itself, and sooner."""
    reply.set_cookie(COOKIE, token, path="/", secure=True, httponly=True, samesite="strict")
    return reply


def _within(address: str) -> str:
    """Where to go on: a page of the console and nowhere else."""
    plain = address.isascii() and address.isprintable() and not set(address) & set("\\@:")
    return address if plain and (address == BASE or address.startswith(f"{BASE}/")) else BASE
