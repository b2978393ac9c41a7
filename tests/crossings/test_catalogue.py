"""What the catalogue says of the eleven crossings, and how its files are read."""

import re
import tomllib
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path

import pytest

from services.core.crossings.documents import Crossing, Located, Post
from services.core.crossings.files import CATALOGUE, Unreadable, catalogue, read_crossing
from services.core.crossings.words import Kind, Mode, Side
from services.core.places import Position, great_circle_km
from services.core.text import Language

CROSSINGS: Mapping[str, Crossing] = catalogue()
EVERY = pytest.mark.parametrize("crossing", CROSSINGS.values(), ids=lambda crossing: str(crossing.code))

GISHTKOPRIK = "gishtkoprik-zhibek-zholy"
NAVOIY = "navoiy-kaplanbek"
NAJIMOV = "najimov-kazygurt"
YALLAMA = "yallama-konysbayev"
SIRDARYO = "sirdaryo-atameken"
MALIK = "malik-syrdarya"
OQOLTIN = "oqoltin-tselinny"
DAWIT_ATA = "dawit-ata-tazhen"
KELES = "keles-saryagash"
KARAKALPAKSTAN = "karakalpakstan-oazis"
MAKTAARAL = "sirdaryo-maktaaral"

UNITS = {
    *("persons/day", "vehicles/day", "cars/day", "trucks/day", "trucks/hour", "passengers/day"),
    *("trains/day", "train pairs/day", "cars at once", "buses at once", "trucks at once", "lanes"),
    *("parking places for cars", "parking places for buses", "hectares", "hectares added"),
    *("m² in two terminals", "minutes/crossing", "minutes of waiting", "hours of goods inspection"),
    *("persons in six months", "cars in six months", "buses in six months", "persons in a year"),
    *("vehicles in eleven months", "times the former throughput"),
}


def admitted(code: str, mode: str, day: date) -> bool | None:
    """What the accounts that count on that day agree on; None where they differ or nobody says."""
    versions = [
        version for version in CROSSINGS[code].modes if mode in version.modes and version.valid_from <= day
    ]
    newest = max(versions, key=lambda version: version.valid_from, default=None)
    said = {account.admitted for account in newest.accounts} if newest else set()
    return said.pop() if len(said) == 1 else None


def rules(post: Post, mode: Mode, day: date) -> set[str]:
    """The hours that the accounts which count on that day give for a mode."""
    versions = [
        version
        for version in post.hours
        if version.valid_from <= day and (not version.modes or mode in version.modes)
    ]
    newest = max(versions, key=lambda version: version.valid_from, default=None)
    return {account.rule for account in newest.accounts} if newest else set()


def remarks(code: str, about: str) -> str:
    return "\n".join(remark.text for remark in CROSSINGS[code].remarks if remark.about == about)


def test_there_are_eight_road_and_three_rail_crossings() -> None:
    kinds = {code: crossing.kind for code, crossing in CROSSINGS.items()}
    assert {code for code, kind in kinds.items() if kind is Kind.RAIL} == {KELES, KARAKALPAKSTAN, MAKTAARAL}
    assert {code for code, kind in kinds.items() if kind is Kind.ROAD} == {
        *(GISHTKOPRIK, NAVOIY, NAJIMOV, YALLAMA, SIRDARYO, MALIK, OQOLTIN, DAWIT_ATA)
    }


@pytest.mark.parametrize(
    ("cluster", "codes"),
    [
        ("tashkent", {GISHTKOPRIK, NAVOIY, NAJIMOV, KELES}),
        ("syrdarya", {YALLAMA, SIRDARYO, MALIK, OQOLTIN, MAKTAARAL}),
        ("ustyurt", {DAWIT_ATA, KARAKALPAKSTAN}),
    ],
)
def test_crossings_near_each_other_form_a_cluster(cluster: str, codes: set[str]) -> None:
    assert {code for code, crossing in CROSSINGS.items() if crossing.cluster == cluster} == codes


@pytest.mark.parametrize("code", [MALIK, OQOLTIN])
def test_the_two_posts_of_the_m39_are_no_older_than_the_decree_that_opened_them(code: str) -> None:
    assert CROSSINGS[code].opened == date(2017, 5, 15)
    assert admitted(code, "car", date(2017, 5, 14)) is None


