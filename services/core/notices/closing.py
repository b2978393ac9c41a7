"""What people read of a notice that is taken back or is over, ready in every language.

In January 2018 a false alarm stood in Hawaii for 38 minutes, as nobody had a correction at hand.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from services.core.crossings import Crossing
from services.core.notices.documents import NoticeFields, NoticeText, What
from services.core.notices.lifecycle import Step
from services.core.notices.naming import fitting, listed, names_of
from services.core.text import LONGEST_BODY, LONGEST_LINE, Language


@dataclass(frozen=True, slots=True)
class Told:
    """`label` stands before the headline that the notice had. The body begins with `quoting`, or with `plain`
    where the notice had no headline in the language; then it says what was announced, and `over`."""

    label: str
    quoting: str
    plain: str
    over: str


@dataclass(frozen=True, slots=True)
class Words:
    kinds: Mapping[What, str]
    announced: str
    steps: Mapping[Step, Told]
    others: str


def _kinds(*words: str) -> Mapping[What, str]:
    return dict(zip(What, words, strict=True))


WORDS: Mapping[Language, Words] = {
    Language.UZBEK: Words(
        kinds=_kinds(
            *("yopilish", "cheklov", "ish vaqtining oʻzgarishi", "qayta ochilish", "kechikishlar", "maʼlumot")
        ),
        announced="Eʼlon qilingan edi: {}.",
        steps={
            Step.WITHDRAW: Told(
                label="Bekor qilindi: {}",
                quoting="{} eʼloni bekor qilindi.",
                plain="Eʼlon bekor qilindi.",
                over="Bu amal qilmaydi: xato eʼlon qilingan yoki endi kuchda emas.",
            ),
            Step.END: Told(
                label="Tugadi: {}",
                quoting="{} eʼlonining amal qilish muddati tugadi.",
                plain="Eʼlonning amal qilish muddati tugadi.",
                over="Bu tugadi va endi amal qilmaydi.",
            ),
        },
        others="Boshqa eʼlonlar kuchda qoladi.",
    ),
    Language.UZBEK_CYRILLIC: Words(
        kinds=_kinds(
            *("ёпилиш", "чеклов", "иш вақтининг ўзгариши", "қайта очилиш", "кечикишлар", "маълумот")
        ),
        announced="Эълон қилинган эди: {}.",
        steps={
            Step.WITHDRAW: Told(
                label="Бекор қилинди: {}",
                quoting="{} эълони бекор қилинди.",
                plain="Эълон бекор қилинди.",
                over="Бу амал қилмайди: хато эълон қилинган ёки энди кучда эмас.",
            ),
            Step.END: Told(
                label="Тугади: {}",
                quoting="{} эълонининг амал қилиш муддати тугади.",
                plain="Эълоннинг амал қилиш муддати тугади.",
                over="Бу тугади ва энди амал қилмайди.",
            ),
        },
        others="Бошқа эълонлар кучда қолади.",
    ),
    Language.KAZAKH: Words(
        kinds=_kinds(
            *("жабылу", "шектеу", "жұмыс уақытының өзгеруі", "қайта ашылу", "кідірістер", "ақпарат")
        ),
        announced="Жарияланған еді: {}.",
        steps={
            Step.WITHDRAW: Told(
                label="Қайтарып алынды: {}",
                quoting="{} хабарландыруы қайтарып алынды.",
                plain="Хабарландыру қайтарып алынды.",
                over="Бұл қолданылмайды: қате жарияланған немесе енді күшінде емес.",
            ),
            Step.END: Told(
                label="Аяқталды: {}",
                quoting="{} хабарландыруының қолданылу мерзімі аяқталды.",
                plain="Хабарландырудың қолданылу мерзімі аяқталды.",
                over="Бұл аяқталды, енді қолданылмайды.",
            ),
        },
        others="Басқа хабарландырулар күшінде қалады.",
    ),
    Language.RUSSIAN: Words(
        kinds=_kinds(
            *("закрытие", "ограничение", "изменение режима работы", "открытие", "задержки", "информация")
        ),
        announced="Было объявлено: {}.",
        steps={
            Step.WITHDRAW: Told(
                label="Отозвано: {}",
                quoting="Объявление {} отозвано.",
                plain="Объявление отозвано.",
                over="Это не действует: объявлено по ошибке или больше не имеет силы.",
            ),
            Step.END: Told(
                label="Завершено: {}",
                quoting="Действие объявления {} прекращено.",
                plain="Действие объявления прекращено.",
                over="Это закончилось и больше не действует.",
            ),
        },
        others="Другие объявления остаются в силе.",
    ),
    Language.ENGLISH: Words(
        kinds=_kinds("closure", "limits", "other working hours", "reopening", "delays", "information"),
        announced="It announced: {}.",
        steps={
            Step.WITHDRAW: Told(
                label="Withdrawn: {}",
                quoting="The notice {} is withdrawn.",
                plain="The notice is withdrawn.",
                over="This does not apply: it was announced in error or no longer holds.",
            ),
            Step.END: Told(
                label="Ended: {}",
                quoting="The notice {} has ended.",
                plain="The notice has ended.",
                over="This is over and no longer applies.",
            ),
        },
        others="Other notices stay in force.",
    ),
}


MARKS: Mapping[Language, Sequence[str]] = {
    **dict.fromkeys(Language, ("“{}”", "«{}»")),
    **dict.fromkeys((Language.KAZAKH, Language.RUSSIAN), ("«{}»", "“{}”")),
}
"""What is quoted stands in the first of them, or in the second where it has such marks itself."""


def closing_texts(
    fields: NoticeFields, step: Step, catalogue: Mapping[str, Crossing]
) -> dict[Language, NoticeText]:
    """What withdrawing or ending a notice says in each language; `step` is one of these two.

    A headline that would be too long with the notice's own in it names the crossings instead.
    """
    codes = _codes(fields)
    return {language: _closing(fields, step, codes, language, catalogue) for language in Language}


def _codes(fields: NoticeFields) -> Mapping[What, Sequence[str]]:
    """The crossings of all effects of a kind; none where it is the whole border."""
    chosen: dict[What, list[Sequence[str]]] = {}
    for effect in fields.effects:
        chosen.setdefault(effect.what, []).append(effect.selector.crossings)
    return {what: [code for one in of for code in one] if all(of) else [] for what, of in chosen.items()}


def _closing(
    fields: NoticeFields,
    step: Step,
    codes: Mapping[What, Sequence[str]],
    language: Language,
    catalogue: Mapping[str, Crossing],
) -> NoticeText:
    words, closing = WORDS[language], WORDS[language].steps[step]
    names = {words.kinds[what]: names_of(of, language, catalogue) for what, of in codes.items()}
    most = max(map(len, names.values()))
    headline, first = "", closing.plain
    if said := fields.texts.get(language):
        headline = closing.label.format(said.headline)
        first = closing.quoting.format(_quoted(said.headline, language))

    def what(count: int) -> str:
        return "; ".join(f"{kind} ({listed(of, count)})" for kind, of in names.items())

    def body(count: int) -> str:
        return " ".join([first, words.announced.format(what(count)), closing.over, words.others])

    if said is None or len(headline) > LONGEST_LINE:
        headline = fitting(lambda count: closing.label.format(what(count)), 0, most, LONGEST_LINE) or ""
    return NoticeText(headline=headline, body=fitting(body, 0, most, LONGEST_BODY))


def _quoted(headline: str, language: Language) -> str:
    usual, other = MARKS[language]
    return (other if usual[0] in headline else usual).format(headline)
