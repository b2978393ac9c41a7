"""From a draft to what travellers read: the preview, the signatures, the second person."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.core import access, notices
from services.core.access import Method, Role
from services.core.crossings import Side
from services.core.notices import Audit
from services.core.spans import DISTANT_FUTURE
from tests.api.service import Service
from tests.console.desk import DATA, EVERYWHERE, Desk, a_form, at_the_desk, draft_of, notice_of
from tests.makers import ALFA, BRAVO, CHARLIE, TASHKENT

TIMES = re.compile(r"([\d,.]+) times as many as otherwise")


def told(console: Service, notice: str) -> dict[str, Any]:
    body: dict[str, Any] = console.body(f"/v1/notices/{notice}")
    return body


def audited(console: Service) -> Audit:
    """Everything there is, checked from outside."""
    audit = Audit()
    with console.edge.reading() as session:
        found = audit.log(notices.log(session, now=DISTANT_FUTURE))
    assert found.faults == []
    return audit


def signed(console: Service, notice: str) -> Any:
    """What was signed of its newest revision."""
    with console.edge.reading() as session:
        return notices.signed_by(session, notice)[max(notices.signed_by(session, notice))]


def test_what_is_published_is_told_at_once_and_signed_by_its_authors_device(
    console: Service, aziza: Desk
) -> None:
    done = aziza.publish(a_form())
    shown = told(console, notice_of(done))
    assert shown["texts"]["ru"]["headline"] == "Альфа закрыта"
    assert shown["effects"][0]["selector"]["sides"] == ["uz"]
    signature = signed(console, notice_of(done))
    assert signature.assertion.credential_id == aziza.device.name
    audited(console)


def test_it_is_published_by_nobody_who_has_not_signed(console: Service, aziza: Desk) -> None:
    draft, version = aziza.draft(a_form())
    fields = {"version": version, "step": "publish", "confirm": "ALFA"}
    refused = aziza.post(f"/drafts/{draft}/publish", fields)
    assert (refused.status_code, refused.json()["detail"]) == (403, "sign this with your passkey")
    assert console.get(f"/v1/notices/{draft}").status_code == 404


def test_a_signature_of_one_draft_is_none_of_another(console: Service, aziza: Desk) -> None:
    (one, version), (other, _) = aziza.draft(a_form()), aziza.draft(a_form())
    fields = {"version": version, "step": "publish", "confirm": "ALFA"}
    signed_one = aziza.with_signature(f"/drafts/{one}/sign", fields)
    assert aziza.post(f"/drafts/{other}/publish", signed_one).status_code == 422
    assert console.get(f"/v1/notices/{other}").status_code == 404


def test_what_is_changed_after_signing_is_not_published(console: Service, aziza: Desk) -> None:
    draft, version = aziza.draft(a_form())
    fields = {"version": version, "step": "publish", "confirm": "ALFA"}
    signed_before = aziza.with_signature(f"/drafts/{draft}/sign", fields)
    changed = aziza.post(f"/drafts/{draft}", a_form(**{"text.en.headline": "Open"}, version=version))
    assert aziza.post(f"/drafts/{draft}/publish", signed_before).status_code == 412
    later = {**signed_before, "version": changed.json()["version"]}
    assert aziza.post(f"/drafts/{draft}/publish", later).status_code == 422
    assert console.get(f"/v1/notices/{draft}").status_code == 404


def test_another_officials_device_does_not_sign(console: Service, aziza: Desk, jasur: Desk) -> None:
    draft, version = aziza.draft(a_form())
    fields = {"version": version, "step": "publish", "confirm": "ALFA"}
    aziza.device = jasur.device
    by_another = aziza.with_signature(f"/drafts/{draft}/sign", fields)
    assert aziza.post(f"/drafts/{draft}/publish", by_another).status_code == 401
    assert console.get(f"/v1/notices/{draft}").status_code == 404


def test_sent_again_it_is_published_once(console: Service, aziza: Desk) -> None:
    draft, version = aziza.draft(a_form())
    fields = {"version": version, "step": "publish", "confirm": "ALFA"}
    whole = aziza.with_signature(f"/drafts/{draft}/sign", fields)
    first, rows = aziza.post(f"/drafts/{draft}/publish", whole), None
    for _ in range(3):
        rows = rows or console.rows()
        again = aziza.post(f"/drafts/{draft}/publish", whole)
        assert (again.status_code, again.json()) == (first.status_code, first.json())
        assert console.rows() == rows


def test_who_lost_the_answer_presses_again_and_is_shown_what_was_done(
    console: Service, aziza: Desk, jasur: Desk
) -> None:
    draft, version = aziza.draft(a_form())
    wide, wide_version = submitted(aziza)
    asked = (
        (aziza, "publish", draft, {"version": version, "step": "publish", "confirm": "ALFA"}),
        (aziza, "submit", wide, {"version": wide_version - 1, "step": "submit", "confirm": "WHOLE BORDER"}),
        (jasur, "approve", wide, {"version": wide_version, "step": "approve"}),
    )
    for desk, step, of, fields in asked:
        first = desk.signed(f"/drafts/{of}/sign", f"/drafts/{of}/{step}", fields)
        rows = console.rows()
        assert desk.post(f"/drafts/{of}/sign", fields).json() == {}
        again = desk.post(f"/drafts/{of}/{step}", fields)
        assert (again.status_code, again.json()) == (200, first.json())
        assert console.rows() == rows


@pytest.mark.parametrize("typed", ["", "BRAVO", "ALF", "yes"])
def test_whoever_types_another_crossings_name_publishes_nothing(
    console: Service, aziza: Desk, typed: str
) -> None:
    draft, version = aziza.draft(a_form())
    fields = {"version": version, "step": "publish", "confirm": typed}
    refused = aziza.post(f"/drafts/{draft}/sign", fields)
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["field"] == "confirm"
    assert aziza.post(f"/drafts/{draft}/publish", fields).status_code == 422


@pytest.mark.parametrize("typed", ["ALFA", "alfa", " Alfa ", "Алфа"])
def test_in_which_letters_the_name_is_written_does_not_matter(aziza: Desk, typed: str) -> None:
    assert aziza.publish(a_form(), typed).status_code == 200


WIDE = [
    (EVERYWHERE, "WHOLE BORDER", "whole-border"),
    ({"effect.0.crossings": [ALFA, BRAVO, CHARLIE]}, "ALFA", "three-crossings-or-more"),
    ({"effect.0.start": "2026-01-01T00:00"}, "ALFA", "back-dated"),
]


@pytest.mark.parametrize(("changes", "typed", "because"), WIDE, ids=[because for *_, because in WIDE])
def test_what_is_wide_is_told_when_a_second_official_has_signed_too(
    console: Service, aziza: Desk, jasur: Desk, changes: dict[str, Any], typed: str, because: str
) -> None:
    form = a_form(**changes)
    assert aziza.publish(form, typed).status_code == 409
    draft = draft_of(aziza.submit(form, typed))
    assert console.get(f"/v1/notices/{draft}").status_code == 404
    waiting = jasur.page(f"/drafts/{draft}/preview")
    version = int(waiting.all("input", name="version")[0]["value"])
    approved = jasur.approve(draft, version)
    assert told(console, notice_of(approved))["revision"] == 1
    signature = signed(console, draft)
    assert signature.assertion.credential_id == aziza.device.name
    assert signature.approval.credential_id == jasur.device.name
    audited(console)
    again = jasur.post(f"/drafts/{draft}/approve", version=version, step="approve")
    assert again.json() == approved.json()


def submitted(desk: Desk) -> tuple[str, int]:
    draft = draft_of(desk.submit(a_form(**EVERYWHERE)))
    with desk.service.edge.reading() as session:
        row = session.get(notices.NoticeDraft, draft)
        assert row is not None
        return draft, row.version


def test_nobody_approves_their_own(console: Service, aziza: Desk) -> None:
    draft, version = submitted(aziza)
    rows = console.rows()
    fields = {"version": version, "step": "approve"}
    assert aziza.post(f"/drafts/{draft}/sign", fields).status_code == 403
    assert aziza.post(f"/drafts/{draft}/approve", fields).status_code == 403
    assert console.rows() == rows
    assert "another official approves it" in aziza.page(f"/drafts/{draft}/preview").words


def test_only_who_may_approve_is_asked_to(console: Service, aziza: Desk, jasur: Desk) -> None:
    draft, _ = submitted(aziza)
    author = at_the_desk(console, f"Author {draft}", roles=(Role.AUTHOR,))
    by_password = at_the_desk(console, f"Password {draft}", method=Method.PASSWORD)
    asked = [f"/drafts/{draft}/preview" in str(desk.get().text) for desk in (jasur, author, by_password)]
    assert asked == [True, False, False]


def test_nobody_approves_without_signing(console: Service, aziza: Desk, jasur: Desk) -> None:
    draft, version = submitted(aziza)
    assert jasur.post(f"/drafts/{draft}/approve", version=version, step="approve").status_code == 403
    assert console.get(f"/v1/notices/{draft}").status_code == 404


NO_APPROVERS: dict[str, dict[str, Any]] = {
    "by password": {"method": Method.PASSWORD},
    "another state": {"country": Side.KZ},
    "another crossing": {"crossings": (BRAVO,)},
}


@pytest.mark.parametrize("who", NO_APPROVERS)
def test_these_cannot_approve(console: Service, aziza: Desk, who: str) -> None:
    draft, version = submitted(aziza)
    other = at_the_desk(console, f"{who} {draft}", **NO_APPROVERS[who])
    rows = console.rows()
    for act in ("sign", "approve", "return"):
        reply = other.post(f"/drafts/{draft}/{act}", version=version, step="approve", note="No")
        assert reply.status_code in (403, 404), act
    assert console.rows() == rows


def test_what_is_returned_is_written_on_and_submitted_anew(
    console: Service, aziza: Desk, jasur: Desk
) -> None:
    draft, version = submitted(aziza)
    assert jasur.post(f"/drafts/{draft}/return", version=version, note="Which hours?").status_code == 200
    assert "Which hours?" in aziza.page().words
    shown = aziza.page(f"/drafts/{draft}")
    assert "Which hours?" in shown.words
    version = int(shown.one("form", id="draft").one("input", name="version")["value"])
    changed = a_form(**(EVERYWHERE | {"text.en.headline": "All shut at night"}))
    kept = aziza.post(f"/drafts/{draft}", changed, version=version)
    here = f"/drafts/{draft}"
    fields = {"version": kept.json()["version"], "step": "submit", "confirm": "WHOLE BORDER"}
    assert aziza.signed(f"{here}/sign", f"{here}/submit", fields).status_code == 200
    approved = jasur.approve(draft, kept.json()["version"] + 1)
    assert told(console, notice_of(approved))["texts"]["en"]["headline"] == "All shut at night"


def test_an_amendment_of_what_is_over_can_be_given_up_or_returned(
    console: Service, aziza: Desk, jasur: Desk
) -> None:
    notice = notice_of(aziza.publish(a_form()))
    waiting = []
    for _ in range(2):
        begun = aziza.post(f"/notices/{notice}/amend", expected=1).json()["location"]
        draft = begun.rsplit("/", 1)[1]
        kept = aziza.post(f"/drafts/{draft}", a_form(**EVERYWHERE), version=0).json()["version"]
        fields = {"version": kept, "step": "submit", "confirm": "WHOLE BORDER"}
        assert aziza.signed(f"/drafts/{draft}/sign", f"/drafts/{draft}/submit", fields).status_code == 200
        waiting.append(draft)
    jasur.close(notice)
    given_up, returned = waiting
    for desk, draft, act in ((aziza, given_up, "discard"), (jasur, returned, "return")):
        shown = desk.page(f"/drafts/{draft}/preview")
        assert "It cannot be published any more: the notice is over" in shown.words
        form = next(one for one in shown.all("form") if one["action"].endswith(act))
        version = form.one("input", name="version")["value"]
        assert desk.post(f"/drafts/{draft}/{act}", version=version, note="It is over").status_code == 200


def test_a_submission_that_is_sent_again_waits_once(console: Service, aziza: Desk) -> None:
    draft, version = aziza.draft(a_form(**EVERYWHERE))
    fields = {"version": version, "step": "submit", "confirm": "WHOLE BORDER"}
    whole = aziza.with_signature(f"/drafts/{draft}/sign", fields)
    first = aziza.post(f"/drafts/{draft}/submit", whole)
    rows = console.rows()
    again = aziza.post(f"/drafts/{draft}/submit", whole)
    assert (again.status_code, again.json()) == (200, first.json())
    assert console.rows() == rows


def test_in_an_emergency_one_person_says_it_and_everybody_reads_why(console: Service, aziza: Desk) -> None:
    form, more = a_form(**EVERYWHERE), {"emergency": "yes"}
    draft, version = aziza.draft(form)
    fields = {"version": version, "step": "publish", "confirm": "WHOLE BORDER", **more}
    assert aziza.post(f"/drafts/{draft}/sign", fields).status_code == 422  # no reason
    done = aziza.publish(form, "WHOLE BORDER", reason="The bridge is gone", **more)
    shown = told(console, notice_of(done))
    assert (shown["emergency"], shown["reason"]) == (True, "The bridge is gone")
    audited(console)


def test_whoever_signed_in_with_a_password_asks_a_second_for_everything(
    console: Service, jasur: Desk
) -> None:
    desk = at_the_desk(console, f"By password {datetime.now(UTC)}", method=Method.PASSWORD)
    assert desk.publish(a_form()).status_code == 409
    draft = draft_of(desk.submit(a_form(), "ALFA"))
    with console.edge.reading() as session:
        row = session.get(notices.NoticeDraft, draft)
        assert row is not None
        assert row.assertion is None
        version = row.version
    assert "its author signed in with a password" in jasur.page(f"/drafts/{draft}/preview").words
    assert told(console, notice_of(jasur.approve(draft, version)))["revision"] == 1


def test_the_preview_says_what_is_wrong_and_what_each_audience_reads(aziza: Desk) -> None:
    draft, _ = aziza.draft(a_form())
    shown = aziza.page(f"/drafts/{draft}/preview")
    findings = shown.one("ul", cls="findings").words
    assert "No notice of the Kazakh side says the same" in findings
    assert "There is no text in Kazakh" in findings
    assert "Not published yet" in shown.one("p", cls="not-yet").words
    languages = [one.one("summary").words for one in shown.all("details", cls="in-language")]
    assert len(languages) == 5
    assert sum("missing" in words for words in languages) == 3
    assert [one.words for one in shown.all("blockquote", cls="sms") if "Alfa" in one.words]
    places = {one["href"].partition("#")[2] for one in shown.one("ul", cls="findings").all("a")}
    there = {one.get("id") for one in aziza.page(f"/drafts/{draft}").walk()}
    assert places <= there


def test_what_it_does_to_others_comes_a_little_later(aziza: Desk) -> None:
    draft, _ = aziza.draft(a_form())
    part = aziza.get(f"/drafts/{draft}/effects", bare="true")
    assert (part.status_code, "<html" in part.text) == (200, False)
    assert "Shut out" in part.text


def test_the_neighbours_that_fill_are_named_with_how_many_come(real: Service) -> None:
    desk = at_the_desk(real, "Of the real border")
    start = (datetime.now(UTC) + timedelta(days=1)).astimezone(TASHKENT)
    closure = a_form(
        **{"effect.0.crossings": "navoiy-kaplanbek", "effect.0.start": f"{start:%Y-%m-%dT%H:%M}"}
    )
    draft, _ = desk.draft(closure)
    part = desk.page(f"/drafts/{draft}/effects")
    shut_out, filled, less = (one.all("li") for one in part.all("ul", cls="lines"))
    assert [one.words.partition(" to ")[0] for one in shut_out] == [
        f"Navoi – Kaplanbek · {mode}" for mode in ("On foot", "Car", "Bus", "Truck")
    ]
    lanes = [*filled, *less]
    times = [float(found[1]) for one in lanes if (found := TIMES.search(one.words))]
    assert len(times) == len(lanes) > len(filled) == 6
    assert sorted(times, reverse=True) == times
    assert times[-1] >= 1.1
    assert "Yallama – B. Konysbayev" in {one.all("b")[0].words for one in lanes}


def test_some_of_those_at_a_post_are_named_where_nobody_counts_them(real: Service) -> None:
    desk = at_the_desk(real, "Of foreigners")
    form = {"effect.0.crossings": "yallama-konysbayev", "effect.0.modes": "car", "effect.0.citizens": "TJ"}
    draft, _ = desk.draft(a_form(**form))
    shut_out = desk.page(f"/drafts/{draft}/effects").all("ul", cls="lines")[0]
    assert "to Kazakhstan: for example citizens of TJ" in shut_out.words


def test_what_opens_again_is_no_multiple_of_nobody(real: Service) -> None:
    desk = at_the_desk(real, "Of what opens again")
    shut = {"effect.0.crossings": "yallama-konysbayev", "effect.0.start": "2026-01-01T00:00"}
    confirmed = {"emergency": "yes", "reason": "A flood"}
    notice = notice_of(desk.publish(a_form(**shut), "YALLAMA", **confirmed))
    draft, _ = desk.draft(
        a_form(**shut | {"effect.0.what": "reopened", "effect.0.start": "2090-01-01T00:00"})
    )
    part = desk.page(f"/drafts/{draft}/effects")
    desk.close(notice)
    assert "Where people come again" in part.words
    assert not any(float(found[1].replace(",", "")) > 50 for found in TIMES.finditer(part.words))


def test_what_can_never_be_right_is_not_published(console: Service) -> None:
    desk = at_the_desk(console, f"Of Bravo alone {datetime.now(UTC)}", crossings=(BRAVO,))
    draft, version = desk.draft(a_form())
    shown = desk.page(f"/drafts/{draft}/preview")
    assert shown.all("li", cls="stop")
    assert "It cannot be published as it is" in shown.one("section", cls="decision").words
    fields = {"version": version, "step": "publish", "confirm": "ALFA"}
    assert desk.post(f"/drafts/{draft}/sign", fields).status_code == 422
    assert desk.post(f"/drafts/{draft}/publish", fields).status_code == 403
    assert console.get(f"/v1/notices/{draft}").status_code == 404


def test_what_is_to_be_told_later_is_not_said_to_be_published_now(aziza: Desk, jasur: Desk) -> None:
    later = {"publish_from": "2090-01-01T00:00"}
    draft, _ = aziza.draft(a_form(**later))
    words = aziza.page(f"/drafts/{draft}/preview").words
    assert "Travellers are told on Sun 1 January 2090, 00:00, and nothing of it before." in words
    assert ("Publish for later" in words, "everybody now" in words) == (True, False)
    wide = draft_of(aziza.submit(a_form(**EVERYWHERE, **later)))
    words = jasur.page(f"/drafts/{wide}/preview").words
    assert ("Approve and publish for later" in words, "everybody now" in words) == (True, False)


def test_without_a_script_a_failure_is_a_page(aziza: Desk) -> None:
    draft, version = aziza.draft(a_form())
    reply = aziza.send(f"/drafts/{draft}/publish", {"version": version, "confirm": "BRAVO"})
    assert (reply.status_code, "type ALFA" in reply.text) == (422, True)
    assert DATA["accept"] not in reply.headers["content-type"]


def test_the_session_ends_while_one_writes_and_nothing_is_published(console: Service, aziza: Desk) -> None:
    draft, version = aziza.draft(a_form())
    fields = {"version": version, "step": "publish", "confirm": "ALFA"}
    whole = aziza.with_signature(f"/drafts/{draft}/sign", fields)
    assert aziza.official is not None
    with console.edge.work() as work:
        access.sessions.end_all(work, aziza.official.id)
    assert aziza.post(f"/drafts/{draft}/publish", whole).status_code == 401
    with console.edge.work() as work:
        aziza.token = access.sessions.begin(work, aziza.official, Method.PASSKEY)
    assert aziza.post(f"/drafts/{draft}/publish", whole).status_code == 200
