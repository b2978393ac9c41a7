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

from services.core.congestion import engine
from services.core.congestion.assumptions import assumed
from services.core.congestion.grid import STEP
from services.core.crossings import Direction, Mode, Side, Traveller, Verdict
from services.core.notices import What, Window
from services.core.spans import Span
from services.core.status import Bearing, Bulletin, Phase, admission, changes_at, standing

Lane: TypeAlias = tuple[str, Direction, Mode]


@dataclass(frozen=True, slots=True)
class Turns:
    """`shares` is (turns, lanes, 2 posts, steps) in [0, 1]: first the post one leaves by, then the other.

    0 is shut. Each turn is equally likely. `uncertain` is true where the turns differ.
    """

    lanes: Sequence[Lane]
    start: datetime
    shares: NDArray[np.float64]

    @property
    def uncertain(self) -> bool:
        return bool((self.shares != self.shares[:1]).any())


def _figures() -> engine.Calendar:
    return assumed().engine.calendar


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
    shares = np.ones((_figures().turns.value, len(lanes), 2, steps))
    ends = {code: _real_ends(bulletins[code], window) for code in {code for code, _, _ in lanes}}
    for number, lane in enumerate(lanes):
        bulletin, traveller = bulletins[lane[0]], typical(lane)
        edges = changes_at(bulletin, traveller, window)
        for place, side in enumerate((traveller.direction.exit_side, traveller.direction.entry_side)):
            post = Post(bulletin, side, traveller)
            shares[:, number, place] = _filled(post, window, edges, ends[bulletin.code], steps)
    return Turns(lanes, start, shares)


class Post:
    """One post as a traveller meets it. What stands there at an instant is looked up once for all turns."""

    def __init__(self, bulletin: Bulletin, side: Side, traveller: Traveller) -> None:
        self._bulletin, self._side, self._traveller = bulletin, side, traveller
        self._known: dict[datetime, Sequence[float]] = {}

    def shares(self, at: datetime) -> Sequence[float]:
        """What is left of its capacity at an instant, in every turn of events."""
        if at not in self._known:
            self._known[at] = self._looked_up(at)
        return self._known[at]

    def _looked_up(self, at: datetime) -> Sequence[float]:
        bearings = standing(self._bulletin, self._side, self._traveller, at)
        opened = self._opened(bearings, at)
        count = _figures().turns.value
        if len(set(opened)) == 1 and not any(_is_open_question(bearing) for bearing in bearings):
            return [_share(bearings, opened[0], 0, at)] * count
        chosen = (opened[int(luck(self._question, turn) * len(opened))] for turn in range(count))
        return [_share(bearings, is_open, turn, at) for turn, is_open in enumerate(chosen)]

    @property
    def _question(self) -> str:
        return f"{self._bulletin.code} {self._side} hours"

    def _opened(self, bearings: Sequence[Bearing], at: datetime) -> Sequence[bool]:
        """Whether it is open by every account of its hours that may be right."""
        bulletin, side = self._bulletin, self._side
        changed = [bearing.effect.hours for bearing in bearings if bearing.effect.hours]
        version = bulletin.hours_version(side, self._traveller.mode, bulletin.local_date(side, at))
        rules = changed[-1:] or [account.rule for account in (version.accounts if version else ())]
        return [rule is None or bulletin.within(rule, side, at) is not False for rule in rules] or [True]


def _filled(
    post: Post, window: Span, edges: Sequence[datetime], ends: Sequence[Sequence[datetime]], steps: int
) -> NDArray[np.float64]:
    """(turns, steps) Piece by piece between the instants at which something changes, each step weighed by its
    parts. Turns of the same pieces share the reckoning."""
    known: dict[tuple[tuple[datetime, ...], tuple[float, ...]], NDArray[np.float64]] = {}
    filled = np.empty((len(ends), steps))
    for turn in range(len(ends)):
        cuts = tuple(sorted({window.start, *edges, *ends[turn], window.until}))
        pieces = cuts, tuple(post.shares(cut)[turn] for cut in cuts[:-1])
        if pieces not in known:
            known[pieces] = _weighed(*pieces, steps)
        filled[turn] = known[pieces]
    return filled


def _weighed(cuts: Sequence[datetime], shares: Sequence[float], steps: int) -> NDArray[np.float64]:
    positions = np.array([(cut - cuts[0]) / STEP for cut in cuts])
    area = np.concatenate([[0.0], np.cumsum(np.diff(positions) * shares)])
    weighed = np.diff(np.interp(np.arange(steps + 1), positions, area))
    whole: NDArray[np.float64] = np.clip(np.round(weighed, 9), 0, 1)  # no dust of sums: shut is shut
    return whole


def _share(bearings: Sequence[Bearing], is_open: bool, turn: int, at: datetime) -> float:
    """What is left of one post's capacity at an instant, in one turn of events."""
    return min((_left(bearing, turn, at) for bearing in bearings), default=1.0) if is_open else 0.0


def _is_open_question(bearing: Bearing) -> bool:
    """Whether what a bearing leaves differs from turn to turn."""
    slips = bearing.phase is Phase.LAPSED
    return slips or (bearing.effect.what is What.RESTRICTED and bearing.effect.capacity_share is None)


def _left(bearing: Bearing, turn: int, at: datetime) -> float:
    what, share = bearing.effect.what, bearing.effect.capacity_share
    if what not in (What.CLOSED, What.RESTRICTED):
        return 1.0
    if bearing.phase is Phase.LAPSED and at >= real_end(bearing.effect.window, bearing.ref, turn):
        return 1.0
    if what is What.CLOSED:
        return 0.0
    if share is not None:
        return share
    least, most = _figures().restricted_least_share.value, _figures().restricted_most_share.value
    return least + (most - least) * luck(bearing.ref, turn)


def _real_ends(bulletin: Bulletin, window: Span) -> Sequence[Sequence[datetime]]:
    """In every turn, those that lie in a window."""
    ending = [one for one in bulletin.announced if one.effect.window.end is not None]
    turns_ = range(_figures().turns.value)
    ends = ([real_end(one.effect.window, one.revision.ref, turn) for one in ending] for turn in turns_)
    return [[end for end in of_turn if end in window] for of_turn in ends]


def real_end(window: Window, ref: str, turn: int) -> datetime:
    """When a closure with an announced end really ends in this turn; never before."""
    assert window.end is not None
    of = _figures()
    spread = exp(of.overrun_log_sd.value * NormalDist().inv_cdf(luck(ref, turn)))
    factor = min(of.overrun_median.value * spread, of.overrun_most.value)
    return max(window.end, window.start + factor * (window.end - window.start))


@cache
def _order(question: str, turns: int) -> tuple[int, ...]:
    return tuple(np.random.default_rng(crc32(question.encode())).permutation(turns).tolist())


def luck(question: str, turn: int) -> float:
    """In (0, 1): where in its range this question's answer lies. The turns cover the range evenly."""
    turns = _figures().turns.value
    return (_order(question, turns)[turn] + 0.5) / turns
