"""The page that says how good the forecasts have been: in sentences, in two charts, or that nobody knows."""

from __future__ import annotations

from typing import Any

import pytest

from services.core.accuracy import Queue, Yardsticks
from services.core.advisories import scored_hours
from services.core.crossings import Mode
from services.core.text import Language
from tests.api.service import Service
from tests.pages.reading import Element, page
from tests.scoring import compare

WAITS = [5.0] * 4 + [40.0] * 28 + [60.0] * 8
"""Of forty waits four below and eight above the range of the forecasts."""


def compared(service: Service, waits: list[float], **more: Any) -> None:
    with service.edge.work() as work:
        compare(work, waits, **{"crossing": "yallama-konysbayev", **more})
    service.look()


def of_mode(shown: Element, mode: Mode | Queue) -> Element:
    (found,) = [one for one in shown.all("section") if one.get("aria-labelledby") == mode]
    return found


def test_where_nobody_has_reported_a_wait_the_page_says_so_and_what_to_do(border: Service) -> None:
    main = page(border.get("/accuracy")).one("main")
    assert "Nobody has reported a wait yet" in main.words
    assert "tell on the page of your crossing" in main.words
    assert not main.all("svg")
    assert main.one("a", cls="go")["href"] == "/"


def test_the_page_is_linked_from_where_waits_are_shown(border: Service) -> None:
    asked = {"mode": "truck", "direction": "to-uz"}
    for path in ("/", "/crossings/yallama-konysbayev", "/notices"):
        links = [
            one for one in page(border.get(path, **asked)).all("a") if one["href"].startswith("/accuracy")
        ]
        assert links
        assert {one["href"] for one in links} == {"/accuracy?mode=truck&direction=to-uz"}
        assert page(border.get(links[0]["href"])).one("h1").words == "How good are our forecasts?"


def test_shares_and_errors_are_told_in_sentences_and_drawn(own_border: Service) -> None:
    compared(own_border, WAITS, hours=(1, 72), yardsticks=Yardsticks(persistence=80))
    cars = of_mode(page(own_border.get("/accuracy")), Mode.CAR)
    assert "40 waits compared since" in cars.words
    assert "80 of 100 waits should lie within the range that we give; 70 did." in cars.words
    assert "1 h ahead we were off by 15 min on average. 3 days ahead it was 15 min." in cars.words
    coverage, skill = cars.all("svg", cls="fan")
    assert [one.words for one in coverage.all("text", cls="figure")] == ["70", "70"]
    assert [one.words for one in cars.one("ul", cls="legend").all("li")] == ["the last wait known"]
    assert len(skill.all("circle", cls="persistence")) == 2


def test_the_bars_stand_as_high_as_the_shares(own_border: Service) -> None:
    compared(own_border, WAITS)
    chart = of_mode(page(own_border.get("/accuracy")), Mode.CAR).all("svg", cls="fan")[0]
    whole, within = chart.one("rect", cls="beyond"), chart.one("rect", cls="within")
    height, top = float(whole["height"]), float(whole["y"])
    assert float(within["height"]) / height == pytest.approx(0.7, abs=0.01)
    assert (float(within["y"]) - top) / height == pytest.approx(0.2, abs=0.01)


def test_the_table_has_every_figure_of_every_horizon(own_border: Service) -> None:
    compared(own_border, WAITS, hours=scored_hours(), yardsticks=Yardsticks(usual=40))
    cars = of_mode(page(own_border.get("/accuracy")), Mode.CAR)
    rows = [row.words for row in cars.one("tbody").all("tr")]
    assert [row.partition(" 40 ")[0] for row in rows] == [
        "1 h",
        "3 h",
        "6 h",
        "12 h",
        "24 h",
        "2 days",
        "3 days",
    ]
    assert rows[0] == "1 h 40 70 % 10 % 20 % 15 min too few too few 15 min, not 8 min"


def test_a_naive_forecast_that_was_nearer_is_drawn_below_the_line(own_border: Service) -> None:
    compared(own_border, WAITS, yardsticks=Yardsticks(persistence=40, last_week=80))
    cars = of_mode(page(own_border.get("/accuracy")), Mode.CAR)
    chart = cars.all("svg", cls="fan")[1]
    even = float(chart.one("path", cls="even")["d"].split()[1].partition("H")[0])
    assert float(chart.one("circle", cls="persistence")["cy"]) > even
    assert float(chart.one("circle", cls="last_week")["cy"]) < even
    assert "At the lower edge ours was off by more than twice as much." in cars.words


def test_of_too_few_waits_only_their_number_is_told(own_border: Service) -> None:
    compared(own_border, [40.0] * 29, yardsticks=Yardsticks(usual=40))
    compared(own_border, WAITS, mode=Mode.TRUCK)
    shown = page(own_border.get("/accuracy"))
    cars, trucks = of_mode(shown, Mode.CAR), of_mode(shown, Mode.TRUCK)
    assert "29 waits compared" in cars.words
    assert "too few to say more: figures are told from 30 waits on" in cars.words
    assert "%" not in cars.words
    assert not cars.all("svg", cls="fan")
    assert len(trucks.all("svg", cls="fan")) == 1
    assert "How we do against naive forecasts cannot be said yet." in trucks.words


@pytest.mark.parametrize("language", Language)
def test_the_page_stays_in_the_language_asked_for(border: Service, language: Language) -> None:
    shown = page(border.get("/accuracy", mode="car", direction="to-kz", lang=language))
    (current,) = [one for one in shown.all("a", hreflang=language) if one.get("aria-current")]
    assert current.inside("nav")
    if language is not Language.ENGLISH:
        assert f"lang={language}" in shown.one("a", cls="brand")["href"]


def test_the_same_figures_can_be_had_as_data(own_border: Service) -> None:
    compared(own_border, WAITS)
    shown = page(own_border.get("/accuracy"))
    (link,) = [one["href"] for one in shown.all("a") if one.words == "The same as data (JSON)"]
    (item,) = own_border.body(link)["items"]
    assert (item["coverage_p10_p90"], item["targets"]) == (0.7, 40)


def test_booking_queues_have_a_section_of_their_own(own_border: Service) -> None:
    for queue in (None, Queue.BOOKED_TRUCKS):
        compared(own_border, WAITS, mode=Mode.TRUCK, queue=queue)
    shown = page(own_border.get("/accuracy"))
    trucks, bookings = (of_mode(shown, mode) for mode in (Mode.TRUCK, Queue.BOOKED_TRUCKS))
    assert bookings.one("h2").words == "Truck, from booking until called"
    assert bookings.one("h2").one("use")["href"] == trucks.one("h2").one("use")["href"] == "#i-truck"
    assert "40 waits compared since" in bookings.words
