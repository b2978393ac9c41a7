"""How long the road is to a crossing, from one crossing to the next, and beyond.

Each state's roads are a network of their own: the two posts of a crossing are two places, and nothing but the
crossing joins them. So the way to a post uses the roads of its own state only. What happens between the posts
(the queue, the border strip) is not counted here.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TypeAlias

from services.core.alternatives.gazetteer import Gazetteer, Place, PlaceKind, approach
from services.core.alternatives.network import HERE, Network, RoadLeg, Stretch
from services.core.crossings.words import Mode, Side
from services.core.errors import Invalid, NotFound
from services.core.places import Position, great_circle_km

ENTRIES = 3
"""So many of the nearest towns are tried as the way from a position to the network."""

Origin: TypeAlias = Place | Position | str
"""A place, its code, or any position; also where a journey ends, for a road is as long in both directions."""


class Unreached(NotFound):
    """No source gives the place of this post, so there is no road to it."""


Legs: TypeAlias = Mapping[tuple[str, str], RoadLeg]
"""The drive of a car from place to place, by their codes."""


@dataclass(frozen=True, slots=True)
class Roads:
    """The fastest drive from every place to every post of its own state. Made by `built`; never changes."""

    gazetteer: Gazetteer
    network: Network
    legs: Legs

    @staticmethod
    def built(gazetteer: Gazetteer, network: Network) -> Roads:
        """Roads between the towns and posts of the gazetteer: see `Gazetteer.with_crossings`."""
        return Roads(gazetteer, network, MappingProxyType(_legs(gazetteer, network)))

    def with_times(self, times: Legs) -> Roads:
        """The same roads with a routing server's car times in place of ours, for the pairs that it knows.

        A pair holds for the way back too unless that is given as well. The server must have been told not
        to cross the border. Raises ValueError for a pair that is not among `legs`.
        """
        if strange := times.keys() - self.legs.keys():
            raise ValueError(f"no road is known between {' and '.join(min(strange))}")
        back = {(end, start): leg for (start, end), leg in times.items()}
        return replace(self, legs=MappingProxyType({**self.legs, **back, **times}))

    def minutes(self, origin: Origin, crossing: str, side: Side, mode: Mode) -> RoadLeg:
        """The way from the origin to the post on that side, or from the post to there, by its state's roads.

        A pedestrian is driven to the post and walks from there; a passenger or a load for the train is
        driven to the station. Raises Unreached for a post without a place, UnknownPlace for a code that is
        nobody's, and Invalid for a place in the other state or a position far from both.
        """
        return self._by(mode, self._drive(origin, self._post(crossing, side)), posts=1)

    def between(self, crossing: str, other: str, side: Side, mode: Mode = Mode.CAR) -> RoadLeg:
        """The way from one crossing's post to another's without leaving the state. Raises Unreached."""
        if crossing == other:
            return HERE
        leg = self.legs[self._post(crossing, side).code, self._post(other, side).code]
        return self._by(mode, leg, posts=2)

    def reaches(self, crossing: str, side: Side) -> bool:
        """Whether the post has a place, so that there is a road to it."""
        return approach(crossing, side) in self.gazetteer.places

    def _post(self, crossing: str, side: Side) -> Place:
        if not self.reaches(crossing, side):
            raise Unreached(f"no source gives the place of {crossing!r} on the side of {side}")
        return self.gazetteer.place(approach(crossing, side))

    def _by(self, mode: Mode, car: RoadLeg, *, posts: int) -> RoadLeg:
        vehicle = self.network.vehicles[mode]
        return replace(car, minutes=car.minutes / vehicle.share + vehicle.walk_minutes * posts)

    def _drive(self, origin: Origin, post: Place) -> RoadLeg:
        if isinstance(origin, Position):
            return self._drive_from(origin, post)
        place = self.gazetteer.place(origin) if isinstance(origin, str) else origin
        if place.country is not post.country:
            raise Invalid(f"{place.code} is on the other side of the border from {post.code}", field="side")
        if place.kind is PlaceKind.POINT:
            return self._drive_from(place.position, post)
        return self.legs[place.code, post.code]

    def _drive_from(self, position: Position, post: Place) -> RoadLeg:
        """The best of the ways over the nearest towns, over a post nearer than those, and straight there."""
        towns = self.gazetteer.nearest(position, post.country)[:ENTRIES]
        at_hand_km = great_circle_km(position, towns[0].position)
        entries = [*towns, *self.gazetteer.posts_within(at_hand_km, position, post.country)]
        ways = [self._off_road(position, entry) + self.legs[entry.code, post.code] for entry in entries]
        if great_circle_km(position, post.position) <= self.network.off_road.direct_km:
            ways.append(self._off_road(position, post))
        return min(ways)

    def _off_road(self, position: Position, place: Place) -> RoadLeg:
        off_road = self.network.off_road
        km = great_circle_km(position, place.position) * off_road.detour
        return self.network.grades[off_road.grade].drive(km, approximate=km > 0)


Neighbours: TypeAlias = Mapping[str, Mapping[str, RoadLeg]]


def _legs(gazetteer: Gazetteer, network: Network) -> dict[tuple[str, str], RoadLeg]:
    neighbours = _neighbours(gazetteer, network)
    legs = {}
    for post in gazetteer.posts():
        for code, leg in _fastest(neighbours, post.code).items():
            legs[post.code, code] = legs[code, post.code] = leg
    return legs


def _neighbours(gazetteer: Gazetteer, network: Network) -> Neighbours:
    neighbours: dict[str, dict[str, RoadLeg]] = defaultdict(dict)
    for one, other, leg in _drives(gazetteer, network):
        neighbours[one][other] = neighbours[other][one] = min(leg, neighbours[one].get(other, leg))
    return neighbours


def _drives(gazetteer: Gazetteer, network: Network) -> Iterator[tuple[str, str, RoadLeg]]:
    """Every stretch whose ends have a place, and for a post without any the way to the nearest town."""
    joined = set()
    for country, stretches in network.stretches.items():
        for stretch in stretches:
            ends = [gazetteer.on_the_road(end, country) for end in stretch.ends]
            if ends[0] and ends[1]:
                joined |= {ends[0].code, ends[1].code}
                yield ends[0].code, ends[1].code, _drive(stretch, network, ends[0], ends[1])
    for post in gazetteer.posts():
        if post.code not in joined:
            town = gazetteer.nearest(post.position, post.country)[0]
            guess = Stretch(ends=(post.code, town.code), grade=network.off_road.grade)
            yield post.code, town.code, _drive(guess, network, post, town)


def _drive(stretch: Stretch, network: Network, one: Place, other: Place) -> RoadLeg:
    """A length shorter than the great circle shows that a position is rounded: then that is the length."""
    pace = network.grades[stretch.grade]
    straight_km = great_circle_km(one.position, other.position)
    if stretch.length_km is None or stretch.length_km < straight_km:
        detour = pace.detour if stretch.length_km is None else 1
        return pace.drive(straight_km * detour, approximate=True)
    return pace.drive(stretch.length_km, approximate=False)


def _fastest(neighbours: Neighbours, start: str) -> dict[str, RoadLeg]:
    """The fastest drive to everywhere, by Dijkstra's algorithm."""
    fastest: dict[str, RoadLeg] = {}
    waiting = [(HERE, start)]
    while waiting:
        leg, here = heapq.heappop(waiting)
        if here in fastest:
            continue
        fastest[here] = leg
        for code, onward in neighbours[here].items():
            if code not in fastest:
                heapq.heappush(waiting, (leg + onward, code))
    return fastest
