from pathlib import Path

import pytest

from services.core.alternatives.gazetteer import (
    PLACES,
    Gazetteer,
    PlaceKind,
    UnknownPlace,
    approach,
    gazetteer,
)
from services.core.crossings import Side
from services.core.crossings.files import catalogue
from services.core.errors import Invalid
from services.core.places import Position, great_circle_km


@pytest.fixture(scope="module")
def towns() -> Gazetteer:
    return gazetteer()


@pytest.fixture(scope="module")
def everywhere(towns: Gazetteer) -> Gazetteer:
    return towns.with_crossings(catalogue())


def codes(places: Gazetteer, query: str) -> list[str]:
    return [place.code for place in places.find(query)]


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("Toshkent", "tashkent"),
        ("ТОШКЕНТ", "tashkent"),
        ("Ташкент", "tashkent"),
        ("Tashkent", "tashkent"),
        ("Yangiyo'l", "yangiyol"),
        ("Yangiyoʻl", "yangiyol"),
        ("Янгиюль", "yangiyol"),
        ("Qo'ng'irot", "qongirot"),
        ("Қўнғирот", "qongirot"),
        ("Кунград", "qongirot"),
        ("Шымкент", "shymkent"),
        ("Chimkent", "shymkent"),
        ("Чимкент", "shymkent"),
        ("Сарыағаш", "saryagash"),
        ("Sariog'och", "saryagash"),
        ("Жетісай", "zhetisay"),
        ("Zhetysai", "zhetisay"),
        ("Түркістан", "turkistan"),
        ("Turkestan", "turkistan"),
        ("Olmaota", "almaty"),
        ("Алма-Ата", "almaty"),
        ("Нұр-Сұлтан", "astana"),
        ("Жаңаөзен", "zhanaozen"),
        ("Уральск", "oral"),
        ("nukus", "nukus"),
    ],
)
def test_a_town_is_found_by_its_name_in_any_script(towns: Gazetteer, query: str, code: str) -> None:
    assert codes(towns, query) == [code]


def test_every_place_is_found_by_every_one_of_its_names(everywhere: Gazetteer) -> None:
    for place in everywhere.places.values():
        for name in (place.code, *place.names.values(), *place.aliases):
            assert place.code in codes(everywhere, name), name


def test_a_name_that_a_city_and_a_post_share_means_the_city_first(everywhere: Gazetteer) -> None:
    assert codes(everywhere, "Навои") == ["navoiy-city", "navoiy-kaplanbek/uz"]


def test_syrdarya_is_a_town_and_a_post_on_either_side(everywhere: Gazetteer) -> None:
    assert codes(everywhere, "Сырдарья") == ["sirdaryo", "malik-syrdarya/kz", "sirdaryo-atameken/uz"]


def test_the_beginning_of_a_name_finds_where_no_whole_name_does(towns: Gazetteer) -> None:
    assert codes(towns, "Samark") == ["samarkand"]
    assert codes(towns, "Sa") == []


@pytest.mark.parametrize(
    "query",
    ["", "   ", "!?", "Xanadu", "nan,nan", "inf, 0", "41.3", "41.3,69.2,5", "😀", "1" + " " * 99_999 + "x"],
)
def test_what_is_no_place_finds_nothing(towns: Gazetteer, query: str) -> None:
    assert codes(towns, query) == []


@pytest.mark.parametrize("query", ["41.31,69.28", " 41.31 , 69.28 ", "41.31 69.28", "+41.31;69.28"])
def test_latitude_and_longitude_are_a_place(towns: Gazetteer, query: str) -> None:
    (place,) = towns.find(query)
    assert (place.kind, place.country) == (PlaceKind.POINT, Side.UZ)
    assert place.position == Position(lat=41.31, lon=69.28)


@pytest.mark.parametrize("query", ["91,69", "41,181", "69.28,141.31", "-33.9,18.4", "0,0"])
def test_a_position_off_the_globe_or_far_from_the_region_is_refused(towns: Gazetteer, query: str) -> None:
    with pytest.raises(Invalid):
        towns.find(query)


@pytest.mark.parametrize(
    ("lat", "lon", "side"),
    [
        (41.37, 69.29, Side.UZ),  # Yunusobod, the north of Tashkent, 10 km from the border
        (41.42, 69.33, Side.UZ),  # the Chimkent road between Tashkent and Gʻishtkoʻprik
        (41.40, 69.20, Side.UZ),
        (41.48, 69.20, Side.KZ),
        (41.60, 69.40, Side.KZ),
        (40.93, 68.75, Side.UZ),
        (41.05, 68.65, Side.KZ),
        (40.71, 68.52, Side.KZ),  # between Malik and Oq oltin, where M-39 runs through Kazakhstan
        (40.55, 68.80, Side.UZ),
        (44.70, 56.35, Side.UZ),
        (45.05, 55.70, Side.KZ),
        (43.20, 76.80, Side.KZ),
        (39.60, 66.90, Side.UZ),
    ],
)
def test_a_position_belongs_to_the_state_of_the_nearest_town(
    towns: Gazetteer, lat: float, lon: float, side: Side
) -> None:
    assert towns.country_of(Position(lat=lat, lon=lon)) is side


def test_every_town_lies_in_its_own_state(towns: Gazetteer) -> None:
    for place in towns.places.values():
        assert towns.country_of(place.position) is place.country, place.code


def test_no_two_towns_stand_on_the_same_spot(towns: Gazetteer) -> None:
    places = list(towns.places.values())
    for at, place in enumerate(places):
        for other in places[at + 1 :]:
            assert great_circle_km(place.position, other.position) > 3, (place.code, other.code)


def test_no_town_is_called_like_a_crossing(towns: Gazetteer) -> None:
    assert not towns.places.keys() & catalogue().keys()


def test_a_located_post_stands_where_the_catalogue_says(everywhere: Gazetteer) -> None:
    for code, crossing in catalogue().items():
        for side, post in crossing.posts.items():
            if post.located:
                assert everywhere.place(approach(code, side)).position == post.located.position


def test_a_post_that_nobody_locates_stands_with_its_neighbour_and_a_pair_of_them_nowhere(
    everywhere: Gazetteer,
) -> None:
    crossing = catalogue()["yallama-konysbayev"]
    uz, kz = crossing.posts[Side.UZ], crossing.posts[Side.KZ]
    lost = {side: post.model_copy(update={"located": None}) for side, post in crossing.posts.items()}
    half = crossing.model_copy(update={"code": "half", "posts": {**lost, Side.UZ: uz}})
    none = crossing.model_copy(update={"code": "none", "posts": lost})
    places = everywhere.with_crossings({"half": half, "none": none})
    assert uz.located is not None
    assert kz.located is None
    assert places.place("half/kz").position == uz.located.position
    assert codes(places, "none/uz") == []


def test_a_code_that_is_nobodys_is_refused(towns: Gazetteer) -> None:
    with pytest.raises(UnknownPlace):
        towns.place("atlantis")


def test_a_file_that_names_an_unknown_source_is_refused(tmp_path: Path) -> None:
    wrong = tmp_path / "places.toml"
    wrong.write_text(PLACES.read_text(encoding="utf-8").replace("[sources.gazetteer]", "[sources.atlas]"))
    with pytest.raises(ValueError, match="no source is called gazetteer"):
        gazetteer(wrong)
