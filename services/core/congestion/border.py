"""From lane keys, calendars and priors to what the queues are told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from statistics import NormalDist
from typing import TypeVar
from zlib import crc32

import numpy as np

from services.core.congestion.chance import Wander
from services.core.congestion.demand import BORDER_TIME, DayClasses, arrivals_per_hour
from services.core.congestion.grid import STEP_MINUTES, Array, LaneKey
from services.core.congestion.lanes import Kinship, Lanes, Unknowns
from services.core.congestion.priors import ModeClass, Priors
from services.core.congestion.stated import TEN_TO_NINETY

Key = TypeVar("Key")


@dataclass(frozen=True, slots=True)
class Border:
    """Modelled lanes with what is expected of them on the usual calendar.

    keys               the L lanes, in the order of every array here
    usual_share (L, 2, T)  of a post's capacity, by its hours alone
    servers (L, 2)     at full capacity, exit post and entry post
    stated (L,)        a source gives the capacity of one of the posts
    arrivals (L, T)    units an hour
    """

    start: datetime
    keys: tuple[LaneKey, ...]
    clusters: tuple[str, ...]
    usual_share: Array
    servers: Array
    stated: Array
    arrivals: Array
    priors: Priors

    @classmethod
    def expected(
        cls,
        keys: Sequence[LaneKey],
        clusters: Sequence[str],
        start: datetime,
        usual_share: Array,
        day_classes: DayClasses,
        priors: Priors,
    ) -> Border:
        """Every key must be of a modelled lane. People know the hours: those of a mode that does not line up
        when it is shut come, on the same day, when it is usually open."""
        rates = arrivals_per_hour(keys, start, usual_share.shape[2], day_classes, priors)
        if np.isnan(rates).any():
            raise ValueError("keys: hold a lane that is not modelled")
        on = start.astimezone(BORDER_TIME).date()
        open_then = usual_share.min(axis=1) > 0
        total = np.maximum(rates.sum(axis=1), 1e-12)
        shares = (rates * open_then).sum(axis=1) / total
        servers, stated = np.empty((len(keys), 2)), np.empty(len(keys), np.bool_)
        for row, key in enumerate(keys):
            mode, share = priors.modes[key.mode], float(shares[row])
            if not mode.comes_when_shut.value:
                rates[row] *= open_then[row] / max(share, 0.05)
            servers[row], stated[row] = _servers(key, on, share, priors)
        return cls(start, tuple(keys), tuple(clusters), usual_share, servers, stated, rates, priors)

    @property
    def modes(self) -> list[ModeClass]:
        return [self.priors.modes[key.mode] for key in self.keys]

    def sizes(self, turns: int) -> Array:
        """(S, L): how many times as large as thought the lanes are in each of S turns, by `size_sd`. The
        turns cover the range evenly, for every crossing and mode in an order of its own."""
        quantiles = np.array([NormalDist().inv_cdf((turn + 0.5) / turns) for turn in range(turns)])
        drawn = np.zeros((turns, len(self.keys)))
        for row, key in enumerate(self.keys):
            order = np.random.default_rng(crc32(f"{key.crossing} {key.mode} size".encode()))
            drawn[:, row] = order.permutation(quantiles)
        sizes: Array = np.exp(self.size_sd * drawn)
        return sizes

    @property
    def size_sd(self) -> Array:
        """(L,) Log-sd of the size of a lane, in capacity and usual traffic alike.

        Where no source states what the posts can pass only their load is known: if they pass half as much as
        we think then so is their traffic. So the size is as uncertain as the level. Elsewhere it is known.
        """
        return np.where(self.stated, 0.0, self._own_sd())

    def lanes(self, arrivals: Array, shares: Array) -> Lanes:
        """Lanes for S calendars: `arrivals` (S, L, T) units an hour, capacity `shares` (S, L, 2, T)."""
        modes = self.modes
        return Lanes(
            arrivals_per_hour=arrivals,
            servers=shares * self.servers[:, :, None],
            party=np.array([mode.party.value for mode in modes]),
            service_minutes=_at_both([mode.service_minutes.value for mode in modes]),
            service_scv=_at_both([mode.service_scv.value for mode in modes]),
            held=np.array([mode.held.value for mode in modes]),
            balking=np.array([mode.balking.value if mode.balking else np.inf for mode in modes]),
            yard=np.array([self._yard(key) for key in self.keys]),
            walk_steps=np.array([max(round(mode.walk_minutes.value / STEP_MINUTES), 1) for mode in modes]),
            unknowns=self.unknowns(),
        )

    def unknowns(self) -> Unknowns:
        common, size = self.priors.common, len(self.keys)

        def everywhere(value: float) -> Array:
            return np.full(size, value)

        return Unknowns(
            demand_level_sd=self._level_sd(),
            demand=Wander.around_one(
                everywhere(common.demand_sd.value), everywhere(common.demand_tau_hours.value)
            ),
            capacity=Wander(
                everywhere(common.capacity_mean.value),
                everywhere(common.capacity_sd.value),
                everywhere(common.capacity_tau_hours.value),
            ),
            inspection=Wander.around_one(
                everywhere(common.inspection_sd.value), everywhere(common.inspection_tau_hours.value)
            ),
            stop_every_hours=everywhere(common.stop_every_hours.value),
            stop_hours=everywhere(common.stop_hours.value),
            kinship=self._kinship(),
        )

    def _level_sd(self) -> Array:
        """Log-sd of the daily levels, as far as they are believable beside the capacity of the posts.

        Where no capacity is stated it grew with the traffic, and only the load is uncertain. Where one is
        stated, a level above what can pass in a day cannot be usual: it stays beyond P90.
        """
        usual = self.priors.common.usual_load.log_sd
        own = self._own_sd()
        minutes = np.array([mode.service_minutes.value for mode in self.modes])
        passing = self.servers[:, :, None] * self.usual_share * 60 / minutes[:, None, None]
        load = self.arrivals.sum(axis=1) / np.maximum(passing.min(axis=1).sum(axis=1), 1e-9)
        room = np.log(1 / np.clip(load, 1e-3, 1.0)) / (TEN_TO_NINETY / 2)
        believable = np.where(self.stated, np.maximum(room, usual), usual)
        sd: Array = np.minimum(own, believable)
        return sd

    def _own_sd(self) -> Array:
        """Log-sd of the levels by themselves."""
        on = self.start.astimezone(BORDER_TIME).date()
        levels = [self.priors.daily(key, on) for key in self.keys]
        return np.array([level[0].log_sd if level else 0.0 for level in levels])

    def _kinship(self) -> Kinship | None:
        """Lanes of one direction and mode share shocks, more so within a cluster of crossings."""
        if not self.keys:
            return None
        wide = _numbered([(key.direction, key.mode) for key in self.keys])
        placed = zip(self.keys, self.clusters, strict=True)
        near = _numbered([(key.direction, key.mode, cluster) for key, cluster in placed])
        common = self.priors.common
        return Kinship(near, wide, common.near_correlation.value, common.wide_correlation.value)

    def _yard(self, key: LaneKey) -> float:
        room = self.priors.yard(key)
        return np.inf if room is None else room


def _servers(key: LaneKey, on: date, open_share: float, priors: Priors) -> tuple[list[float], bool]:
    """Servers at the exit and at the entry post, and whether a source states those of either. A post of
    which nothing is known keeps up with the other and with the usual traffic."""
    stated = [priors.servers(key, side, on) for side in _sides(key)]
    usual = max([priors.usual_servers(key, on, open_share), *(found[1] for found in stated if found)])
    return [found[1] if found else usual for found in stated], any(stated)


def _sides(key: LaneKey) -> tuple[str, str]:
    """The states of the exit and of the entry post."""
    return ("uz", "kz") if key.direction == "to-kz" else ("kz", "uz")


def _at_both(values: Sequence[float]) -> Array:
    """(L, 2): the same at the exit and at the entry post."""
    return np.stack([values, values], axis=1)


def _numbered(keys: Sequence[Key]) -> Array:
    """The same number for the same key, from 0."""
    numbers = {key: number for number, key in enumerate(dict.fromkeys(keys))}
    return np.array([numbers[key] for key in keys])
