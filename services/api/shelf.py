"""Replies that were rendered once and stay true for a while, ready to be sent as they are."""

from __future__ import annotations

import gzip
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import TypeAlias

FRESH_SECONDS = 5
"""How long a browser or a proxy may repeat an answer without asking: a closure must not wait longer."""

MOST_BYTES = 64 * 1024 * 1024
LARGEST_REPLY = 1024 * 1024
BESIDE_THE_BODY = 4096
SMALLEST_WORTH_ZIPPING = 600

Header: TypeAlias = tuple[bytes, bytes]
Headers: TypeAlias = list[Header]
Request: TypeAlias = tuple[str, bytes, bytes, bytes]
"""Path, query string, `Accept` and `Accept-Language`: what a reply may depend on."""


@dataclass(frozen=True, slots=True)
class Variant:
    """A reply in one encoding: its 200, and the headers of the 304 that stands for it."""

    body: bytes
    headers: Headers
    unchanged: Headers


@dataclass(frozen=True, slots=True)
class Reply:
    """A whole 200 reply, true until `until` (epoch seconds). `tag` is what its ETags have in common."""

    tag: bytes
    plain: Variant
    zipped: Variant | None
    until: float

    @property
    def size(self) -> int:
        """Bytes in memory, about: bodies, and what headers and keys take beside them."""
        return len(self.plain.body) + (len(self.zipped.body) if self.zipped else 0) + BESIDE_THE_BODY


def tag_of(body: bytes) -> bytes:
    """What the ETags of a body have in common."""
    return sha256(body).hexdigest()[:24].encode()


def reply(body: bytes, media_type: str, *, now: float, until: float, headers: Sequence[Header] = ()) -> Reply:
    """Render the headers of a reply whose body holds from `now` until `until` (epoch seconds).

    `headers` are further ones, sent whatever the encoding.
    """
    tag = tag_of(body)
    fresh = max(0, min(FRESH_SECONDS, int(until - now)))
    common: Headers = [
        (b"cache-control", f"public, max-age={fresh}, must-revalidate".encode()),
        (b"vary", b"accept, accept-encoding, accept-language"),
        *headers,
    ]
    kind: Headers = [(b"content-type", media_type.encode())]
    zipped = None
    if len(body) >= SMALLEST_WORTH_ZIPPING:
        packed = gzip.compress(body, 6, mtime=0)
        zipped = _variant(packed, tag + b"-gz", common, [*kind, (b"content-encoding", b"gzip")])
    return Reply(tag, _variant(body, tag, common, kind), zipped, until)


def _variant(body: bytes, tag: bytes, common: Headers, own: Headers) -> Variant:
    unchanged: Headers = [*common, (b"etag", b'"' + tag + b'"')]
    length = (b"content-length", str(len(body)).encode())
    return Variant(body, [*unchanged, *own, length], unchanged)


class Shelf:
    """Replies by request. A shelf that is full is emptied: whoever fills it with odd questions must not keep
    the common ones off it."""

    def __init__(self) -> None:
        self._replies: dict[Request, Reply] = {}
        self._bytes = 0

    def find(self, request: Request, now: float) -> Reply | None:
        """A reply that stays true for as long as it says that it may be repeated."""
        kept = self._replies.get(request)
        return kept if kept is not None and now + FRESH_SECONDS <= kept.until else None

    def put(self, request: Request, kept: Reply) -> None:
        if kept.size > LARGEST_REPLY:
            return
        if self._bytes + kept.size > MOST_BYTES:
            self._replies = {}
            self._bytes = 0
        before = self._replies.get(request)
        self._bytes += kept.size - (before.size if before else 0)
        self._replies[request] = kept
