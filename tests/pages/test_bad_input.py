"""What cannot be taken is shown again beside a sentence, on the page, with everything else still answered."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.api.service import Service
from tests.pages.reading import Element, page

CASES = [
    ("mode", {"mode": "zeppelin"}, "Choose one of these ways to travel."),
    ("direction", {"direction": "to-mars"}, "Choose to Kazakhstan or to Uzbekistan."),
    ("citizenship", {"citizenship": "Uzbekistan"}, "Give the two letters of a country, such as DE."),
    ("citizenship", {"citizenship": "other"}, "Give the two letters of a country, such as DE."),
    ("citizenship", {"citizenship": "other", "citizenship_other": "1"}, "Give the two letters"),
    ("plate", {"plate": "😀😀"}, "Give the two letters of a country, such as DE."),
    ("vehicle_mass_t", {"vehicle_mass_t": "heavy"}, "Give tonnes between 0 and 200"),
    ("vehicle_mass_t", {"vehicle_mass_t": "nan"}, "Give tonnes between 0 and 200"),
    ("vehicle_mass_t", {"vehicle_mass_t": "-1"}, "Give tonnes between 0 and 200"),
    ("vehicle_mass_t", {"vehicle_mass_t": "1e999"}, "Give tonnes between 0 and 200"),
    ("at", {"at": "tomorrow"}, "Give day and hour"),
    ("at", {"at": "2026-02-30T10:00"}, "Give day and hour"),
    ("at", {"at": "9999-12-31T23:59"}, "Give a day between 2000 and 2099."),
    ("at", {"at": "0001-01-01T00:00"}, "Give a day between 2000 and 2099."),
    ("from", {"from": "Atlantis"}, "We know no place “Atlantis”."),
    ("from", {"from": "99,99"}, "This is not latitude,longitude in or near the two countries."),
    ("from", {"from": "51.17,71.43"}, "This is not latitude,longitude in or near the two countries."),
    ("from", {"from": "Shymkent"}, "“Shymkent” lies on the Kazakh side, the other one for this direction."),
    ("to", {"to": "Tashkent"}, "“Tashkent” lies on the Uzbek side, the other one for this direction."),
    ("from", {"from": "Yang"}, "Several places there are called “Yang”: Yangiyer, Yangiyul."),
    ("from", {"from": "x" * 500}, "At most 120 characters."),
    ("from", {"from": "Tash\x00kent"}, "This holds characters that cannot be read."),
    ("goods", {"goods": "gold"}, "This can only be personal, commercial or perishable."),
]


def beside(front: Element, field: str) -> Element:
    """The sentence that is shown with a field."""
    return front.one("p", id=f"fault-{field}")


@pytest.mark.parametrize(("field", "asked", "sentence"), CASES)
@pytest.mark.parametrize("path", ["/", "/crossings/yallama-konysbayev"])
def test_bad_input_is_shown_beside_its_field(
    border: Service, path: str, field: str, asked: dict[str, str], sentence: str
) -> None:
    reply = border.get(path, **asked)
    front = page(reply, 422)
    assert sentence in beside(front, field).words
    assert reply.headers["cache-control"] == "no-store"
    assert "open" in front.one("details", cls="ask").attributes
    for control in front.all(name=field):
        if control.tag in ("input", "select") and control.get("type") not in ("radio", "checkbox"):
            assert control["aria-invalid"] == "true"
            assert f"fault-{field}" in control["aria-describedby"].split()


@pytest.mark.parametrize("asked", [asked for field, asked, _ in CASES if field in ("from", "vehicle_mass_t")])
def test_what_was_written_is_there_to_be_changed(border: Service, asked: dict[str, str]) -> None:
    ((field, written),) = asked.items()
    (control,) = page(border.get("/", **asked), 422).one("form", id="ask").all("input", name=field)
    assert control["value"] == written.replace("\x00", "�")


def test_everything_else_is_answered_all_the_same(border: Service) -> None:
    asked = {"mode": "truck", "direction": "to-uz", "from": "Atlantis", "vehicle_mass_t": "20"}
    front = page(border.get("/", **asked), 422)
    assert front.one("h1").words == "By truck to Uzbekistan"
    assert front.all("article")
    assert "Atlantis" not in front.one("span", cls="choice").words
    assert all("Atlantis" not in link["href"] for link in front.all("a"))


def test_a_bad_answer_is_not_kept_for_others(border: Service) -> None:
    assert [border.get("/", mode="zeppelin").status_code for _ in range(2)] == [422, 422]


def test_a_crossing_that_does_not_exist_is_a_page_too(border: Service) -> None:
    missing = page(border.get("/crossings/nowhere"), 404)
    assert missing.one("h1").words == "There is no such page"
    assert missing.one("a", cls="go")["href"] == "/"


FIELDS = (
    "mode",
    "direction",
    "citizenship",
    "citizenship_other",
    "vehicle_mass_t",
    "plate",
    "at",
    "from",
    "to",
    "q",
)
GUESSES = st.one_of(
    st.text(max_size=40),
    st.sampled_from(
        ["other", "now", "0", "-0", "41.3,69.2", "truck", "pedestrian", "to-uz", "UZ", "Syrdarya"]
    ),
    st.datetimes().map(str),
    st.tuples(st.floats(), st.floats()).map(lambda pair: f"{pair[0]},{pair[1]}"),
)


@settings(max_examples=60, deadline=None)
@given(asked=st.dictionaries(st.sampled_from(FIELDS), GUESSES, max_size=5))
def test_whatever_is_asked_there_is_an_answer(border: Service, asked: dict[str, str]) -> None:
    reply = border.get("/", **asked)
    assert reply.status_code in (200, 303, 422), reply.text
    if reply.status_code != 303:
        page(reply, reply.status_code)
