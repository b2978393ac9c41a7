"""Taking a notice back or calling it over is one act, and the words for it are ready in every language."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

import pytest
import rfc8785
from hypothesis import HealthCheck, given, settings

from services.core import crossings, notices
from services.core.access import Actor
from services.core.crossings import Crossing
from services.core.notices import (
    KeyReused,
    NoticeFields,
    NoticeRevision,
    NoticeText,
    State,
    Step,
    What,
    closing_texts,
)
from services.core.notices.closing import WORDS
from services.core.notices.naming import EVERYWHERE, LEFT_OUT
from services.core.text import LONGEST_BODY, LONGEST_LINE, Language
from services.core.work import Work
from tests.makers import ALFA, BRAVO, DAY, NOON, a_border, a_closure, a_crossing, a_notice, an_official
from tests.notices import anything
from tests.notices.anything import CATALOGUE

YALLAMA, NAVOIY = "yallama-konysbayev", "navoiy-kaplanbek"
SHUT = a_notice(a_closure(YALLAMA), headline="Yallama shut for works")
OVER = (Step.WITHDRAW, Step.END)

WITHDRAWN: Mapping[Language, tuple[str, str]] = {
    Language.UZBEK: (
        "Bekor qilindi: yopilish (Yallama)",
        "Eʼlon bekor qilindi. Eʼlon qilingan edi: yopilish (Yallama). Bu amal qilmaydi: xato eʼlon qilingan "
        "yoki endi kuchda emas. Boshqa eʼlonlar kuchda qoladi.",
    ),
    Language.UZBEK_CYRILLIC: (
        "Бекор қилинди: ёпилиш (Яллама)",
        "Эълон бекор қилинди. Эълон қилинган эди: ёпилиш (Яллама). Бу амал қилмайди: хато эълон қилинган "
        "ёки энди кучда эмас. Бошқа эълонлар кучда қолади.",
    ),
    Language.KAZAKH: (
        "Қайтарып алынды: жабылу («Б. Қонысбаев»)",
        "Хабарландыру қайтарып алынды. Жарияланған еді: жабылу («Б. Қонысбаев»). Бұл қолданылмайды: қате "
        "жарияланған немесе енді күшінде емес. Басқа хабарландырулар күшінде қалады.",
    ),
    Language.RUSSIAN: (
        "Отозвано: закрытие (Яллама – Б. Конысбаева)",
        "Объявление отозвано. Было объявлено: закрытие (Яллама – Б. Конысбаева). Это не действует: "
        "объявлено по ошибке или больше не имеет силы. Другие объявления остаются в силе.",
    ),
    Language.ENGLISH: (
        "Withdrawn: Yallama shut for works",
        "The notice “Yallama shut for works” is withdrawn. It announced: closure (Yallama – B. Konysbayev). "
        "This does not apply: it was announced in error or no longer holds. Other notices stay in force.",
    ),
}


def test_what_is_withdrawn_is_taken_back_in_these_words() -> None:
    told = closing_texts(SHUT, Step.WITHDRAW, CATALOGUE)
    assert {language: (text.headline, text.body) for language, text in told.items()} == WITHDRAWN


def test_what_is_over_is_not_called_a_mistake() -> None:
    told = closing_texts(a_notice(a_closure(YALLAMA), texts=headed("Яллама закрыт")), Step.END, CATALOGUE)
    assert told[Language.RUSSIAN] == NoticeText(
        headline="Завершено: Яллама закрыт",
        body="Действие объявления «Яллама закрыт» прекращено. Было объявлено: закрытие (Яллама – Б. "
        "Конысбаева). Это закончилось и больше не действует. Другие объявления остаются в силе.",
    )
    assert told[Language.ENGLISH].headline == "Ended: closure (Yallama – B. Konysbayev)"


def headed(headline: str, language: Language = Language.RUSSIAN) -> dict[str, Any]:
    return {language: {"headline": headline}}


@pytest.mark.parametrize(
    ("language", "headline", "quoted"),
    [
        (Language.ENGLISH, "Shut", "“Shut”"),
        (Language.ENGLISH, "“Yallama” shut", "«“Yallama” shut»"),
        (Language.RUSSIAN, "Закрыт", "«Закрыт»"),
        (Language.KAZAKH, "«Тәжен» жабық", "“«Тәжен» жабық”"),
    ],
)
def test_what_is_quoted_keeps_its_own_marks(language: Language, headline: str, quoted: str) -> None:
    told = closing_texts(a_notice(texts=headed(headline, language)), Step.WITHDRAW, CATALOGUE)
    assert quoted in (told[language].body or "")


def test_every_kind_of_effect_is_named_with_its_own_crossings() -> None:
    shut, limited = a_closure(YALLAMA, NAVOIY), a_closure().model_copy(update={"what": What.RESTRICTED})
    told = closing_texts(a_notice(shut, limited, a_closure(YALLAMA)), Step.WITHDRAW, CATALOGUE)
    body = told[Language.ENGLISH].body or ""
    assert "closure (Yallama – B. Konysbayev, Navoi – Kaplanbek); limits (all crossings)." in body


@pytest.mark.parametrize("step", OVER)
@pytest.mark.parametrize("slug", [event.slug for event in notices.events().values()])
def test_every_notice_of_the_past_could_be_taken_back(slug: str, step: Step) -> None:
    (event,) = (one for one in notices.events().values() if one.slug == slug)
    for revision in event.revisions:
        check(revision.notice, step)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(anything.notices())
def test_whatever_was_said_can_be_taken_back_in_every_language(fields: NoticeFields) -> None:
    for step in OVER:
        check(fields, step)


def check(fields: NoticeFields, step: Step) -> None:
    told = closing_texts(fields, step, CATALOGUE)
    assert told == closing_texts(fields, step, CATALOGUE)
    assert list(told) == list(Language)
    for language, text in told.items():
        assert text == NoticeText.model_validate(text.model_dump())
        assert text.body
        assert all(name in text.body for name in named(fields, language))
        if said := fields.texts.get(language):
            assert said.headline in text.body
            headed = WORDS[language].steps[step].label.format(said.headline)
            assert (text.headline == headed) is (len(headed) <= LONGEST_LINE)


def named(fields: NoticeFields, language: Language) -> list[str]:
    """What is to be named: of a kind of effect that is one of the whole border too, that alone."""
    everywhere = {effect.what for effect in fields.effects if not effect.selector.crossings}
    chosen = [one.selector.crossings for one in fields.effects if one.what not in everywhere]
    names = [anything.name(code, language) for codes in chosen for code in codes]
    return [*names, EVERYWHERE[language]] if everywhere else names


@pytest.mark.parametrize("length", [LONGEST_LINE - len("Withdrawn: "), LONGEST_LINE])
def test_a_headline_that_grows_too_long_names_the_crossings_instead(length: int) -> None:
    headline = "x" * length
    told = closing_texts(a_notice(a_closure(YALLAMA), headline=headline), Step.WITHDRAW, CATALOGUE)
    english = told[Language.ENGLISH]
    whole = length < LONGEST_LINE
    assert english.headline == ("Withdrawn: " + (headline if whole else "closure (Yallama – B. Konysbayev)"))
    assert f"“{headline}”" in (english.body or "")


def test_names_that_have_no_room_are_left_out_with_a_mark() -> None:
    long = {code: renamed(a_crossing(code), "n" * 290) for code in (f"a{number}-b" for number in range(40))}
    told = closing_texts(a_notice(a_closure(*long), headline="x" * LONGEST_LINE), Step.WITHDRAW, long)
    english = told[Language.ENGLISH]
    assert english.headline == f"Withdrawn: closure ({LEFT_OUT})"
    assert f", {LEFT_OUT})." in (english.body or "")
    assert LONGEST_BODY - 600 < len(english.body or "") <= LONGEST_BODY


def renamed(crossing: Crossing, name: str) -> Crossing:
    given = crossing.model_dump(mode="json", exclude_defaults=True)
    for post in given["posts"].values():
        post["named"]["names"] = {"en": name}
    return Crossing.model_validate(given)


def test_what_the_catalogue_does_not_know_is_called_by_its_code() -> None:
    told = closing_texts(a_notice(a_closure("long-gone")), Step.END, {})
    assert "closure (long-gone)" in (told[Language.ENGLISH].body or "")


@pytest.fixture
def aziza(work: Work) -> Actor:
    crossings.load(work, a_border())
    return an_official(work)[0]


FINISHING = {Step.WITHDRAW: notices.withdraw, Step.END: notices.end}
ALFA_SHUT = a_notice(
    a_closure(ALFA), cause="Works", alternatives=(BRAVO,), publish_until=NOON.replace(year=2027)
)


def published(work: Work, official: Actor) -> NoticeRevision:
    return notices.publish(work, official, ALFA_SHUT, idempotency_key="1").revision


@pytest.mark.parametrize("step", OVER)
def test_the_ready_words_are_what_is_recorded_and_all_else_stays(
    work: Work, aziza: Actor, step: Step
) -> None:
    first = published(work, aziza)
    row = FINISHING[step](work, aziza, first.notice_id, expected=1, idempotency_key="2").revision
    ready = closing_texts(first.document, step, a_border())
    assert row.document == first.document.model_copy(update={"texts": ready})
    assert row.kind == {Step.WITHDRAW: State.WITHDRAWN, Step.END: State.ENDED}[step]
    assert notices.first_forged(work.session) is None


@pytest.mark.parametrize("step", OVER)
def test_an_officials_own_words_replace_the_ready_ones_in_their_languages(
    work: Work, aziza: Actor, step: Step
) -> None:
    first = published(work, aziza)
    own = {Language.KAZAKH: NoticeText(headline="Қате болды")}
    row = FINISHING[step](work, aziza, first.notice_id, expected=1, idempotency_key="2", texts=own).revision
    assert row.document.texts == {**closing_texts(first.document, step, a_border()), **own}


@pytest.mark.parametrize("step", OVER)
def test_a_key_stands_for_a_withdrawal_in_these_words_and_no_others(
    work: Work, aziza: Actor, step: Step
) -> None:
    notice_id, finish = published(work, aziza).notice_id, FINISHING[step]
    own = {Language.ENGLISH: NoticeText(headline="An error")}
    first = finish(work, aziza, notice_id, expected=1, idempotency_key="2", texts=own)
    again = finish(work, aziza, notice_id, expected=1, idempotency_key="2", texts=own)
    assert (again.repeated, again.revision) == (True, first.revision)
    other = {Language.ENGLISH: NoticeText(headline="Another error")}
    for texts in (None, other, {Language.RUSSIAN: own[Language.ENGLISH]}):
        with pytest.raises(KeyReused):
            finish(work, aziza, notice_id, expected=1, idempotency_key="2", texts=texts)


@pytest.mark.parametrize("texts", [None, {}])
def test_a_request_without_words_is_known_again_by_the_fingerprint_that_it_always_had(
    work: Work, aziza: Actor, texts: dict[Language, NoticeText] | None
) -> None:
    notice_id = published(work, aziza).notice_id
    act = notices.withdraw(
        work, aziza, notice_id, expected=1, idempotency_key="2", reason="Over", texts=texts
    )
    asked = {"verb": "withdraw", "notice": notice_id, "fields": None, "reason": "Over"}
    assert act.revision.fingerprint == sha256(rfc8785.dumps(asked)).hexdigest()


def test_what_is_taken_back_is_what_was_told_and_not_what_waits(work: Work, aziza: Actor) -> None:
    first = notices.publish(work, aziza, a_notice(headline="Shut"), idempotency_key="1").revision
    later = a_notice(headline="Shut for longer", publish_from=NOON + DAY)
    notices.amend(work, aziza, first.notice_id, later, expected=1, idempotency_key="2")
    over = notices.withdraw(work, aziza, first.notice_id, expected=2, idempotency_key="3").revision
    assert over.document.texts[Language.ENGLISH].headline == "Withdrawn: Shut"
    assert over.published_at == work.now
