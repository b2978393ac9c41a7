"""What a computation of the advisories leaves behind: a run, with one advisory per lane."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from services.core.crossings import Code, Direction, Mode
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


class Wait(Record):
    """Minutes of waiting before both posts, without the inspections themselves, for somebody who joins.

    None: the wait does not end within what is forecast, so it has no honest number.
    """

    p10: float | None
    p50: float | None
    p90: float | None


class Ahead(Record):
    """The wait of somebody who joins at `at`; None where nobody can join then."""

    at: datetime
    wait: Wait | None


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
    wait: Wait | None = None
    queue: float | None = None
    """Median number of vehicles or persons before both posts now."""
    ahead: tuple[Ahead, ...] = ()
    instead: tuple[Instead, ...] = ()

    @property
    def lane(self) -> tuple[str, Direction, Mode]:
        return self.crossing, self.direction, self.mode


class Run(Record):
    """All advisories as they were computed at one instant from one state of the records.

    The same inputs, engine and seed give the same bytes again.
    """

    at: datetime
    ledger_seq: int
    """The newest ledger entry that it knew of."""
    engine: str
    seed: int
    advisories: tuple[Advisory, ...]
