"""The service's public keys, and how far the records have come."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from services.api.answering import LONGEST, AskingDep, answered
from services.core import signing

router = APIRouter(tags=["ledger"])


@router.get("/.well-known/otkel-keys.json")
def keys(request: Request, asking: AskingDep) -> Response:
    """A JWK set (RFC 7517) of Ed25519 keys (RFC 8037), those that are retired among them."""
    found = request.app.state.witness.read(lambda session: signing.key_set(signing.keys(session)))
    return answered(asking, found.model_dump(), asking.within(LONGEST), "application/jwk-set+json")


@router.get("/v1/heartbeat")
def heartbeat(request: Request) -> Response:
    """The ledger's newest entry and the notices told last, signed, at most ten seconds old. Keep one: it
    finds out a ledger that was cut short or written anew."""
    found = request.app.state.witness.heartbeat()
    return JSONResponse(found.model_dump(), headers={"cache-control": "public, max-age=5"})
