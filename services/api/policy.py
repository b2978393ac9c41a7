"""Who may call which route. A route that is not in this table does not start."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from fastapi import FastAPI, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.routing import APIRoute

from services.api.identity import official
from services.core.access import Right

ANYBODY = None

POLICIES: Mapping[tuple[str, str], Right | None] = {
    ("GET", "/"): ANYBODY,
    ("GET", "/.well-known/otkel-keys.json"): ANYBODY,
    ("GET", "/accuracy"): ANYBODY,
    ("GET", "/crossings/{code}"): ANYBODY,
    ("POST", "/crossings/{code}"): ANYBODY,
    ("GET", "/healthz"): ANYBODY,
    ("GET", "/notices"): ANYBODY,
    ("GET", "/readyz"): ANYBODY,
    ("GET", "/static/{name}"): ANYBODY,
    ("GET", "/v1/accuracy"): ANYBODY,
    ("GET", "/v1/advisories"): ANYBODY,
    ("GET", "/v1/crossings"): ANYBODY,
    ("GET", "/v1/crossings/{code}"): ANYBODY,
    ("GET", "/v1/crossings/{code}/alternatives"): ANYBODY,
    ("GET", "/v1/crossings/{code}/outlook"): ANYBODY,
    ("GET", "/v1/crossings/{code}/timeline"): ANYBODY,
    ("GET", "/v1/drafts"): Right.AUDIT,
    ("GET", "/v1/drafts/{draft_id}"): Right.AUDIT,
    ("POST", "/v1/drafts/{draft_id}/discard"): Right.POST,
    ("POST", "/v1/drafts/{draft_id}/return"): Right.APPROVE,
    ("GET", "/v1/heartbeat"): ANYBODY,
    ("GET", "/v1/ledger"): ANYBODY,
    ("GET", "/v1/notices"): ANYBODY,
    ("POST", "/v1/notices"): Right.POST,
    ("POST", "/v1/notices/preview"): Right.POST,
    ("GET", "/v1/notices/{notice_id}"): ANYBODY,
    ("GET", "/v1/notices/{notice_id}/signed"): ANYBODY,
    ("PUT", "/v1/notices/{notice_id}"): Right.POST,
    ("POST", "/v1/notices/{draft_id}/publish"): Right.APPROVE,
    ("POST", "/v1/notices/{notice_id}/end"): Right.POST,
    ("POST", "/v1/notices/{notice_id}/withdraw"): Right.POST,
    ("POST", "/v1/observations"): ANYBODY,
    ("GET", "/v1/trips"): ANYBODY,
}
"""A right, or `ANYBODY`. Who may speak of which crossing is decided where it is spoken. Travellers report
without a key; with one, the core asks for the right to."""


class NoPolicy(RuntimeError):
    """A route has none, or a policy has no route."""


def check(app: FastAPI) -> None:
    """Raises NoPolicy."""
    served = {(method, route.path) for route in routes(app) for method in route.methods or ()}
    if unknown := sorted(served - POLICIES.keys()):
        raise NoPolicy(f"these routes have no policy: {unknown}")
    if gone := sorted(POLICIES.keys() - served):
        raise NoPolicy(f"these policies have no route: {gone}")


def routes(app: FastAPI) -> Iterator[APIRoute]:
    """Every route that is served, but for the description of all."""
    yield from _within(app.router.routes)


def _within(found: Iterable[Any]) -> Iterator[APIRoute]:
    for one in found:
        if isinstance(one, APIRoute):
            yield one
        elif included := getattr(one, "original_router", None):
            yield from _within(included.routes)


async def allowed(request: Request) -> None:
    """Let through who may call this route, before its body is read. Raises Unidentified or Forbidden."""
    route: APIRoute = request.scope["route"]
    right = POLICIES[request.method, route.path]
    if right is not ANYBODY:
        await run_in_threadpool(_needs, request, right)


def _needs(request: Request, right: Right) -> None:
    with request.app.state.edge.work() as work:
        actor = official(work, request.headers.get("authorization"))
    request.state.actor = actor.name
    actor.needs(right)
