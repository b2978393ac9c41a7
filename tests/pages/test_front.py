"""The first page: where may I cross, until when, how long is the wait, and where else?"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest

from services.api.answering import Asking
from services.api.pages.asked import asked as asked_in
from services.api.pages.front import front as front_page
from services.api.pages.rendering import rendered
from services.api.pages.view import View
from services.core import advisories, notices, observations
from services.core.advisories import Advisory, Basis, Level, Wait
from services.core.crossings import Direction, Mode
from tests.api.service import Service
from tests.makers import LATE, TASHKENT, a_closure, a_notice, a_run, an_advisory, an_observation, an_official
from tests.pages.reading import Element, card, page, read

HOUR = timedelta(hours=1)
CAR = {"mode": "car", "direction": "to-kz", "citizenship": "UZ"}
AT_NIGHT = {**CAR, "at": "2026-01-15T23:00"}
AT_NOON = {**CAR, "at": "2026-01-15T12:00"}
HEAPS = ("open", "unconfirmed", "closed")


def labelled(front: Element, which: str) -> list[str]:
    found = [one for one in front.all("section") if one.get("aria-labelledby") == which]
    return [one["id"].removeprefix("c-") for section in found for one in section.all("article")]


def test_a_daylight_crossing_is_shut_at_night_and_says_when_it_opens(border: Service) -> None:
    malik = card(page(border.get("/", **AT_NIGHT)), "malik-syrdarya")
    assert "Shut" in malik.one("p", cls="state").words
    assert re.search(r"opens .*16 January.*08:00, perhaps from 07:\d\d", malik.words)
    assert "Both posts: outside their hours, sunrise to sunset or 08:00–18:00." in malik.words


def test_the_same_crossing_is_open_at_noon_and_says_until_when(border: Service) -> None:
    malik = card(page(border.get("/", **AT_NOON)), "malik-syrdarya")
    assert "Open" in malik.one("p", cls="state").words
    assert re.search(r"until .*15 January.*17:\d\d, after that not confirmed", malik.words)


def test_dawit_ata_shut_to_a_car_names_the_train_and_the_distance(border: Service) -> None:
    dawit = card(page(border.get("/", **AT_NOON)), "dawit-ata-tazhen")
    assert "Shut no reopening date known" in dawit.words
    assert (
        "Dawit-Ata – Tazhen shut to people, cars and buses from 29 December 2025. Uzbek side" in dawit.words
    )
    assert re.search(r"Nothing nearer passes: .*, about 1,\d\d\d km, \d\d h", dawit.words)
    assert re.search(
        r"Without the vehicle: the train by Karakalpakstan \(railway\) – Oazis, about 2\d km", dawit.words
    )


def test_a_closure_leads_to_the_notice_that_made_it(border: Service) -> None:
    dawit = card(page(border.get("/", **AT_NOON)), "dawit-ata-tazhen")
    (source,) = [one for one in dawit.all("a") if "Customs Committee of Uzbekistan" in one.words]
    path, _, anchor = source["href"].partition("#")
    assert (
        page(border.get(path)).one("article", id=anchor).one("h3").words.startswith("Dawit-Ata – Tazhen shut")
    )


def test_an_announced_end_that_has_passed_is_not_a_reopening(border: Service) -> None:
    front = page(border.get("/", **{**CAR, "at": "2026-08-15T12:00"}))
    gisht = card(front, "gishtkoprik-zhibek-zholy")
    assert "gishtkoprik-zhibek-zholy" in labelled(front, "unconfirmed")
    assert "It was announced until 31 July 2026; nobody has confirmed the reopening." in gisht.words


def test_the_past_is_answered_as_it_was_told_then(border: Service) -> None:
    gisht = card(page(border.get("/", **{**CAR, "at": "2025-02-06T12:00"})), "gishtkoprik-zhibek-zholy")
    assert "Shut" in gisht.one("p", cls="state").words
    assert "31 July 2026" not in gisht.one("dl").all("li")[0].words


def test_who_asks_nothing_is_answered_for_a_car_to_kazakhstan_now(border: Service) -> None:
    front = page(border.get("/"))
    assert front.one("h1").words == "By car to Kazakhstan"
    chosen = [one["value"] for one in front.all("input") if one.get("checked") is not None]
    assert chosen == ["car", "to-kz"]
    assert front.one("p", cls="moment").words.startswith("Now, ")
    assert not [
        one for one in front.one("select", id="citizenship").all("option") if "selected" in one.attributes
    ]


def test_what_is_open_comes_first_and_what_is_shut_last(border: Service) -> None:
    headings = [one["id"] for one in page(border.get("/", **AT_NIGHT)).all("h2") if one.get("id") in HEAPS]
    assert headings == list(HEAPS)


@pytest.mark.parametrize("mode", list(Mode))
@pytest.mark.parametrize("direction", list(Direction))
def test_every_crossing_is_told_of_once(border: Service, mode: Mode, direction: Direction) -> None:
    front = page(border.get("/", mode=mode, direction=direction))
    cards = [one["id"].removeprefix("c-") for one in front.all("article")]
    nevers = [
        one["href"].removeprefix("/crossings/").partition("?")[0]
        for section in front.all("section", cls="nevers")
        for one in section.all("a")
    ]
    known = [one["code"] for one in border.body("/v1/crossings")["items"]]
    assert sorted(cards + nevers) == sorted(known)


@pytest.mark.parametrize("mode", list(Mode))
def test_a_card_says_what_the_data_say(border: Service, mode: Mode) -> None:
    asked = {"mode": mode, "direction": "to-uz", "citizenship": "KZ"}
    front = page(border.get("/", **asked, at="2026-05-05T12:00"))
    data = border.body("/v1/crossings", **asked, at="2026-05-05T12:00:00+05:00")
    said = {one["code"]: one["status"] for one in data["items"]}
    shown = {code: which for which in HEAPS for code in labelled(front, which)}
    own = {code: which for code, which in shown.items() if not card(front, code).all("span", cls="tag")}
    assert own
    assert own == {code: said[code] for code in own}


def test_with_an_origin_the_nearest_open_crossing_comes_first(border: Service) -> None:
    asked = {"mode": "truck", "direction": "to-uz", "at": "2026-05-05T12:00"}
    front = page(border.get("/", **asked, **{"from": "Шымкент"}))
    roads = [_minutes(card(front, code)) for code in labelled(front, "open")]
    assert len(roads) > 2
    assert roads == sorted(roads)
    assert "from Shymkent" in front.one("span", cls="choice").words


def _minutes(told: Element) -> float:
    found = re.search(r"km, (?:(\d+) h ?)?(?:(\d+) min)?", told.words)
    assert found, told.words
    return 60 * int(found[1] or 0) + int(found[2] or 0)


def test_with_an_origin_a_crossing_is_judged_for_the_hour_of_arriving(border: Service) -> None:
    """From Bukhara it is hours to Malik: who leaves in the afternoon finds it shut."""
    asked = {**CAR, "at": "2026-01-15T15:00", "from": "Buxoro"}
    assert "malik-syrdarya" in labelled(page(border.get("/", **{**CAR, "at": "2026-01-15T15:00"})), "open")
    assert "malik-syrdarya" in labelled(page(border.get("/", **asked)), "closed")


def test_a_post_without_a_place_says_that_the_road_is_not_known(border: Service) -> None:
    front = page(border.get("/", mode="freight-train", direction="to-kz", **{"from": "Tashkent"}))
    assert "no source gives the place of the post" in card(front, "sirdaryo-maktaaral").words


def test_people_on_foot_are_told_of_trains(border: Service) -> None:
    front = page(border.get("/", mode="pedestrian", direction="to-kz"))
    keles = card(front, "keles-saryagash")
    assert keles.one("span", cls="tag").words == "by train"
    assert "look at the timetable" in keles.words


def test_names_come_in_the_language_asked_for(border: Service) -> None:
    front = page(border.get("/", **AT_NOON, lang="kk"))
    (name,) = card(front, "navoiy-kaplanbek").one("h3").all("span", lang="kk")
    assert name.words == "Қапланбек"
    assert front.one("html")["lang"] == "en"


def test_the_form_stands_open_on_the_first_visit_and_folds_away_on_the_next(border: Service) -> None:
    first, second = page(border.get("/")), page(border.get("/", **CAR))
    assert "open" in first.one("details", cls="ask").attributes
    assert "open" not in second.one("details", cls="ask").attributes
    assert second.one("details", cls="ask").one("span", cls="choice")["data-whole"] == (
        "By car to Kazakhstan · citizen of Uzbekistan · now"
    )


def test_the_form_repeats_what_was_asked(border: Service) -> None:
    asked = {
        "mode": "truck",
        "direction": "to-uz",
        "citizenship": "DE",
        "vehicle_mass_t": "7,5",
        "plate": "KG",
        "goods": "commercial",
        "at": "2026-05-05T06:30",
        "from": "Шымкент",
        "to": "Samarqand",
    }
    form = page(border.get("/", **asked)).one("form", id="ask")
    filled = {one["name"]: one["value"] for one in form.all("input") if one.get("type") not in ("radio",)}
    chosen = {
        select["name"]: option["value"]
        for select in form.all("select")
        for option in select.all("option")
        if "selected" in option.attributes
    }
    ticked = [one["value"] for one in form.all("input") if "checked" in one.attributes]
    assert chosen == {"citizenship": "other", "plate": "KG"}
    assert filled["citizenship_other"] == "DE"
    for name in ("vehicle_mass_t", "at", "from", "to"):
        assert filled[name] == asked[name]
    assert ticked == ["truck", "to-uz", "commercial"]


def test_a_form_sent_as_it_is_asks_the_same_again(border: Service) -> None:
    asked = {"mode": "truck", "direction": "to-uz", "citizenship": "DE", "vehicle_mass_t": "20"}
    sent = {
        **asked,
        "citizenship": "other",
        "citizenship_other": "de",
        "plate": "",
        "plate_other": "",
        "at": "",
        "from": " ",
        "to": "",
    }
    first, again = page(border.get("/", **asked)), page(border.get("/", **sent))
    choice = first.one("span", cls="choice")["data-whole"]
    assert choice == "By truck to Uzbekistan · citizen of DE · 20 t · now"
    assert again.one("span", cls="choice")["data-whole"] == choice


def test_what_others_add_to_a_link_does_no_harm(border: Service) -> None:
    assert page(border.get("/", **CAR, utm_source="messenger", fbclid="x")).one("h1")


def test_a_wait_that_nobody_knows_is_not_zero(border: Service) -> None:
    front = page(border.get("/", **AT_NOON))
    for code in (*labelled(front, "open"), *labelled(front, "unconfirmed")):
        assert "Wait nobody can say" in card(front, code).words
    assert not re.search(r"\b0 min", front.words)


def advise(service: Service, *told: Advisory, at: datetime | None = None) -> None:
    with service.edge.work() as work:
        advisories.record(work, a_run(*told, at=at or datetime.now(UTC), ledger_seq=10**6))
    service.look()


def shown_at(service: Service, now: datetime, **asked: str) -> Element:
    """The first page as somebody sees it who asks at `now`."""
    current = service.keeper.current
    view = View.of(Asking(current, now), asked_in(asked, current.roads))
    return read(rendered("front.html", **front_page(view)[0]).decode())


def test_days_are_told_from_where_the_reader_stands(border: Service) -> None:
    evening = datetime(2026, 1, 15, 22, tzinfo=TASHKENT)
    assert "opens tomorrow 08:00" in card(shown_at(border, evening, **CAR), "malik-syrdarya").words
    assert "opens today 08:00" in card(shown_at(border, evening + 4 * HOUR, **CAR), "malik-syrdarya").words


def yallama(**more: object) -> Advisory:
    return an_advisory("yallama-konysbayev", 40, at=datetime.now(UTC), **more)  # type: ignore[arg-type]


def test_a_wait_says_what_it_is_made_of_and_how_old_it_is(own_border: Service) -> None:
    advise(own_border, yallama())
    told = card(page(own_border.get("/", **CAR)), "yallama-konysbayev")
    assert "busy" in told.one("p", cls="state").words
    assert re.search(
        r"about 40 min \(20–80 min\) reckoned from reports and usual figures, computed today \d\d:\d\d",
        told.words,
    )


def test_usual_figures_are_a_range_and_say_that_nothing_was_measured(own_border: Service) -> None:
    advise(own_border, yallama(basis=Basis.PRIOR))
    told = card(page(own_border.get("/", **CAR)), "yallama-konysbayev")
    assert "Wait 20–80 min usual figures, nothing measured today, computed today" in told.words
    assert "about 40" not in told.words


def test_a_wait_that_was_reported_says_when(own_border: Service) -> None:
    seen = datetime.now(UTC) - timedelta(minutes=20)
    with own_border.edge.work() as work:
        official, _ = an_official(work)
        fields = an_observation(crossing="yallama-konysbayev", observed_at=seen)
        observations.report(work, official, fields, idempotency_key="one")
    advise(own_border, yallama(basis=Basis.OBSERVED))
    told = card(page(own_border.get("/", **CAR)), "yallama-konysbayev")
    assert re.search(r"measured, last report (today|yesterday) \d\d:\d\d", told.words)


def test_a_wait_without_an_end_in_sight_has_no_figure(own_border: Service) -> None:
    endless = Wait(p10=600, p50=None, p90=None)
    ahead = [{"at": datetime.now(UTC), "wait": endless.model_dump()}]
    advise(own_border, yallama(level=Level.SEVERE, wait=endless, ahead=ahead))
    told = card(page(own_border.get("/", **CAR)), "yallama-konysbayev")
    assert "Wait longer than can be foreseen" in told.words


def test_a_congested_crossing_says_where_else(own_border: Service) -> None:
    advise(own_border, yallama(level=Level.CONGESTED))
    told = card(page(own_border.get("/", **CAR)), "yallama-konysbayev")
    (link,) = told.all("a", cls="more")
    assert "congested" in told.words
    assert link["href"].startswith("/crossings/yallama-konysbayev?")
    assert link["href"].endswith("#instead")


def test_the_busier_crossing_comes_later(own_border: Service) -> None:
    now = datetime.now(UTC)

    def truck(code: str, minutes: float, level: Level) -> Advisory:
        return an_advisory(code, minutes, mode=Mode.TRUCK, level=level, at=now)

    advise(
        own_border,
        truck("dawit-ata-tazhen", 300, Level.BUSY),
        truck("najimov-kazygurt", 900, Level.SEVERE),
        truck("sirdaryo-atameken", 20, Level.NORMAL),
    )
    shown = labelled(page(own_border.get("/", mode="truck", direction="to-kz")), "open")
    assert shown == ["sirdaryo-atameken", "dawit-ata-tazhen", "yallama-konysbayev", "najimov-kazygurt"]


def test_an_answer_about_another_day_has_no_level_of_today(own_border: Service) -> None:
    advise(own_border, yallama(level=Level.SEVERE))
    told = card(page(own_border.get("/", **AT_NOON)), "yallama-konysbayev")
    assert "severe" not in told.words
    assert "nobody can say" in told.words


def test_a_post_that_is_first_doubtful_and_then_shut_shuts_first_too(own_border: Service) -> None:
    """Malik is surely open until sunset, perhaps until 18:00, and then shut."""
    noon = datetime(2026, 1, 15, 12, tzinfo=TASHKENT)
    advise(own_border, an_advisory("malik-syrdarya", 7 * 60, at=noon), at=noon)
    told = card(shown_at(own_border, noon, **CAR), "malik-syrdarya")
    assert "It may shut before your turn comes." in told.words


@pytest.mark.parametrize(("minutes", "warned"), [(20 * 60, True), (30, False), (None, True)])
def test_a_post_that_shuts_before_ones_turn_says_so(
    own_border: Service, minutes: float | None, warned: bool
) -> None:
    morning = datetime(2026, 1, 15, 10, tzinfo=TASHKENT)
    advise(own_border, an_advisory("navoiy-kaplanbek", minutes, at=morning), at=morning)
    with own_border.edge.work() as work:
        official, _ = an_official(work)
        shut = a_closure("navoiy-kaplanbek", start=morning + 10 * HOUR, end=morning + 20 * HOUR)
        notices.publish(work, official, a_notice(shut), idempotency_key="shut", emergency=LATE)
    own_border.look()
    told = card(shown_at(own_border, morning, **CAR), "navoiy-kaplanbek")
    assert "Open" in told.one("p", cls="state").words
    assert ("It may shut before your turn comes." in told.words) is warned
