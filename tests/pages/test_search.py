"""Finding a crossing by name."""

from __future__ import annotations

import pytest

from tests.api.service import Service
from tests.pages.reading import page


def test_syrdarya_asks_which(border: Service) -> None:
    found = page(border.get("/", q="Syrdarya", mode="truck", direction="to-uz"))
    assert found.one("h1").words == "Which one?"
    links = [one.one("a") for one in found.all("h2")]
    assert sorted(link.words for link in links) == [
        "Malik – Syrdarya",
        "Sirdaryo – Atameken",
        "Syrdarya junction – Maktaaral",
    ]
    assert all(link["href"].endswith("?mode=truck&direction=to-uz") for link in links)


@pytest.mark.parametrize("name", ["Сырдарья", "Sirdaryo", "СЫРДАРЬЯ"])
def test_it_asks_in_whatever_script(border: Service, name: str) -> None:
    assert len(page(border.get("/", q=name)).one("ul", cls="which").all("li", cls="card")) == 3


@pytest.mark.parametrize("name", ["Yallama", "Яллама", "Қонысбаев", "yallama-konysbayev", "Yalama"])
def test_one_crossing_of_that_name_is_shown_at_once(border: Service, name: str) -> None:
    reply = border.get("/", q=name, mode="bus", direction="to-uz")
    if reply.status_code == 303:
        assert reply.headers["location"] == "/crossings/yallama-konysbayev?mode=bus&direction=to-uz"
    else:
        (only,) = page(reply).one("ul", cls="which").all("h2")
        assert only.words == "Yallama – B. Konysbayev"


def test_the_exact_name_needs_no_question(border: Service) -> None:
    assert border.get("/", q="Yallama").status_code == 303


def test_a_name_of_nothing_says_so(border: Service) -> None:
    found = page(border.get("/", q="Atlantis"))
    assert "No crossing that we know is called “Atlantis”." in found.words
    assert not found.all("article")


def test_the_name_asked_for_is_there_to_be_changed(border: Service) -> None:
    (box,) = page(border.get("/", q="<b>Syrdarya</b>")).all("input", id="q")
    assert box["value"] == "<b>Syrdarya</b>"


def test_a_name_that_cannot_be_read_is_refused_beside_the_box(border: Service) -> None:
    found = page(border.get("/", q="x" * 300), 422)
    assert found.one("p", id="fault-q").words == "At most 120 characters."
