"""How a notice could be put, in every language.

`wordings.txt` is made by `python -m tests.previews.wordings`: read what changes in it before taking it over.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from services.core.crossings import Mode
from services.core.notices import Effect, End, NoticeText, What
from services.core.notices.naming import EVERYWHERE, LEFT_OUT
from services.core.previews import notice_texts
from services.core.previews.hours import WORDS as HOURS
from services.core.previews.hours import in_words
from services.core.previews.kazakh import FROM_AND_TO, endings
from services.core.previews.words import COUNTRIES, WORDS
from services.core.text import LONGEST_BODY, LONGEST_LINE, Language
from tests.makers import a_notice
from tests.notices import anything
from tests.notices.anything import CATALOGUE
from tests.previews.wordings import (
    CASES,
    END,
    FILE,
    NAVOIY,
    START,
    TRUCKS,
    YALLAMA,
    effect,
    suggested,
    table,
    written,
)


def told(*effects: Effect, language: Language = Language.ENGLISH) -> NoticeText:
    return notice_texts(effects, CATALOGUE, {})[language]


def test_the_cases_are_put_as_they_are_on_record() -> None:
    assert written(table()) == FILE.read_text(encoding="utf-8")


def test_there_is_a_case_for_everything_that_an_effect_can_be() -> None:
    effects = [one for fields in CASES.values() for one in fields.effects]
    assert {one.what for one in effects} == set(What)
    assert {one.window.end_is for one in effects} == set(End)
    for field in (
        "modes",
        "directions",
        "citizens",
        "citizens_except",
        "mass_over_t",
        "mass_up_to_t",
        "goods",
    ):
        assert any(getattr(one.selector, field) for one in effects), field
    assert {one.selector.transit for one in effects} == {None, True, False}
    assert any(one.window.recurs for one in effects)
    assert {len(one.selector.crossings) for one in effects} >= {0, 1, 2}


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(anything.effects(), min_size=1, max_size=4))
def test_whatever_a_notice_does_there_are_words_for_it_in_every_language(effects: list[Effect]) -> None:
    found = notice_texts(effects, CATALOGUE, {})
    assert found == notice_texts(effects, CATALOGUE, {})
    assert list(found) == list(Language)
    for language, text in found.items():
        assert text == NoticeText.model_validate(text.model_dump())
        assert text.body
        whole = f"{text.headline} {text.body}"
        for one in effects:
            if one.selector.crossings:
                assert all(anything.name(code, language) in whole for code in one.selector.crossings)
            else:
                assert EVERYWHERE[language] in whole.lower()


def test_a_notice_of_fifty_effects_stays_within_the_limits() -> None:
    starts = [START + timedelta(hours=number) for number in range(50)]
    effects = [effect(What.CLOSED, *CATALOGUE, start=start) for start in starts]
    for text in notice_texts(effects, CATALOGUE, {}).values():
        assert len(text.headline) <= LONGEST_LINE
        assert len(text.body or "") <= LONGEST_BODY
        assert (text.body or "").endswith(LEFT_OUT)


@pytest.mark.parametrize("letters", [200, 299])
def test_a_headline_without_room_leaves_out_names_before_conditions(letters: int) -> None:
    codes = [f"{'n' * letters}{number}" for number in range(3)]
    of_three = effect(What.CLOSED, modes=TRUCKS, citizens=("TJ",))
    selector = of_three.selector.model_copy(update={"crossings": tuple(codes)})
    text = told(of_three.model_copy(update={"selector": selector}))
    ending = "closed to trucks (citizenship: Tajikistan) from 01.12.2026 09:00"
    shown = f"{codes[0]}, {LEFT_OUT}" if letters == 200 else LEFT_OUT
    assert text.headline == f"{shown}: {ending}"
    assert all(code in (text.body or "") for code in codes)


def test_a_headline_leaves_out_conditions_before_it_says_nothing_of_whom() -> None:
    many = tuple(f"{first}{second}" for first in "ABCDEFGH" for second in "ABCDEHIJ")
    text = told(effect(What.CLOSED, YALLAMA, modes=TRUCKS, citizens=many))
    assert text.headline == f"Yallama – B. Konysbayev: closed to trucks ({LEFT_OUT}) from 01.12.2026 09:00"
    assert ", ".join(many) in (text.body or "")


def test_a_headline_with_too_many_to_name_does_not_speak_of_everybody() -> None:
    masses = [effect(What.CLOSED, YALLAMA, modes=TRUCKS, mass_over_t=3.5 + tonnes) for tonnes in range(40)]
    assert told(*masses).headline == f"Yallama – B. Konysbayev: closed to {LEFT_OUT} from 01.12.2026 09:00"
    everybody = told(*masses, effect(What.CLOSED, YALLAMA))
    assert everybody.headline == "Yallama – B. Konysbayev: closed from 01.12.2026 09:00"


def test_effects_that_differ_in_whom_alone_make_one_sentence() -> None:
    both = told(effect(What.CLOSED, YALLAMA, modes=TRUCKS), effect(What.CLOSED, YALLAMA, modes=(Mode.CAR,)))
    assert both.headline == "Yallama – B. Konysbayev: closed to trucks and cars from 01.12.2026 09:00"
    assert both.body == "From 01.12.2026 09:00; no end has been announced."


def test_effects_that_differ_in_where_alone_make_one_sentence() -> None:
    both = told(effect(What.CLOSED, YALLAMA), effect(What.CLOSED, NAVOIY, YALLAMA))
    assert both.headline.startswith("Yallama – B. Konysbayev, Navoi – Kaplanbek: closed from")
    everywhere = told(effect(What.CLOSED, YALLAMA), effect(What.CLOSED))
    assert everywhere.headline == "All crossings: closed from 01.12.2026 09:00"


@pytest.mark.parametrize(
    ("modes", "limits", "whom"),
    [
        ((Mode.PEDESTRIAN, Mode.TRUCK), {"mass_up_to_t": 3.5}, "people on foot and trucks up to 3.5 t"),
        ((Mode.PEDESTRIAN, Mode.TRUCK), {"mass_over_t": 3.5}, "trucks over 3.5 t"),
        ((Mode.TRUCK, Mode.FREIGHT_TRAIN), {"mass_over_t": 3.5}, "trucks over 3.5 t"),
        ((), {"mass_up_to_t": 3.5}, "people on foot and vehicles up to 3.5 t"),
        ((), {"mass_over_t": 3.5}, "vehicles over 3.5 t"),
    ],
)
def test_a_limit_of_mass_is_told_of_those_whom_it_can_mean(
    modes: tuple[Mode, ...], limits: dict[str, float], whom: str
) -> None:
    text = told(effect(What.CLOSED, YALLAMA, modes=modes, **limits))
    assert text.headline == f"Yallama – B. Konysbayev: closed to {whom} from 01.12.2026 09:00"


def test_what_keeps_people_out_heads_the_notice() -> None:
    text = told(effect(What.DELAY, NAVOIY), effect(What.CLOSED, YALLAMA))
    assert text.headline.startswith("Yallama")
    assert (text.body or "").startswith("Navoi – Kaplanbek: delays from")


def test_an_announced_end_is_not_told_as_a_reopening() -> None:
    text = told(effect(What.CLOSED, YALLAMA, end=END, end_is=End.ANNOUNCED))
    assert "05.12.2026" not in text.headline
    assert text.body == "From 01.12.2026 09:00, announced until 05.12.2026 18:30."


def test_times_are_told_by_the_clock_of_tashkent() -> None:
    midnight_in_moscow = datetime.fromisoformat("2026-12-01T00:00:00+03:00")
    text = told(effect(What.CLOSED, YALLAMA, start=midnight_in_moscow))
    assert text.headline.endswith("from 01.12.2026 02:00")


def test_a_reopening_of_one_side_says_which_side() -> None:
    (english, kazakh) = (
        suggested(a_notice(effect(What.REOPENED, YALLAMA)))[language].headline
        for language in (Language.ENGLISH, Language.KAZAKH)
    )
    assert english == "Yallama – B. Konysbayev: open again (on the Uzbek side) from 01.12.2026 09:00"
    assert "(Өзбекстан жағында)" in kazakh
    assert "side" not in told(effect(What.REOPENED, YALLAMA)).headline


def test_russian_speaks_of_several_crossings_in_the_plural() -> None:
    for what, one, several in (
        (What.CLOSED, "закрыт с", "закрыты с"),
        (What.RESTRICTED, "работает с", "работают с"),
        (What.REOPENED, "открыт с", "открыты с"),
    ):
        for codes, words in (((YALLAMA,), one), ((YALLAMA, YALLAMA), one), ((YALLAMA, NAVOIY), several)):
            assert words in told(effect(what, *codes), language=Language.RUSSIAN).headline


@pytest.mark.parametrize(
    ("rule", "recurs", "english", "russian"),
    [
        ("24/7", False, "round the clock", "круглосуточно"),
        ("08:00-20:00", False, "daily 08:00–20:00", "ежедневно 08:00–20:00"),
        ("sunrise-sunset", False, "daily sunrise to sunset", "ежедневно от восхода до заката"),
        ("Mo-Fr", True, "Mon–Fri", "пн–пт"),
        ("Sa,Su 09:00-12:00,13:00-18:00", True, "Sat, Sun 09:00–12:00, 13:00–18:00", None),
        ("Mo-Sa 09:00-18:00; PH off", False, "Mon–Sat 09:00–18:00; public holidays: shut", None),
        ("Mo-Sa 09:00-18:00; PH off", True, "Mon–Sat 09:00–18:00; except: public holidays", None),
        ("Apr-Oct 08:00-20:00", False, "Apr–Oct 08:00–20:00", "Apr–Oct 08:00–20:00"),
        ("Mo[1] 08:00-20:00", True, "Mo[1] 08:00–20:00", None),
    ],
)
def test_hours_are_told_in_words_where_there_are_some(
    rule: str, recurs: bool, english: str, russian: str | None
) -> None:
    assert in_words(rule, Language.ENGLISH, recurs=recurs) == english
    if russian:
        assert in_words(rule, Language.RUSSIAN, recurs=recurs) == russian


@given(st.integers(0, 59))
@example(0)
def test_every_minute_has_its_kazakh_endings(minute: int) -> None:
    assert endings(minute) in FROM_AND_TO.values()


@pytest.mark.parametrize(
    ("minute", "from_", "to"),
    [
        (0, "ден", "ге"),
        (1, "ден", "ге"),
        (30, "дан", "ға"),
        (45, "тен", "ке"),
        (10, "нан", "ға"),
        (40, "тан", "қа"),
    ],
)
def test_kazakh_endings_go_by_the_last_word(minute: int, from_: str, to: str) -> None:
    assert endings(minute) == (from_, to)


def test_every_language_has_every_word() -> None:
    assert set(WORDS) == set(HOURS) == set(Language)
    for words in WORDS.values():
        assert set(words.said) == set(What)
        assert set(words.whom) == set(Mode)
        assert set(words.countries) == set(COUNTRIES)
    assert all(len(set(hours.days)) == 8 for hours in HOURS.values())


def test_the_ways_round_are_those_that_the_notice_names() -> None:
    shut = effect(What.CLOSED, YALLAMA, modes=TRUCKS)
    body = suggested(a_notice(shut))[Language.ENGLISH].body or ""
    assert body.endswith("Trucks: Sirdaryo, Navoi (not round the clock), S. Najimov, Dawit-Ata.")
    chosen = suggested(a_notice(shut, alternatives=(NAVOIY, "oqoltin-tselinny")))[Language.ENGLISH].body or ""
    assert chosen.endswith("Trucks: Navoi (not round the clock).")
    useless = suggested(a_notice(shut, alternatives=(YALLAMA,)))[Language.ENGLISH].body or ""
    assert useless.endswith("no end has been announced.")
