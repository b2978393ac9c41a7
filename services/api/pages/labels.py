"""Where the words of a map go: near what they name, on nothing else, within the frame."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from math import hypot

LETTER = 0.56
"""Width of a letter as a part of its height, for the letters of system fonts on the average; a little more
than they need, so that a wider font stays within its box."""

LINE = 1.15
"""Height of a line as a part of the height of its letters."""


AROUND = (
    *((1, 0), (-1, 0), (1, 0.35), (-1, 0.35), (1, -0.35), (-1, -0.35)),
    *((1, 0.7), (-1, 0.7), (1, -0.7), (-1, -0.7), (0.2, 1), (-0.2, 1), (0.2, -1), (-0.2, -1)),
)
"""Where a label is tried, as parts of the distance across and down: beside first, then askew, then above."""


@dataclass(frozen=True, slots=True)
class Box:
    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: Box) -> bool:
        return (
            self.left < other.right
            and other.left < self.right
            and self.top < other.bottom
            and other.top < self.bottom
        )

    def within(self, frame: Box) -> bool:
        return (
            frame.left <= self.left
            and self.right <= frame.right
            and frame.top <= self.top
            and self.bottom <= frame.bottom
        )

    def distance(self, x: float, y: float) -> float:
        """From a point to the nearest edge; 0 inside."""
        return hypot(max(self.left - x, 0, x - self.right), max(self.top - y, 0, y - self.bottom))

    @staticmethod
    def around(x: float, y: float, reach: float) -> Box:
        return Box(x - reach, y - reach, x + reach, y + reach)


@dataclass(frozen=True, slots=True)
class Label:
    """Lines of text at their left or right edge `x`; `y` is the foot of the first line.

    `line` leads from the thing to its label where they are apart.
    """

    lines: tuple[str, ...]
    x: float
    y: float
    anchor: str
    box: Box
    line: tuple[float, float, float, float] | None = None


@dataclass
class Sheet:
    """A frame that fills up with labels. What is `taken` stays free of further ones.

    No label stands nearer to another of the `points` than to its own, or it would name that.
    """

    frame: Box
    taken: list[Box] = field(default_factory=list)
    points: list[tuple[float, float]] = field(default_factory=list)

    def occupy(self, box: Box) -> None:
        self.taken.append(box)

    def mark(self, x: float, y: float, reach: float) -> None:
        """A thing to be named at (x, y)."""
        self.occupy(Box.around(x, y, reach))
        self.points.append((x, y))

    def place(
        self, lines: Sequence[str], x: float, y: float, *, size: float, gap: float, reach: float
    ) -> Label | None:
        """The nearest free place for the label of a thing at (x, y); None if all within `reach` are taken."""
        for label in _places(tuple(lines), x, y, size, gap, reach):
            free = label.box.within(self.frame) and not any(map(label.box.meets, self.taken))
            if free and self._names(label, x, y):
                self.occupy(label.box)
                return label
        return None

    def _names(self, label: Label, x: float, y: float) -> bool:
        """Whether the label is nearer to its own thing than to any other."""
        others = [point for point in self.points if point != (x, y)]
        return all(label.box.distance(x, y) < label.box.distance(*other) for other in others)


def _places(
    lines: tuple[str, ...], x: float, y: float, size: float, gap: float, reach: float
) -> Iterator[Label]:
    """Places around a point, the nearest first: right and left of it, then those above and below."""
    width = max(map(len, lines)) * size * LETTER
    height = len(lines) * size * LINE
    away = gap
    while away <= reach:
        for across, down in AROUND:
            edge = x + across * away
            left = edge if across > 0 else edge - width
            middle = y + down * (away + height / 2)
            box = Box(left, middle - height / 2, left + width, middle + height / 2)
            yield Label(
                lines,
                edge,
                box.top + size * 0.9,
                "start" if across > 0 else "end",
                box,
                _leader(x, y, box, gap) if away > gap else None,
            )
        away += 6


def _leader(x: float, y: float, box: Box, gap: float) -> tuple[float, float, float, float]:
    """From just beside the point to the nearest edge of the box."""
    to_x, to_y = min(max(x, box.left), box.right), min(max(y, box.top), box.bottom)
    length = hypot(to_x - x, to_y - y) or 1
    part = min(1.0, (gap - 3) / length)
    return x + (to_x - x) * part, y + (to_y - y) * part, to_x, to_y
