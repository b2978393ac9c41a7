"""The outlook of a component, from bulletins: hours and notices become calendars, calendars become waits.

With it what was learnt: a run begins where a checkpoint was put away, takes in what was reported since, and
is blended with what the series of reported waits lead to expect.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

import numpy as np
from numpy.typing import NDArray

from services.core.congestion.assumptions import assumed
from services.core.congestion.calendar import Lane, Turns, turns
from services.core.congestion.chance import Chance
from services.core.congestion.components import components
from services.core.congestion.days import ONE_DAY, day_classes
from services.core.congestion.demand import BORDER_TIME, DayClasses
from services.core.congestion.diversion import Travellers
from services.core.congestion.grid import STEP, STEPS_PER_HOUR, Array, LaneKey
from services.core.congestion.informed import Apart, Weights, informed
from services.core.congestion.layout import Calendar, calendar_steps, laid_out, particles, spin_up
from services.core.congestion.learning import Series
from services.core.congestion.outlook import Outlook, joining, outlook
from services.core.congestion.past import NOTHING, Past, state_of
from services.core.congestion.queue import Kernel
from services.core.crossings import Side, holidays_on
from services.core.status import Bulletin
from services.core.text import Language

ENGINE = "4"
"""Moves with every change of the engine that changes its figures."""

DAY_STEPS = 24 * STEPS_PER_HOUR


@dataclass(frozen=True, slots=True)
class Known:
    """What a run may build on beside the bulletins.

    past       the queues at some instant, and what was seen since
    expected   quantiles (J, 9) of the series of reported waits, and `weights` of theirs
    """

    past: Past = NOTHING
    expected: Mapping[Series, Array] = field(default_factory=dict)
    weights: Weights = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Forecast:
    """An outlook, and for lanes with series what it was blended of."""

    outlook: Outlook
    apart: Mapping[LaneKey, tuple[Apart, ...]]


def version() -> str:
    """Names the engine and what it assumes: what was computed by another cannot be gone on from."""
    return f"{ENGINE}-{assumed().digest}"


def grid_start(now: datetime) -> datetime:
    """The step of the grid in which an instant lies: runs within one step see the same future."""
    return now.replace(minute=now.minute - now.minute % 10, second=0, microsecond=0)


def keys_of(lanes: Sequence[Lane]) -> list[LaneKey]:
    return [LaneKey(*lane) for lane in lanes]


def forecast(
    bulletins: Mapping[str, Bulletin],
    lanes: Sequence[Lane],
    at: datetime,
    markets: Sequence[Travellers],
    *,
    seed: int,
    known: Known | None = None,
) -> Forecast:
    """The outlook from `at` (a step of the grid) on. `markets` count their lanes as `lanes` does. What is
    `known` is of one component, and `lanes` must be its lanes; without it they may be of several."""
    known = known or Known()
    start = (known.past.at or at) - spin_up()
    usual, calendars, days = _calendars(bulletins, lanes, start, calendar_steps(start, at))
    found = outlook(
        keys_of(lanes),
        _clusters(bulletins, lanes),
        at,
        usual,
        calendars,
        priors=assumed().priors,
        seed=_of_the_day(seed, start),
        travellers=markets,
        day_classes=days,
        start=start,
        pasts={min((code for code, _, _ in lanes), default=""): known.past},
    )
    rows = [row for row, key in enumerate(keys_of(lanes)) if key in found.keys]
    shares = [calendar.shares[rows] for calendar in calendars]
    eventful = _eventful(found.keys, usual[rows], shares, days, start, at)
    blend, apart = informed(found, known.expected, known.weights, eventful)
    return Forecast(blend, apart)


def put_away(
    bulletins: Mapping[str, Bulletin],
    lanes: Sequence[Lane],
    until: datetime,
    markets: Sequence[Travellers],
    *,
    seed: int,
    past: Past,
) -> dict[str, Array]:
    """The state at `until`, to go on from later; of one component. A full hour, as `past.at` must be."""
    start = (past.at or until) - spin_up()
    steps = (until - start) // STEP
    usual, calendars, days = _calendars(bulletins, lanes, start, steps + STEPS_PER_HOUR)
    keys = keys_of(lanes)
    (part,) = components(keys, markets)
    border, turns_ = laid_out(
        part, keys, _clusters(bulletins, lanes), start, usual, calendars, assumed().priors, days
    )
    kernel = Kernel(border.lanes(turns_.arrivals, turns_.shares))
    chance = Chance(part.generator(_of_the_day(seed, start)), particles())
    reached = past.until(steps, border.keys, start, kernel, turns_.weights, chance)
    return state_of(border.keys, *reached)


def _of_the_day(seed: int, start: datetime) -> int:
    """Another for every day: the chance of one day must not be that of the next. All runs from one start
    share it, so that they tell the same past."""
    return seed * 10_000_000 + start.toordinal()


def _calendars(
    bulletins: Mapping[str, Bulletin], lanes: Sequence[Lane], start: datetime, steps: int
) -> tuple[Array, list[Calendar], DayClasses]:
    """The calendar by the hours alone, those that may be, and the days that are not ordinary."""
    usual = turns(_without_notices(bulletins), lanes, start, steps)
    expected = turns(bulletins, lanes, start, steps)
    holidays = next(iter(bulletins.values())).holidays if bulletins else {}
    first, last = start.date() - ONE_DAY, (start + steps * STEP).date() + ONE_DAY
    days = day_classes(first, last, holidays, assumed().priors.occasions, _holidays_of)
    settled = _settled(usual, expected)
    calendars = [Calendar(weight=1 / len(settled), shares=shares) for shares in settled]
    return usual.shares[0], calendars, days


def _clusters(bulletins: Mapping[str, Bulletin], lanes: Sequence[Lane]) -> list[str]:
    return [bulletins[code].crossing.cluster for code, _, _ in lanes]


def _settled(usual: Turns, expected: Turns) -> NDArray[np.float64]:
    """The shares in every turn of events, with the usual ones wherever the notices change nothing.

    Which of several accounts of the hours is right is nothing that makes people go elsewhere.
    """
    return np.where(expected.shares == usual.shares, usual.shares[:1], expected.shares)


def _eventful(
    keys: Sequence[LaneKey],
    usual: Array,
    calendars: Sequence[Array],
    days: DayClasses,
    start: datetime,
    at: datetime,
) -> Array:
    """(J, L): whether in some hours before `at`, or from then to the instant forecast, a notice lets a post
    pass other shares than at the same hour of the day before, or a day is not ordinary. What a notice has
    long changed is usual by now. What changes at one lane is an event at all of its mode and direction."""
    changed = np.zeros((len(keys), usual.shape[2]), np.bool_)
    for shares in calendars:
        off = shares - usual
        changed[:, DAY_STEPS:] |= (off[:, :, DAY_STEPS:] != off[:, :, :-DAY_STEPS]).any(axis=1)
    alike = np.array(
        [[one.mode == other.mode and one.direction == other.direction for other in keys] for one in keys]
    )
    changed = (alike.reshape(len(keys), len(keys)).astype(int) @ changed.astype(int)) > 0
    special = np.array(
        [(start + t * STEP).astimezone(BORDER_TIME).date() in days for t in range(usual.shape[2])]
    )
    now = (at - start) // STEP
    first = max(now - assumed().engine.events.felt_hours.value * STEPS_PER_HOUR, 0)
    felt = np.logical_or.accumulate((changed | special)[:, first:], axis=1)
    eventful: Array = felt[:, now - first + joining()].T
    return eventful


def _without_notices(bulletins: Mapping[str, Bulletin]) -> Mapping[str, Bulletin]:
    return {code: replace(bulletin, announced=()) for code, bulletin in bulletins.items()}


def _holidays_of(day: date) -> frozenset[str]:
    return frozenset(holiday.names[Language.ENGLISH] for side in Side for holiday in holidays_on(side, day))
