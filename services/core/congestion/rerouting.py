"""Where the travellers of a border go, in every turn of events.

Whom a post is sent it must be able to pass. Where no source says how many that are, every turn has an answer
of its own: the lane is κ times as large as we think, and the equilibrium is sought with that. So the waits of
such a lane come out as wide as the ignorance is.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np

from services.core.congestion.assumptions import assumed
from services.core.congestion.border import Border
from services.core.congestion.diversion import Travellers, Usual
from services.core.congestion.grid import Array
from services.core.congestion.spillover import Assignment


@dataclass(frozen=True, slots=True)
class Diversion:
    """What the equilibrium of one market in one turn came to. `is_band`: it did not settle."""

    market: int
    turn: int
    deferred_share: float
    gap: float
    iterations: int
    is_band: bool

    @classmethod
    def of(cls, market: int, turn: int, found: Assignment) -> Diversion:
        return cls(market, turn, found.deferred_share, found.gap, found.iterations, found.is_band)


@dataclass(frozen=True, slots=True)
class Turns:
    """S turns of events, by weight; the calendars as they were, or each of them several times.

    arrivals (S, L, T)   units an hour
    shares (S, L, 2, T)  capacity in times of what the posts have; above 1 where one turns out larger
    receiving (L,)       more than the lane's own travellers are expected
    unsettled (L,)       an equilibrium of the lane's market did not settle
    """

    weights: tuple[float, ...]
    arrivals: Array
    shares: Array
    receiving: Array
    unsettled: Array
    diversions: tuple[Diversion, ...]


def rerouted(border: Border, markets: Sequence[Travellers], shares: Array, weights: Sequence[float]) -> Turns:
    """What comes of the calendars `shares` (S, L, 2, T), by weight.

    A market is only looked at where a calendar of its lanes differs from the usual one, and then once for
    every different calendar and size of these lanes. Elsewhere nobody is diverted and no size is drawn.
    """
    moved = {number: one for number, one in enumerate(markets) if _differs(border, one, shares).any()}
    choosing = np.zeros(len(border.keys), np.bool_)
    choosing[[row for one in moved.values() for row in one.lanes]] = True
    unstated = choosing & ~border.stated
    times = -(-assumed().engine.diversion.least_turns.value // len(shares)) if unstated.any() else 1
    shares = np.repeat(shares, times, axis=0)
    likely = np.repeat(np.array(weights), times) / times
    sizes = np.where(unstated, border.sizes(len(shares)), 1.0)
    usual = border.arrivals * sizes[:, :, None]
    arrivals, unsettled = usual.copy(), np.zeros(len(border.keys), np.bool_)
    answers, diversions = _Answers(border), []
    for number, travellers in moved.items():
        rows = travellers.lanes
        for turn in np.flatnonzero(_differs(border, travellers, shares)).tolist():
            found, rates = answers.to(travellers, shares[turn, rows], sizes[turn, rows])
            arrivals[turn, rows] = rates
            unsettled[rows] |= found.is_band
            diversions.append(Diversion.of(number, turn, found))
    own, coming = (np.average(one.sum(axis=2), axis=0, weights=likely) for one in (usual, arrivals))
    return Turns(
        weights=tuple(likely.tolist()),
        arrivals=arrivals,
        shares=shares * sizes[:, :, None, None],
        receiving=coming > (1 + assumed().engine.diversion.receiving_share.value) * own,
        unsettled=unsettled,
        diversions=tuple(diversions),
    )


class _Answers:
    """Equilibria by all that they depend on, each sought once. The two directions of a mode are often the
    same market: the narrower post of a crossing decides, whichever comes first."""

    def __init__(self, border: Border) -> None:
        self.border = border
        self._usual: dict[Hashable, Usual] = {}
        self._found: dict[Hashable, tuple[Assignment, Array]] = {}

    def to(self, travellers: Travellers, shares: Array, sizes: Array) -> tuple[Assignment, Array]:
        """Of one market under a calendar `shares` (C, 2, T), and its arrivals (C, T)."""
        usually = self._usually(travellers)
        question = usually, shares.min(axis=1).tobytes(), sizes.tobytes()
        if question not in self._found:
            market = self._usual.get(usually) or Usual(self.border, travellers)
            self._usual[usually] = market
            before, after = market.changed(shares, sizes)
            self._found[question] = after, market.diverted(before, after, sizes)
        return self._found[question]

    def _usually(self, travellers: Travellers) -> Hashable:
        border, rows = self.border, travellers.lanes
        posts = border.servers[rows].min(axis=1), border.usual_share[rows].min(axis=1)
        people = travellers.group_share, travellers.access_minutes, travellers.eligible
        counted = (one.tobytes() for one in (border.arrivals[rows], *posts, *people))
        return border.keys[int(rows[0])].mode, *counted


def _differs(border: Border, travellers: Travellers, shares: Array) -> Array:
    """(S,): whether the calendar of any lane is not the usual one."""
    rows = travellers.lanes
    differs: Array = (shares[:, rows] != border.usual_share[rows]).any(axis=(1, 2, 3))
    return differs
