"""The frame of every page: who asks what, in which words, and how old the answer is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from services.api.answering import FORECASTS_MOVE, Asking
from services.api.formats.json import instant
from services.api.pages.asked import NEIGHBOURS, OTHER, Asked
from services.api.pages.cards import Cards
from services.api.pages.telling import TASHKENT, Telling, local_midnight_after
from services.api.pages.words import Words, words_in
from services.core.alternatives import Place, PlaceKind
from services.core.crossings import Direction, Goods, Mode, Traveller
from services.core.places import Position
from services.core.text import Language

MODES = (Mode.PEDESTRIAN, Mode.CAR, Mode.BUS, Mode.TRUCK, Mode.PASSENGER_TRAIN)
"""How the form lets people travel; goods trains are asked for by address only."""


@dataclass(frozen=True, slots=True)
class View:
    """What every page needs: who asks what, and the words to answer in."""

    asking: Asking
    asked: Asked
    telling: Telling

    @staticmethod
    def of(asking: Asking, asked: Asked) -> View:
        return View(asking, asked, Telling(words_in(asked.language), asked.language, asking.now))

    @property
    def words(self) -> Words:
        return self.telling.words

    @property
    def at(self) -> datetime:
        return self.asked.at or self.asking.now

    @property
    def cards(self) -> Cards:
        return Cards(self.asking, self.asked, self.telling)

    def common(self, path: str, data: str) -> dict[str, Any]:
        """The frame of a page: language, navigation, form, and how old all of it is.

        `data` is the address of the same answer for programs.
        """
        current = self.asking.current
        return {
            "t": self.words,
            "telling": self.telling,
            "asked": self.asked,
            "path": path,
            "languages": [(language, f"{path}{self.asked.query(lang=language)}") for language in Language],
            "home": f"/{'' if self.asked.bare else self.asked.query()}",
            "notices_href": f"/notices{'' if self.asked.bare else self.asked.query()}",
            "accuracy_href": f"/accuracy{'' if self.asked.bare else self.asked.query()}",
            "stale": self.telling.when(current.board.as_of) if current.stale else None,
            "modes": MODES if self.asked.traveller.mode in MODES else tuple(Mode),
            "directions": tuple(Direction),
            "countries": NEIGHBOURS,
            "other": OTHER,
            "at_written": self._at_written(),
            "choice": tuple(self._choice()),
            "moment": self.words(
                "answer.then" if self.asked.at else "answer.now", at=self.telling.at(self.at)
            ),
            "towns": sorted(self._towns()),
            "data": data,
        }

    def _at_written(self) -> str:
        """The hour as its field takes it; what was written where that cannot be taken."""
        if self.asked.at:
            return f"{self.asked.at.astimezone(TASHKENT):%Y-%m-%dT%H:%M}"
        return self.asked.written.get("at", "") if "at" in self.asked.faults else ""

    def _choice(self) -> Iterator[str]:
        """The question in a line."""
        words, traveller = self.words, self.asked.traveller
        yield f"{words(f'travelling.{traveller.mode}')} {words(f'direction.{traveller.direction}')}"
        if traveller.citizenship:
            yield words("asked.citizen", country=self.telling.country(traveller.citizenship))
        else:
            yield words("asked.no-citizen")
        if traveller.vehicle_mass_t:
            yield words("asked.mass", tonnes=f"{traveller.vehicle_mass_t:g}")
        if traveller.plate:
            yield words("asked.plate", country=self.telling.country(traveller.plate))
        if traveller.goods == Goods.COMMERCIAL:
            yield words("asked.commercial")
        for key, place in (("asked.from", self.asked.origin), ("asked.to", self.asked.destination)):
            if place is not None:
                yield words(key, place=self.placed(place))
        yield self.telling.at(self.asked.at) if self.asked.at else words("asked.now")

    def placed(self, place: Place | Position) -> str:
        if isinstance(place, Position):
            return self.words("asked.position", lat=f"{place.lat:g}", lon=f"{place.lon:g}")
        return self.telling.name(place.names, place.code).text

    def _towns(self) -> Iterator[str]:
        """Names that the fields of places suggest."""
        for place in self.asking.current.roads.gazetteer.places.values():
            if place.kind in (PlaceKind.CITY, PlaceKind.TOWN):
                yield self.telling.name(place.names, place.code).text

    def data(self, path: str) -> str:
        """The address at which programs ask the same question."""
        traveller = self.asked.traveller
        said: dict[str, object] = {
            "mode": traveller.mode,
            "direction": traveller.direction,
            "citizenship": traveller.citizenship,
            "vehicle_mass_t": traveller.vehicle_mass_t,
            "plate": traveller.plate,
            "goods": traveller.goods,
            "at": instant(self.asked.at) if self.asked.at else None,
        }
        query = urlencode({name: value for name, value in said.items() if value is not None})
        return f"{path}?{query}"

    def until(self, travellers: Iterable[tuple[str, Traveller]]) -> datetime:
        """Until when a page holds word for word."""
        until = min(self.asking.until(travellers, self.at), local_midnight_after(self.asking.now))
        return until if self.asked.at else min(until, self.asking.now + FORECASTS_MOVE)
