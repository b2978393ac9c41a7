"""The capacity calendar: what share of each post's capacity serves a lane, step by step.

Hours and notices decide it. What they leave open is drawn, not guessed: the calendar comes in several
*turns of events*, in each of which every open question has one answer. Which account of the hours is
right, how far a restriction goes whose share nobody gave, when a closure really ends whose end was only
announced: each has its own prior.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from math import exp
from statistics import NormalDist
from typing import TypeAlias
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from services.core.congestion.grid import STEP
from services.core.crossings import Direction, Mode, Side, Traveller, Verdict
from services.core.notices import What
from services.core.spans import Span
from services.core.status import Bearing, Bulletin, Phase, admission, changes_at, standing

TURNS = 8
"""In how many turns of events a calendar comes; each is equally likely."""

OVERRUN_SD = 0.6
"""Spread of the logarithm of real over announced duration of a closure, with median one: a prior, to be
replaced by what the record of this border shows (most of its announced ends slipped)."""

RESTRICTED_FROM, RESTRICTED_TO = 0.1, 0.8
"""Share of the capacity that is left where a restriction's share is not given: a prior."""

Lane: TypeAlias = tuple[str, Direction, Mode]


@dataclass(frozen=True, slots=True)
class Turns:
    """`shares` is (turns, lanes, 2 posts, steps) in [0, 1]: first the post one leaves by, then the other.

    0 is shut. `uncertain` is true where the turns differ.
    """

    lanes: Sequence[Lane]
    start: datetime
    shares: NDArray[np.float64]

    @property
    def uncertain(self) -> bool:
        return bool((self.shares != self.shares[:1]).any())


def typical(lane: Lane) -> Traveller:
    """Whom a lane's queue is mostly made of: a citizen of one of the two states, or a heavy truck."""
    _, direction, mode = lane
    mass_t = 20 if mode is Mode.TRUCK else None
    return Traveller(mode, direction, citizenship="UZ", vehicle_mass_t=mass_t, plate="UZ", transit=False)


def lanes_of(bulletins: Mapping[str, Bulletin], at: datetime) -> list[Lane]:
    """Every lane that the crossings admit, or of which nobody says that they do not."""
    found = [
        (code, direction, mode)
        for code, bulletin in sorted(bulletins.items())
        for direction in Direction
        for mode in Mode
        if mode.kind is bulletin.crossing.kind
    ]
    return [lane for lane in found if admission(bulletins[lane[0]], typical(lane), at) is not Verdict.CLOSED]


def turns(bulletins: Mapping[str, Bulletin], lanes: Sequence[Lane], start: datetime, steps: int) -> Turns:
    """The shares of all lanes for `steps` steps of ten minutes from `start`."""
    window = Span(start, start + steps * STEP)
    shares = np.ones((TURNS, len(lanes), 2, steps))
    for number, lane in enumerate(lanes):
        bulletin, traveller = bulletins[lane[0]], typical(lane)
        edges = changes_at(bulletin, traveller, window)
        for post, side in enumerate((traveller.direction.exit_side, traveller.direction.entry_side)):
            for turn in range(TURNS):
                shares[turn, number, post] = _filled(bulletin, side, traveller, turn, window, edges, steps)
    return Turns(lanes, start, shares)


def _filled(
    bulletin: Bulletin,
    side: Side,
    traveller: Traveller,
    turn: int,
    window: Span,
    edges: Sequence[datetime],
    steps: int,
) -> NDArray[np.float64]:
    """Piece by piece between the instants at which something changes, each step weighed by its parts."""
    ends = [end for end in _real_ends(bulletin, turn) if end in window]
    cuts = sorted({window.start, *edges, *ends, window.until})
    positions = np.array([(cut - window.start) / STEP for cut in cuts])
    shares = [_share(bulletin, side, traveller, turn, cut) for cut in cuts[:-1]]
    area = np.concatenate([[0.0], np.cumsum(np.diff(positions) * shares)])
    weighed = np.diff(np.interp(np.arange(steps + 1), positions, area))
    filled: NDArray[np.float64] = np.clip(np.round(weighed, 9), 0, 1)  # no dust of sums: shut is shut
    return filled


def _share(bulletin: Bulletin, side: Side, traveller: Traveller, turn: int, at: datetime) -> float:
    """What is left of one post's capacity at an instant, in one turn of events."""
    bearings = standing(bulletin, side, traveller, at)
    if not _within_hours(bulletin, side, traveller, bearings, turn, at):
        return 0.0
    return min((_left(bearing, turn, at) for bearing in bearings), default=1.0)


def _left(bearing: Bearing, turn: int, at: datetime) -> float:
    what, share = bearing.effect.what, bearing.effect.capacity_share
    if what not in (What.CLOSED, What.RESTRICTED):
        return 1.0
    if bearing.phase is Phase.LAPSED and at >= _real_end(bearing, turn):
        return 1.0
    if what is What.CLOSED:
        return 0.0
    if share is not None:
        return share
    return RESTRICTED_FROM + (RESTRICTED_TO - RESTRICTED_FROM) * _luck(bearing.ref, turn)


def _within_hours(
    bulletin: Bulletin, side: Side, traveller: Traveller, bearings: Sequence[Bearing], turn: int, at: datetime
) -> bool:
    changed = [bearing.effect.hours for bearing in bearings if bearing.effect.hours]
    version = bulletin.hours_version(side, traveller.mode, bulletin.local_date(side, at))
    rules = changed[-1:] or [account.rule for account in (version.accounts if version else ())]
    if not rules:
        return True
    chosen = rules[int(_luck(f"{bulletin.code} {side} hours", turn) * len(rules))]
    return chosen is None or bulletin.within(chosen, side, at) is not False


def _real_ends(bulletin: Bulletin, turn: int) -> list[datetime]:
    return [
        _overrun(one.effect.window.start, one.effect.window.end, one.revision.ref, turn)
        for one in bulletin.announced
        if one.effect.window.end is not None
    ]


def _real_end(bearing: Bearing, turn: int) -> datetime:
    window = bearing.effect.window
    assert window.end is not None
    return _overrun(window.start, window.end, bearing.ref, turn)


def _overrun(start: datetime, end: datetime, ref: str, turn: int) -> datetime:
    """When a closure announced from `start` to `end` really ends in this turn; never before `end`."""
    factor = exp(OVERRUN_SD * NormalDist().inv_cdf(_luck(ref, turn)))
    return max(end, start + min(factor, 100.0) * (end - start))


@cache
def _order(question: str) -> tuple[int, ...]:
    return tuple(np.random.default_rng(crc32(question.encode())).permutation(TURNS).tolist())


def _luck(question: str, turn: int) -> float:
    """In (0, 1): where in its range this question's answer lies. The turns cover the range evenly."""
    return (_order(question)[turn] + 0.5) / TURNS
