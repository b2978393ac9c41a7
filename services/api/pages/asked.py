"""The form: what somebody asks for, read with patience, and what of it cannot be taken.

A browser sends every field, the empty ones too, and links come with parameters of other people's making:
so empty means not said, and what is not known is not looked at. A field that cannot be taken is left out of
the question and named in `faults`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from functools import partial
from typing import TypeVar
from urllib.parse import urlencode

from services.api.pages.telling import TASHKENT
from services.core.alternatives import Place, PlaceKind, Roads
from services.core.crossings import Direction, Goods, Mode, Side, Traveller
from services.core.errors import Invalid
from services.core.places import Position
from services.core.text import Language, printable

NEIGHBOURS = ("UZ", "KZ", "KG", "TJ", "TM", "RU")
"""The countries that the form names; any other is given by its two letters."""

OTHER = "other"
LONGEST = 120
YEARS = range(2000, 2100)
KEPT = ("mode", "direction", "citizenship", "vehicle_mass_t", "plate", "goods", "transit", "at", "from", "to")
"""The parameters that make up a question, in the order in which an address gives them."""

_Word = TypeVar("_Word", bound=StrEnum)
_Value = TypeVar("_Value")


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a field: a key of the words and what fills its gaps."""

    key: str
    gaps: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Asked:
    """One question. `written` is the form as it was filled in; `at` is None for now."""

    written: Mapping[str, str]
    traveller: Traveller
    at: datetime | None
    origin: Place | Position | None
    destination: Place | Position | None
    language: Language
    q: str | None
    faults: Mapping[str, Fault]

    @property
    def bare(self) -> bool:
        """Whether nothing was asked yet, so that the answer is to a question of ours."""
        return not any(self.written.get(name) for name in KEPT)

    def query(self, **changes: str | None) -> str:
        """The question as an address repeats it, `?` included."""
        said = {"mode": self.traveller.mode, "direction": self.traveller.direction}
        kept = {**self._kept(), **said, **changes}
        pairs = [(name, kept[name]) for name in (*KEPT, "lang") if kept.get(name)]
        return f"?{urlencode(pairs)}"

    def _kept(self) -> dict[str, str]:
        """What was written and can be taken."""
        taken = {
            name: self.written[name] for name in KEPT if name in self.written and name not in self.faults
        }
        taken |= {"citizenship": self.traveller.citizenship or "", "plate": self.traveller.plate or ""}
        taken["at"] = f"{self.at.astimezone(TASHKENT):%Y-%m-%dT%H:%M}" if self.at else ""
        if self.language is not Language.ENGLISH:
            taken["lang"] = self.language
        return taken


def asked(parameters: Mapping[str, str], roads: Roads) -> Asked:
    """The question that a query string puts."""
    given = {name: value.strip() for name, value in parameters.items() if value.strip()}
    faults: dict[str, Fault] = {}

    def taken(name: str, read: Callable[[str], _Value]) -> _Value | None:
        if name not in given:
            return None
        try:
            return read(given[name])
        except _Refused as refused:
            faults[name] = refused.fault
            return None

    def country(name: str) -> str | None:
        return taken(name, partial(_country, beside=given.get(f"{name}_other", "")))

    direction = taken("direction", partial(_one_of, Direction, "direction")) or Direction.TO_KZ
    return Asked(
        written={name: "".join(map(_shown, value)) for name, value in given.items()},
        traveller=Traveller(
            mode=taken("mode", partial(_one_of, Mode, "mode")) or Mode.CAR,
            direction=direction,
            citizenship=country("citizenship"),
            vehicle_mass_t=taken("vehicle_mass_t", _mass),
            plate=country("plate"),
            goods=taken("goods", partial(_one_of, Goods, "goods")),
            transit=taken("transit", _yes_or_no),
        ),
        at=taken("at", _instant),
        origin=taken("from", partial(_place, roads, direction.exit_side)),
        destination=taken("to", partial(_place, roads, direction.entry_side)),
        language=taken("lang", partial(_one_of, Language, "lang")) or Language.ENGLISH,
        q=taken("q", _text),
        faults=faults,
    )


class _Refused(Exception):
    """What was written cannot be taken."""

    def __init__(self, key: str, **gaps: object) -> None:
        super().__init__(key)
        self.fault = Fault(key, gaps)


def _shown(character: str) -> str:
    """What a page may repeat of what was written: no character that has no form."""
    return character if character.isprintable() else "\N{REPLACEMENT CHARACTER}"


def _text(value: str) -> str:
    if len(value) > LONGEST:
        raise _Refused("fault.long", most=LONGEST)
    try:
        return printable(value)
    except ValueError:
        raise _Refused("fault.text") from None


def _one_of(words: type[_Word], name: str, value: str) -> _Word:
    if value not in list(words):
        raise _Refused(f"fault.{name}")
    return words(value)


def _country(value: str, beside: str) -> str:
    """Two letters; those of the field beside it where the choice is "other"."""
    written = beside if value == OTHER else value
    if not (len(written) == 2 and written.isascii() and written.isalpha()):
        raise _Refused("fault.country")
    return written.upper()


def _mass(value: str) -> float:
    try:
        tonnes = float(value.replace(",", "."))
    except ValueError:
        raise _Refused("fault.mass") from None
    if not 0 < tonnes <= 200:
        raise _Refused("fault.mass")
    return tonnes


def _yes_or_no(value: str) -> bool:
    if value not in ("true", "false"):
        raise _Refused("fault.transit")
    return value == "true"


def _instant(value: str) -> datetime | None:
    """Local time of Tashkent unless an offset is given; None for now."""
    if value == "now":
        return None
    with_offset = value.replace(" ", "+") if value[10:11] == "T" else value  # `+` in a query means a space
    try:
        at = datetime.fromisoformat(with_offset)
    except ValueError:
        raise _Refused("fault.at") from None
    if at.year not in YEARS:
        raise _Refused("fault.at.range")
    return (at if at.tzinfo else at.replace(tzinfo=TASHKENT)).astimezone(UTC)


def _place(roads: Roads, side: Side, value: str) -> Place | Position:
    """A place on that side of the border, or a position taken as lying there."""
    text = _text(value)
    try:
        found = roads.gazetteer.find(text)
        if found and found[0].kind is PlaceKind.POINT:
            roads.gazetteer.nearest(found[0].position, side)
            return found[0].position
    except Invalid:
        raise _Refused("fault.place.position") from None
    here = [place for place in found if place.country is side]
    alike = [place for place in here if place.kind is here[0].kind]
    if len(alike) > 1:
        places = ", ".join(sorted(place.names.get(Language.ENGLISH, place.code) for place in alike))
        raise _Refused("fault.place.unclear", asked=text, places=places)
    if here:
        return here[0]
    if found:
        raise _Refused(f"fault.place.other-side.{found[0].country}", asked=text)
    raise _Refused("fault.place", asked=text)