@pytest.mark.parametrize("code", [MALIK, OQOLTIN])
def test_between_the_decreed_and_the_reported_opening_nobody_can_say(code: str) -> None:
    days = (date(2017, 5, 15), date(2017, 7, 10), date(2017, 7, 11))
    assert [admitted(code, "car", day) for day in days] == [None, None, True]


EARLY_2026 = date(2026, 2, 1)


@pytest.mark.parametrize(
    ("mode", "takes", "refuses"),
    [
        ("pedestrian", {GISHTKOPRIK, NAVOIY, YALLAMA, MALIK, OQOLTIN, DAWIT_ATA}, set()),
        ("car", {GISHTKOPRIK, NAVOIY, YALLAMA, MALIK, OQOLTIN, DAWIT_ATA}, set()),
        ("bus", {GISHTKOPRIK, NAVOIY, DAWIT_ATA}, {MALIK, OQOLTIN}),
        ("truck", {NAVOIY, YALLAMA, SIRDARYO, NAJIMOV, DAWIT_ATA}, {MALIK, OQOLTIN}),
        ("passenger-train", {KELES, KARAKALPAKSTAN}, set()),
        ("freight-train", {KELES, KARAKALPAKSTAN, MAKTAARAL}, set()),
    ],
)
def test_who_is_normally_admitted_where(mode: str, takes: set[str], refuses: set[str]) -> None:
    answers = {code: admitted(code, mode, EARLY_2026) for code in CROSSINGS}
    assert {code for code, answer in answers.items() if answer is True} == takes
    assert {code for code, answer in answers.items() if answer is False} == refuses


@pytest.mark.parametrize(
    ("code", "mode", "day", "answer"),
    [
        (NAVOIY, "truck", date(2022, 11, 30), True),
        (NAVOIY, "truck", date(2025, 1, 28), True),
        (NAVOIY, "bus", date(2022, 11, 30), None),
        (NAVOIY, "bus", date(2025, 1, 28), True),
        (GISHTKOPRIK, "bus", date(2018, 1, 4), None),
        (GISHTKOPRIK, "bus", date(2018, 1, 5), True),
        (GISHTKOPRIK, "truck", date(2024, 6, 1), None),
        (NAJIMOV, "car", date(2023, 1, 31), True),
        (NAJIMOV, "car", date(2023, 2, 1), None),
        (NAJIMOV, "pedestrian", date(2023, 1, 31), True),
        (NAJIMOV, "pedestrian", date(2025, 12, 31), None),
        (SIRDARYO, "car", date(2023, 1, 31), True),
        (SIRDARYO, "car", date(2025, 2, 5), None),
        (SIRDARYO, "pedestrian", date(2025, 2, 5), None),
        (YALLAMA, "truck", date(2016, 6, 15), True),
        (YALLAMA, "bus", date(2025, 6, 1), None),
        (MALIK, "pedestrian", date(2018, 1, 1), None),
        (MALIK, "pedestrian", date(2022, 7, 12), True),
        (DAWIT_ATA, "bus", date(2024, 1, 1), True),
        (MAKTAARAL, "passenger-train", date(2025, 6, 1), None),
        (YALLAMA, "truck", date(2010, 1, 1), None),
    ],
)
def test_admission_on_a_day_of_the_past(code: str, mode: str, day: date, answer: bool | None) -> None:
    assert admitted(code, mode, day) is answer


@pytest.mark.parametrize(
    ("code", "mode", "day", "expected"),
    [
        (GISHTKOPRIK, Mode.CAR, date(2020, 1, 1), {"24/7"}),
        (NAVOIY, Mode.CAR, date(2017, 7, 14), set()),
        (NAVOIY, Mode.CAR, date(2017, 7, 15), {"24/7"}),
        (NAVOIY, Mode.PEDESTRIAN, date(2025, 6, 1), {"24/7", "08:00-20:00"}),
        (NAJIMOV, Mode.TRUCK, date(2017, 7, 14), set()),
        (NAJIMOV, Mode.TRUCK, date(2017, 7, 15), {"24/7"}),
        (SIRDARYO, Mode.TRUCK, date(2017, 7, 15), {"24/7"}),
        (YALLAMA, Mode.TRUCK, date(2016, 6, 15), {"24/7"}),
        (YALLAMA, Mode.PEDESTRIAN, date(2023, 2, 10), {"24/7"}),
        (MALIK, Mode.CAR, date(2017, 5, 14), set()),
        (MALIK, Mode.CAR, date(2023, 2, 10), {"sunrise-sunset"}),
        (MALIK, Mode.CAR, date(2025, 6, 4), {"sunrise-sunset", "08:00-18:00"}),
        (OQOLTIN, Mode.PEDESTRIAN, date(2025, 6, 4), {"sunrise-sunset", "08:00-18:00"}),
        (DAWIT_ATA, Mode.TRUCK, date(2025, 3, 1), {"24/7"}),
        (KELES, Mode.PASSENGER_TRAIN, date(2025, 12, 14), {"24/7"}),
        (MAKTAARAL, Mode.FREIGHT_TRAIN, date(2025, 12, 14), set()),
    ],
)
def test_hours_are_the_same_on_both_sides(code: str, mode: Mode, day: date, expected: set[str]) -> None:
    posts = CROSSINGS[code].posts
    assert [rules(posts[side], mode, day) for side in (Side.UZ, Side.KZ)] == [expected, expected]


