"""The few words that a suggestion and a short message need, in the five languages of the border.

As the notices of both states put it: to whom, then the names.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from services.core.crossings import Crossing, Mode, Side
from services.core.text import Language, in_language


@dataclass(frozen=True, slots=True)
class Phrases:
    """`to` is said of those for whom crossings follow, `train` of the railway for people without a vehicle.
    `start` and `end` stand in the gaps of `since` and `between`."""

    to: Mapping[Mode, str]
    train: str
    conjunction: str
    part_time: str
    since: str
    between: str
    quoted: str = "{}"

    def together(self, words: Sequence[str]) -> str:
        *before, last = words
        return f"{', '.join(before)} {self.conjunction} {last}" if before else last


def _to(*words: str) -> Mapping[Mode, str]:
    return dict(zip(Mode, words, strict=True))


PHRASES: Mapping[Language, Phrases] = {
    Language.UZBEK: Phrases(
        to=_to(
            *("piyodalarga", "yengil avtomobillarga", "avtobuslarga", "yuk mashinalariga"),
            *("yoʻlovchi poyezdlariga", "yuk poyezdlariga"),
        ),
        train="poyezd bilan",
        conjunction="va",
        part_time="kechayu kunduz emas",
        since="{start} dan",
        between="{start} – {end}",
    ),
    Language.UZBEK_CYRILLIC: Phrases(
        to=_to(
            *("пиёдаларга", "енгил автомобилларга", "автобусларга", "юк машиналарига"),
            *("йўловчи поездларига", "юк поездларига"),
        ),
        train="поезд билан",
        conjunction="ва",
        part_time="кечаю кундуз эмас",
        since="{start} дан",
        between="{start} – {end}",
    ),
    Language.KAZAKH: Phrases(
        to=_to(
            *("жаяу жүргіншілерге", "жеңіл көлікке", "автобустарға", "жүк көліктеріне"),
            *("жолаушылар пойыздарына", "жүк пойыздарына"),
        ),
        train="пойызбен",
        conjunction="және",
        part_time="тәулік бойы емес",
        since="{start} бастап",
        between="{start} – {end}",
        quoted="«{}»",
    ),
    Language.RUSSIAN: Phrases(
        to=_to(
            *("пешеходам", "легковым автомобилям", "автобусам", "грузовым автомобилям"),
            *("пассажирским поездам", "грузовым поездам"),
        ),
        train="поездом",
        conjunction="и",
        part_time="не круглосуточно",
        since="с {start}",
        between="{start} – {end}",
    ),
    Language.ENGLISH: Phrases(
        to=_to("people on foot", "cars", "buses", "trucks", "passenger trains", "goods trains"),
        train="by train",
        conjunction="and",
        part_time="not round the clock",
        since="from {start}",
        between="{start} – {end}",
    ),
}

OWN_POST = {
    Language.UZBEK: Side.UZ,
    Language.UZBEK_CYRILLIC: Side.UZ,
    Language.KAZAKH: Side.KZ,
}
"""Whose post a notice in the language of a state names."""


def name_of(
    crossing: Crossing, language: Language, side: Side | None, catalogue: Mapping[str, Crossing]
) -> str:
    """A crossing as a notice of one side names it: by its own post, or by the other where that alone has a
    name in the language; by the pair where both sides speak, and where the name is another post's too, as
    that of Syrdarya is."""
    own = OWN_POST.get(language, side)
    written = {one: crossing.posts[one].named.names.get(language) for one in Side}
    known = [name for name in written.values() if name]
    name = (written[own] if own else None) or (known[0] if len(known) == 1 else None)
    if own and not name and known:
        name = known[0]
    if name is None or _is_ambiguous(name, crossing, language, catalogue):
        named = (in_language(crossing.posts[one].named.names, language) or "?" for one in Side)
        name = " – ".join(named)
    return PHRASES[language].quoted.format(name)


def _is_ambiguous(
    name: str, crossing: Crossing, language: Language, catalogue: Mapping[str, Crossing]
) -> bool:
    others = (one for one in catalogue.values() if one.code != crossing.code)
    names = {one.posts[side].named.names.get(language, "") for one in others for side in Side}
    return any(other == name or other.startswith(f"{name} ") for other in names)


def sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."
