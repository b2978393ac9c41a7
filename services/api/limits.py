"""How much of a request is read."""

from fastapi import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.api.problems import problem

MOST_BYTES = 64 * 1024
"""The largest request body that is read."""


class BodyLimit:
    """Refuses a larger body before any of it is parsed: by its announced length, else as it comes in."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
        elif _announced(scope) > MOST_BYTES:
            await problem(413, "too-large", f"A body has at most {MOST_BYTES} bytes")(scope, receive, send)
        else:
            await self._app(scope, _limited(receive), send)


def _announced(scope: Scope) -> int:
    """Bytes by the header; the server has made sure that it is a number, and the right one."""
    return max((int(value) for name, value in scope["headers"] if name == b"content-length"), default=0)


def _limited(receive: Receive) -> Receive:
    read = 0

    async def limited() -> Message:
        nonlocal read
        message = await receive()
        read += len(message.get("body", b""))
        if read > MOST_BYTES:
            raise HTTPException(413, f"A body has at most {MOST_BYTES} bytes")
        return message

    return limited
