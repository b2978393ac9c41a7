"""Templates, the files beside them, and the headers that every page carries."""

from __future__ import annotations

import gzip
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from services.api.shelf import Header

HERE = Path(__file__).parent
TEMPLATES = (HERE / "templates", HERE.parent / "console" / "templates")
MEDIA_TYPE = "text/html; charset=utf-8"
KINDS = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml; charset=utf-8",
}

POLICY = "; ".join(
    (
        "default-src 'none'",
        "style-src 'self'",
        "script-src 'self'",
        "img-src 'self' data:",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
GUARDS: tuple[Header, ...] = (
    (b"content-security-policy", POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
)
"""What a browser is told to refuse: anything that is not ours. Others learn nothing from it of whence it
comes; we do, for otherwise it would not say that a form is from a page of ours."""


@dataclass(frozen=True, slots=True)
class Asset:
    """A file whose name changes with its content, so that it may be kept for a year."""

    name: str
    media_type: str
    plain: bytes
    zipped: bytes


@cache
def assets() -> Mapping[str, Asset]:
    """The files of `static/` by their own names."""
    return {file.name: _asset(file) for file in (HERE / "static").iterdir() if file.suffix in KINDS}


def _asset(file: Path) -> Asset:
    content = file.read_bytes()
    name = f"{file.stem}.{sha256(content).hexdigest()[:12]}{file.suffix}"
    return Asset(name, KINDS[file.suffix], content, gzip.compress(content, 9, mtime=0))


def asset_named(name: str) -> Asset | None:
    return next((asset for asset in assets().values() if asset.name == name), None)


def address(name: str) -> str:
    """The address of a file of `static/`. Raises KeyError."""
    return f"/static/{assets()[name].name}"


@cache
def environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.globals["static"] = address
    return made


def rendered(template: str, **values: Any) -> bytes:
    return environment().get_template(template).render(**values).encode()
