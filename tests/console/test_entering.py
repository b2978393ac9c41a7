"""Getting in and out of the console, and nobody else."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count
from urllib.parse import parse_qs, urlsplit

import pyotp
import pytest

from services.api.console.visiting import COOKIE
from services.core import access
from services.core.access import Method, Official, Role, Vault
from services.core.access.invitations import LASTS
from services.core.crossings import Side
from tests.api.service import Service
from tests.console.desk import DATA, Desk, at_the_desk
from tests.pages.reading import page

NAMES = (f"Newcomer {number}" for number in count(1))


def invited(console: Service, at: datetime | None = None) -> tuple[Official, str]:
    with console.edge.work(now=at) as work:
        official = access.add_official(work, name=next(NAMES), authority="Customs", country=Side.UZ)
        return official, access.invitations.invite(work, official, actor="system")


def welcomed(desk: Desk, token: str) -> int:
    """Follow a link with this device; the status of the last answer."""
    begun = desk.tell("/welcome/begin", {"token": token})
    if begun.status_code != 200:
        return begun.status_code
    credential = desk.device.create(begun.json()["options"])
    done = desk.tell(
        "/welcome/passkey",
        {"token": token, "ceremony": begun.json()["ceremony"], "credential": credential, "name": "Telephone"},
    )
    desk.token = done.cookies.get(COOKIE) or ""
    return done.status_code


def signed_in(desk: Desk) -> int:
    begun = desk.tell("/sign-in/begin", {})
    done = desk.tell(
        "/sign-in/passkey",
        {"ceremony": begun.json()["ceremony"], "credential": desk.device.get(begun.json()["options"])},
    )
    desk.token = done.cookies.get(COOKIE) or ""
    return done.status_code


def test_an_invitation_makes_a_passkey_and_signs_in(console: Service) -> None:
    official, token = invited(console)
    desk = Desk(console)
    assert welcomed(desk, token) == 200
    assert official.name in desk.page().words
    assert signed_in(desk) == 200
    assert official.name in desk.page().words


def test_an_invitation_counts_once_and_not_for_ever(console: Service) -> None:
    _, token = invited(console)
    assert welcomed(Desk(console), token) == 200
    assert welcomed(Desk(console), token) == 401
    _, old = invited(console, datetime.now(UTC) - LASTS)
    assert welcomed(Desk(console), old) == 401
    assert welcomed(Desk(console), "made-up") == 401


def test_one_link_does_not_finish_what_another_began(console: Service) -> None:
    (_, mine), (_, yours) = invited(console), invited(console)
    desk = Desk(console)
    begun = desk.tell("/welcome/begin", {"token": mine}).json()
    credential = desk.device.create(begun["options"])
    answer = {"ceremony": begun["ceremony"], "credential": credential, "name": "Telephone"}
    assert desk.tell("/welcome/passkey", {"token": yours, **answer}).status_code == 401
    assert welcomed(Desk(console), yours) == 200


def test_a_device_that_nobody_knows_does_not_sign_in(console: Service) -> None:
    desk = Desk(console)
    assert (signed_in(desk), desk.token) == (401, "")


def test_a_challenge_is_answered_once(console: Service, aziza: Desk) -> None:
    begun = aziza.tell("/sign-in/begin", {}).json()
    answer = {"ceremony": begun["ceremony"], "credential": aziza.device.get(begun["options"])}
    assert aziza.tell("/sign-in/passkey", answer).status_code == 200
    assert aziza.tell("/sign-in/passkey", answer).status_code == 401


def test_the_cookie_is_for_this_host_and_no_script(aziza: Desk) -> None:
    begun = aziza.tell("/sign-in/begin", {}).json()
    answer = {"ceremony": begun["ceremony"], "credential": aziza.device.get(begun["options"])}
    cookie = aziza.tell("/sign-in/passkey", answer).headers["set-cookie"]
    kept = {part.strip().lower() for part in cookie.split(";")[1:]}
    assert cookie.startswith("__Host-")
    assert kept == {"httponly", "secure", "samesite=strict", "path=/"}


def test_whoever_signs_out_is_out(console: Service, aziza: Desk) -> None:
    assert aziza.send("/sign-out", {}).status_code == 303
    assert aziza.get().headers["location"].startswith("/console/sign-in")


@pytest.mark.parametrize("path", ["", "/drafts/new", "/notices", "/report", "/audit", "/officials", "/me"])
def test_whoever_is_not_signed_in_is_asked_to_and_led_back(console: Service, path: str) -> None:
    reply = Desk(console).get(path)
    assert (reply.status_code, reply.headers["location"]) == (303, f"/console/sign-in?next=/console{path}")
    assert page(console.get(reply.headers["location"])).one("button", **{"data-next": f"/console{path}"})


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example",
        "//evil.example",
        "/console@evil",
        "/consoles",
        "/",
        "/console/\\evil",
        "console",
    ],
)
def test_signing_in_leads_to_the_console_and_nowhere_else(console: Service, elsewhere: str) -> None:
    shown = page(console.get("/console/sign-in", next=elsewhere))
    assert shown.one("button", cls="big")["data-next"] == "/console"


def test_by_another_name_the_console_leads_to_its_own(console: Service) -> None:
    reply = console.get("/console/notices", {"host": "127.0.0.1:8080"}, x="1")
    assert (reply.status_code, reply.headers["location"]) == (307, "http://otkel/console/notices?x=1")


def test_a_session_that_has_ended_does_nothing(console: Service, aziza: Desk) -> None:
    with console.edge.work() as work:
        assert aziza.official is not None
        access.sessions.end_all(work, aziza.official.id)
    rows = console.rows()
    assert aziza.post("/drafts", {"authority": "X"}).status_code == 401
    assert console.rows() == rows


PASSWORD = "correct horse battery"


@pytest.fixture(scope="module")
def hashed() -> str:
    """Slow on purpose."""
    return access.passwords.hashed(PASSWORD)


def with_password(console: Service, hashed: str) -> tuple[Desk, pyotp.TOTP]:
    """Somebody with a password that was chosen an hour ago, and their telephone."""
    desk = at_the_desk(console, next(NAMES), method=Method.PASSWORD)
    assert desk.official is not None
    vault = Vault.of(console.settings.keys_folder)
    hour_ago = datetime.now(UTC) - timedelta(hours=1)
    with console.edge.work(now=hour_ago) as work:
        address = access.passwords.begin(work, desk.official, vault)
        codes = pyotp.TOTP(parse_qs(urlsplit(address).query)["secret"][0])
        access.passwords.choose(work, desk.official, hashed, codes.at(hour_ago), vault)
    return desk, codes


def by_password(desk: Desk, codes: pyotp.TOTP, password: str = PASSWORD) -> int:
    assert desk.official is not None
    fields = {"name": desk.official.name, "password": password, "code": codes.now(), "next": "/console/me"}
    done = desk.send("/sign-in/password", fields)
    desk.token = done.cookies.get(COOKIE) or ""
    return done.status_code


def test_a_password_and_a_code_let_in_too(console: Service, hashed: str) -> None:
    desk, codes = with_password(console, hashed)
    assert by_password(desk, codes, "wrong horse battery") == 401
    assert by_password(desk, codes) == 303
    assert desk.official is not None
    assert desk.official.name in desk.page().words


def test_a_form_that_another_site_sends_does_not_sign_in(console: Service, hashed: str) -> None:
    desk, codes = with_password(console, hashed)
    assert desk.official is not None
    fields = {"name": desk.official.name, "password": PASSWORD, "code": codes.now()}
    assert desk.send("/sign-in/password", fields, {"sec-fetch-site": "cross-site"}).status_code == 403


def test_a_password_is_too_little_to_make_a_passkey_or_another_password(console: Service) -> None:
    desk = at_the_desk(console, next(NAMES), method=Method.PASSWORD)
    for path in ("/me/passkeys/begin", "/me/password/begin"):
        assert desk.post(path).status_code == 403
    assert "with a passkey only" in desk.page("/me").words


def test_long_after_signing_in_nobody_makes_a_passkey(console: Service) -> None:
    desk = at_the_desk(console, next(NAMES))
    with console.edge.work(now=datetime.now(UTC) - timedelta(minutes=11)) as work:
        assert desk.official is not None
        desk.token = access.sessions.begin(work, desk.official, Method.PASSKEY)
    assert desk.post("/me/passkeys/begin").status_code == 403
    assert desk.get("/me").status_code == 200


def test_a_second_device_is_added_and_the_first_revoked(console: Service) -> None:
    desk, stick = at_the_desk(console, next(NAMES)), Desk(console)
    assert desk.post(f"/me/passkeys/{desk.device.name}/revoke").status_code == 422  # the only one
    begun = desk.tell("/me/passkeys/begin", {}).json()
    answer = {"ceremony": begun["ceremony"], "credential": stick.device.create(begun["options"])}
    assert desk.tell("/me/passkeys", {**answer, "name": "Stick"}).status_code == 200
    assert "Stick" in desk.page("/me").words
    assert desk.post(f"/me/passkeys/{desk.device.name}/revoke").status_code == 200
    assert (signed_in(Desk(console, device=desk.device)), signed_in(stick)) == (401, 200)


def test_a_telephone_reads_the_secret_of_a_password(console: Service, hashed: str) -> None:
    desk = at_the_desk(console, next(NAMES))
    shown = page(desk.send("/me/password/begin", {}))
    codes = pyotp.TOTP(parse_qs(urlsplit(shown.one("p", cls="qr").one("a")["href"]).query)["secret"][0])
    assert desk.send("/me/password", {"password": "short", "code": codes.now()}).status_code == 422
    assert desk.send("/me/password", {"password": PASSWORD, "code": codes.now()}).status_code == 303
    assert desk.get("/me").status_code == 303  # whoever changes how they are known signs in anew


SITES = [
    ({}, False),
    ({"origin": "http://otkel"}, True),
    ({"origin": "http://otkel:81"}, False),
    ({"origin": "https://otkel"}, False),
    ({"origin": "http://evil.example"}, False),
    ({"origin": "null"}, False),
    ({"sec-fetch-site": "same-origin"}, True),
    ({"sec-fetch-site": "same-site"}, False),
    ({"sec-fetch-site": "cross-site"}, False),
    ({"sec-fetch-site": "none"}, False),
    ({"sec-fetch-site": "cross-site", "origin": "http://otkel"}, False),
    ({"sec-fetch-site": "same-origin", "origin": "http://evil.example"}, True),
]


@pytest.mark.parametrize(("headers", "ours"), SITES)
def test_only_pages_of_the_console_change_anything(
    console: Service, aziza: Desk, headers: dict[str, str], ours: bool
) -> None:
    rows = console.rows()
    reply = console.post("/console/drafts", {**aziza.headers, **DATA, **headers}, content="authority=X")
    assert reply.status_code == (200 if ours else 403)
    assert (console.rows() == rows) is not ours


def test_a_link_from_elsewhere_may_still_open_a_page(console: Service, aziza: Desk) -> None:
    assert console.get("/console", {**aziza.headers, "sec-fetch-site": "cross-site"}).status_code == 200


def test_nobody_is_told_apart_by_what_is_wrong(console: Service, hashed: str) -> None:
    desk, codes = with_password(console, hashed)
    assert desk.official is not None
    told = [
        desk.send("/sign-in/password", {"name": name, "password": password, "code": code})
        for name, password, code in (
            ("Nobody at all", PASSWORD, "123456"),
            (desk.official.name, "wrong horse battery", codes.now()),
            (desk.official.name, PASSWORD, "000000"),
            ("x\0y", PASSWORD, "000000"),
        )
    ]
    assert {reply.status_code for reply in told} == {401}
    assert len({page(reply, 401).one("p", cls="fault").words for reply in told}) == 1


def test_an_official_without_any_right_sees_today_and_nothing_else(console: Service) -> None:
    desk = at_the_desk(console, next(NAMES), roles=(Role.ADMINISTRATOR,))
    assert desk.get().status_code == 200
    assert desk.get("/drafts/new").status_code == 403
    assert "Write a notice" not in desk.page().words
