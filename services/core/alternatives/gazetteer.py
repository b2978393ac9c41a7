"""The places that travellers come from and go to, found by a name in any script or by "lat,lon"."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import Annotated

from pydantic import Field

from services.core.crossings.documents import Crossing, Source
from services.core.crossings.names import LONGEST_QUERY, words
from services.core.crossings.words import Side
from services.core.errors import Invalid, NotFound
from services.core.places import Position, great_circle_km
from services.core.text import Line, Record, Translations

PLACES = Path(__file__).with_name("places.toml")

REGION_KM = 400
"""A position farther than this from every town of the list is not answered for. An assumption: the list
covers both states no coarser than that."""

LEAST_BEGINNING = 3
"""Fewer letters than this begin too many names to mean one of them."""

_POINT = re.compile(r"\s*([+-]?\d{1,3}(?:\.\d+)?)\s*[,;\s]\s*([+-]?\d{1,3}(?:\.\d+)?)\s*")


class UnknownPlace(NotFound):
    """No place has this code."""


class PlaceKind(StrEnum):
    """In the order in which a name that several places share means them."""

    POINT = "point"
    CITY = "city"
    TOWN = "town"
    """Any smaller settlement."""
    JUNCTION = "junction"
    APPROACH = "crossing-approach"
    """A post, as a place on the roads of its own state."""


class Place(Record):
    """Somewhere on the roads of one state."""

    code: str
    country: Side
    kind: PlaceKind
    position: Position
    names: Translations = Field(default_factory=dict)
    aliases: tuple[Line, ...] = ()
    """Every other spelling that is met, in any script; used by the search only."""
    built_up_km: Annotated[float, Field(ge=0)] = 0
    """How far a large city reaches from its position; 0 where that does not matter."""
    source: str
    """Where the position comes from: a key of the sources of the list or, for a post, of its crossing."""


def approach(crossing: str, side: Side) -> str:
    """The code of the place that is one post of a crossing, such as `yallama-konysbayev/uz`."""
    return f"{crossing}/{side}"


@dataclass(frozen=True, slots=True)
class Gazetteer:
    """Places by their code. Made by `gazetteer()`, or `of` other places."""

    places: Mapping[str, Place]
    sources: Mapping[str, Source]
    _keys: Mapping[str, frozenset[str]]

    @staticmethod
    def of(places: Iterable[Place], sources: Mapping[str, Source]) -> Gazetteer:
        by_code = {place.code: place for place in places}
        keys = {code: frozenset(_keys_of(place)) for code, place in by_code.items()}
        return Gazetteer(MappingProxyType(by_code), MappingProxyType(dict(sources)), MappingProxyType(keys))

    def with_crossings(self, crossings: Mapping[str, Crossing]) -> Gazetteer:
        """The same places and the posts of the crossings; one that no source locates is left out."""
        posts = (post for crossing in crossings.values() for post in approaches(crossing))
        return Gazetteer.of((*self.places.values(), *posts), self.sources)

    def place(self, code: str) -> Place:
        if code not in self.places:
            raise UnknownPlace(f"no place is called {code!r}")
        return self.places[code]

    def find(self, query: str) -> list[Place]:
        """The places with this name, or at this "lat,lon"; where there are none, those that begin so.

        Several places may share a name: cities come first, posts last. Raises Invalid for a position
        that is not on the globe or not in the region.
        """
        query = query[:LONGEST_QUERY]
        if point := self._point(query):
            return [point]
        asked = _key(query)
        return self._found(lambda key: key == asked) or (
            self._found(lambda key: key.startswith(asked)) if len(asked) >= LEAST_BEGINNING else []
        )

    def country_of(self, position: Position) -> Side:
        """The state whose town is nearest, which near the border is a guess: give the side where it is known.

        Held against Natural Earth's 1:10m boundary, of the positions within 30 km of the line between
        Chirchiq and Zhetisay 11 % fall to the wrong state, 4 % by more than 5 km; on the empty Ustyurt, 39 %.
        """
        return self.nearest(position)[0].country

    def nearest(self, position: Position, country: Side | None = None) -> list[Place]:
        """Towns and junctions, of one state or both, by their distance from the position to their outskirts.

        Raises Invalid where all are more than `REGION_KM` away.
        """
        towns = [
            (great_circle_km(position, place.position) - place.built_up_km, place.code)
            for place in self.places.values()
            if place.kind is not PlaceKind.APPROACH and country in (None, place.country)
        ]
        if not towns or min(towns)[0] > REGION_KM:
            raise Invalid("no town of Uzbekistan or Kazakhstan is anywhere near", field="position")
        return [self.places[code] for _, code in sorted(towns)]

    def posts(self) -> list[Place]:
        return [place for place in self.places.values() if place.kind is PlaceKind.APPROACH]

    def posts_within(self, km: float, position: Position, country: Side) -> list[Place]:
        return [
            post
            for post in self.posts()
            if post.country is country and great_circle_km(position, post.position) < km
        ]

    def on_the_road(self, code: str, country: Side) -> Place | None:
        """The place, or the post of the crossing in that state; None for a crossing without a place."""
        return self.places.get(code) or self.places.get(approach(code, country))

    def _found(self, fits: Callable[[str], bool]) -> list[Place]:
        found = [self.places[code] for code, keys in self._keys.items() if any(map(fits, keys))]
        return sorted(found, key=lambda place: (list(PlaceKind).index(place.kind), place.code))

    def _point(self, query: str) -> Place | None:
        if not (match := _POINT.fullmatch(query)):
            return None
        lat, lon = (float(number) for number in match.groups())
        if abs(lat) > 90 or abs(lon) > 180:
            raise Invalid(f"{query.strip()!r} is not latitude and longitude in degrees", field="position")
        position = Position(lat=lat, lon=lon)
        return Place(
            code=f"{lat},{lon}",
            country=self.country_of(position),
            kind=PlaceKind.POINT,
            position=position,
            source="as asked",
        )


def gazetteer(path: Path = PLACES) -> Gazetteer:
    """The places of a file. Raises ValueError where it says something else than places and their sources."""
    document = tomllib.loads(path.read_text(encoding="utf-8"))
    sources = {key: Source.model_validate(source) for key, source in document["sources"].items()}
    places = [Place.model_validate({"code": code, **place}) for code, place in document["places"].items()]
    if unknown := {place.source for place in places} - sources.keys():
        raise ValueError(f"{path.name}: no source is called {', '.join(sorted(unknown))}")
    return Gazetteer.of(places, sources)


def approaches(crossing: Crossing) -> Iterator[Place]:
    """The posts of a crossing as places.

    A post that no source locates stands where its neighbour over the border does: they are a kilometre or
    two apart on the road, up to 20 km on the railway. With neither located there is no place.
    """
    for side, post in crossing.posts.items():
        others = (other.located for other in crossing.posts.values())
        if located := post.located or next(filter(None, others), None):
            yield Place(
                code=approach(crossing.code, side),
                country=side,
                kind=PlaceKind.APPROACH,
                position=located.position,
                names=post.named.names,
                aliases=post.named.aliases,
                source=located.source,
            )


def _keys_of(place: Place) -> Iterator[str]:
    yield _key(place.code)
    yield from map(_key, (*place.names.values(), *place.aliases))


def _key(name: str) -> str:
    return "".join(words(name))
