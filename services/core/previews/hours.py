"""Opening hours in plain words of the five languages; what there are no words for as it is written."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from services.core.text import Language


@dataclass(frozen=True, slots=True)
class Words:
    days: Sequence[str]
    """From Monday to Sunday, and public holidays."""
    daily: str
    always: str
    daylight: str
    shut: str
    unless: str
    """Before days on which something does not come back."""


WORDS: Mapping[Language, Words] = {
    Language.UZBEK: Words(
        days=("dush", "sesh", "chor", "pay", "jum", "shan", "yak", "bayram kunlari"),
        daily="har kuni",
        always="kechayu kunduz",
        daylight="quyosh chiqishidan botishigacha",
        shut="yopiq",
        unless="bulardan boshqa",
    ),
    Language.UZBEK_CYRILLIC: Words(
        days=("душ", "сеш", "чор", "пай", "жум", "шан", "якш", "байрам кунлари"),
        daily="ҳар куни",
        always="кечаю кундуз",
        daylight="қуёш чиқишидан ботишигача",
        shut="ёпиқ",
        unless="булардан бошқа",
    ),
    Language.KAZAKH: Words(
        days=("дс", "сс", "ср", "бс", "жм", "сб", "жс", "мереке күндері"),
        daily="күн сайын",
        always="тәулік бойы",
        daylight="күн шыққаннан батқанға дейін",
        shut="жабық",
        unless="мынадан басқа",
    ),
    Language.RUSSIAN: Words(
        days=("пн", "вт", "ср", "чт", "пт", "сб", "вс", "праздники"),
        daily="ежедневно",
        always="круглосуточно",
        daylight="от восхода до заката",
        shut="закрыто",
        unless="кроме",
    ),
    Language.ENGLISH: Words(
        days=("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun", "public holidays"),
        daily="daily",
        always="round the clock",
        daylight="sunrise to sunset",
        shut="shut",
        unless="except",
    ),
}

DAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su", "PH")
DAY = rf"(?:{'|'.join(DAYS)})"
STRETCH = r"\d\d:\d\d-\d\d:\d\d"
PART = re.compile(
    rf"(?P<days>{DAY}(?:[-,] ?{DAY})*)?(?:^| |$)"
    rf"(?P<times>{STRETCH}(?:, ?{STRETCH})*|24/7|sunrise-sunset|off|closed)?"
)


def in_words(rule: str, language: Language, *, recurs: bool = False) -> str:
    """`Mo-Fr 09:00-18:00; PH off` as `Mon–Fri 09:00–18:00; public holidays: shut`, or as `…; except: public
    holidays` where the rule says when something `recurs`."""
    parts = [PART.fullmatch(part.strip()) for part in rule.split(";")]
    if not all(parts):
        return _dashed(rule)
    words = WORDS[language]
    return _dashed(
        "; ".join(_told(part["days"] or "", part["times"], words, recurs) for part in parts if part)
    )


def _told(days: str, times: str | None, words: Words, recurs: bool) -> str:
    named = re.sub(DAY, lambda day: words.days[DAYS.index(day[0])], days)
    if times in ("off", "closed"):
        pair = (words.unless, named) if recurs else (named, words.shut)
        return ": ".join(filter(None, pair))
    if times in (None, "24/7"):
        return named or words.always
    if times == "sunrise-sunset":
        times = words.daylight
    return f"{named or words.daily} {times}"


def _dashed(text: str) -> str:
    return re.sub(", ?", ", ", text.replace("-", "–"))
