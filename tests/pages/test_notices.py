"""The page of notices: what is in force and what is past, and nothing that a browser would run."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from services.core import access, notices
from services.core.notices import NoticeFields
from tests.api.service import Service
from tests.makers import DAY, LATE, a_closure, a_notice, an_official
from tests.pages.reading import Element, page

HOSTILE = '</h3><script>alert("x")</script><img src=https://example.org/x onerror=alert(1)>'


def heading_of(shown: Element, headline: str) -> str | None:
    """Under which heading a notice stands."""
    for section in shown.all("section"):
        if any(headline in one.words for one in section.all("h3")):
            return section.get("aria-labelledby")
    return None


def announce(service: Service, *fields: NoticeFields) -> list[str]:
    with service.edge.work() as work:
        official, _ = an_official(work)
        acts = [
            notices.publish(work, official, one, idempotency_key=str(number), emergency=LATE)
            for number, one in enumerate(fields)
        ]
        ids = [act.revision.notice_id for act in acts]
    service.look()
    return ids


def test_notices_stand_under_what_they_mean_now(border: Service) -> None:
    shown = page(border.get("/notices"))
    for headline, heading in (
        ("Dawit-Ata – Tazhen shut to people, cars and buses from 29 December 2025", "in-force"),
        ("Gishtkoprik – Zhibek Zholy stays shut", "in-force"),  # it limits trucks elsewhere to this day
        ("Dawit-Ata – Tazhen stays shut to people and light traffic until 31 December 2025", "lapsed"),
        ("the border service denies a rumour", "past"),
        ("Navoi – Kaplanbek is open again from 27 January 2025", "past"),
    ):
        assert heading_of(shown, headline) == heading, headline


def test_a_notice_goes_from_coming_to_in_force_to_past(own_border: Service) -> None:
    now = datetime.now(UTC)
    announce(
        own_border,
        a_notice(a_closure("yallama-konysbayev", start=now + DAY, end=now + 2 * DAY), headline="Tomorrow"),
        a_notice(a_closure("yallama-konysbayev", start=now - DAY, end=now + DAY), headline="Today"),
        a_notice(a_closure("yallama-konysbayev", start=now - 2 * DAY, end=now - DAY), headline="Yesterday"),
    )
    shown = page(own_border.get("/notices"))
    assert [heading_of(shown, one) for one in ("Tomorrow", "Today", "Yesterday")] == [
        "coming",
        "in-force",
        "past",
    ]


def test_a_withdrawn_notice_is_past_and_says_so(own_border: Service) -> None:
    now = datetime.now(UTC)
    (notice_id,) = announce(own_border, a_notice(a_closure("yallama-konysbayev", start=now - DAY)))
    with own_border.edge.work() as work:
        official = access.identify(work, str(access.issue_key(work, "Aziza")))
        notices.withdraw(work, official, notice_id, expected=1, idempotency_key="back")
    own_border.look()
    shown = page(own_border.get("/notices"))
    assert "withdrawn" in shown.one("article", id=f"n-{notice_id}").one("p", cls="told").words
    assert heading_of(shown, "Closed for repairs") == "past"


def test_a_notice_for_some_hours_of_the_day_is_in_force_all_day(own_border: Service) -> None:
    now = datetime.now(UTC)
    effect = a_closure("yallama-konysbayev", start=now - DAY).model_dump(exclude_defaults=True)
    hour = (now + timedelta(hours=5 + 6)).hour
    effect["window"]["recurs"] = f"{hour:02}:00-{hour:02}:30"
    announce(own_border, NoticeFields.model_validate({**a_notice().model_dump(), "effects": [effect]}))
    assert heading_of(page(own_border.get("/notices")), "Closed for repairs") == "in-force"


def test_a_hostile_headline_is_only_words(own_border: Service) -> None:
    now = datetime.now(UTC)
    hostile = a_notice(
        a_closure("yallama-konysbayev", start=now - DAY),
        headline=HOSTILE,
        authority='"><script>alert(2)</script>',
        cause="<i>",
        sources=[{"title": "<b>bold</b>", "url": "javascript:alert(3)", "confidence": "A"}],
    )
    announce(own_border, hostile)
    for path in ("/notices", "/?mode=car&direction=to-kz", "/crossings/yallama-konysbayev"):
        reply = own_border.get(path)
        shown = page(reply)
        assert "alert(" in shown.words, path
        assert "<script>alert" not in reply.text
        assert "<img" not in reply.text
        assert [one["src"] for one in shown.all("script")] == [
            one["src"] for one in shown.one("head").all("script")
        ]
        assert not [one for one in shown.all("a") if one["href"].startswith("javascript:")]


def test_every_card_leads_to_a_notice_that_is_there(border: Service) -> None:
    there = {one["id"] for one in page(border.get("/notices")).all("article")}
    for mode in ("car", "truck", "pedestrian", "bus", "passenger-train"):
        front = page(border.get("/", mode=mode, direction="to-uz"))
        linked = {
            one["href"].partition("#")[2] for one in front.all("a") if one["href"].startswith("/notices")
        }
        assert linked - {""} <= there