@pytest.mark.parametrize("code", [KELES, KARAKALPAKSTAN])
def test_a_rail_traveller_is_told_that_the_timetable_decides(code: str) -> None:
    for post in CROSSINGS[code].posts.values():
        notes = [account.note or "" for version in post.hours for account in version.accounts]
        assert notes
        assert all("timetable decides" in note for note in notes)
    assert "only with a train" in remarks(code, "timetable")


@pytest.mark.parametrize("code", [NAVOIY, NAJIMOV, SIRDARYO])
def test_three_crossings_were_for_the_two_nations_only_until_the_protocol_of_2017(code: str) -> None:
    before, after = CROSSINGS[code].access
    assert [account.citizens for account in before.accounts] == [("UZ", "KZ")]
    assert [account.citizens for account in after.accounts] == [()]
    assert after.valid_from == date(2017, 7, 15)


@pytest.mark.parametrize("code", [MALIK, OQOLTIN])
def test_the_m39_is_for_citizens_and_plates_of_the_two_states_without_commercial_goods(code: str) -> None:
    (version,) = CROSSINGS[code].access
    (account,) = version.accounts
    assert (version.valid_from, account.citizens, account.plates, account.commercial_goods) == (
        date(2017, 5, 15),
        ("UZ", "KZ"),
        ("UZ", "KZ"),
        False,
    )


@pytest.mark.parametrize("code", [GISHTKOPRIK, YALLAMA, DAWIT_ATA, KELES, KARAKALPAKSTAN, MAKTAARAL])
def test_elsewhere_nobody_limits_who_may_pass(code: str) -> None:
    accounts = [account for version in CROSSINGS[code].access for account in version.accounts]
    assert accounts
    assert all(
        (account.citizens, account.plates, account.commercial_goods) == ((), (), True) for account in accounts
    )


@EVERY
def test_no_two_versions_compete_for_a_mode_on_the_same_day(crossing: Crossing) -> None:
    days = [(version.valid_from, mode) for version in crossing.modes for mode in version.modes]
    days_of_access = [version.valid_from for version in crossing.access]
    assert len(days) == len(set(days))
    assert len(days_of_access) == len(set(days_of_access))


def position(code: str, side: Side = Side.UZ) -> Position:
    located = CROSSINGS[code].posts[side].located
    assert located is not None
    return located.position


@pytest.mark.parametrize(
    ("one", "other", "km"),
    [
        (GISHTKOPRIK, NAJIMOV, 7),
        (GISHTKOPRIK, NAVOIY, 12),
        (NAVOIY, YALLAMA, 68),
        (YALLAMA, SIRDARYO, 20),
        (SIRDARYO, MALIK, 5),
        (MALIK, OQOLTIN, 25),
        (DAWIT_ATA, KARAKALPAKSTAN, 21),
    ],
)
def test_the_posts_lie_as_far_apart_as_the_land_does(one: str, other: str, km: int) -> None:
    assert great_circle_km(position(one), position(other)) == pytest.approx(km, abs=1)


@pytest.mark.parametrize("code", [GISHTKOPRIK, NAVOIY, NAJIMOV, YALLAMA, SIRDARYO, MALIK, OQOLTIN, DAWIT_ATA])
def test_no_road_post_of_kazakhstan_is_given_a_position_that_no_source_gives(code: str) -> None:
    post = CROSSINGS[code].posts[Side.KZ]
    assert post.located is None
    assert post.placed is not None


def test_the_town_of_saryagash_is_not_the_uzbek_post() -> None:
    assert great_circle_km(position(KELES, Side.KZ), position(KELES, Side.UZ)) > 5


