"""Which announced effects are in force on one side for one traveller at one instant.

Three things can take an effect away: its window, a withdrawal, and a later reopening of the same side.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from services.core.crossings import Side, Traveller
from services.core.notices import Announced, Effect, End, What, selects, sides
from services.core.status.bulletin import Bulletin

LIFTED_BY_A_REOPENING = frozenset({What.CLOSED, What.RESTRICTED, What.HOURS})


class Phase(StrEnum):
    ACTIVE = "active"
    LAPSED = "lapsed"
    """Its announced end has passed and nobody has said what came of it."""


class Standing(StrEnum):
    CERTAIN = "certain"
    UNCERTAIN = "uncertain"
    """Whether it holds for this traveller depends on something not said."""
    DOUBTED = "doubted"
    """Whether it holds at all nobody can tell, whatever the traveller says: a reopening has itself lapsed,
    or the hours at which it recurs cannot be read here."""


@dataclass(frozen=True, slots=True)
class Bearing:
    """An effect that bears on a traveller now."""

    announced: Announced
    phase: Phase
    standing: Standing
    by_the_clock: bool
    """Whether it comes and goes with the time of the day: it recurs, or a reopening of it may."""

    @property
    def effect(self) -> Effect:
        return self.announced.effect

    @property
    def ref(self) -> str:
        return self.announced.revision.ref

    @property
    def rank(self) -> tuple[datetime, int]:
        """The later of two announcements is the one that began later, or was made later."""
        return self.effect.window.start, self.announced.order


def standing(bulletin: Bulletin, side: Side, traveller: Traveller, at: datetime) -> list[Bearing]:
    """Everything in force on `side`, what began first standing first."""
    return left_standing(spoken(bulletin, side, traveller, at))


def spoken(bulletin: Bulletin, side: Side, traveller: Traveller, at: datetime) -> list[Bearing]:
    """The same before any reopening has taken something away, as it was announced."""
    here = [one for one in bulletin.announced if side in sides(one.effect.selector)]
    reopens_by_the_clock = any(one.effect.what is What.REOPENED and one.effect.window.recurs for one in here)
    return [
        replace(bearing, by_the_clock=True) if reopens_by_the_clock else bearing
        for announced in here
        if (bearing := _bearing(announced, bulletin, side, traveller, at)) is not None
    ]


def left_standing(bearings: list[Bearing]) -> list[Bearing]:
    """What the reopenings among the words of one side leave of them, what began first standing first."""
    reopenings = [bearing for bearing in bearings if bearing.effect.what is What.REOPENED]
    left = [_unless_reopened(bearing, reopenings) for bearing in bearings]
    return sorted((bearing for bearing in left if bearing is not None), key=lambda bearing: bearing.rank)


def _bearing(
    announced: Announced, bulletin: Bulletin, side: Side, traveller: Traveller, at: datetime
) -> Bearing | None:
    recurs = announced.effect.window.recurs
    phase = _phase(announced, at)
    meant = selects(announced.effect.selector, traveller)
    if phase is None or meant is False:
        return None
    now = bulletin.within(recurs, side, at) if recurs else True
    if now is False:
        return None
    how_sure = Standing.DOUBTED if now is None else Standing.CERTAIN if meant else Standing.UNCERTAIN
    return Bearing(announced, phase, how_sure, by_the_clock=recurs is not None)


def _phase(announced: Announced, at: datetime) -> Phase | None:
    window = announced.effect.window
    if at < window.start or (announced.cut_off is not None and at >= announced.cut_off):
        return None
    if window.end is None or at < window.end:
        return Phase.ACTIVE
    return Phase.LAPSED if window.end_is is End.ANNOUNCED else None


def _unless_reopened(bearing: Bearing, reopenings: list[Bearing]) -> Bearing | None:
    if bearing.effect.what not in LIFTED_BY_A_REOPENING:
        return bearing
    for reopening in reopenings:
        if reopening.rank <= bearing.rank:
            continue
        if reopening.phase is Phase.ACTIVE and reopening.standing is Standing.CERTAIN:
            return None
        bearing = replace(bearing, standing=_less_certain(bearing.standing, reopening))
    return bearing


def _less_certain(before: Standing, reopening: Bearing) -> Standing:
    if reopening.phase is Phase.LAPSED or Standing.DOUBTED in (before, reopening.standing):
        return Standing.DOUBTED
    return Standing.UNCERTAIN
