"""The map of the crossings: two insets and where they lie, drawn from the catalogue and the road graph.

There is no licensed geometry of the border here, so the border is a line from crossing to crossing and the
map says that it is schematic. Everything else stands where its source puts it, on a flat projection that
keeps kilometres at the middle of each frame.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import cos, radians

from services.api.pages.frontier import beyond, border, on_own_side
from services.api.pages.labels import Box, Label, Sheet
from services.core.alternatives import Place, PlaceKind, Roads
from services.core.crossings import Crossing
from services.core.places import Position

WIDTH = 328
"""As many units as a phone of 360 pixels has for it: a unit is a pixel there."""

KM_PER_DEGREE = 111.195
MARK = 7.0
LETTERS = 11.0
TOWN_LETTERS = 10.0


@dataclass(frozen=True, slots=True)
class Frame:
    """A rectangle of land: its middle, and how many kilometres `WIDTH` shows."""

    key: str
    middle: Position
    across_km: float
    height: float
    scale_km: int

    def point(self, position: Position) -> tuple[float, float]:
        per_km = WIDTH / self.across_km
        east_km = (position.lon - self.middle.lon) * KM_PER_DEGREE * cos(radians(self.middle.lat))
        north_km = (position.lat - self.middle.lat) * KM_PER_DEGREE
        return round(WIDTH / 2 + east_km * per_km, 1), round(self.height / 2 - north_km * per_km, 1)

    def holds(self, position: Position, margin: float = 0) -> bool:
        x, y = self.point(position)
        return margin <= x <= WIDTH - margin and margin <= y <= self.height - margin

    @property
    def scale(self) -> float:
        """Length of the scale bar."""
        return round(self.scale_km * WIDTH / self.across_km, 1)

    @property
    def box(self) -> Box:
        return Box(0, 0, WIDTH, self.height)


SECTIONS: Mapping[str, tuple[Collection[str], Collection[str], float, float, int]] = {
    "south": (("tashkent", "syrdarya"), ("chirchiq",), 122, 366, 20),
    "ustyurt": (("ustyurt",), ("beyneu",), 168, 200, 20),
}
"""Of each inset: its clusters, places to have in it too, kilometres across, height in units, and the
kilometres of its scale bar."""

OVERVIEW_TOWNS = (
    *("tashkent", "shymkent", "almaty", "samarkand", "nukus", "aktau", "kyzylorda", "bukhara", "beyneu"),
    *("turkistan", "taraz", "urgench", "fergana"),
)
"""Towns by which people know where they are, the most needed first."""

OVERVIEW = Frame("overview", Position(lat=42.6, lon=64.0), 2250, 150, 500)


@dataclass(frozen=True, slots=True)
class Mark:
    """A crossing on the map."""

    code: str
    x: float
    y: float
    label: Label | None


@dataclass(frozen=True, slots=True)
class Town:
    code: str
    x: float
    y: float
    label: Label


@dataclass(frozen=True, slots=True)
class Drawing:
    """One frame with what is in it. `roads` and `border` are SVG path data."""

    frame: Frame
    roads: str
    border: str
    marks: tuple[Mark, ...] = ()
    towns: tuple[Town, ...] = ()


@dataclass(frozen=True, slots=True)
class Map:
    """The insets, the overview with the boxes of the insets, and the crossings that no source places."""

    insets: tuple[Drawing, ...]
    overview: Drawing
    boxes: Mapping[str, Box]
    unplaced: tuple[str, ...]


Names = Mapping[str, tuple[str, ...]]
"""What is written at a thing, by its code: the lines of its label."""


def position_of(crossing: Crossing) -> Position | None:
    """Where a source puts it: the first of its posts that has a position."""
    return next((post.located.position for post in crossing.posts.values() if post.located), None)


def drawn(catalogue: Mapping[str, Crossing], roads: Roads, crossings: Names, towns: Names) -> Map:
    """The map. `crossings` and `towns` give the labels in the language of the page."""
    placed = {code: at for code, one in catalogue.items() if (at := position_of(one))}
    insets = tuple(
        _inset(_frame(key, catalogue, placed, roads), catalogue, placed, roads, crossings, towns)
        for key in SECTIONS
    )
    return Map(
        insets=insets,
        overview=_overview(catalogue, placed, roads, towns),
        boxes={inset.frame.key: _box_on(OVERVIEW, inset.frame) for inset in insets},
        unplaced=tuple(code for code in catalogue if code not in placed),
    )


def _frame(
    key: str, catalogue: Mapping[str, Crossing], placed: Mapping[str, Position], roads: Roads
) -> Frame:
    """A frame around the middle of everything that must be in it."""
    clusters, places, across_km, height, scale_km = SECTIONS[key]
    points = [at for code, at in placed.items() if catalogue[code].cluster in clusters]
    points += [roads.gazetteer.place(code).position for code in places]
    lats, lons = [at.lat for at in points], [at.lon for at in points]
    middle = Position(lat=(min(lats) + max(lats)) / 2, lon=(min(lons) + max(lons)) / 2)
    return Frame(key, middle, across_km, height, scale_km)


def _inset(
    frame: Frame,
    catalogue: Mapping[str, Crossing],
    placed: Mapping[str, Position],
    roads: Roads,
    crossings: Names,
    towns: Names,
) -> Drawing:
    clusters = SECTIONS[frame.key][0]
    here = {code: at for code, at in placed.items() if catalogue[code].cluster in clusters}
    sheet = Sheet(frame.box)
    for at in here.values():
        sheet.mark(*frame.point(at), MARK)
    _keep_corners_free(sheet, frame)
    marks = tuple(_mark(sheet, frame, code, at, crossings) for code, at in _from_the_top(here))
    line = border(here.values())
    there = [place for place in _towns(roads) if frame.holds(place.position, margin=8)]
    there = [place for place in there if on_own_side(place, line)]
    there.sort(key=lambda place: (list(PlaceKind).index(place.kind), place.code))
    return Drawing(
        frame,
        _roads(frame, roads),
        _path(frame, beyond(line)),
        marks,
        tuple(_labelled(sheet, frame, there, towns)),
    )


def _overview(
    catalogue: Mapping[str, Crossing], placed: Mapping[str, Position], roads: Roads, towns: Names
) -> Drawing:
    sheet = Sheet(OVERVIEW.box)
    _keep_corners_free(sheet, OVERVIEW)
    for key in SECTIONS:
        sheet.occupy(_box_on(OVERVIEW, _frame(key, catalogue, placed, roads)))
    there = [roads.gazetteer.place(code) for code in OVERVIEW_TOWNS]
    labelled = tuple(_labelled(sheet, OVERVIEW, there, towns))
    return Drawing(
        OVERVIEW, _roads(OVERVIEW, roads), _path(OVERVIEW, border(placed.values())), towns=labelled
    )


def _keep_corners_free(sheet: Sheet, frame: Frame) -> None:
    """The title stands at the top left, the scale at the bottom left, north at the top right."""
    sheet.occupy(Box(0, 0, 170, 20))
    sheet.occupy(Box(0, frame.height - 26, frame.scale + 20, frame.height))
    sheet.occupy(Box(WIDTH - 26, 0, WIDTH, 34))


def _from_the_top(placed: Mapping[str, Position]) -> list[tuple[str, Position]]:
    return sorted(placed.items(), key=lambda item: (-item[1].lat, item[0]))


def _mark(sheet: Sheet, frame: Frame, code: str, at: Position, names: Names) -> Mark:
    x, y = frame.point(at)
    label = sheet.place(names[code], x, y, size=LETTERS, gap=MARK + 3, reach=90)
    return Mark(code, x, y, label)


def _labelled(sheet: Sheet, frame: Frame, places: Sequence[Place], names: Names) -> Iterable[Town]:
    """Towns with their names, as many as there is room for."""
    for place in places:
        x, y = frame.point(place.position)
        dot = Box.around(x, y, 3)
        if any(map(dot.meets, sheet.taken)):
            continue
        if label := sheet.place(names[place.code], x, y, size=TOWN_LETTERS, gap=5, reach=8):
            sheet.occupy(dot)
            yield Town(place.code, x, y, label)


def _towns(roads: Roads) -> list[Place]:
    shown = (PlaceKind.CITY, PlaceKind.TOWN)
    return [place for place in roads.gazetteer.places.values() if place.kind in shown]


def _roads(frame: Frame, roads: Roads) -> str:
    """Every stretch that the frame may show, as one path."""
    parts = []
    for side, stretches in roads.network.stretches.items():
        for stretch in stretches:
            ends = [roads.gazetteer.on_the_road(end, side) for end in stretch.ends]
            if ends[0] and ends[1]:
                points = [frame.point(end.position) for end in ends if end]
                if _may_show(frame, points):
                    parts.append(_line(points))
    return "".join(parts)


def _may_show(frame: Frame, points: Sequence[tuple[float, float]]) -> bool:
    xs, ys = [x for x, _ in points], [y for _, y in points]
    return max(xs) >= 0 and min(xs) <= WIDTH and max(ys) >= 0 and min(ys) <= frame.height


def _path(frame: Frame, positions: Iterable[Position]) -> str:
    return _line([frame.point(at) for at in positions])


def _line(points: Sequence[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{x:.0f} {y:.0f}" for x, y in points)


def _box_on(frame: Frame, other: Frame) -> Box:
    """Where one frame's land lies on another."""
    x, y = frame.point(other.middle)
    width = WIDTH * other.across_km / frame.across_km
    height = other.height * other.across_km / frame.across_km
    return Box(
        round(x - width / 2, 1), round(y - height / 2, 1), round(x + width / 2, 1), round(y + height / 2, 1)
    )
