"""What a computation of the advisories leaves behind: a run, with one advisory per lane."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TypeVar

from services.core.congestion import BOOKINGS_FELT
from services.core.crossings import Code, Direction, Mode, Side
from services.core.text import Record


class Level(StrEnum):
    NORMAL = "normal"
    BUSY = "busy"
    CONGESTED = "congested"
    SEVERE = "severe"

    @property
    def rank(self) -> int:
        return list(Level).index(self)


class Basis(StrEnum):
    """What a wait is made of. `prior`: nobody has measured anything here, it is what would be usual."""

    OBSERVED = "observed"
    MODELLED = "modelled"
    PRIOR = "prior"


DOUBTS = ("capacity-unknown", "between-bounds")
"""Others' travellers come and no source states what the posts can pass; or who goes where is not settled."""


class Wait(Record):
    """Minutes of waiting before both posts, without the inspections themselves, for somebody who joins.

    None: the wait does not end within what is forecast, so it has no honest number.
    """

    p10: float | None
    p50: float | None
    p90: float | None


class Apart(Record):
    """What the queues and the series of reported waits said by themselves, before they were blended: of the
    wait at the exit post (`stage` 0), at the entry post (1), or at both together (None)."""

    stage: int | None
    queues: Wait
    series: Wait


class Ahead(Record):
    """The wait of somebody who joins at `at`; None where nobody can join then."""

    at: datetime
    wait: Wait | None
    posts: tuple[Wait, Wait] | None = None
    """Of it the wait at the exit post and at the entry post, at the hours that are scored later."""
    apart: tuple[Apart, ...] = ()
    """At the same hours, for the posts of which a series is known."""


class BookedAhead(Record):
    """What whoever asks at `at` will probably be told."""

    at: datetime
    p10: float
    p50: float
    p90: float


class BookedFigure(Record):
    """A figure of a booking queue: the newest as it was reported, and now and ahead what will be; empty while
    too little was reported to say."""

    reported: float
    observed_at: datetime
    ahead: tuple[BookedAhead, ...] = ()

    def expected(self, at: datetime) -> BookedAhead | None:
        """What stands nearest to `at`; None outside what is forecast."""
        return _nearest(self.ahead, at)


class Booking(Record):
    """The queue in which trucks wait elsewhere until the post of `side` calls them. Nothing of the lane's own
    wait and queue follows from it, nor the other way round."""

    side: Side
    wait: BookedFigure | None = None
    """Minutes from booking until called."""
    units: BookedFigure | None = None
    """Trucks that hold a booking."""

    def known(self, at: datetime) -> Booking | None:
        """Without what was seen too long before `at` to tell of then; None if nothing is left."""
        wait, units = (
            one if one and at - one.observed_at <= BOOKINGS_FELT else None for one in (self.wait, self.units)
        )
        return Booking(side=self.side, wait=wait, units=units) if wait or units else None


class Instead(Record):
    """What a traveller of this lane can do instead, best first."""

    code: Code
    mode: Mode
    road_minutes: float
    detour_km: float
    wait_minutes: float | None
    reasons: tuple[str, ...]


class Advisory(Record):
    """One lane. `level` is None where the lane cannot be used or is not modelled: see `reasons`."""

    crossing: Code
    direction: Direction
    mode: Mode
    level: Level | None
    since: datetime
    """Since when it has this level."""
    leaving_since: datetime | None = None
    """Since when the wait has been low enough to leave the level; None while it is not."""
    reasons: tuple[str, ...]
    """Stable codes, such as `closed`, `wait-over-55-minutes`, `stopped`."""
    basis: Basis | None = None
    observed_at: datetime | None = None
    """When the last report was seen on which this rests."""
    wait: Wait | None = None
    queue: float | None = None
    """Median number of vehicles or persons before both posts now."""
    coming: float | None = None
    """Vehicles or persons expected in the next 24 hours, those sent here from elsewhere included."""
    ahead: tuple[Ahead, ...] = ()
    booking: Booking | None = None
    """Where trucks book their turn, as far as anybody reported it."""
    instead: tuple[Instead, ...] = ()

    @property
    def lane(self) -> tuple[str, Direction, Mode]:
        return self.crossing, self.direction, self.mode

    def expected(self, at: datetime) -> Ahead | None:
        """The wait forecast nearest to `at`; None outside what is forecast."""
        return _nearest(self.ahead, at)

    @property
    def doubts(self) -> tuple[str, ...]:
        """The reasons for which of the wait only the range is to be told, not the median."""
        return tuple(reason for reason in self.reasons if reason in DOUBTS)


class Run(Record):
    """All advisories of one component of the border, computed at one instant from one state of the records.

    The same inputs, engine and seed give the same bytes again.
    """

    at: datetime
    component: str = ""
    """The smallest code among crossings that share travellers; empty for a run of the whole border."""
    ledger_seq: int
    """The newest ledger entry that it knew of."""
    engine: str
    seed: int
    began_at: datetime | None = None
    """The checkpoint from which it went on; None where nothing was known of the time before."""
    advisories: tuple[Advisory, ...]


NEAR = timedelta(minutes=100)
"""Forecasts stand up to three hours apart: the nearest is at most an hour and a half away."""

OfAnInstant = TypeVar("OfAnInstant", Ahead, BookedAhead)


def _nearest(forecasts: Iterable[OfAnInstant], at: datetime) -> OfAnInstant | None:
    near = (one for one in forecasts if abs(one.at - at) <= NEAR)
    return min(near, key=lambda one: abs(one.at - at), default=None)
