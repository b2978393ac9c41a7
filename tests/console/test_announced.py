"""What is told: amended, ended, and taken back with one tap; by those whose word it is."""

from __future__ import annotations

from typing import Any

import pytest

from services.core import notices
from services.core.access import Method, Role
from services.core.crossings import Side
from services.core.text import Language
from tests.api.service import Service
from tests.console.desk import Desk, a_form, at_the_desk, notice_of
from tests.makers import BRAVO


@pytest.fixture
def notice(aziza: Desk) -> str:
    return notice_of(aziza.publish(a_form()))


def told(console: Service, notice: str) -> dict[str, Any]:
    body: dict[str, Any] = console.body(f"/v1/notices/{notice}")
    return body


def test_one_tap_withdraws_it_with_words_ready_in_every_language(
    console: Service, aziza: Desk, notice: str
) -> None:
    shown = aziza.page(f"/notices/{notice}")
    ready = [one.words for one in shown.all("p") if one.get("lang")]
    done = aziza.close(notice)
    assert done.json()["location"] == f"/console/notices/{notice}?done=withdrawn"
    after = told(console, notice)
    assert (after["state"], after["revision"]) == ("withdrawn", 2)
    assert set(after["texts"]) == set(Language)
    assert all(any(text["headline"] in words for words in ready) for text in after["texts"].values())
    with console.edge.reading() as session:
        assert notices.signed_by(session, notice)[2].assertion is not None
    assert "Withdrawn. Travellers see it now." in aziza.page(f"/notices/{notice}", done="withdrawn").words


def test_a_tap_that_is_sent_again_withdraws_once(console: Service, aziza: Desk, notice: str) -> None:
    fields = {"step": "withdraw", "expected": 1}
    whole = aziza.with_signature(f"/notices/{notice}/sign", fields)
    first = aziza.post(f"/notices/{notice}/close", whole)
    rows = console.rows()
    again = aziza.post(f"/notices/{notice}/close", whole)
    assert (again.status_code, again.json()) == (200, first.json())
    assert aziza.post(f"/notices/{notice}/sign", fields).json() == {}
    assert aziza.post(f"/notices/{notice}/close", fields).json() == first.json()
    assert console.rows() == rows


def test_nobody_withdraws_without_signing(console: Service, aziza: Desk, notice: str) -> None:
    assert aziza.post(f"/notices/{notice}/close", step="withdraw", expected=1).status_code == 403
    assert told(console, notice)["state"] == "published"


def test_with_a_password_one_withdraws_at_once(console: Service, aziza: Desk, notice: str) -> None:
    desk = at_the_desk(console, f"Password {notice}", method=Method.PASSWORD)
    assert desk.close(notice).status_code == 200
    assert told(console, notice)["state"] == "withdrawn"


def test_of_two_who_withdraw_at_once_the_second_is_told(aziza: Desk, jasur: Desk, notice: str) -> None:
    assert aziza.close(notice, "end").status_code == 200
    late = jasur.post(f"/notices/{notice}/sign", step="withdraw", expected=1)
    assert late.status_code == 412


def test_what_is_amended_begins_as_it_was_told(console: Service, aziza: Desk, notice: str) -> None:
    begun = aziza.post(f"/notices/{notice}/amend", expected=1)
    draft = begun.json()["location"].rsplit("/", 1)[1]
    shown = aziza.page(f"/drafts/{draft}")
    assert shown.one("input", name="text.en.headline")["value"] == "Alfa is shut"
    changed = a_form(**{"text.en.headline": "Alfa is shut for trucks", "effect.0.modes": "truck"})
    kept = aziza.post(f"/drafts/{draft}", changed, version=0)
    fields = {"version": kept.json()["version"], "step": "publish", "confirm": "ALFA"}
    fields["reason"] = "Cars may pass"
    done = aziza.signed(f"/drafts/{draft}/sign", f"/drafts/{draft}/publish", fields)
    assert notice_of(done) == notice
    after = told(console, notice)
    assert (after["state"], after["revision"], after["reason"]) == ("amended", 2, "Cars may pass")
    history = aziza.page(f"/notices/{notice}").one("ol", cls="revisions").words
    assert history.index("Amended") < history.index("Published")
    assert "signed by its author's device and the service" in history


