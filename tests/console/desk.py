"""An official at the console, as their browser would be: a cookie, a device, and forms that are sent."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import httpx

from services.api.console.visiting import COOKIE
from services.core import access
from services.core.access import Method, Official, Party, Role
from services.core.crossings import Side
from tests.api.service import Service
from tests.authenticator import Authenticator
from tests.pages.reading import Element, page

ORIGIN = "http://otkel"
HERE = Party("otkel", ORIGIN)
EVERY_ROLE = tuple(Role)
OURS = {"sec-fetch-site": "same-origin", "origin": ORIGIN}
DATA = {"accept": "application/json"}


def a_device() -> Authenticator:
    return Authenticator(host=HERE.host, origin=ORIGIN)


@dataclass
class Desk:
    service: Service
    official: Official | None = None
    token: str = ""
    device: Authenticator = field(default_factory=a_device)
    base: str = "/console"

    @property
    def headers(self) -> dict[str, str]:
        return {"cookie": f"{COOKIE}={self.token}"} if self.token else {}

    def get(self, path: str = "", **query: Any) -> httpx.Response:
        return self.service.get(self.base + path, self.headers, **query)

    def page(self, path: str = "", **query: Any) -> Element:
        return page(self.get(path, **query))

    def post(self, path: str, fields: dict[str, Any] | None = None, **more: Any) -> httpx.Response:
        """A form as a browser sends it; what comes back is data, as the console's script asks for it."""
        return self.send(path, {**(fields or {}), **more}, DATA)

    def send(
        self, path: str, fields: dict[str, Any], headers: dict[str, str] | None = None
    ) -> httpx.Response:
        sent = {
            **self.headers,
            **OURS,
            "content-type": "application/x-www-form-urlencoded",
            **(headers or {}),
        }
        return self.service.post(self.base + path, sent, content=urlencode(fields, doseq=True))

    def tell(self, path: str, value: Any) -> httpx.Response:
        """Data, as the console's script sends it."""
        return self.service.post(f"/console{path}", {**self.headers, **OURS, **DATA}, json=value)

    def signed(self, sign: str, act: str, fields: dict[str, Any]) -> httpx.Response:
        """An act with the signature of this official's device, if one is asked for."""
        return self.post(act, self.with_signature(sign, fields))

    def with_signature(self, sign: str, fields: dict[str, Any]) -> dict[str, Any]:
        asked = self.post(sign, fields)
        assert asked.status_code == 200, asked.text
        if "options" not in asked.json():
            return fields
        credential = self.device.get(asked.json()["options"])
        return {**fields, "ceremony": asked.json()["ceremony"], "credential": json.dumps(credential)}

    def draft(self, form: dict[str, Any]) -> tuple[str, int]:
        """Write a draft: its id and version."""
        kept = self.post("/drafts", form)
        assert kept.status_code == 200, kept.text
        return kept.json()["location"].rsplit("/", 1)[1], kept.json()["version"]

    def publish(self, form: dict[str, Any], confirm: str = "ALFA", **more: Any) -> httpx.Response:
        return self._finish("publish", form, confirm, **more)

    def submit(self, form: dict[str, Any], confirm: str = "WHOLE BORDER", **more: Any) -> httpx.Response:
        return self._finish("submit", form, confirm, **more)

    def _finish(self, step: str, form: dict[str, Any], confirm: str, **more: Any) -> httpx.Response:
        draft, version = self.draft(form)
        here, fields = f"/drafts/{draft}", {"version": version, "step": step, "confirm": confirm, **more}
        return self.signed(f"{here}/sign", f"{here}/{step}", fields)

    def approve(self, draft: str, version: int) -> httpx.Response:
        here, fields = f"/drafts/{draft}", {"version": version, "step": "approve"}
        return self.signed(f"{here}/sign", f"{here}/approve", fields)

    def close(self, notice: str, step: str = "withdraw", expected: int = 1, **more: Any) -> httpx.Response:
        here, fields = f"/notices/{notice}", {"step": step, "expected": expected, **more}
        return self.signed(f"{here}/sign", f"{here}/close", fields)


def at_the_desk(
    service: Service,
    name: str = "Aziza",
    country: Side = Side.UZ,
    *,
    crossings: tuple[str, ...] = (),
    roles: tuple[Role, ...] = EVERY_ROLE,
    method: Method = Method.PASSKEY,
) -> Desk:
    """Somebody new who has a device, and has signed in a moment ago."""
    desk = Desk(service)
    with service.edge.work() as work:
        desk.official = access.add_official(
            work, name=name, authority="Customs Committee", country=country, crossings=crossings, roles=roles
        )
        ceremony, options = access.passkeys.begin_enrolling(work, desk.official, HERE)
        access.passkeys.enrol(work, ceremony.id, desk.device.create(options), HERE, name="Telephone")
        desk.token = access.sessions.begin(work, desk.official, method)
    return desk


def a_form(**changes: Any) -> dict[str, Any]:
    """Alfa is shut from noon on, as the form says it."""
    form = {
        "authority": "Customs Committee",
        "effect.0.what": "closed",
        "effect.0.crossings": "alfa-alma",
        "effect.0.start": "2090-03-10T12:00",
        "effect.0.end_is": "open",
        "text.en.headline": "Alfa is shut",
        "text.ru.headline": "Альфа закрыта",
    }
    return {name: value for name, value in (form | changes).items() if value is not None}


EVERYWHERE = {"effect.0.crossings": None}


def notice_of(done: httpx.Response) -> str:
    """The id of the notice that an act led to."""
    assert done.status_code == 200, done.text
    location: str = done.json()["location"]
    return location.split("/notices/")[1].partition("?")[0]


def draft_of(done: httpx.Response) -> str:
    assert done.status_code == 200, done.text
    location: str = done.json()["location"]
    return location.split("/drafts/")[1].partition("/")[0]
