"""The ways round that a notice could name."""

from __future__ import annotations

from datetime import datetime, timedelta

from services.core import crossings, notices
from services.core.alternatives import roads_for
from services.core.board import inputs_from_files
from services.core.crossings import Mode, Side
from services.core.notices import What
from services.core.notices.naming import name_of
from services.core.previews import Subject, Suggestions, suggested_alternatives
from services.core.previews.phrases import PHRASES
from services.core.text import Language
from tests.makers import ALFA, BRAVO, NOON, RAIL, a_border
from tests.previews.border import subject
from tests.previews.cases.saying_so import CAR, TRUCK, one, shut, theirs

CATALOGUE = crossings.catalogue()
FEBRUARY_2025 = "2025-02-gishtkoprik-rebuilding"
LIGHT_TRAFFIC = "2025-02-dawit-ata-light-traffic"


def as_it_was(slug: str, side: Side | None = None, at: datetime | None = None) -> Subject:
    """The first word of an event, on the board of a moment before."""
    event = next(one for one in notices.events().values() if one.slug == slug)
    told = at or event.told
    inputs = inputs_from_files(CATALOGUE, notices.events().values(), event.told - timedelta(seconds=1))
    return Subject.of(inputs, event.revisions[0].notice, told, side=side)


def real(slug: str, side: Side | None = None) -> Suggestions:
    return suggested_alternatives(as_it_was(slug, side), roads_for(CATALOGUE))


def small(*asked: object, **more: object) -> Suggestions:
    return suggested_alternatives(subject(*asked, **more), roads_for(a_border()))  # type: ignore[arg-type]


def codes(found: Suggestions, mode: Mode) -> list[str]:
    return [one.code for one in found.by_mode[mode]]


def test_trucks_of_february_2025_are_sent_where_both_states_sent_them() -> None:
    assert set(codes(real(FEBRUARY_2025), Mode.TRUCK)) == {
        *("yallama-konysbayev", "sirdaryo-atameken", "najimov-kazygurt", "dawit-ata-tazhen"),
    }


def test_cars_and_people_of_february_2025_are_sent_where_kazakhstan_sent_them() -> None:
    """But for Navoi, whose limits were only announced to end on that day."""
    for mode in (Mode.CAR, Mode.PEDESTRIAN):
        by_road = [one.code for one in real(FEBRUARY_2025).by_mode[mode] if one.takes is mode]
        assert set(by_road) == {"yallama-konysbayev", "malik-syrdarya", "oqoltin-tselinny"}


def test_people_on_foot_are_told_of_the_railway_and_cars_are_not() -> None:
    found = real(LIGHT_TRAFFIC)
    assert "karakalpakstan-oazis" in codes(found, Mode.PEDESTRIAN)
    assert "karakalpakstan-oazis" not in codes(found, Mode.CAR)


def test_the_nearest_comes_first() -> None:
    trucks = real(FEBRUARY_2025).by_mode[Mode.TRUCK]
    minutes = [found.road_minutes or 0 for found in trucks]
    assert minutes == sorted(minutes)
    assert (trucks[0].code, trucks[-1].code) == ("najimov-kazygurt", "dawit-ata-tazhen")


def test_a_crossing_that_is_shut_by_night_is_said_to_be() -> None:
    always = {found.code: found.always for found in real(FEBRUARY_2025).by_mode[Mode.CAR]}
    assert always == {"yallama-konysbayev": True, "malik-syrdarya": False, "oqoltin-tselinny": False}
    assert "Malik – Syrdarya (not round the clock)" in real(FEBRUARY_2025).texts[Language.ENGLISH]


def test_modes_with_the_same_ways_are_told_together() -> None:
    told = real(FEBRUARY_2025).texts[Language.ENGLISH]
    assert told.startswith("People on foot and cars: Yallama – B. Konysbayev, ")
    assert told.count("trucks:") == 1


def test_each_state_names_its_own_posts() -> None:
    """And what it alone reopens on its side is not yet open: Najimov is limited on both."""
    kazakh, uzbek = (real(FEBRUARY_2025, side).texts for side in (Side.KZ, Side.UZ))
    assert "грузовым автомобилям: Б. Конысбаева, Атамекен, Тажен" in kazakh[Language.RUSSIAN]
    assert "жүк көліктеріне: «Б. Қонысбаев», «Атамекен», «Тәжен»" in kazakh[Language.KAZAKH]
    assert "yuk mashinalariga: Yallama, Dovud ota" in uzbek[Language.UZBEK]


def test_a_name_that_two_posts_bear_is_told_with_its_pair() -> None:
    name = CATALOGUE["sirdaryo-atameken"], CATALOGUE["malik-syrdarya"]
    assert name_of(name[0], Language.UZBEK, Side.UZ, CATALOGUE) == "Sirdaryo – Atameken"
    assert name_of(name[1], Language.RUSSIAN, Side.KZ, CATALOGUE) == "Малик – Сырдарья"
    assert name_of(name[1], Language.RUSSIAN, Side.UZ, CATALOGUE) == "Малик"


def test_every_crossing_has_a_name_of_its_own_in_every_language() -> None:
    for language in Language:
        for side in (None, *Side):
            names = [name_of(crossing, language, side, CATALOGUE) for crossing in CATALOGUE.values()]
            assert len(set(names)) == len(names), (language, side)
            assert not any("?" in name for name in names)


def test_every_language_has_a_word_for_every_mode() -> None:
    assert all(set(phrases.to) == set(Mode) for phrases in PHRASES.values())
    assert set(PHRASES) == set(Language)


def test_a_crossing_that_the_other_side_shuts_is_not_suggested() -> None:
    notice = one(What.CLOSED, ALFA, modes=TRUCK)
    assert small(notice).codes == (BRAVO,)
    assert small(notice, theirs(shut(BRAVO))).codes == ()


def test_where_nothing_passes_nothing_is_made_up() -> None:
    found = small(one(What.CLOSED, modes=CAR))
    assert (found.by_mode, found.texts) == ({Mode.CAR: ()}, {})


def test_who_is_not_shut_out_needs_no_way_round() -> None:
    assert small(one(What.DELAY, ALFA)).by_mode == {}
    assert set(small(one(What.CLOSED, ALFA, modes=CAR)).by_mode) == {Mode.CAR}


def test_a_closure_by_night_is_gone_round_by_what_is_open_by_night() -> None:
    nights = one(What.CLOSED, ALFA, modes=TRUCK, recurs="21:00-05:00")
    assert small(nights).codes == ()
    assert small(one(What.CLOSED, ALFA, modes=TRUCK, recurs="18:00-05:00")).codes == (BRAVO,)


def test_buses_may_be_left_for_the_train() -> None:
    found = small(one(What.CLOSED, ALFA, modes=(Mode.BUS,), start=NOON))
    assert codes(found, Mode.BUS) == [BRAVO, RAIL]
