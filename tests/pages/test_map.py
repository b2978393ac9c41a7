"""The map: every crossing that has a place, named where it is, and nothing that is not so."""

from __future__ import annotations

from itertools import combinations

import pytest

from services.api.pages.frontier import border, on_own_side
from services.api.pages.map import SECTIONS, WIDTH, Map, drawn, position_of
from services.core.alternatives import PlaceKind, roads_for
from services.core.crossings import Side, catalogue
from services.core.places import great_circle_km
from services.core.text import Language, in_language
from tests.api.service import Service
from tests.pages.reading import Element, page

CATALOGUE = catalogue()
ROADS = roads_for(CATALOGUE)


def map_in(language: Language) -> Map:
    names = {
        code: tuple(in_language(one.posts[side].named.names, language) or "?" for side in Side)
        for code, one in CATALOGUE.items()
    }
    towns = {
        code: (in_language(place.names, language) or code,) for code, place in ROADS.gazetteer.places.items()
    }
    return drawn(CATALOGUE, ROADS, names, towns)


@pytest.fixture(params=list(Language))
def shown(request: pytest.FixtureRequest) -> Map:
    return map_in(request.param)


def marks_on(front: Element) -> dict[str, Element]:
    return {one["data-crossing"]: one for one in front.all("a", cls="mark")}


def test_the_map_marks_every_crossing_that_has_a_position(border: Service) -> None:
    front = page(border.get("/", mode="car", direction="to-kz"))
    placed = {code for code, one in CATALOGUE.items() if any(post.located for post in one.posts.values())}
    assert set(marks_on(front)) == placed
    assert len(front.all("a", cls="mark")) == len(placed)


def test_a_crossing_without_a_position_is_named_below_the_map(border: Service) -> None:
    note = page(border.get("/")).one("p", cls="note")
    assert "Syrdarya junction – Maktaaral" in note.words
    assert "Schematic." in note.words


@pytest.mark.parametrize("mode", ["car", "truck", "passenger-train"])
def test_a_mark_has_the_status_of_its_card_and_leads_to_its_page(border: Service, mode: str) -> None:
    front = page(border.get("/", mode=mode, direction="to-uz"))
    cards = {one["id"].removeprefix("c-"): one for one in front.all("article", cls="card")}
    for code, mark in marks_on(front).items():
        look = (mark.classes & {"open", "unconfirmed", "closed", "never"}).pop()
        if code in cards:
            assert look in cards[code].classes
            word = cards[code].one("span", cls="pill").words
            assert mark["aria-label"].endswith(f": {word}")
        else:
            assert look == "never"
        assert mark["href"] == f"/crossings/{code}?mode={mode}&direction=to-uz"


def test_every_mark_is_named_in_every_language(shown: Map) -> None:
    assert all(mark.label for drawing in shown.insets for mark in drawing.marks)


def test_nothing_written_lies_on_anything_else(shown: Map) -> None:
    for drawing in (*shown.insets, shown.overview):
        boxes = [mark.label.box for mark in drawing.marks if mark.label] + [
            town.label.box for town in drawing.towns
        ]
        assert all(box.within(drawing.frame.box) for box in boxes)
        assert not [1 for one, other in combinations(boxes, 2) if one.meets(other)]


def test_a_label_is_nearest_to_what_it_names(shown: Map) -> None:
    for drawing in shown.insets:
        for mark in drawing.marks:
            assert mark.label
            nearest = min(drawing.marks, key=lambda one: mark.label.box.distance(one.x, one.y))  # type: ignore[union-attr]
            assert nearest.code == mark.code


def test_distances_on_an_inset_are_those_of_its_scale_bar(shown: Map) -> None:
    for drawing in shown.insets:
        per_km = drawing.frame.scale / drawing.frame.scale_km
        for one, other in combinations(drawing.marks, 2):
            drawn_km = ((one.x - other.x) ** 2 + (one.y - other.y) ** 2) ** 0.5 / per_km
            there, here = position_of(CATALOGUE[one.code]), position_of(CATALOGUE[other.code])
            assert there
            assert here
            assert drawn_km == pytest.approx(great_circle_km(there, here), rel=0.02, abs=0.3)


def test_the_insets_lie_on_the_overview_where_their_crossings_are(shown: Map) -> None:
    for drawing in shown.insets:
        box = shown.boxes[drawing.frame.key]
        for mark in drawing.marks:
            at = position_of(CATALOGUE[mark.code])
            assert at
            x, y = shown.overview.frame.point(at)
            assert box.left <= x <= box.right
            assert box.top <= y <= box.bottom


def test_the_schematic_border_leaves_every_town_shown_on_its_own_side() -> None:
    whole = border([at for one in CATALOGUE.values() if (at := position_of(one))])
    english = map_in(Language.ENGLISH)
    for town in english.overview.towns:
        assert on_own_side(ROADS.gazetteer.place(town.code), whole), town.code


def test_a_town_that_the_schematic_border_would_put_abroad_is_not_drawn() -> None:
    """Myrzakent lies in Kazakhstan, in a bend of the border that a straight line cuts off."""
    south = next(one for one in map_in(Language.ENGLISH).insets if one.frame.key == "south")
    line = border(
        [at for one in CATALOGUE.values() if one.cluster in SECTIONS["south"][0] and (at := position_of(one))]
    )
    assert not on_own_side(ROADS.gazetteer.place("myrzakent"), line)
    assert "myrzakent" not in {town.code for town in south.towns}


def test_the_towns_by_which_people_know_the_place_are_there() -> None:
    south, ustyurt = map_in(Language.ENGLISH).insets
    assert {"tashkent", "guliston"} <= {town.code for town in south.towns}
    assert "beyneu" in {town.code for town in ustyurt.towns}
    assert {"tashkent", "nukus", "shymkent", "aktau"} & {
        town.code for town in map_in(Language.ENGLISH).overview.towns
    }
    assert all(ROADS.gazetteer.place(town.code).kind is not PlaceKind.JUNCTION for town in south.towns)


def test_a_crossing_in_a_new_place_is_marked_where_that_is() -> None:
    moved = {**CATALOGUE}
    one = moved["navoiy-kaplanbek"].model_dump(mode="json", exclude_none=True)
    one["posts"]["uz"]["located"]["position"] = {"lat": 41.0, "lon": 69.2}
    moved["navoiy-kaplanbek"] = type(CATALOGUE["navoiy-kaplanbek"]).model_validate(one)
    names = {code: (code,) for code in moved}
    towns = {code: (code,) for code in ROADS.gazetteer.places}
    before, after = (
        {mark.code: mark for mark in drawn(of, roads_for(of), names, towns).insets[0].marks}
        for of in (CATALOGUE, moved)
    )
    assert after["navoiy-kaplanbek"].y > before["navoiy-kaplanbek"].y + WIDTH / 3
