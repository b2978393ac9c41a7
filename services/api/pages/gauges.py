"""Two small charts of how good forecasts were, as geometry: a column for every horizon."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from services.core.accuracy import YARDSTICKS, Grade
from services.core.advisories import scored_hours

WIDTH, HEIGHT = 328, 150
LEFT, RIGHT, TOP, BOTTOM = 44, 6, 8, 24
"""Room around the plot for the figures at its axes."""

BAR = 0.7
"""Width of a bar as a part of its column."""

LOWEST = -1.0
"""A naive forecast that is better by more is drawn at the edge: ours was off by twice as much."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One horizon: shares of the waits below, within and above the range, from the foot up."""

    middle: float
    hours: int
    within: int
    """Percent."""
    edges: tuple[float, float, float, float]
    """Heights: the foot, P10, P90 and the head."""


@dataclass(frozen=True, slots=True)
class Coverage:
    bars: tuple[Bar, ...]
    width: float
    promised: tuple[float, float]
    """Heights at which the range should begin and end."""


@dataclass(frozen=True, slots=True)
class Mark:
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Line:
    """The skill against one yardstick, with a mark for every horizon at which it is known."""

    yardstick: str
    path: str
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class Tick:
    place: float
    percent: int = 0
    hours: int = 0


@dataclass(frozen=True, slots=True)
class Skill:
    lines: tuple[Line, ...]
    levels: tuple[Tick, ...]
    hours: tuple[Tick, ...]
    has_worse: bool
    """Whether a yardstick was so much better that it is drawn at the edge."""


def coverage(grades: Sequence[Grade]) -> Coverage:
    """Of grades that have enough targets."""
    return Coverage(
        bars=tuple(_bar(one) for one in grades),
        width=round(_column() * BAR, 1),
        promised=(_up(0.1, 0), _up(0.9, 0)),
    )


def _bar(one: Grade) -> Bar:
    below, within = one.below or 0.0, one.coverage or 0.0
    edges = (_up(0, 0), _up(below, 0), _up(below + within, 0), _up(1, 0))
    return Bar(_across(one.horizon_hours), one.horizon_hours, round(100 * within), edges)


def skill(grades: Sequence[Grade]) -> Skill | None:
    """None where no yardstick has enough targets at any horizon."""
    known = {
        yardstick: [
            (one.horizon_hours, found)
            for one in grades
            if (found := one.against(yardstick).skill) is not None
        ]
        for yardstick in YARDSTICKS
    }
    figures = [found for those in known.values() for _, found in those]
    if not figures:
        return None
    lowest = next((level for level in (0.0, -0.5) if min(figures) >= level), LOWEST)
    lines = tuple(_line(yardstick, those, lowest) for yardstick, those in known.items() if those)
    levels = [Tick(_up(level, lowest), round(100 * level)) for level in (-1.0, -0.5, 0.0, 0.5, 1.0)]
    hours = sorted({hours for those in known.values() for hours, _ in those})
    return Skill(
        lines,
        tuple(tick for tick in levels if tick.percent >= 100 * lowest),
        tuple(Tick(_across(one), hours=one) for one in hours),
        has_worse=min(figures) < LOWEST,
    )


def _line(yardstick: str, known: Sequence[tuple[int, float]], lowest: float) -> Line:
    marks = tuple(Mark(_across(hours), _up(max(found, lowest), lowest)) for hours, found in known)
    return Line(yardstick, "M" + "L".join(f"{mark.x:g} {mark.y:g}" for mark in marks), marks)


def _across(hours: int) -> float:
    return round(LEFT + _column() * (scored_hours().index(hours) + 0.5), 1)


def _column() -> float:
    return (WIDTH - LEFT - RIGHT) / len(scored_hours())


def _up(share: float, lowest: float) -> float:
    """Where a share stands between `lowest` at the foot and 1 at the head."""
    return round(HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * (share - lowest) / (1 - lowest), 1)


FRAME = {
    "width": WIDTH,
    "height": HEIGHT,
    "left": LEFT,
    "right": WIDTH - RIGHT,
    "bottom": HEIGHT - BOTTOM,
    "shares": tuple((_up(share, 0), round(100 * share)) for share in (0.1, 0.9)),
}
"""What both charts have in common, for the template."""
