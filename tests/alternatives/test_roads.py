from collections.abc import Iterator
from dataclasses import replace
from math import inf, nan
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from services.core.alternatives.gazetteer import Place, PlaceKind, UnknownPlace, approach, gazetteer
from services.core.alternatives.network import HERE, ROADS, Grade, RoadLeg, Stretch, network
from services.core.alternatives.roads import Origin, Roads, Unreached
from services.core.crossings import Mode, Side
from services.core.crossings.files import catalogue
from services.core.errors import Invalid
from services.core.places import Position, great_circle_km

CROSSINGS = catalogue()
PLACES = gazetteer().with_crossings(CROSSINGS)
NETWORK = network()
ROADS_THERE = Roads.built(PLACES, NETWORK)
CODES = [code for code in CROSSINGS if ROADS_THERE.reaches(code, Side.UZ)]
SOUTHERN = [code for code in CODES if code not in ("dawit-ata-tazhen", "karakalpakstan-oazis")]

GISHTKOPRIK, KAPLANBEK, NAJIMOV = "gishtkoprik-zhibek-zholy", "navoiy-kaplanbek", "najimov-kazygurt"
YALLAMA, ATAMEKEN = "yallama-konysbayev", "sirdaryo-atameken"
MALIK, OQOLTIN, DAWIT_ATA = "malik-syrdarya", "oqoltin-tselinny", "dawit-ata-tazhen"

in_the_south = st.builds(Position, lat=st.floats(40.2, 42.5), lon=st.floats(67.5, 70.5))


def drive(origin: Origin, crossing: str, side: Side, mode: Mode = Mode.CAR) -> RoadLeg:
    return ROADS_THERE.minutes(origin, crossing, side, mode)


def towns_of(side: Side) -> Iterator[Place]:
    return (it for it in PLACES.places.values() if it.country is side and it.kind is not PlaceKind.APPROACH)


@pytest.mark.parametrize(
    ("origin", "crossing", "side", "minutes", "km"),
    [
        ("tashkent", GISHTKOPRIK, Side.UZ, (20, 60), (18, 30)),
        ("tashkent", KAPLANBEK, Side.UZ, (20, 60), (16, 30)),
        ("tashkent", NAJIMOV, Side.UZ, (30, 75), (26, 45)),
        ("tashkent", YALLAMA, Side.UZ, (60, 120), (65, 95)),
        ("tashkent", ATAMEKEN, Side.UZ, (70, 140), (85, 120)),
        ("tashkent", MALIK, Side.UZ, (70, 130), (85, 115)),
        ("samarkand", OQOLTIN, Side.UZ, (110, 190), (155, 200)),
        ("kokand", GISHTKOPRIK, Side.UZ, (180, 330), (230, 290)),
        ("nukus", DAWIT_ATA, Side.UZ, (280, 480), (430, 470)),
        ("tashkent", DAWIT_ATA, Side.UZ, (1080, 1800), (1450, 1750)),
        ("saryagash", KAPLANBEK, Side.KZ, (3, 20), (3, 12)),
        ("shymkent", GISHTKOPRIK, Side.KZ, (60, 120), (100, 150)),
        ("shymkent", YALLAMA, Side.KZ, (120, 240), (165, 230)),
        ("turkistan", GISHTKOPRIK, Side.KZ, (160, 270), (250, 310)),
        ("almaty", GISHTKOPRIK, Side.KZ, (450, 720), (730, 850)),
        ("zhetisay", ATAMEKEN, Side.KZ, (25, 70), (25, 55)),
        ("beyneu", DAWIT_ATA, Side.KZ, (50, 110), (79, 90)),
        ("aktau", DAWIT_ATA, Side.KZ, (360, 600), (530, 580)),
        ("astana", GISHTKOPRIK, Side.KZ, (1000, 1700), (1450, 1750)),
    ],
)
def test_a_drive_takes_what_people_know_it_to_take(
    origin: str, crossing: str, side: Side, minutes: tuple[float, float], km: tuple[float, float]
) -> None:
    leg = drive(origin, crossing, side)
    assert minutes[0] <= leg.minutes <= minutes[1]
    assert km[0] <= leg.km <= km[1]


def test_m39_runs_through_kazakhstan_for_24_or_25_km_from_malik_to_oqoltin() -> None:
    assert 24 <= ROADS_THERE.between(MALIK, OQOLTIN, Side.KZ).km <= 25
    assert not ROADS_THERE.between(MALIK, OQOLTIN, Side.KZ).approximate


