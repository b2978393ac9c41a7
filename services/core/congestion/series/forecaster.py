"""The forecaster of waits that learns from every report: what the service and the benchmark call.

Reports come one by one, each with the minute it was observed and the minute it was received. Every 75
minutes the forecaster makes forecasts for itself and scores those whose time has come; once a week, in the
beginning more often, it fits its experts anew. A forecast is the mean of the experts' quantiles, weighted by
their past losses, widened on each side as past outcomes ask for. It never uses what was received later.

The state is a dictionary of arrays: a forecaster restored from it goes on as if it had never stopped.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from services.core.congestion.grid import Array
from services.core.congestion.series.booking import BookedExperts
from services.core.congestion.series.booking import booked as fitted_booked
from services.core.congestion.series.clock import Clock
from services.core.congestion.series.columns import Questions
from services.core.congestion.series.errors import Between
from services.core.congestion.series.experts import Experts
from services.core.congestion.series.fitting import fitted
from services.core.congestion.series.history import History
from services.core.congestion.series.judgement import JUDGED, Judgement, pinball
from services.core.congestion.series.pending import Pending
from services.core.congestion.series.tuning import (
    DAY_SLOTS,
    HIGH,
    LEVELS,
    LOW,
    SLOT_MINUTES,
    WEEK_SLOTS,
    Roster,
    Tuning,
    slot_of,
)

SILENCE = 4 * DAY_SLOTS
"""After this long without any report no forecast is made to be scored: no outcome is to come."""


@dataclass(frozen=True, slots=True)
class Forecast:
    """z of each expert (E, H, L, Q) and together (H, L, Q), and the nearest of the fitted leads (H, L)."""

    experts: Array
    together: Array
    places: Array


class Forecaster:
    """Of the L lanes of a roster, from the minute `begin` on (since 1970-01-01 UTC).

    `booked`: the waits are those of booking queues, not of people who stand in line.
    """

    def __init__(
        self,
        roster: Roster,
        begin: int,
        *,
        clock: Clock | None = None,
        tuning: Tuning | None = None,
        booked: bool = False,
    ) -> None:
        self.roster, self.tuning, self.booked = roster, tuning or Tuning(), booked
        self.clock = clock or Clock()
        self.begin = int(slot_of(begin))
        self.history = History(roster, self.tuning, self.begin)
        self.history.reach(self.begin)
        self.judgement = Judgement.unbiased(roster, self.tuning)
        self.pending = Pending(roster.count, self.tuning)
        self.experts = self._fitted()
        self.known = np.zeros(roster.count, np.bool_)
        self.ceiling = np.full(roster.count, np.inf)
        self.minute = begin
        self.ticked = self.begin // self.tuning.tick
        self.refit = self.begin + DAY_SLOTS
        self.reported = self.begin - SILENCE

    def report(self, lanes: Array, observed: Array, waits: Array, received: int) -> None:
        """Waits (n,) in minutes, of `lanes` (n,), observed at minutes (n,), all received at one minute.

        Reports are given in the order in which they are received; raises ValueError otherwise, and for one
        that was observed after it was received.
        """
        if np.max(observed, initial=received) > received:
            raise ValueError("observed: must not be later than received")
        self._advance(received)
        if len(lanes):
            self.history.put(np.asarray(lanes), np.asarray(observed), np.asarray(waits, dtype=float))
            self.reported = int(slot_of(received))

    def quantiles(self, now: int, horizons: Sequence[int]) -> Array:
        """(H, L, 9) minutes of wait at the levels .1 to .9, `horizons` minutes after the minute `now`; nan
        for lanes of which too little is known. Raises ValueError where `now` is before what was received."""
        self._advance(now)
        slot = int(slot_of(now))
        targets = slot_of(now + np.asarray(horizons))
        together = self._forecast(slot, targets).together
        minutes = self.roster.minutes(together.transpose(0, 2, 1)).transpose(0, 2, 1)
        return np.where(self.known[None, :, None], minutes, np.nan)

    def export(self) -> dict[str, Array]:
        """The state. `restore` needs the same roster, clock and tuning."""
        parts: dict[str, Mapping[str, Array]] = {
            "history": self.history.export(),
            "judgement": {name: getattr(self.judgement, name).copy() for name in Judgement.__slots__},
            "pending": {
                name: getattr(self.pending, name).copy() for name in ("issued", "leads", "experts", "outer")
            },
            "experts": self.experts.export(),
        }
        state = {f"{part}.{name}": array for part, arrays in parts.items() for name, array in arrays.items()}
        state["known"], state["ceiling"] = self.known.copy(), self.ceiling.copy()
        state["times"] = np.array([self.begin, self.minute, self.ticked, self.refit, self.reported])
        return state

    @classmethod
    def restore(
        cls,
        roster: Roster,
        state: Mapping[str, Array],
        *,
        clock: Clock | None = None,
        tuning: Tuning | None = None,
        booked: bool = False,
    ) -> Forecaster:
        begin, minute, ticked, refit, reported = (int(time) for time in state["times"])
        forecaster = cls(roster, begin * SLOT_MINUTES, clock=clock, tuning=tuning, booked=booked)
        parts: dict[str, dict[str, Array]] = {}
        for name, array in state.items():
            part, _, field = name.partition(".")
            parts.setdefault(part, {})[field] = array
        forecaster.history = History.restore(roster, forecaster.tuning, parts["history"])
        forecaster.judgement = Judgement(**{name: array.copy() for name, array in parts["judgement"].items()})
        forecaster.experts = (BookedExperts if booked else Experts).restore(parts["experts"])
        for name, array in parts["pending"].items():
            getattr(forecaster.pending, name)[:] = array
        forecaster.known, forecaster.ceiling = state["known"].copy(), state["ceiling"].copy()
        forecaster.minute, forecaster.ticked = minute, ticked
        forecaster.refit, forecaster.reported = refit, reported
        return forecaster

    def _advance(self, minute: int) -> None:
        """Do what was due before `minute`, with what had been received by then."""
        if minute < self.minute:
            raise ValueError("received or now: must not go back")
        self.minute = minute
        tick = self.tuning.tick
        # A tick is due once its slot is over.
        last = (minute - 1) // SLOT_MINUTES // tick
        first = self.ticked + 1
        self.ticked = max(last, self.ticked)
        for number in range(first, min(last, (self.reported + SILENCE) // tick) + 1):
            self._tick(number * tick)
        self.history.reach(int(slot_of(minute)))

    def _tick(self, slot: int) -> None:
        self.history.reach(slot)
        if slot >= self.refit:
            self.experts = self._fitted()
            self.known = self.history.enough() & self.experts.known()
            self.ceiling = np.where(self.known, self.history.ceiling(), np.inf)
            self.refit = slot + int(np.clip((slot - self.begin) // 4, DAY_SLOTS, WEEK_SLOTS))
        self._score(slot)
        forecast = self._forecast(slot, slot + np.array(self.tuning.horizons))
        for horizon in range(len(self.tuning.horizons)):
            outer = forecast.together[horizon][:, [LOW, HIGH]].T
            judged = forecast.experts[:, horizon][..., list(JUDGED)].transpose(0, 2, 1)
            self.pending.put(horizon, slot, forecast.places[horizon], judged, outer)

    def _fitted(self) -> Experts | BookedExperts:
        fit = fitted_booked if self.booked else fitted
        return fit(self.history, self.clock)

    def _score(self, slot: int) -> None:
        self.judgement.forget(float(np.exp(-self.tuning.tick / (self.tuning.memory_days * DAY_SLOTS))))
        for horizon in range(len(self.tuning.horizons)):
            due = self.pending.due(horizon, slot)
            if due is None:
                continue
            place, target = due
            truth = self.pending.outcome(horizon, target, self.history)
            experts, outer = self.pending.experts[place].astype(float), self.pending.outer[place]
            truth = np.where(np.isfinite(outer[0]), truth, np.nan)
            minutes = self.roster.minutes(experts).transpose(0, 2, 1)
            losses = pinball(minutes, self.roster.minutes(truth))
            beyond = np.where(np.isfinite(truth), np.stack([truth < outer[0], truth > outer[1]]), np.nan)
            self.judgement.score(self.pending.leads[place], losses, beyond, self.roster, self.tuning)

    def _forecast(self, now: int, targets: Array) -> Forecast:
        lanes, count = self.roster.count, len(targets)
        newest = self.history.newest[now - self.history.first] + self.history.first
        questions = Questions(
            lane=np.tile(np.arange(lanes), count),
            origin=np.tile(np.maximum(newest, self.history.first), count),
            now=np.full(lanes * count, now),
            target=np.repeat(targets, lanes),
        )
        experts = self.experts.quantiles(self.history, self.clock, questions)
        ceiling = self.ceiling[questions.lane][:, None]
        experts = np.minimum(experts, ceiling)
        near = Between.of(np.array(self.tuning.horizons), questions.lead)
        together = self.judgement.together(experts, near, questions.lane, self.roster, self.tuning)
        return Forecast(
            experts.reshape(len(experts), count, lanes, len(LEVELS)),
            np.minimum(together, ceiling).reshape(count, lanes, len(LEVELS)),
            np.where(near.share < 0.5, near.low, near.high).reshape(count, lanes),
        )
