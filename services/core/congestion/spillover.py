"""Where travellers go when a crossing shuts or jams: an equilibrium of choices and queues.

Travellers of one mode and direction choose, by group and hour of departure, a crossing or to put the trip
off. The utility of crossing j is −θ·[access + (1+β)·wait at arrival] + α_j, that of putting it off
−θ·(nearest access + D₀). A share φ is informed and reckons with the waits that these very choices make; the
rest reckons with habitual waits, unless those that it meets are longer by more than D₀. The choices are
averaged until they hardly move, with steps that fall fastest where the choices swing to and fro. Everybody
who sets out arrives somewhere or is counted as putting the trip off: nothing is lost.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace

import numpy as np

from services.core.congestion.assumptions import assumed
from services.core.congestion.fluid import HourlyQueues
from services.core.congestion.grid import Array
from services.core.congestion.priors import THETA_MOST

ONWARD, BACKWARD = 0.2, 1.0
"""A step goes 1/n of the way; n, at first 1, grows by this from step to step, as they go on or turn back
(Kesten's rule). Of 1694 equilibria in the notices of 2021 to 2026 two have a gap above 1 % after 60 such
steps, 1.5 % at worst; with steps of k^(−0.8) it is 5.3 %, and they take a fifth more of them."""
MOST_STEPS = 60
CLOSE_ENOUGH = 0.01
"""Share of the travellers of each crossing who may still want to be elsewhere. Usually an equilibrium is
called found when that holds of all travellers together. But then a quarter of those of a small crossing may
be wrong, and the wait that is published there swings from day to day by what the search happened to leave."""
HARDLY_USED = 0.001
"""A crossing with a smaller share of all travellers is measured as if it had this."""
BAND_STEPS = 8
LEAP = 3.0
"""An update of the calibration moves no attraction farther."""


@dataclass(frozen=True, slots=True)
class Behaviour:
    """How people choose: `theta` per minute; `beta`, the premium on waiting; `deferral_minutes`, what putting
    a trip off is worth; `informed`, the share that reckons with the coming waits."""

    theta: float
    beta: float
    deferral_minutes: float
    informed: float

    def __post_init__(self) -> None:
        if not 0.0 < self.theta <= THETA_MOST:
            raise ValueError(f"theta: must be positive and at most {THETA_MOST} a minute")
        if not 0 <= self.informed <= 1 or self.beta < 0 or self.deferral_minutes < 0:
            raise ValueError("informed must be a share, beta and deferral_minutes not negative")


@dataclass(frozen=True, slots=True)
class Market:
    """G groups of travellers of one mode and direction, and the C crossings between which they choose.

    departures (G, H)        units that set out in each hour
    access_minutes (G, C)    from their origin by way of the crossing to their destination, without waits
    eligible (G, C)          may they pass there at all
    feasible (C, K)          can one join there in each hour of arrival, K >= H; later ones count in the last
    attraction (C,)          α: what else draws or keeps people off, in utility
    queues                   the bottlenecks of the C crossings over K hours
    """

    departures: Array
    access_minutes: Array
    eligible: Array
    feasible: Array
    attraction: Array
    queues: HourlyQueues

    def __post_init__(self) -> None:
        groups, hours = self.departures.shape
        crossings, arrival_hours = self.feasible.shape
        if self.access_minutes.shape != (groups, crossings) or self.eligible.shape != (groups, crossings):
            raise ValueError("access_minutes and eligible: must be groups × crossings")
        if self.attraction.shape != (crossings,) or self.queues.servers.shape != (crossings, arrival_hours):
            raise ValueError("attraction and queues: must be of the same crossings and hours")
        if arrival_hours < hours:
            raise ValueError("feasible: must cover the hours of departure")
        if (self.departures < 0).any() or np.isnan(self.access_minutes[self.eligible]).any():
            raise ValueError("departures must not be negative, access to an eligible crossing must be known")


@dataclass(frozen=True, slots=True)
class Assignment:
    """Who goes where. `gap` is the share of travellers who would still choose otherwise.

    flows (G, C, H)        by hour of departure; with `deferred` (G, H) they add up to the departures
    arrivals (C, K)        by hour of arrival
    waits (C, K)           minutes, of the cheap queues inside the equilibrium
    waits_between (2, C, K) lowest and highest of the last steps: the band to show if `is_band`
    """

    flows: Array
    deferred: Array
    arrivals: Array
    waits: Array
    waits_between: Array
    gap: float
    iterations: int

    @property
    def is_band(self) -> bool:
        return self.gap > assumed().engine.diversion.band_gap_share.value

    @property
    def deferred_share(self) -> float:
        return float(self.deferred.sum() / max(self.deferred.sum() + self.flows.sum(), 1e-12))

    @property
    def per_crossing(self) -> Array:
        """(C,) units over all hours."""
        total: Array = self.flows.sum(axis=(0, 2))
        return total


class Choices:
    """The parts of a market that do not change while its equilibrium is sought."""

    def __init__(self, market: Market, behaviour: Behaviour) -> None:
        self.market, self.behaviour = market, behaviour
        hours = market.departures.shape[1]
        crossings, self.arrival_hours = market.feasible.shape
        access = np.where(market.eligible, market.access_minutes, 0.0)
        on_road = access[:, :, None] / 60 + np.arange(hours)
        first = np.minimum(on_road.astype(np.int64), self.arrival_hours - 1)
        second = np.minimum(first + 1, self.arrival_hours - 1)
        self.later = on_road - np.floor(on_road)
        self.sooner = 1 - self.later
        row = np.arange(crossings)[:, None] * self.arrival_hours
        self.first, self.second = first + row, second + row
        feasible = market.feasible.reshape(-1)
        possible = feasible[self.first] & (feasible[self.second] | (self.later == 0))
        self.possible = possible & market.eligible[:, :, None]
        fixed = market.attraction[None, :] - behaviour.theta * access
        self.fixed = np.where(self.possible, fixed[:, :, None], -np.inf)
        nearest = np.where(market.eligible, access, np.inf).min(axis=1)
        nearest = np.where(np.isfinite(nearest), nearest, 0.0)
        self.put_off = (-behaviour.theta * (nearest + behaviour.deferral_minutes))[:, None, None]
        self._seen = self._by_habit = np.empty(0)

    def met(self, waits: Array) -> Array:
        """(G, C, H): which of `waits` (C, K) those meet who set out in each hour."""
        seen = waits.reshape(-1)
        met: Array = seen.take(self.first)
        met *= self.sooner
        then = seen.take(self.second)
        then *= self.later
        met += then
        return met

    def flows(self, waits: Array) -> Array:
        """(G, C, H): what people choose who reckon with `waits` (C, K)."""
        utility = self.met(waits * -(self.behaviour.theta * (1 + self.behaviour.beta)))
        utility += self.fixed
        best = np.maximum(utility.max(axis=1, keepdims=True), self.put_off)
        utility -= best
        flows: Array = np.exp(utility, out=utility)
        flows *= self.market.departures[:, None, :] / (
            flows.sum(axis=1, keepdims=True) + np.exp(self.put_off - best)
        )
        return flows

    def wanted(self, waits: Array, habitual_waits: Array) -> Array:
        """(G, C, H): what the informed and the others together choose who meet `waits` (C, K).

        Also who is not informed leaves a queue that is longer than thought by what putting the trip off is
        worth, and chooses as if that had been known.
        """
        informed = self.behaviour.informed
        wanted: Array = informed * self.flows(waits)
        if informed < 1:
            seen = np.maximum(habitual_waits, waits - self.behaviour.deferral_minutes)
            if not np.array_equal(seen, self._seen):
                self._seen, self._by_habit = seen, self.flows(seen)
            wanted += (1 - informed) * self._by_habit
        return wanted

    def arrivals(self, flows: Array) -> Array:
        """(C, K): the same units by the hour in which they come; the parts of an hour go to two hours."""
        size = self.market.feasible.size
        late = flows * self.later
        counted = np.bincount(self.first.reshape(-1), (flows - late).reshape(-1), size)
        counted += np.bincount(self.second.reshape(-1), late.reshape(-1), size)
        return counted.reshape(self.market.feasible.shape)


def equilibrium(
    market: Market,
    behaviour: Behaviour,
    *,
    habitual_waits: Array | None = None,
    begin: Array | None = None,
    most_steps: int = MOST_STEPS,
) -> Assignment:
    """The assignment in which the informed reckon with the waits it makes, as near as `CLOSE_ENOUGH`.

    `habitual_waits` (C, K) of the uninformed: none where not given. `begin` (G, C, H): flows to start from,
    such as those of a similar market; the nearer, the fewer steps.
    """
    choices = Choices(market, behaviour)
    habit = np.zeros(market.feasible.shape) if habitual_waits is None else habitual_waits
    flows = np.where(choices.possible, begin, 0.0) if begin is not None else choices.flows(habit)
    flows = _within(flows, market.departures)
    people = max(float(market.departures.sum()), 1e-12)
    recent: deque[Array] = deque(maxlen=BAND_STEPS)
    step, parts, before = 0, 1.0, np.zeros_like(flows)
    while True:
        waits = market.queues.waits(choices.arrivals(flows))
        recent.append(waits)
        wanted = choices.wanted(waits, habit)
        moved = wanted - flows
        if _is_near(moved, flows) or step >= most_steps:
            break
        if step:
            parts += BACKWARD if (moved * before).sum() < 0 else ONWARD
        flows, before = flows + moved / parts, moved
        step += 1
    band = np.stack([np.min(recent, axis=0), np.max(recent, axis=0)])
    deferred = market.departures - flows.sum(axis=1)
    return Assignment(flows, deferred, choices.arrivals(flows), waits, band, _gap(moved, people), step)


def _is_near(moved: Array, flows: Array) -> bool:
    """Whether at every crossing `moved` (G, C, H), who want to come less who come, is little of `flows`."""
    using = flows.sum(axis=(0, 2))
    counted = np.maximum(using, HARDLY_USED * using.sum())
    return bool((np.abs(moved).sum(axis=(0, 2)) <= CLOSE_ENOUGH * counted).all())


def _gap(moved: Array, people: float) -> float:
    """Share of travellers who want to be elsewhere; those who put the trip off are one more place to be."""
    return float(np.abs(moved).sum() + np.abs(moved.sum(axis=1)).sum()) / 2 / people


def _within(flows: Array, departures: Array) -> Array:
    """No more than set out."""
    total = flows.sum(axis=1, keepdims=True)
    scale = np.minimum(departures[:, None, :] / np.maximum(total, 1e-300), 1.0)
    scaled: Array = flows * scale
    return scaled


def calibrated(
    market: Market, behaviour: Behaviour, target: Array, *, updates: int = 12
) -> tuple[Market, Assignment]:
    """The market in which as many units as in `target` (C,) choose each crossing.

    What is not known is who sets out and what else than time draws people: each update first moves the
    departures of the groups towards those who use the crossings that are short of units, then the attractions
    by log(target / assigned). The attractions are nothing on average, over units, so that putting a trip off
    keeps its worth; the departures come to include those who usually do. A target of zero shuts the crossing
    out. Habitual waits are those of the outcome itself. 12 updates bring volumes within a few per cent where
    the target can be met at all.
    """
    market = replace(market, eligible=market.eligible & (target > 0))
    certain = replace(behaviour, informed=1.0)
    outcome = equilibrium(market, certain)
    for _ in range(updates):
        market = _nearer(market, outcome, target)
        outcome = equilibrium(market, certain, begin=outcome.flows)
    return market, outcome


def _nearer(market: Market, outcome: Assignment, target: Array) -> Market:
    """The market after one update: departures by the ratios of the crossings that a group uses (which keeps
    the sum right), then attractions by what is left of the ratios."""
    passing = outcome.flows.sum(axis=2)
    ratio = target / np.maximum(passing.sum(axis=0), 1e-9)
    of_group = passing.sum(axis=1)
    growth = np.where(of_group > 0, passing @ ratio / np.maximum(of_group, 1e-9), 1.0)
    then = np.maximum(growth @ passing, 1e-9)
    left = np.clip(np.log(np.where(target > 0, target / then, 1.0)), -LEAP, LEAP)
    left -= (left * target).sum() / max(float(target.sum()), 1e-9)
    return replace(
        market,
        departures=market.departures * growth[:, None],
        attraction=np.where(target > 0, market.attraction + left, market.attraction),
    )
