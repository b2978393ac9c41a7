"""Who may do what: asked for by one, granted by another, taken away by any; and who did it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from sqlmodel import col, select

from services.api.console.words import CONSOLE
from services.core import access
from services.core.access import Method, Right
from services.core.crossings import Side
from services.core.ledger import LedgerEntry
from tests.api.service import bearer
from tests.console.desk import Desk, a_form, at_the_desk, draft_of, notice_of
from tests.makers import ALFA, BRAVO, CHARLIE
from tests.pages.reading import Element, page

pytestmark = pytest.mark.parametrize("console", ["sqlite"], indirect=True)
"""On one database: what is stored here is asked for on both in the tests of the core."""

NAMES = (f"Person {number}" for number in count(1))


def deeds(shown: Element) -> list[Element]:
    return shown.one("ul", cls="lines").all("li")


def asked(desk: Desk, what: str, **fields: Any) -> Any:
    return desk.post("/officials/proposals", {"what": what, **fields})


def waiting(desk: Desk) -> str:
    """The id of the newest proposal."""
    with desk.service.edge.work() as work:
        assert desk.official is not None
        return access.proposals.pending(work, desk.official.country)[-1].id


def test_somebody_is_let_in_when_a_second_administrator_grants_it(aziza: Desk, jasur: Desk) -> None:
    name = next(NAMES)
    invite = {"name": name, "authority": "Customs", "roles": ["author", "approver"], "crossings": [ALFA]}
    assert asked(aziza, "invite", **invite).status_code == 200
    proposal = waiting(aziza)
    assert aziza.post(f"/officials/proposals/{proposal}/grant").status_code == 403
    assert jasur.post(f"/officials/proposals/{proposal}/grant").status_code == 200
    assert jasur.post(f"/officials/proposals/{proposal}/redeem").status_code == 403
    shown = page(aziza.send(f"/officials/proposals/{proposal}/redeem", {}))
    link = shown.one("p", cls="once").one("code").words
    assert link.startswith("http://otkel/console/welcome#")
    assert aziza.post(f"/officials/proposals/{proposal}/redeem").status_code == 409
    newcomer = Desk(aziza.service)
    token = link.partition("#")[2]
    begun = newcomer.tell("/welcome/begin", {"token": token}).json()
    assert begun["name"] == name


def test_a_key_for_a_machine_is_shown_once_and_has_what_was_granted(aziza: Desk, jasur: Desk) -> None:
    assert aziza.official is not None
    assert (
        asked(aziza, "key", official=aziza.official.name, scopes=["observations:report"]).status_code == 200
    )
    proposal = waiting(aziza)
    assert jasur.post(f"/officials/proposals/{proposal}/grant").status_code == 200
    key = (
        page(aziza.send(f"/officials/proposals/{proposal}/redeem", {})).one("p", cls="once").one("code").words
    )
    assert aziza.service.get("/v1/drafts", bearer(key)).status_code == 403
    with aziza.service.edge.work() as work:
        assert access.identify(work, key).rights == {Right.REPORT}


def test_whoever_lost_their_passkeys_gets_a_new_link_from_two(aziza: Desk, jasur: Desk) -> None:
    lost = at_the_desk(aziza.service, next(NAMES))
    assert lost.official is not None
    asked(aziza, "renew", official=lost.official.name)
    proposal = waiting(aziza)
    jasur.post(f"/officials/proposals/{proposal}/grant")
    shown = page(aziza.send(f"/officials/proposals/{proposal}/redeem", {}))
    token = shown.one("p", cls="once").one("code").words.partition("#")[2]
    assert Desk(aziza.service).tell("/welcome/begin", {"token": token}).json()["name"] == lost.official.name


def test_a_change_of_rights_counts_at_once_and_ends_sessions(aziza: Desk, jasur: Desk) -> None:
    other = at_the_desk(aziza.service, next(NAMES), crossings=(ALFA,))
    assert other.official is not None
    asked(aziza, "change", official=other.official.name, roles=["approver"])
    lines = [one.words for one in jasur.page("/officials").all("li") if other.official.name in one.words]
    assert f"until now: author, approver, administrator · {ALFA}" in lines[0]
    assert "approver · all crossings" in lines[0]
    assert jasur.post(f"/officials/proposals/{waiting(aziza)}/grant").status_code == 200
    assert other.get().status_code == 303
    with aziza.service.edge.work() as work:
        other.token = access.sessions.begin(work, other.official, Method.PASSKEY)
    assert other.get("/drafts/new").status_code == 403


def test_what_is_refused_changes_nothing(aziza: Desk, jasur: Desk) -> None:
    other = at_the_desk(aziza.service, next(NAMES))
    assert other.official is not None
    asked(aziza, "change", official=other.official.name, roles=["approver"])
    assert jasur.post(f"/officials/proposals/{waiting(aziza)}/refuse").status_code == 200
    assert other.get("/drafts/new").status_code == 200


@pytest.mark.parametrize(
    ("what", "fields", "field"),
    [
        ("", {}, "what"),
        ("king", {}, "what"),
        ("invite", {"authority": "Customs", "roles": ["author"]}, "name"),
        ("invite", {"name": "X", "authority": "Customs"}, "roles"),
        ("invite", {"name": "X", "authority": "Customs", "roles": ["king"]}, "roles.0"),
        ("key", {"official": "?", "scopes": []}, "scopes"),
    ],
)
def test_what_cannot_be_asked_names_its_field(
    aziza: Desk, what: str, fields: dict[str, Any], field: str
) -> None:
    if "official" in fields and aziza.official is not None:
        fields = {**fields, "official": aziza.official.name}
    rows = aziza.service.rows()
    refused = asked(aziza, what, **fields)
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["field"] in (field, field.split(".")[-1])
    assert aziza.service.rows() == rows


def test_one_administrator_alone_shuts_somebody_out_at_once(aziza: Desk) -> None:
    other = at_the_desk(aziza.service, next(NAMES))
    assert other.official is not None
    assert aziza.post(f"/officials/{other.official.id}/disable").status_code == 200
    assert other.get().status_code == 303
    assert aziza.official is not None
    assert aziza.post(f"/officials/{aziza.official.id}/disable").status_code == 403


def test_one_administrator_alone_revokes_a_key(aziza: Desk) -> None:
    other = at_the_desk(aziza.service, next(NAMES))
    assert other.official is not None
    with aziza.service.edge.work() as work:
        key = access.issue_key(work, other.official.name)
    wrong = aziza.post(f"/officials/{other.official.id}/keys/nothing1/revoke")
    assert wrong.status_code == 404
    assert aziza.post(f"/officials/{other.official.id}/keys/{key.id}/revoke").status_code == 200
    assert aziza.service.get("/v1/drafts", bearer(key)).status_code == 401


def test_of_another_states_officials_nobody_here_decides(aziza: Desk) -> None:
    other = at_the_desk(aziza.service, next(NAMES), Side.KZ)
    assert other.official is not None
    assert other.official.name not in aziza.page("/officials").words
    assert aziza.post(f"/officials/{other.official.id}/disable").status_code == 404
    assert asked(aziza, "change", official=other.official.name, roles=["author"]).status_code == 404


def test_long_after_signing_in_nobody_decides_who_may_do_what(aziza: Desk) -> None:
    with aziza.service.edge.work(now=datetime.now(UTC) - timedelta(minutes=11)) as work:
        assert aziza.official is not None
        aziza.token = access.sessions.begin(work, aziza.official, Method.PASSKEY)
    refused = asked(aziza, "invite", name=next(NAMES), authority="Customs", roles=["author"])
    assert (refused.status_code, "sign in anew" in refused.json()["detail"]) == (403, True)


def test_everybody_can_see_who_did_what(aziza: Desk, jasur: Desk) -> None:
    notice = notice_of(aziza.publish(a_form()))
    aziza.close(notice)
    assert aziza.official is not None
    shown = jasur.page("/audit", who=aziza.official.id)
    withdrawn, published = [line.words for line in deeds(shown)][:2]
    assert withdrawn.startswith(f"{aziza.official.name} withdrew a notice: Withdrawn: Alfa is shut")
    assert published.startswith(f"{aziza.official.name} published a notice: Alfa is shut")
    assert shown.all("a", href=f"/console/notices/{notice}")
    assert len(deeds(jasur.page("/audit", who=""))) > 2
    kazakh = at_the_desk(aziza.service, next(NAMES), Side.KZ)
    assert aziza.official.name not in kazakh.page("/audit").words
    assert kazakh.get("/audit", who=aziza.official.id).status_code == 404


def test_the_audit_says_who_approved_and_who_spoke_alone(aziza: Desk, jasur: Desk) -> None:
    form = a_form(**{"effect.0.crossings": [ALFA, BRAVO, CHARLIE]})
    draft = draft_of(aziza.submit(form, "ALFA"))
    jasur.approve(draft, 1)
    aziza.publish(form, "ALFA", emergency="yes", reason="The bridge is gone")
    assert aziza.official is not None
    assert jasur.official is not None
    alone, approved, submitted = [line.words for line in deeds(aziza.page("/audit"))][:3]
    assert "alone, in an emergency, reason: The bridge is gone" in alone
    assert f"approved by {jasur.official.name}" in approved
    assert "asked a second official to approve a notice" in submitted
    of_jasur = [line.words for line in deeds(jasur.page("/audit", who=jasur.official.id))]
    assert approved in of_jasur
    assert alone not in of_jasur


def test_every_link_of_the_audit_leads_somewhere(aziza: Desk, jasur: Desk) -> None:
    form = a_form(**{"effect.0.crossings": [ALFA, BRAVO, CHARLIE]})
    returned, waiting = (draft_of(aziza.submit(form, "ALFA")) for _ in "12")
    jasur.post(f"/drafts/{returned}/return", version=1, note="Which hours?")
    aziza.publish(a_form())
    links = {
        one["href"].removeprefix("/console") for deed in deeds(jasur.page("/audit")) for one in deed.all("a")
    }
    assert f"/drafts/{waiting}/preview" in links
    assert f"/drafts/{returned}/preview" not in links
    assert {jasur.get(link).status_code for link in links} == {200}


def test_everything_that_officials_do_is_said_in_words(aziza: Desk, jasur: Desk) -> None:
    asked(aziza, "invite", name=next(NAMES), authority="Customs", roles=["author"])
    jasur.post(f"/officials/proposals/{waiting(aziza)}/refuse")
    with aziza.service.edge.reading() as session:
        official = col(LedgerEntry.actor).startswith("official:")
        actions = set(session.exec(select(LedgerEntry.action).where(official).distinct()))
    assert {"access.sign_in", "access.propose", "access.refuse"} <= actions
    assert {f"did.{action}" for action in actions} <= CONSOLE.catalogue.keys()


def test_the_audit_goes_back_page_by_page(aziza: Desk) -> None:
    assert aziza.official is not None
    for _ in range(105):
        with aziza.service.edge.work() as work:
            access.sessions.begin(work, aziza.official, Method.PASSKEY)
    first = aziza.page("/audit", who=aziza.official.id)
    further = first.all("a", cls="to")[-1]["href"].removeprefix("/console/audit?")
    second = aziza.page("/audit", **dict(part.split("=") for part in further.split("&")))
    assert len(deeds(first)) == 100
    assert 0 < len(deeds(second)) < 100