def test_without_leaving_uzbekistan_the_way_from_malik_to_oqoltin_is_twice_as_long() -> None:
    assert ROADS_THERE.between(MALIK, OQOLTIN, Side.UZ).km > 50


@pytest.mark.parametrize("other", SOUTHERN)
def test_from_dawit_ata_every_other_road_is_over_1100_km_away(other: str) -> None:
    assert ROADS_THERE.between(DAWIT_ATA, other, Side.UZ).km > 1100


@pytest.mark.parametrize("other", SOUTHERN)
def test_kazakhstans_own_road_from_tazhen_to_the_south_goes_round_by_aktobe(other: str) -> None:
    assert ROADS_THERE.between(DAWIT_ATA, other, Side.KZ).km > 2000


def test_a380_is_as_long_as_its_kilometre_posts_say() -> None:
    """It begins at Gʻuzor and ends at Dawit-Ata, km 1204."""
    assert drive("guzor", DAWIT_ATA, Side.UZ).km == pytest.approx(1204, rel=0.03)


def test_every_town_reaches_every_post_of_its_state_and_none_of_the_other() -> None:
    assert len(CODES) == 10
    for side in Side:
        posts = {approach(code, side) for code in CODES}
        for town in towns_of(side):
            assert {post for start, post in ROADS_THERE.legs if start == town.code} == posts


def test_no_way_leads_over_the_border() -> None:
    for start, end in ROADS_THERE.legs:
        assert PLACES.place(start).country is PLACES.place(end).country


def test_a_road_is_never_shorter_than_the_great_circle() -> None:
    for (start, end), leg in ROADS_THERE.legs.items():
        straight = great_circle_km(PLACES.place(start).position, PLACES.place(end).position)
        assert leg.km >= straight - 1e-6, (start, end)


def test_no_detour_over_another_crossing_is_quicker() -> None:
    for side in Side:
        for here in (place.code for place in PLACES.places.values() if place.country is side):
            for one in CODES:
                for other in CODES:
                    straight_on = ROADS_THERE.legs[here, approach(other, side)]
                    by = ROADS_THERE.legs[here, approach(one, side)] + ROADS_THERE.between(one, other, side)
                    assert straight_on.minutes <= by.minutes + 1e-6, (here, one, other)


def test_the_way_back_is_as_long() -> None:
    for (start, end), leg in ROADS_THERE.legs.items():
        assert ROADS_THERE.legs[end, start] == leg


def test_from_a_crossing_to_itself_there_is_nothing_to_drive_or_walk() -> None:
    assert ROADS_THERE.between(YALLAMA, YALLAMA, Side.KZ, Mode.PEDESTRIAN) == HERE


@pytest.mark.parametrize("origin", ["samarkand", Position(lat=40.9, lon=68.8)])
def test_the_same_road_takes_a_truck_and_a_bus_longer_and_a_pedestrian_walks_the_rest(origin: Origin) -> None:
    legs = {mode: drive(origin, YALLAMA, Side.UZ, mode) for mode in Mode}
    car = legs[Mode.CAR]
    assert {leg.km for leg in legs.values()} == {car.km}
    assert legs[Mode.TRUCK].minutes == pytest.approx(car.minutes / 0.8)
    assert legs[Mode.BUS].minutes == pytest.approx(car.minutes / 0.85)
    assert legs[Mode.PEDESTRIAN].minutes == pytest.approx(car.minutes + 10)


def test_a_pedestrian_between_two_crossings_walks_at_both() -> None:
    by_car = ROADS_THERE.between(YALLAMA, KAPLANBEK, Side.UZ)
    on_foot = ROADS_THERE.between(YALLAMA, KAPLANBEK, Side.UZ, Mode.PEDESTRIAN)
    assert on_foot.minutes == pytest.approx(by_car.minutes + 20)


def test_a_length_that_nobody_gave_makes_the_drive_approximate() -> None:
    assert drive("tashkent", GISHTKOPRIK, Side.UZ).approximate
    assert not drive("shymkent", GISHTKOPRIK, Side.KZ).approximate


@pytest.mark.parametrize("side", list(Side))
@given(position=in_the_south)
def test_from_any_position_the_drive_is_no_shorter_than_the_great_circle(
    side: Side, position: Position
) -> None:
    for code in CODES:
        leg = drive(position, code, side)
        assert leg.km >= great_circle_km(position, PLACES.place(approach(code, side)).position) - 1e-6


