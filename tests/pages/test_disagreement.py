"""What the two sides say differently stands on the pages side by side, attributed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import pytest

from services.core import notices
from services.core.crossings import Side
from services.core.notices import Effect, NoticeFields, Selector, What, Window
from services.core.work import Work
from tests.api.service import Service
from tests.makers import DAY, HOUR, LATE, a_closure, a_notice, an_official
from tests.pages.reading import Element, card, page

CAR = {"mode": "car", "direction": "to-kz", "citizenship": "UZ"}
CODE = "yallama-konysbayev"
DAWIT_ATA = "dawit-ata-tazhen"
IN_SPRING = {**CAR, "at": "2026-03-01T12:00"}
"""Here the Kazakh side had announced an end that has passed, and the Uzbek side none."""


@dataclass(frozen=True)
class Quarrel:
    """A service at which the two sides contradict each other, and the ids of their notices."""

    service: Service
    uz: str
    kz: str


def announce(work: Work, side: Side, fields: NoticeFields) -> str:
    official, _ = an_official(work, side, side)
    act = notices.publish(work, official, fields, idempotency_key="1", emergency=LATE)
    return act.revision.notice_id


@pytest.fixture
def quarrel(own_border: Service) -> Quarrel:
    """One side holds Yallama shut, and the other has reopened it, whatever the headlines look like."""
    now = datetime.now(UTC)
    reopening = Effect(
        what=What.REOPENED, selector=Selector(crossings=(CODE,)), window=Window(start=now - HOUR)
    )
    kazakh: dict[str, Any] = {
        "authority": "Border <b>Service</b>",
        "texts": {"en": {"headline": "<i>Open</i> again"}, "ru": {"headline": "Снова открыт"}},
    }
    with own_border.edge.work() as work:
        uz = announce(work, Side.UZ, a_notice(a_closure(CODE, start=now - DAY)))
        kz = announce(work, Side.KZ, a_notice(reopening, **kazakh))
    own_border.look()
    return Quarrel(own_border, uz, kz)


def sides(shown: Element, about: str) -> list[Element]:
    """The section in which the two sides stand, and what each says."""
    (section,) = [one for one in shown.all("section") if one.get("aria-labelledby") == f"sides-{about}"]
    return [one for one in section.one("div", cls="sides").children if isinstance(one, Element)]


def test_a_card_says_that_the_sides_differ_and_leads_to_what_they_say(quarrel: Quarrel) -> None:
    front = page(quarrel.service.get("/", **CAR))
    (link,) = card(front, CODE).one("p", cls="differ").all("a")
    assert link.words == "The two sides say different things about whether it is shut"
    path, _, anchor = link["href"].partition("#")
    assert page(quarrel.service.get(path)).one("h2", id=anchor).words == link.words


def test_where_nobody_contradicts_anybody_a_card_says_nothing_of_it(border: Service) -> None:
    front = page(border.get("/", **IN_SPRING))
    told = [one["id"] for one in front.all("article") if one.all("p", cls="differ")]
    assert told == [f"c-{DAWIT_ATA}"]


def test_both_sides_stand_side_by_side_with_their_authorities_and_dates(quarrel: Quarrel) -> None:
    shown = page(quarrel.service.get(f"/crossings/{CODE}", **CAR))
    uzbek, kazakh = sides(shown, "shut")
    assert [one.one("h3").words for one in (uzbek, kazakh)] == ["Uzbek side", "Kazakh side"]
    assert uzbek.all("p")[0].words.startswith("shut since ")
    assert uzbek.all("p")[0].words.endswith(", no end given")
    assert uzbek.all("p")[1].words == "Closed for repairs"
    assert kazakh.all("p")[0].words.startswith("open again since ")
    assert kazakh.all("p")[1].words == "<i>Open</i> again"
    for one, authority, notice in (
        (uzbek, "Customs Committee, ", quarrel.uz),
        (kazakh, "Border <b>Service</b>, ", quarrel.kz),
    ):
        (cite,) = one.one("p", cls="cite").all("a")
        path, _, anchor = cite["href"].partition("#")
        assert cite.words.startswith(authority)
        assert anchor == f"n-{notice}"
        assert page(quarrel.service.get(path)).one("article", id=anchor)


def test_each_side_is_heard_in_the_language_asked_for(quarrel: Quarrel) -> None:
    shown = page(quarrel.service.get(f"/crossings/{CODE}", **CAR, lang="ru"))
    assert [one.all("p")[1].words for one in sides(shown, "shut")] == ["Closed for repairs", "Снова открыт"]


def test_an_announced_end_that_has_passed_stands_beside_no_end_at_all(border: Service) -> None:
    uzbek, kazakh = sides(page(border.get(f"/crossings/{DAWIT_ATA}", **IN_SPRING)), "end")
    assert "shut since 29 December 2025, no end given" in uzbek.words
    assert "announced until 1 January 2026, which has passed" in kazakh.words
    assert "State Revenue Committee of Kazakhstan" in kazakh.words


def test_of_a_closure_that_is_over_it_is_said_since_when(border: Service) -> None:
    then = {**CAR, "mode": "pedestrian", "at": "2021-06-01T12:00"}
    uzbek, kazakh = sides(page(border.get("/crossings/malik-syrdarya", **then)), "shut")
    assert "no longer shut since 1 October 2020" in uzbek.words
    assert "shut 3 April 2020, 23:00 to 11 July 2022, 23:00" in kazakh.words


def test_a_truck_that_no_notice_means_is_told_nothing(border: Service) -> None:
    shown = page(border.get(f"/crossings/{DAWIT_ATA}", **{**IN_SPRING, "mode": "truck"}))
    assert not shown.all("div", cls="sides")


@pytest.mark.parametrize("path", ["/notices", f"/crossings/{CODE}"])
def test_a_notice_says_by_which_it_is_contradicted(quarrel: Quarrel, path: str) -> None:
    shown = page(quarrel.service.get(path))
    for notice, other, sentence in (
        (quarrel.uz, quarrel.kz, "The Kazakh side says something different about whether it is shut"),
        (quarrel.kz, quarrel.uz, "The Uzbek side says something different about whether it is shut"),
    ):
        differ = shown.one("article", id=f"n-{notice}").one("p", cls="differ")
        assert differ.words.startswith(f"{sentence} (Yallama – ")
        (link,) = differ.all("a")
        assert link["href"].endswith(f"#n-{other}")


def test_a_page_with_both_sides_is_well_made(quarrel: Quarrel) -> None:
    """Names are of one thing each, and headings go down by one."""
    for path in ("/", f"/crossings/{CODE}", "/notices"):
        shown = page(quarrel.service.get(path))
        ids = [one["id"] for one in shown.walk() if "id" in one.attributes]
        assert len(ids) == len(set(ids))
        levels = [int(one.tag[1]) for one in shown.walk() if one.tag in ("h1", "h2", "h3", "h4")]
        assert all(after <= before + 1 for before, after in pairwise(levels))
