"""Who is at the console, and on which border they act: the real one, or the one to practise on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from fastapi import Depends, Request
from sqlmodel import Session

from services.api.keeper import Current
from services.api.questions import now as clock
from services.core import access, alternatives, practice
from services.core.access import Actor, Ceremony, Party
from services.core.errors import Forbidden, Unidentified
from services.core.settings import Settings
from services.core.signing import DeviceSignature
from services.core.work import Edge, Work

COOKIE = "__Host-otkel"
"""The prefix has browsers refuse it from other hosts and without TLS, but on one's own machine."""

BASE = "/console"
PRACTICE = "/console/practice"


def token_of(request: Request) -> str:
    return request.cookies.get(COOKIE, "")


def party_of(settings: Settings) -> Party:
    """Whom passkeys are for."""
    origin = settings.console_origin
    return Party(origin.partition("://")[2].partition(":")[0], origin)


def is_ours(request: Request, origin: str) -> bool:
    """Whether a page of the console has sent this. A browser says so of everything that changes something;
    what says nothing is refused."""
    if fetched := request.headers.get("sec-fetch-site"):
        return fetched == "same-origin"
    return request.headers.get("origin") == origin


@dataclass(frozen=True, slots=True)
class Acting:
    """An official at work. `identity` is the transaction with the real border's officials and devices; it is
    `work` itself unless they practise."""

    work: Work
    identity: Work
    actor: Actor
    party: Party

    def ask_to_sign(self, challenge: bytes, about: dict[str, Any]) -> dict[str, Any] | None:
        """What the browser needs to have a device sign; None for whoever signed in without one."""
        if self.actor.method is not access.Method.PASSKEY:
            return None
        ceremony, options = access.passkeys.begin_signing(
            self.identity, self.actor.official, challenge, about, self.party
        )
        return {"ceremony": ceremony.id, "options": options}

    def signed(self, ceremony_id: str, credential: dict[str, Any]) -> tuple[Ceremony, DeviceSignature]:
        """Raises Unidentified."""
        return access.passkeys.signed(self.identity, self.actor.official, ceremony_id, credential, self.party)


@dataclass(frozen=True, slots=True)
class Visit:
    """One request of the console."""

    request: Request
    now: datetime

    @property
    def practising(self) -> bool:
        return self.request.url.path.startswith(f"{PRACTICE}/") or self.request.url.path == PRACTICE

    @property
    def base(self) -> str:
        """Where the pages of this border are."""
        return PRACTICE if self.practising else BASE

    @property
    def settings(self) -> Settings:
        settings: Settings = self.request.app.state.settings
        return settings

    @property
    def party(self) -> Party:
        return party_of(self.settings)

    @property
    def identities(self) -> Edge:
        """Where officials are known, on whichever border they act."""
        edge: Edge = self.request.app.state.edge
        return edge

    @property
    def _border(self) -> Edge:
        edge: Edge = self.request.app.state.practice if self.practising else self.identities
        return edge

    @contextmanager
    def acting(self, *, lately: bool = False) -> Iterator[Acting]:
        """One transaction, of whoever is signed in; with `lately` of whoever signed in a moment ago.

        Where they practise there are two, and the border's is committed first. Raises Unidentified or
        Forbidden.
        """
        with self.identities.work(now=self.now) as identity:
            actor = access.sessions.resume(identity, token_of(self.request))
            if lately:
                access.sessions.began_lately(identity, token_of(self.request))
            if not self.practising:
                yield Acting(identity, identity, actor, self.party)
                return
            with self._border.work(now=self.now) as work:
                yield Acting(work, identity, practice.taking_part(actor), self.party)

    @contextmanager
    def nobody(self) -> Iterator[Work]:
        """A transaction for whoever is about to make themselves known."""
        with self.identities.work(now=self.now) as work:
            yield work

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session with this border, to read in."""
        with self._border.reading() as session:
            yield session

    @property
    def current(self) -> Current:
        """The board of this border. Raises Unavailable."""
        if not self.practising:
            current: Current = self.request.app.state.keeper.current
            return current
        with self._border.reading() as session:
            board = practice.board_at(session, self.now)
        return Current(board, alternatives.roads_for(board.catalogue))

    def show_what_was_written(self) -> None:
        """Have this process's readers see it before its author is answered."""
        if not self.practising:
            self.request.app.state.keeper.refresh_if_possible()


async def _visit(request: Request) -> Visit:
    return Visit(request, clock())


VisitDep = Annotated[Visit, Depends(_visit)]


def sent_by_the_console(request: Request) -> None:
    """Raises Forbidden for what changes something and is from elsewhere."""
    if request.method != "GET" and not is_ours(request, request.app.state.settings.console_origin):
        raise Forbidden("only a page of the console may send this")


def by_session(request: Request, work: Work) -> Actor:
    """Who is signed in. Raises Unidentified."""
    token = token_of(request)
    if not token:
        raise Unidentified("sign in")
    return access.sessions.resume(work, token)