@pytest.mark.parametrize("side", list(Side))
@given(position=in_the_south)
def test_from_any_position_the_drive_is_no_slower_than_by_the_nearest_town(
    side: Side, position: Position
) -> None:
    town = PLACES.nearest(position, side)[0]
    off_road_km = great_circle_km(position, town.position) * NETWORK.off_road.detour
    to_town_minutes = off_road_km / NETWORK.grades[NETWORK.off_road.grade].speed_kmh * 60
    for code in CODES:
        by_town = to_town_minutes + drive(town, code, side).minutes
        assert drive(position, code, side).minutes <= by_town + 1e-6


def test_a_position_in_a_town_is_the_town() -> None:
    assert drive(PLACES.place("shymkent").position, YALLAMA, Side.KZ) == drive("shymkent", YALLAMA, Side.KZ)


def test_from_a_suburb_that_lies_on_the_way_nobody_drives_to_the_centre_first() -> None:
    yunusobod = Position(lat=41.37, lon=69.29)
    assert drive(yunusobod, GISHTKOPRIK, Side.UZ).km < 20
    assert drive(yunusobod, GISHTKOPRIK, Side.UZ).approximate


def test_from_the_queue_at_a_shut_crossing_the_way_is_that_from_the_crossing() -> None:
    queue = PLACES.place(approach(GISHTKOPRIK, Side.KZ)).position
    assert drive(queue, ATAMEKEN, Side.KZ) == ROADS_THERE.between(GISHTKOPRIK, ATAMEKEN, Side.KZ)


def test_a_place_found_by_its_position_is_driven_from_there() -> None:
    (place,) = PLACES.find("41.37,69.29")
    assert drive(place, YALLAMA, Side.UZ) == drive(place.position, YALLAMA, Side.UZ)


@pytest.mark.parametrize("origin", ["tashkent", "yallama-konysbayev/uz", PLACES.find("41.31,69.28")[0]])
def test_a_place_on_the_other_side_has_to_cross_first(origin: Origin) -> None:
    with pytest.raises(Invalid, match="other side"):
        drive(origin, GISHTKOPRIK, Side.KZ)


def test_a_place_or_a_crossing_that_nobody_knows_is_refused() -> None:
    with pytest.raises(UnknownPlace):
        drive("atlantis", YALLAMA, Side.UZ)
    with pytest.raises(Unreached):
        drive("tashkent", "atlantis", Side.UZ)


def test_a_position_far_from_both_states_is_refused() -> None:
    with pytest.raises(Invalid, match="anywhere near"):
        drive(Position(lat=-33.9, lon=18.4), YALLAMA, Side.UZ)


def test_a_post_that_no_source_locates_has_no_road() -> None:
    assert not ROADS_THERE.reaches("sirdaryo-maktaaral", Side.KZ)
    with pytest.raises(Unreached):
        ROADS_THERE.between("sirdaryo-maktaaral", YALLAMA, Side.KZ)


def test_what_is_not_a_number_is_refused() -> None:
    with pytest.raises(ValidationError):
        Position(lat=nan, lon=69)
    for minutes, km in ((nan, 1), (1, nan), (inf, 1), (-1, 1), (1, -1)):
        with pytest.raises(ValueError, match="no drive"):
            RoadLeg(minutes, km, approximate=False)


def test_a_routing_servers_times_take_the_place_of_ours_in_both_directions() -> None:
    post = approach(GISHTKOPRIK, Side.UZ)
    jammed = RoadLeg(95, 23.4, approximate=False)
    served = ROADS_THERE.with_times({("tashkent", post): jammed})
    assert served.minutes("tashkent", GISHTKOPRIK, Side.UZ, Mode.CAR) == jammed
    assert served.legs[post, "tashkent"] == jammed
    assert served.minutes("tashkent", GISHTKOPRIK, Side.UZ, Mode.TRUCK).minutes == pytest.approx(95 / 0.8)
    assert served.minutes("samarkand", GISHTKOPRIK, Side.UZ, Mode.CAR) == drive(
        "samarkand", GISHTKOPRIK, Side.UZ
    )
    assert drive("tashkent", GISHTKOPRIK, Side.UZ) != jammed


def test_a_routing_server_may_know_the_way_back_as_another() -> None:
    there, back = ("tashkent", approach(YALLAMA, Side.UZ)), (approach(YALLAMA, Side.UZ), "tashkent")
    times = {there: RoadLeg(80, 79, approximate=False), back: RoadLeg(90, 81, approximate=False)}
    served = ROADS_THERE.with_times(times)
    assert (served.legs[there], served.legs[back]) == (times[there], times[back])


def test_a_time_between_places_without_a_road_is_refused() -> None:
    for pair in (("tashkent", "atlantis"), ("tashkent", approach(YALLAMA, Side.KZ))):
        with pytest.raises(ValueError, match="no road is known"):
            ROADS_THERE.with_times({pair: RoadLeg(1, 1, approximate=False)})


