"""The few words that a suggestion and a short message need, in the five languages of the border.

As the notices of both states put it: to whom, then the names.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from services.core.crossings import Mode
from services.core.text import Language


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


def capitalised(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"


def sentence(text: str) -> str:
    return f"{capitalised(text)}."