def test_a_post_whose_place_nobody_gives_has_none() -> None:
    assert all(post.located is None and post.placed is None for post in CROSSINGS[MAKTAARAL].posts.values())


@EVERY
def test_a_place_is_within_the_borderland(crossing: Crossing) -> None:
    places = [post.located for post in crossing.posts.values() if post.located]
    assert all(40 < place.position.lat < 46 and 55 < place.position.lon < 70 for place in places)


@EVERY
def test_clocks_are_those_of_the_posts(crossing: Crossing) -> None:
    western = crossing.code in (DAWIT_ATA, KARAKALPAKSTAN)
    zones = {side.value: post.timezone for side, post in crossing.posts.items()}
    assert zones == {"uz": "Asia/Tashkent", "kz": "Asia/Aqtau" if western else "Asia/Almaty"}


def test_customs_codes_are_five_digits_and_nobody_shares_one() -> None:
    codes = [post.customs_code for crossing in CROSSINGS.values() for post in crossing.posts.values()]
    known = [code for code in codes if code is not None]
    assert len(known) == len(set(known)) == 10
    assert all(re.fullmatch(r"\d{5}", code) for code in known)


@EVERY
def test_a_telephone_is_never_given_without_saying_that_nobody_tried_it(crossing: Crossing) -> None:
    for post in crossing.posts.values():
        if post.telephone:
            assert isinstance(post.located, Located)
            assert "not tried" in (post.located.note or "")


CYRILLIC = {Language.UZBEK_CYRILLIC, Language.KAZAKH, Language.RUSSIAN}


@EVERY
def test_names_are_in_the_script_of_their_language(crossing: Crossing) -> None:
    for post in crossing.posts.values():
        for language, name in post.named.names.items():
            letters = "[а-яёәғқңөұүһіўҳ]" if language in CYRILLIC else "[a-z]"
            others = "[a-z]" if language in CYRILLIC else "[а-яёәғқңөұүһіўҳ]"
            assert re.search(letters, name.casefold()), (language, name)
            assert not re.search(others, name.casefold()), (language, name)


@EVERY
def test_no_spelling_is_listed_twice_at_a_post(crossing: Crossing) -> None:
    for post in crossing.posts.values():
        aliases = post.named.aliases
        assert len(aliases) == len(set(aliases))
        assert not set(aliases) & set(post.named.names.values())


@pytest.mark.parametrize(
    ("code", "side", "unit", "phase", "figures"),
    [
        (GISHTKOPRIK, Side.UZ, "vehicles/day", "design", {350}),
        (GISHTKOPRIK, Side.UZ, "vehicles/day", "planned", {1000}),
        (GISHTKOPRIK, Side.UZ, "cars/day", "planned", {3000}),
        (GISHTKOPRIK, Side.UZ, "persons/day", "planned", {50000}),
        (GISHTKOPRIK, Side.KZ, "persons/day", "planned", {35000, 70000}),
        (GISHTKOPRIK, Side.KZ, "vehicles/day", "planned", {2000}),
        (NAVOIY, Side.UZ, "persons/day", "rebuilt", {15000}),
        (NAVOIY, Side.KZ, "persons/day", "rebuilt", {20000}),
        (NAVOIY, Side.KZ, "persons/day", "observed", {27000, 38000}),
        (NAJIMOV, Side.KZ, "vehicles/day", "rebuilt", {1000}),
        (YALLAMA, Side.KZ, "vehicles/day", "design", {70, 150}),
        (YALLAMA, Side.KZ, "trucks/day", "observed", {500}),
        (YALLAMA, None, "trucks/day", "planned", {700}),
        (DAWIT_ATA, Side.UZ, "trucks at once", "planned", {350}),
        (DAWIT_ATA, Side.UZ, "hectares", "planned", {6}),
        (DAWIT_ATA, Side.KZ, "lanes", "planned", {6}),
        (MALIK, Side.UZ, "persons/day", "observed", {1500}),
        (KELES, None, "train pairs/day", "planned", {36, 40}),
        (KARAKALPAKSTAN, None, "train pairs/day", "planned", {10}),
        (MAKTAARAL, None, "train pairs/day", "planned", {10}),
    ],
)
def test_capacities_are_kept_as_they_were_given(
    code: str, side: Side | None, unit: str, phase: str, figures: set[float]
) -> None:
    assert {
        capacity.value
        for capacity in CROSSINGS[code].capacities
        if (capacity.side, capacity.unit, capacity.phase.value) == (side, unit, phase)
    } == figures