def test_a_new_crossing_is_joined_to_the_nearest_town_until_its_roads_are_known() -> None:
    new = CROSSINGS[YALLAMA].model_copy(update={"code": "new-one"})
    roads = Roads.built(PLACES.with_crossings({"new-one": new}), NETWORK)
    by_chinoz = roads.minutes("chinoz", "new-one", Side.UZ, Mode.CAR)
    assert by_chinoz == replace(drive("chinoz", YALLAMA, Side.UZ), approximate=True)
    assert roads.minutes("shymkent", "new-one", Side.KZ, Mode.CAR).approximate


def test_a_length_that_nobody_gave_is_the_great_circle_and_the_usual_detour() -> None:
    grade = Grade.STREET
    guess = Stretch(ends=("tashkent", KAPLANBEK), grade=grade)
    one_road = NETWORK.model_copy(update={"stretches": {Side.UZ: (guess,)}})
    leg = Roads.built(PLACES, one_road).minutes("tashkent", KAPLANBEK, Side.UZ, Mode.CAR)
    posts = PLACES.place("tashkent").position, PLACES.place(approach(KAPLANBEK, Side.UZ)).position
    assert leg.km == pytest.approx(great_circle_km(*posts) * NETWORK.grades[grade].detour)
    assert leg.minutes == pytest.approx(leg.km / NETWORK.grades[grade].speed_kmh * 60)


def test_a_length_below_the_great_circle_gives_way_to_it() -> None:
    short = Stretch(ends=("beyneu", DAWIT_ATA), grade=Grade.MAIN, length_km=1, source="beyneu")
    one_road = NETWORK.model_copy(update={"stretches": {Side.KZ: (short,), Side.UZ: ()}})
    leg = Roads.built(PLACES, one_road).minutes("beyneu", DAWIT_ATA, Side.KZ, Mode.CAR)
    posts = PLACES.place("beyneu").position, PLACES.place(approach(DAWIT_ATA, Side.KZ)).position
    assert leg.km == pytest.approx(great_circle_km(*posts))
    assert leg.approximate


def test_of_two_roads_between_the_same_places_the_quicker_counts() -> None:
    slow, fast = (
        Stretch(ends=("beyneu", DAWIT_ATA), grade=Grade.MAIN, length_km=km, source="beyneu")
        for km in (120, 85)
    )
    for order in ((slow, fast), (fast, slow)):
        roads = Roads.built(PLACES, NETWORK.model_copy(update={"stretches": {Side.KZ: order}}))
        assert roads.minutes("beyneu", DAWIT_ATA, Side.KZ, Mode.CAR).km == 85


def test_every_stretch_lies_in_one_state_and_ends_at_places_that_exist() -> None:
    for side, stretches in NETWORK.stretches.items():
        for end in (end for stretch in stretches for end in stretch.ends):
            assert end in CROSSINGS or PLACES.place(end).country is side, end


def test_no_stretch_is_written_twice() -> None:
    for stretches in NETWORK.stretches.values():
        pairs = [frozenset(stretch.ends) for stretch in stretches]
        assert len(set(pairs)) == len(pairs)


def test_a_given_length_between_two_towns_is_one_that_a_road_can_have() -> None:
    for stretches in NETWORK.stretches.values():
        for stretch in stretches:
            if stretch.length_km and set(stretch.ends) <= PLACES.places.keys():
                ends = (PLACES.place(end).position for end in stretch.ends)
                assert 1 <= stretch.length_km / great_circle_km(*ends) < 1.6, stretch.ends


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("[sources.beyneu]", "[sources.elsewhere]"),
        ('length_km = 25, source = "m39-transit"', "length_km = 25"),
        ('length_km = 25, source = "m39-transit"', 'length_km = nan, source = "m39-transit"'),
        ('length_km = 25, source = "m39-transit"', 'length_km = -25, source = "m39-transit"'),
        ("[vehicles.bus]", "[vehicles.coach]"),
        ("[grades.street]", "[grades.lane]"),
        ("speed_kmh = 90", "speed_kmh = 0"),
    ],
)
def test_a_file_of_roads_that_cannot_be_meant_is_refused(tmp_path: Path, right: str, wrong: str) -> None:
    text = ROADS.read_text(encoding="utf-8")
    assert right in text
    changed = tmp_path / "roads.toml"
    changed.write_text(text.replace(right, wrong), encoding="utf-8")
    with pytest.raises(ValidationError):
        network(changed)
