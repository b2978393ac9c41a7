"""What a changed calendar does to the arrivals at every lane of a market.

The usual calendar is put through the equilibrium once, with attractions that reproduce the usual volumes;
then the changed one. Only the difference between the two moves arrivals, so a calendar that has not changed
changes nothing, and the model's own idea of a usual day does not replace the levels that are known.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from services.core.congestion.border import Border
from services.core.congestion.fluid import HourlyQueues
from services.core.congestion.grid import STEPS_PER_HOUR, Array
from services.core.congestion.spillover import Assignment, Behaviour, Market, calibrated, equilibrium

AFTER_HOURS = 24
"""Hours of arrival beyond the calendar, its last day again, so that those on the road at its end arrive."""


@dataclass(frozen=True, slots=True)
class Travellers:
    """Groups of one mode and direction who choose between some lanes of a border.

    lanes (C,)             rows in the border's lanes
    group_share (G,)       of all travellers of the market, before calibration
    access_minutes (G, C)  on the road by way of each crossing, without waits
    eligible (G, C)        may they pass there at all
    """

    lanes: Array
    group_share: Array
    access_minutes: Array
    eligible: Array


class Usual:
    """A market on its usual calendar, calibrated to the usual volumes."""

    def __init__(self, border: Border, travellers: Travellers) -> None:
        self.border, self.travellers = border, travellers
        self.rows = travellers.lanes
        mode = border.modes[int(self.rows[0])]
        common = border.priors.common
        if mode.theta is None:
            raise ValueError("lanes: travellers of this mode do not choose")
        self.lines_up = mode.comes_when_shut.value
        self.behaviour = Behaviour(
            theta=mode.theta.value,
            beta=common.reliability_premium.value,
            deferral_minutes=common.deferral_minutes.value,
            informed=common.informed_share.value,
        )
        self.arrivals = _hourly(border.arrivals[self.rows])
        market = self._market(border.usual_share[self.rows])
        self.market, self.assignment = calibrated(market, self.behaviour, self.arrivals.sum(axis=1))

    def changed(self, shares: Array, sizes: Array) -> tuple[Assignment, Assignment]:
        """The equilibria on the usual calendar and on another one, capacity `shares` (C, 2, T), of lanes that
        are `sizes` (C,) times as large as thought, in capacity and in usual traffic alike."""
        before = self.assignment
        if (sizes != 1).any():
            usual = self.under(self.border.usual_share[self.rows], sizes)
            certain = replace(self.behaviour, informed=1.0)
            before = equilibrium(usual, certain, begin=self._if_waits_stayed(sizes))
        market = self.under(shares, sizes)
        after = equilibrium(market, self.behaviour, habitual_waits=before.waits, begin=before.flows)
        return before, after

    def under(self, shares: Array, sizes: Array) -> Market:
        """The calibrated market under a calendar. A lane κ times as large draws as much more, α + log κ."""
        return replace(
            self._market(shares * sizes[:, None, None]),
            departures=self.market.departures,
            eligible=self.market.eligible,
            attraction=self.market.attraction + np.log(sizes),
        )

    def _if_waits_stayed(self, sizes: Array) -> Array:
        """(G, C, H) the usual flows among lanes of other sizes: near the equilibrium, for the load stays."""
        drawn = self.assignment.flows * sizes[:, None]
        everybody = drawn.sum(axis=1) + self.assignment.deferred
        flows: Array = drawn * (self.market.departures / np.maximum(everybody, 1e-12))[:, None]
        return flows

    def diverted(self, before: Assignment, after: Assignment, sizes: Array) -> Array:
        """(C, T) arrivals per hour: what the lanes lose in proportion, what they gain on top, the gains in
        all being the losses less the trips put off."""
        arrivals = self.arrivals * sizes[:, None]
        hours = arrivals.shape[1]
        then, now = (one.arrivals[:, :hours] for one in (before, after))
        kept = np.where(then > 1e-9, np.minimum(now / np.maximum(then, 1e-9), 1.0), 1.0)
        lost = arrivals * (1 - kept)
        gained = np.maximum(now - then, 0)
        scale = lost.sum() / max(float((then * (1 - kept)).sum()), 1e-9)
        rates = self.border.arrivals[self.rows] * sizes[:, None] * np.repeat(kept, STEPS_PER_HOUR, axis=1)
        diverted: Array = rates + np.repeat(gained * scale, STEPS_PER_HOUR, axis=1)
        return diverted

    def _market(self, shares: Array) -> Market:
        """The market under a calendar, before calibration. A crossing can be joined while both its posts are
        open, or at any hour if its travellers line up, as long as it opens again within the calendar. Who
        joins too late to be served before a post shuts waits over the closed hours, and reckons with that."""
        open_share = _hourly(shares.min(axis=1))
        opens_later = np.maximum.accumulate(open_share[:, ::-1] > 0, axis=1)[:, ::-1]
        feasible = opens_later if self.lines_up else open_share > 0
        return Market(
            departures=self._departures(),
            access_minutes=self.travellers.access_minutes,
            eligible=self.travellers.eligible,
            feasible=_another_day(feasible),
            attraction=np.zeros(len(self.rows)),
            queues=self._queues(_another_day(open_share)),
        )

    def _queues(self, open_share: Array) -> HourlyQueues:
        mode, capacity = self.border.modes[int(self.rows[0])], self.border.priors.common
        at_work = np.exp(capacity.capacity_mean.value + capacity.capacity_sd.value**2 / 2)
        servers = self.border.servers[self.rows].min(axis=1) * at_work
        size = len(self.rows)
        return HourlyQueues(
            servers=open_share * servers[:, None],
            service_minutes=np.full(size, mode.service_minutes.value),
            scv=np.full(size, mode.service_scv.value),
            waiting=np.zeros(size),
        )

    def _departures(self) -> Array:
        """(G, H): those who arrive in an hour set out as long before as the nearest crossing is away."""
        total, hours = self.arrivals.sum(axis=0), self.arrivals.shape[1]
        access = np.where(self.travellers.eligible, self.travellers.access_minutes, np.inf).min(axis=1)
        lead = np.round(np.where(np.isfinite(access), access, 0) / 60).astype(int)
        then = np.arange(hours) + lead[:, None]
        over = np.maximum(then - hours + 1, 0)
        then = then - 24 * -(-over // 24)
        shares = self.travellers.group_share / self.travellers.group_share.sum()
        departures: Array = total[np.maximum(then, 0)] * shares[:, None]
        return departures


def _hourly(per_step: Array) -> Array:
    """(…, H): means over the hours of (…, T); the steps must fill whole hours."""
    hourly: Array = per_step.reshape(*per_step.shape[:-1], -1, STEPS_PER_HOUR).mean(axis=-1)
    return hourly


def _another_day(hourly: Array) -> Array:
    return np.concatenate([hourly, hourly[:, -AFTER_HOURS:]], axis=1)
