"""What each audience reads of a notice, language by language."""

from __future__ import annotations

from services.core.crossings import Side
from services.core.notices import What
from services.core.previews import Alphabet, TextIn, texts
from services.core.previews.texts import MOST_SEGMENTS
from services.core.text import Language
from tests.makers import ALFA, BRAVO, a_notice
from tests.previews.border import subject
from tests.previews.cases.saying_so import TRUCK, an_effect, one
from tests.previews.test_suggesting import FEBRUARY_2025, as_it_was


def read(*effects: object, **fields: object) -> dict[Language, TextIn]:
    notice = a_notice(*effects, **fields)  # type: ignore[arg-type]
    return {text.language: text for text in texts(subject(notice))}


def short(text: TextIn) -> str:
    assert text.sms
    return text.sms.sms.text


def test_every_language_is_there_and_a_missing_one_is_shown_as_missing() -> None:
    found = read(texts={"ru": {"headline": "Закрыт"}, "uz-Latn": {"headline": "Yopiq"}})
    assert list(found) == list(Language)
    missing = {language for language, text in found.items() if text.text is None}
    assert missing == {Language.UZBEK_CYRILLIC, Language.KAZAKH, Language.ENGLISH}
    assert all(found[language].sms is None for language in missing)


def test_readers_of_a_missing_language_are_shown_the_one_that_is_nearest_to_them() -> None:
    found = read(texts={"ru": {"headline": "Закрыт"}, "uz-Latn": {"headline": "Yopiq"}})
    assert found[Language.UZBEK_CYRILLIC].shown is Language.UZBEK
    assert found[Language.KAZAKH].shown is Language.RUSSIAN
    assert found[Language.RUSSIAN].shown is Language.RUSSIAN


def test_a_short_message_says_from_when_to_when_if_the_headline_does_not() -> None:
    notice = an_effect(What.CLOSED, ALFA)
    assert short(read(notice)[Language.ENGLISH]) == (
        "Closed for repairs. 10.03.2026 12:00 - 12.03.2026 12:00"
    )
    assert short(read(notice, headline="Closed until 12 March")[Language.ENGLISH]) == "Closed until 12 March"


def test_a_short_message_says_which_way_round_is_for_whom() -> None:
    notice = an_effect(What.CLOSED, ALFA, modes=TRUCK)
    told = short(read(notice, headline="Shut on 10 March", alternatives=(BRAVO,))[Language.ENGLISH])
    assert told == "Shut on 10 March. Trucks: Bravo (not round the clock)."


def test_an_alternative_that_is_not_open_is_not_sent_to_anybody() -> None:
    notice = an_effect(What.CLOSED, ALFA, modes=TRUCK)
    told = short(read(notice, headline="Shut on 10 March", alternatives=(ALFA,))[Language.ENGLISH])
    assert told == "Shut on 10 March"


def test_what_has_no_room_is_left_out_whole_and_said_to_be() -> None:
    headline = "Закрыт на ремонт 10 марта " + "и так далее " * 14
    (russian,) = [
        text
        for text in texts(
            subject(
                a_notice(
                    *one(What.CLOSED, ALFA).effects,
                    texts={"ru": {"headline": headline}},
                    alternatives=(BRAVO,),
                )
            )
        )
        if text.sms
    ]
    assert russian.sms
    assert russian.sms.left_out == ("alternatives",)
    assert russian.sms.sms.text == headline.strip()


def test_a_headline_is_never_cut() -> None:
    headline = "ж" * 300
    (text,) = [one for one in read(texts={"kk": {"headline": headline}}).values() if one.sms]
    assert text.sms
    assert text.sms.sms.text == headline
    assert len(text.sms.sms.segments) == 5 > MOST_SEGMENTS


def test_february_2025_as_short_messages() -> None:
    """Uzbek in Latin letters and English take 7 bits a letter, Russian and Kazakh 16."""
    found = {text.language: text.sms for text in texts(as_it_was(FEBRUARY_2025, Side.UZ))}
    sms = {language: message.sms for language, message in found.items() if message}
    assert set(sms) == set(Language) - {Language.UZBEK_CYRILLIC}
    assert {one.alphabet for one in (sms[Language.UZBEK], sms[Language.ENGLISH])} == {Alphabet.GSM7}
    assert {one.alphabet for one in (sms[Language.RUSSIAN], sms[Language.KAZAKH])} == {Alphabet.UCS2}
    assert sms[Language.UZBEK].text.startswith("G'ishtko'prik - Jibek Yo'li 2025-yil 5-fevraldan")
    assert "yuk mashinalariga: Yallama, Dovud ota" in sms[Language.UZBEK].text
    assert all(len(one.segments) <= MOST_SEGMENTS for one in sms.values())