@EVERY
def test_capacities_are_counted_in_known_units(crossing: Crossing) -> None:
    assert {capacity.unit for capacity in crossing.capacities} <= UNITS


@EVERY
def test_a_traveller_is_told_to_carry_a_passport(crossing: Crossing) -> None:
    assert "passport, not an identity card, as of May 2025" in remarks(crossing.code, "documents")


@EVERY
def test_trucks_of_the_electronic_queue_are_told_that_a_booking_does_not_move(crossing: Crossing) -> None:
    queued = crossing.code in (NAVOIY, NAJIMOV, YALLAMA, SIRDARYO, DAWIT_ATA)
    assert ("cannot be moved to another crossing" in remarks(crossing.code, "booking")) is queued


@pytest.mark.parametrize("code", [MALIK, OQOLTIN])
def test_the_road_through_kazakhstan_is_explained_at_both_of_its_ends(code: str) -> None:
    assert "25 km" in remarks(code, "transit")
    assert "08:00 to 18:00" in remarks(code, "hours")


@EVERY
def test_every_source_is_dated_and_used(crossing: Crossing) -> None:
    cited = {statement.source for statement in crossing.statements()}
    assert set(crossing.sources) == cited
    for source in crossing.sources.values():
        assert source.read == date(2026, 11, 21)
        assert source.said is None or source.said < source.read
        assert source.url is None or source.url.startswith(("http://", "https://"))


def damaged(folder: Path, change: Callable[[str], str], name: str = YALLAMA) -> Path:
    """The file of a real crossing with something changed in it."""
    text = (CATALOGUE / f"{YALLAMA}.toml").read_text(encoding="utf-8")
    path = folder / f"{name}.toml"
    path.write_text(change(text), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("written", "instead", "field"),
    [
        ('kind = "road"', 'kind = "ferry"', "kind"),
        ("lat = 40.967979", "lat = 140.967979", "posts.uz.located.position.lat"),
        ('rule = "24/7"', 'rule = "whenever"', "posts.uz.hours.0.accounts.0.rule"),
        ('timezone = "Asia/Almaty"', 'timezone = "Asia/Turkestan"', "posts.kz.timezone"),
        ("[sources.egemen-2018]", "[sources.another]", "sources"),
        ('modes = ["truck"]', 'modes = ["freight-train"]', "modes"),
        ("value = 150", "value = -150", "capacities.0.value"),
        ('near = "Keles district"', 'nera = "Keles district"', "posts.kz.placed.nera"),
    ],
)
def test_a_wrong_file_is_named_together_with_its_field(
    tmp_path: Path, written: str, instead: str, field: str
) -> None:
    path = damaged(tmp_path, lambda text: text.replace(written, instead))
    assert instead in path.read_text(encoding="utf-8")
    with pytest.raises(Unreadable) as refused:
        read_crossing(path)
    assert refused.value.field == field
    assert str(refused.value).startswith(f"{YALLAMA}.toml: {field}: ")


def test_a_file_that_is_no_toml_is_named(tmp_path: Path) -> None:
    path = damaged(tmp_path, lambda text: text.replace("[posts.uz]", "[posts.uz"))
    with pytest.raises(Unreadable, match=rf"^{YALLAMA}\.toml: is not TOML"):
        read_crossing(path)


def test_a_file_must_be_called_by_the_code_of_its_crossing(tmp_path: Path) -> None:
    path = damaged(tmp_path, lambda text: text, name="somewhere-else")
    with pytest.raises(Unreadable, match=r"^somewhere-else\.toml: code: "):
        read_crossing(path)


def test_the_catalogue_is_what_lies_in_the_folder(tmp_path: Path) -> None:
    for code in (YALLAMA, KELES):
        (tmp_path / f"{code}.toml").write_bytes((CATALOGUE / f"{code}.toml").read_bytes())
    assert list(catalogue(tmp_path)) == [KELES, YALLAMA]
    assert catalogue(tmp_path)[KELES] == CROSSINGS[KELES]


@EVERY
def test_a_crossing_survives_being_written_and_read(crossing: Crossing) -> None:
    assert Crossing.model_validate_json(crossing.model_dump_json()) == crossing


@EVERY
def test_files_are_plain_toml_of_one_crossing(crossing: Crossing) -> None:
    raw = tomllib.loads((CATALOGUE / f"{crossing.code}.toml").read_text(encoding="utf-8"))
    assert raw["code"] == crossing.code
