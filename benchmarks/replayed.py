"""The border on days that were or might have been, as the service reckons them from its own files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

import numpy as np

from services.core import congestion, crossings
from services.core.alternatives import roads_for
from services.core.alternatives.journeys import markets
from services.core.board import Board, compile_board, inputs_from_files
from services.core.congestion import LaneKey, Outlook
from services.core.congestion.border import Border
from services.core.congestion.calendar import turns
from services.core.congestion.diversion import Usual
from services.core.congestion.grid import Array
from services.core.congestion.layout import calendar_steps, spin_up
from services.core.congestion.priors import Priors
from services.core.congestion.spillover import Assignment
from services.core.crossings import Direction, Mode, Side
from services.core.notices import Event

CATALOGUE = crossings.catalogue()
ROADS = roads_for(CATALOGUE)
SEEDS = (1, 2, 3)
A_DAY = slice(0, 49)
"""The half-hours of the first day of an outlook."""
SPIN_UP_HOURS = spin_up() // timedelta(hours=1)
TODAY = slice(SPIN_UP_HOURS, SPIN_UP_HOURS + 24)
"""Its hours in a calendar."""


@dataclass(frozen=True)
class Way:
    """By one crossing: minutes of driving on both sides, and of waiting particle by particle."""

    code: str
    road: float
    waits: Array


@dataclass(frozen=True)
class Day:
    """The border at an instant, as these events would have left it; travellers are those to Kazakhstan."""

    at: datetime
    events: Sequence[Event]

    @cached_property
    def board(self) -> Board:
        return compile_board(inputs_from_files(CATALOGUE, self.events, self.at), self.at)

    @cached_property
    def lanes(self) -> list[congestion.Lane]:
        return congestion.lanes_of(self.board.bulletins, self.at)

    @cached_property
    def outlooks(self) -> list[Outlook]:
        """One for each seed."""
        choosing = markets(congestion.keys_of(self.lanes), ROADS)
        return [
            congestion.forecast(self.board.bulletins, self.lanes, self.at, choosing, seed=seed).outlook
            for seed in SEEDS
        ]

    def codes(self, mode: Mode) -> list[str]:
        """The crossings where the mode is modelled."""
        keys = self.outlooks[0].keys
        return [key.crossing for key in keys if (key.mode, key.direction) == (mode, Direction.TO_KZ)]

    def waits(self, crossing: str, mode: Mode) -> Array:
        """(half-hours of a day, particles of all seeds) in minutes."""
        key = LaneKey(crossing, Direction.TO_KZ, mode)
        return np.concatenate([one.samples[A_DAY, one.keys.index(key)] for one in self.outlooks], axis=1)

    def coming(self, crossing: str, mode: Mode) -> float:
        """Travellers expected there within a day."""
        found = self.outlooks[0].of(LaneKey(crossing, Direction.TO_KZ, mode))
        return found.coming if found else 0.0

    def is_capacity_unknown(self, crossing: str, mode: Mode) -> bool:
        found = self.outlooks[0].of(LaneKey(crossing, Direction.TO_KZ, mode))
        return found is not None and found.capacity_unknown

    def ways(self, start: str, end: str, mode: Mode, setting_out: int = 0) -> list[Way]:
        """By every crossing that is reached within a day, for who sets out in so many hours, whether or not a
        source confirms that it takes the mode."""
        from_, to = (ROADS.gazetteer.find(name)[0] for name in (start, end))
        found = []
        for code in self.codes(mode):
            there = ROADS.minutes(from_, code, Side.UZ, mode).minutes
            beyond = ROADS.minutes(to, code, Side.KZ, mode).minutes
            joins = round(setting_out * 2 + there / 30)
            if joins in range(A_DAY.stop):
                found.append(Way(code, there + beyond, self.waits(code, mode)[joins]))
        return found

    def by_time(self, start: str, end: str) -> list[str]:
        """Crossings for a car that sets out now, by the median of the whole way."""
        ways = self.ways(start, end, Mode.CAR)
        return [way.code for way in sorted(ways, key=lambda way: way.road + float(np.median(way.waits)))]


@dataclass(frozen=True)
class Choosing:
    """One market to Kazakhstan on the usual calendar and in every turn of events, `shares` (S, C, 2, T)."""

    mode: str
    codes: tuple[str, ...]
    usual: Usual
    size_sd: Array
    shares: Array

    @property
    def as_thought(self) -> Array:
        return np.ones(len(self.codes))

    @cached_property
    def found(self) -> list[Assignment]:
        """The equilibrium of every turn."""
        return [self.usual.changed(share, self.as_thought)[1] for share in self.shares]

    def lost(self) -> float:
        """Travellers who are neither anywhere on the way nor at home, at worst."""
        departures = self.usual.market.departures
        at_home = [np.abs(departures - one.flows.sum(axis=1) - one.deferred).sum() for one in self.found]
        on_the_way = [abs(one.flows.sum() - one.arrivals.sum()) for one in self.found]
        return float(max(*at_home, *on_the_way))

    def most_at(self, code: str) -> float:
        """Travellers of the whole calendar who go there, in the turn in which most do."""
        return max(float(one.per_crossing[self.codes.index(code)]) for one in self.found)

    def if_sized(self, code: str, deviations: float) -> float:
        """The mean wait of a day there if it is so many standard deviations larger than thought."""
        place = self.codes.index(code)
        sizes = self.as_thought
        sizes[place] = np.exp(self.size_sd[place] * deviations)
        waits = [self.usual.changed(share, sizes)[1].waits[place, TODAY].mean() for share in self.shares]
        return float(np.mean(waits))


def choosing(day: Day, without: Day) -> Iterator[Choosing]:
    """The markets of a day, beside those of the same day without its events."""
    start = day.at - spin_up()
    steps = calendar_steps(start, day.at)
    usual, changed = (turns(one.board.bulletins, day.lanes, start, steps) for one in (without, day))
    shares = np.where(changed.shares == usual.shares, usual.shares[:1], changed.shares)
    priors, keys = Priors.read(), congestion.keys_of(day.lanes)
    rows = [row for row, key in enumerate(keys) if priors.daily(key, start.date())]
    modelled = [keys[row] for row in rows]
    clusters = [CATALOGUE[key.crossing].cluster for key in modelled]
    border = Border.expected(modelled, clusters, start, usual.shares[0][rows], {}, priors)
    for travellers in markets(modelled, ROADS):
        lanes = travellers.lanes
        if modelled[lanes[0]].direction == Direction.TO_KZ:
            codes = tuple(modelled[row].crossing for row in lanes)
            market = Usual(border, travellers)
            yield Choosing(
                modelled[lanes[0]].mode, codes, market, border.size_sd[lanes], shares[:, rows][:, lanes]
            )
