"""How much of a request is read."""

from fastapi import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.api.problems import problem

MOST_BYTES = 64 * 1024
"""The largest request body that is read."""
MOST_BYTES_OF_A_FORM = 512 * 1024
"""The same for the console: letters that are not English take six bytes each in a form."""


class BodyLimit:
    """Refuses a larger body before any of it is parsed: by its announced length, else as it comes in."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        most = MOST_BYTES_OF_A_FORM if scope["path"].startswith("/console/") else MOST_BYTES
        if _announced(scope) > most:
            await problem(413, "too-large", f"A body has at most {most} bytes")(scope, receive, send)
        else:
            await self._app(scope, _limited(receive, most), send)


def _announced(scope: Scope) -> int:
    """Bytes by the header; the server has made sure that it is a number, and the right one."""
    return max((int(value) for name, value in scope["headers"] if name == b"content-length"), default=0)


def _limited(receive: Receive, most: int) -> Receive:
    read = 0

    async def limited() -> Message:
        nonlocal read
        message = await receive()
        read += len(message.get("body", b""))
        if read > most:
            raise HTTPException(413, f"A body has at most {most} bytes")
        return message

    return limited
