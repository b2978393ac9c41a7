"""Practising: the same acts on a border that nobody outside sees, and that looks like no other."""

from __future__ import annotations

from dataclasses import replace

from services.core import notices
from services.core.spans import DISTANT_FUTURE
from tests.api.service import Service
from tests.console.desk import DATA, Desk, a_form, at_the_desk, draft_of, notice_of
from tests.makers import ALFA, BRAVO
from tests.pages.reading import Element, page

FORM = {"effect.0.crossings": "practice-one"}
TYPED = "PRACTICE POST 1 (UZBEK SIDE)"


def practising(desk: Desk) -> Desk:
    return replace(desk, base="/console/practice")


def real_rows(console: Service) -> dict[str, int]:
    """All but sign-ins and challenges, which are real."""
    rows = console.rows()
    return {table: number for table, number in rows.items() if table not in ("ceremony", "passkey")}


def typed(desk: Desk, draft: str) -> str:
    return desk.page(f"/drafts/{draft}/preview").one("b", cls="typed").words


def test_the_whole_life_of_a_notice_can_be_practised_and_nobody_outside_sees_it(
    console: Service, aziza: Desk
) -> None:
    rows, desk = real_rows(console), practising(aziza)
    draft, version = desk.draft(a_form(**FORM))
    fields = {"version": version, "step": "publish", "confirm": typed(desk, draft)}
    done = desk.signed(f"/drafts/{draft}/sign", f"/drafts/{draft}/publish", fields)
    notice = notice_of(done)
    assert done.json()["location"].startswith("/console/practice/notices/")
    assert console.get(f"/v1/notices/{notice}").status_code == 404
    assert aziza.get(f"/notices/{notice}").status_code == 404
    assert "signed by its author's device and the service" in desk.page(f"/notices/{notice}").words
    assert desk.close(notice).status_code == 200
    assert "Withdrawn" in desk.page(f"/notices/{notice}").words
    assert real_rows(console) == rows


def test_a_second_official_can_be_practised_with(console: Service, aziza: Desk, jasur: Desk) -> None:
    first, second = practising(aziza), practising(jasur)
    draft = draft_of(first.submit(a_form(**{"effect.0.crossings": None})))
    version = int(second.page(f"/drafts/{draft}/preview").all("input", name="version")[0]["value"])
    assert notice_of(second.approve(draft, version)) == draft
    assert console.get(f"/v1/notices/{draft}").status_code == 404


def test_whoever_speaks_for_one_crossing_practises_too(console: Service, aziza: Desk) -> None:
    desk = practising(at_the_desk(console, f"Of Alfa {id(aziza)}", crossings=(ALFA, BRAVO)))
    shown = desk.page("/drafts/new")
    offered = {one["value"] for one in shown.all("input", name="effect.0.crossings")}
    assert offered == {"practice-one", "practice-two", "practice-three"}


def test_real_crossings_cannot_be_practised_on_nor_practice_be_real(aziza: Desk) -> None:
    desk = practising(aziza)
    draft, version = desk.draft(a_form())
    assert desk.page(f"/drafts/{draft}/preview").all("li", cls="stop")
    draft, version = aziza.draft(a_form(**FORM))
    fields = {"version": version, "step": "publish", "confirm": TYPED}
    assert aziza.post(f"/drafts/{draft}/sign", fields).status_code == 422


def looks(shown: Element) -> tuple[bool, bool, bool]:
    return (
        "practising" in shown.one("body").classes,
        bool(shown.all("p", cls="practice")),
        shown.one("title").words.startswith("PRACTICE"),
    )


def test_every_practice_page_says_so_and_no_real_one_does(aziza: Desk) -> None:
    desk = practising(aziza)
    (real, _), (made_up, _) = aziza.draft(a_form()), desk.draft(a_form(**FORM))
    for path, draft in (("", ""), ("/drafts/new", ""), ("/notices", ""), ("/report", ""), ("/audit", "")):
        assert looks(aziza.page(path + draft)) == (False, False, False), path
        assert looks(desk.page(path + draft)) == (True, True, True), path
    assert looks(aziza.page(f"/drafts/{real}/preview")) == (False, False, False)
    failed = page(desk.get("/drafts/nothing"), 404)
    assert looks(failed) == (True, True, True)
    assert failed.one("a", cls="go")["href"] == "/console/practice"
    assert looks(page(aziza.get("/drafts/nothing"), 404)) == (False, False, False)
    shown = desk.page(f"/drafts/{made_up}/preview")
    assert looks(shown) == (True, True, True)
    assert "Practise publishing" in shown.words
    assert "Publish to everybody" not in shown.words


def test_reports_are_practised_and_count_nowhere(console: Service, aziza: Desk) -> None:
    rows, desk = real_rows(console), practising(aziza)
    fields = {"crossing": "practice-two", "lane": "to-kz/car", "visit": "v", "kind": "not-moving"}
    assert desk.post("/report", fields).status_code == 200
    assert "Not moving" in desk.page("/report", crossing="practice-two").words
    assert real_rows(console) == rows


def test_what_was_practised_is_in_a_ledger_of_its_own(console: Service, aziza: Desk) -> None:
    desk = practising(aziza)
    draft, version = desk.draft(a_form(**FORM))
    fields = {"version": version, "step": "publish", "confirm": typed(desk, draft)}
    notice = notice_of(desk.signed(f"/drafts/{draft}/sign", f"/drafts/{draft}/publish", fields))
    assert "Published. Nobody outside sees it." in desk.page(f"/notices/{notice}", done="published").words
    assert "published a notice" in desk.page("/audit").words
    with console.edge.reading() as session:
        assert notices.signed_notice(session, notice, now=DISTANT_FUTURE) is None
    assert console.get(f"/v1/notices/{notice}/signed", DATA).status_code == 404
