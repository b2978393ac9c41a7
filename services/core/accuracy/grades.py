"""Tallies put together for whoever asks how good the forecasts have been."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from services.core.accuracy.documents import Queue, Tally, Yardsticks
from services.core.accuracy.rules import together
from services.core.advisories import scored_hours
from services.core.congestion import assumed
from services.core.crossings import Direction, Mode

MONTHS = 12
"""How far back figures go, the month that runs included."""

PROMISED = 0.8
"""The share of waits that should lie between P10 and P90."""

YARDSTICKS = tuple(Yardsticks.model_fields)


def fewest_targets() -> int:
    """Of fewer no figure is told."""
    return assumed().engine.accuracy.fewest_targets.value


@dataclass(frozen=True, slots=True)
class Comparison:
    """Mean absolute errors in minutes of a naive forecast and of ours on the same `targets`, and our skill.

    None where there are too few targets; no skill either where the naive forecast was never wrong.
    """

    targets: int
    theirs: float | None
    ours: float | None
    skill: float | None


@dataclass(frozen=True, slots=True)
class Grade:
    """How good the forecasts of a mode were so many hours ahead; without crossing or direction, of all.

    A figure is None where there are too few targets for it. Minutes are means over the targets.
    """

    mode: Mode | Queue
    horizon_hours: int
    crossing: str | None
    direction: Direction | None
    sums: Tally
    """Its month is the first."""

    @property
    def enough(self) -> bool:
        return self.sums.targets >= fewest_targets()

    @property
    def coverage(self) -> float | None:
        return self.sums.coverage if self.enough else None

    @property
    def below(self) -> float | None:
        return self._mean(self.sums.below)

    @property
    def above(self) -> float | None:
        return self._mean(self.sums.above)

    @property
    def error(self) -> float | None:
        return self._mean(self.sums.error)

    @property
    def pinball(self) -> float | None:
        return self._mean(self.sums.pinball)

    def _mean(self, total: float) -> float | None:
        return total / self.sums.targets if self.enough else None

    def against(self, yardstick: str) -> Comparison:
        targets: int = getattr(self.sums, f"{yardstick}_targets")
        if targets < fewest_targets():
            return Comparison(targets, None, None, None)
        theirs, ours = (getattr(self.sums, f"{yardstick}_{whose}") / targets for whose in ("error", "ours"))
        return Comparison(targets, theirs, ours, self.sums.skill(yardstick))


def recent(tallies: Iterable[Tally], today: date) -> list[Tally]:
    """Those of the last `MONTHS` months, at the horizons that are told."""
    number = today.year * 12 + today.month - MONTHS
    first, horizons = date(number // 12, number % 12 + 1, 1), scored_hours()
    return [one for one in tallies if one.month >= first and one.horizon_hours in horizons]


def graded(tallies: Iterable[Tally], *, by_crossing: bool = False, by_direction: bool = False) -> list[Grade]:
    """One grade for each mode and horizon, apart by crossing or direction if wanted; the nearest first."""
    groups: dict[tuple[Mode | Queue, str | None, Direction | None, int], list[Tally]] = {}
    for one in tallies:
        crossing, direction = one.crossing if by_crossing else None, one.direction if by_direction else None
        groups.setdefault((one.mode, crossing, direction, one.horizon_hours), []).append(one)
    order = [*Mode, *Queue]
    return [
        Grade(mode, hours, crossing, direction, together(sorted(group, key=lambda one: one.month)))
        for (mode, crossing, direction, hours), group in sorted(
            groups.items(), key=lambda item: (order.index(item[0][0]), *map(str, item[0][1:3]), item[0][3])
        )
    ]
