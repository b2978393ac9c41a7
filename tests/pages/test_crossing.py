"""The second page: everything about one crossing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from services.core import advisories
from services.core.advisories import Ahead, Basis, Wait
from services.core.crossings import catalogue
from tests.api.service import Service
from tests.makers import a_run, an_advisory
from tests.pages.reading import Element, page

CAR = {"mode": "car", "direction": "to-kz", "citizenship": "UZ"}
AT_NOON = {**CAR, "at": "2026-01-15T12:00"}
HOUR = timedelta(hours=1)


def section(shown: Element, which: str) -> Element:
    (found,) = [one for one in shown.all("section") if one.get("aria-labelledby") == which]
    return found


@pytest.mark.parametrize("code", list(catalogue()))
def test_every_crossing_has_a_page(border: Service, code: str) -> None:
    shown = page(border.get(f"/crossings/{code}"))
    for name in catalogue()[code].posts.values():
        for text in name.named.names.values():
            assert text in section(shown, "posts").words


def test_both_accounts_of_disputed_hours_stand_side_by_side_with_their_sources(border: Service) -> None:
    posts = section(page(border.get("/crossings/malik-syrdarya", **AT_NOON)), "posts")
    uzbek = section(posts, "post-uz")
    assert "sources disagree" in uzbek.words
    assert "sunrise to sunset" in uzbek.words
    assert "08:00–18:00" in uzbek.words
    assert {"Diyor24 after the Customs Committee", "UzDaily"} <= {one.words for one in uzbek.all("a")}


def test_the_next_seven_days_are_told_in_words_beside_the_strip(border: Service) -> None:
    week = section(page(border.get("/crossings/malik-syrdarya", **AT_NOON)), "week")
    days = [one.all("b")[0].words for one in week.all("li")]
    assert days == ["Thu 15", "Fri 16", "Sat 17", "Sun 18", "Mon 19", "Tue 20", "Wed 21"]
    told = week.all("li")[1].all("span")[0].words
    assert told.startswith("open 08:00–17:")
    assert "perhaps 07:" in told
    assert all(one.one("svg")["aria-hidden"] == "true" for one in week.all("li"))


def test_the_strip_shows_what_the_words_say(border: Service) -> None:
    week = section(page(border.get("/crossings/malik-syrdarya", **AT_NOON)), "week")
    (bar,) = [one for one in week.all("li")[1].all("rect") if one.classes == {"open"}]
    start, length = int(bar["x"]), int(bar["width"])
    end = start + length
    told = f"open {start // 60:02}:{start % 60:02}–{end // 60:02}:{end % 60:02}"
    assert told in week.all("li")[1].words


def test_what_never_changes_is_said_in_a_sentence(border: Service) -> None:
    week = section(page(border.get("/crossings/yallama-konysbayev", **AT_NOON)), "week")
    assert "Open throughout, as far as is known." in week.words
    assert not week.all("li")


def test_where_nobody_states_the_capacity_a_range_is_told_and_why(own_border: Service) -> None:
    told = an_advisory("yallama-konysbayev", 40, at=datetime.now(UTC), reasons=("capacity-unknown",))
    with own_border.edge.work() as work:
        advisories.record(work, a_run(told))
    own_border.look()
    shown = page(own_border.get("/crossings/yallama-konysbayev", **CAR)).words
    assert "20–80 min" in shown
    assert "about 40 min" not in shown
    assert "more people than usual are expected, and nobody says how many can pass here" in shown


def test_without_figures_the_outlook_says_that_nobody_can_say(border: Service) -> None:
    outlook = section(page(border.get("/crossings/yallama-konysbayev", **CAR)), "outlook")
    assert "Nobody can say" in outlook.words
    assert not outlook.all("svg")


def test_the_outlook_is_a_fan_with_its_figures_in_a_table(own_border: Service) -> None:
    now = datetime.now(UTC)
    waits = [Wait(p10=10 + hour, p50=30 + hour, p90=None if hour > 60 else 90 + hour) for hour in range(73)]
    ahead = [
        Ahead(at=now + hour * HOUR, wait=None if 20 < hour < 30 else wait) for hour, wait in enumerate(waits)
    ]
    told = an_advisory("yallama-konysbayev", 30, at=now, ahead=ahead, basis=Basis.MODELLED)
    with own_border.edge.work() as work:
        advisories.record(work, a_run(told, at=now, ledger_seq=10**6))
    own_border.look()
    outlook = section(page(own_border.get("/crossings/yallama-konysbayev", **CAR)), "outlook")
    fan = outlook.one("svg")
    assert fan.one("path", cls="band")["d"].count("M") == 2
    assert fan.one("path", cls="median")["d"].count("M") == 2
    assert "Where the line breaks" in outlook.words
    assert "no upper limit is in sight" in outlook.one("figcaption").words
    rows = outlook.one("tbody").all("tr")
    assert len(rows) == 25
    assert rows[0].words.endswith("10 min 30 min 90 min") or rows[0].words.endswith(
        "10 min 30 min 1 h 30 min"
    )
    assert [row.words for row in rows if "nobody can join" in row.words]


def test_a_fan_of_usual_figures_has_no_line_that_would_look_measured(own_border: Service) -> None:
    told = an_advisory("yallama-konysbayev", 30, at=datetime.now(UTC), basis=Basis.PRIOR, hours_ahead=72)
    with own_border.edge.work() as work:
        advisories.record(work, a_run(told, at=datetime.now(UTC), ledger_seq=10**6))
    own_border.look()
    outlook = section(page(own_border.get("/crossings/yallama-konysbayev", **CAR)), "outlook")
    assert outlook.one("path", cls="band")
    assert not outlook.all("path", cls="median")
    assert "by usual figures" in outlook.one("figcaption").words


def test_a_crossing_that_is_shut_has_no_outlook(border: Service) -> None:
    shown = page(border.get("/crossings/dawit-ata-tazhen", **AT_NOON))
    assert "outlook" not in {one.get("aria-labelledby") for one in shown.all("section")}


def test_alternatives_are_ranked_and_the_others_have_their_reasons(border: Service) -> None:
    shown = page(border.get("/crossings/gishtkoprik-zhibek-zholy", **AT_NOON))
    instead = section(shown, "instead")
    data = border.body(
        "/v1/crossings/gishtkoprik-zhibek-zholy/alternatives", **{**CAR, "at": "2026-01-15T12:00:00+05:00"}
    )
    ranked = [
        one["href"].partition("?")[0].rpartition("/")[2]
        for one in instead.one("ol").all("a")
        if one.inside("h3")
    ]
    assert ranked == [one["code"] for one in data["items"]]
    refused = instead.one("ul", cls="refused").all("li")
    assert len(refused) == len(data["refused"])
    assert any("Dawit-Ata – Tazhen shut" in one.words for one in refused)


def test_a_railway_crossing_asked_for_by_car_offers_the_train(border: Service) -> None:
    shown = page(border.get("/crossings/keles-saryagash", **CAR))
    assert "Not for you" in section(shown, "you").words
    (train,) = [one for one in section(shown, "you").all("a") if one.words == "By train"]
    again = page(border.get(f"/crossings/keles-saryagash{train['href']}"))
    assert "Open" in section(again, "you").one("p", cls="state").words


def test_every_source_that_is_cited_is_listed(border: Service) -> None:
    for code in catalogue():
        shown = page(border.get(f"/crossings/{code}"))
        here = [one["href"].rpartition("#")[2] for one in shown.all("a") if "#source-" in one["href"]]
        listed = {one["id"] for one in section(shown, "sources").all("li")}
        assert set(here) <= listed


def test_past_notices_stand_apart_from_those_in_force(border: Service) -> None:
    notices = section(page(border.get("/crossings/dawit-ata-tazhen", **CAR)), "notices")
    past = notices.one("details").all("h3")
    now = [one.words for one in notices.all("h3") if not one.inside("details")]
    assert "Dawit-Ata – Tazhen shut to people, cars and buses from 29 December 2025" in now
    assert any("denies a rumour" in one.words for one in past)
    assert not any("denies a rumour" in one for one in now)


def test_a_notice_about_others_is_not_shown_here(border: Service) -> None:
    """The order of 2020 still holds for buses and trains; Malik takes neither."""
    notices = section(page(border.get("/crossings/malik-syrdarya", **CAR)), "notices")
    assert "None in force that we know of." in notices.words


def test_the_road_there_is_told_from_where_one_starts(border: Service) -> None:
    shown = page(border.get("/crossings/yallama-konysbayev", **AT_NOON, **{"from": "Tashkent"}))
    assert "Road about 80 km, 75 min" in section(shown, "you").words
    assert "when you arrive" not in section(shown, "you").words
    assert "Roads are counted from Tashkent." in section(shown, "instead").words


def test_a_short_road_does_not_turn_now_into_the_hour_of_arriving(border: Service) -> None:
    shown = page(border.get("/crossings/navoiy-kaplanbek", **AT_NOON, **{"from": "Keles"}))
    assert "Road about" in section(shown, "you").words
    assert "when you arrive" not in section(shown, "you").words