@pytest.mark.parametrize(
    "who",
    [{"country": Side.KZ}, {"crossings": (BRAVO,)}, {"roles": (Role.APPROVER,)}],
    ids=["another state", "another crossing", "no author"],
)
def test_these_neither_amend_nor_withdraw(console: Service, notice: str, who: dict[str, Any]) -> None:
    desk = at_the_desk(console, f"{who} {notice}", **who)
    rows = console.rows()
    for act, fields in (
        ("amend", {"expected": 1}),
        ("sign", {"step": "withdraw", "expected": 1}),
        ("close", {"step": "withdraw", "expected": 1}),
    ):
        assert desk.post(f"/notices/{notice}/{act}", fields).status_code == 403, act
    assert console.rows() == rows
    assert not desk.page(f"/notices/{notice}").all("button", cls="danger")


def test_what_is_told_later_can_be_taken_back_before(console: Service, aziza: Desk) -> None:
    done = aziza.publish(a_form(publish_from="2090-01-01T00:00"))
    notice = notice_of(done)
    assert console.get(f"/v1/notices/{notice}").status_code == 404
    assert "Told later" in aziza.page("/notices").words
    words = aziza.page(f"/notices/{notice}", done="published").words
    assert ("Published." in words, "not told yet" in words, "see it now" in words) == (True, True, False)
    assert aziza.close(notice).status_code == 200


def told_later(desk: Desk) -> list[str]:
    shown = desk.page("/notices")
    heaps = [one for one in shown.all("section") if one.all("h2")[0].words == "Told later"]
    return [one["href"] for heap in heaps for one in heap.all("a")]


def test_what_is_told_later_can_be_amended_before_and_is_listed_once(console: Service, aziza: Desk) -> None:
    form = a_form(publish_from="2090-01-01T00:00")
    notice = notice_of(aziza.publish(form))
    begun = aziza.post(f"/notices/{notice}/amend", expected=1)
    draft = begun.json()["location"].rsplit("/", 1)[1]
    changed = form | {"text.en.headline": "Alfa is shut for works"}
    kept = aziza.post(f"/drafts/{draft}", changed, version=begun.json().get("version", 0))
    assert "Alfa is shut for works" in aziza.page(f"/drafts/{draft}/preview").words
    fields = {"version": kept.json()["version"], "step": "publish", "confirm": "ALFA"}
    assert aziza.signed(f"/drafts/{draft}/sign", f"/drafts/{draft}/publish", fields).status_code == 200
    assert console.get(f"/v1/notices/{notice}").status_code == 404
    assert told_later(aziza).count(f"/console/notices/{notice}") == 1
    assert aziza.close(notice, expected=2).status_code == 200
    assert f"/console/notices/{notice}" not in told_later(aziza)


@pytest.mark.parametrize("said", ["withdrawn", "draft", "anything"])
def test_a_link_cannot_say_that_something_was_done_which_was_not(aziza: Desk, notice: str, said: str) -> None:
    assert not aziza.page(f"/notices/{notice}", done=said).all("p", cls="thanks")


@pytest.mark.parametrize("wrong", ["0", "nothing", "x%00y", "%D1%85"])
def test_there_is_no_such_notice(aziza: Desk, wrong: str) -> None:
    assert aziza.get(f"/notices/{wrong}").status_code == 404


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"expected": "1"}, "step"),
        ({"step": "burn", "expected": "1"}, "step"),
        ({"step": "withdraw"}, "expected"),
        ({"step": "withdraw", "expected": "one"}, "expected"),
        ({"step": "withdraw", "expected": "1", "reason": "x" * 301}, "reason"),
        ({"step": "withdraw", "expected": "1", "ceremony": "x", "credential": "["}, "credential"),
    ],
)
def test_a_tap_that_is_not_whole_names_its_field(
    console: Service, aziza: Desk, notice: str, fields: dict[str, Any], field: str
) -> None:
    refused = aziza.post(f"/notices/{notice}/close", fields)
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, field)
    assert told(console, notice)["state"] == "published"
