"""What a comparison of forecast and observation leaves behind."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from services.core.advisories import Basis
from services.core.crossings import Code, Direction, Mode, Side
from services.core.text import Record


class Queue(StrEnum):
    """Queues that are not before the posts: they are compared by themselves, beside the modes."""

    BOOKED_TRUCKS = "truck-booked"


class Yardsticks(Record):
    """What somebody without a model would have said at the same instant; None where they could not.

    persistence    the last wait known then
    last_week      the wait a week before the target, within half an hour
    usual          the median of the waits known then at that hour of the week, in the last twelve weeks
    """

    persistence: float | None = None
    last_week: float | None = None
    usual: float | None = None


class Score(Record):
    """One published forecast and what was observed. All waits in minutes."""

    observation: str
    horizon_hours: int
    crossing: Code
    direction: Direction
    mode: Mode | Queue
    side: Side | None
    """Whose post; None for both together."""
    joined_at: datetime
    """When the wait began; of a booking queue when it was told."""
    observed: float
    issued_at: datetime
    p10: float
    p50: float
    p90: float
    basis: Basis
    queues_loss: float | None = None
    series_loss: float | None = None
    """Pinball losses of what the queues and the series of reports said apart, where both did."""
    yardsticks: Yardsticks


class Tally(Record):
    """Sums over the scores of a lane, a horizon and a month (its first day, UTC).

    `error` sums |observed − p50|, `pinball` the mean pinball loss of the three quantiles. For each yardstick:
    how many targets it could forecast, its summed error there, and ours on the same targets.
    """

    crossing: Code
    direction: Direction
    mode: Mode | Queue
    horizon_hours: int
    month: date
    targets: int = 0
    below: int = 0
    """Observed below p10."""
    above: int = 0
    """Observed above p90."""
    error: float = 0.0
    pinball: float = 0.0
    persistence_targets: int = 0
    persistence_error: float = 0.0
    persistence_ours: float = 0.0
    last_week_targets: int = 0
    last_week_error: float = 0.0
    last_week_ours: float = 0.0
    usual_targets: int = 0
    usual_error: float = 0.0
    usual_ours: float = 0.0
    apart_targets: int = 0
    queues_loss: float = 0.0
    series_loss: float = 0.0

    @property
    def coverage(self) -> float:
        """Share between p10 and p90; only with targets."""
        return 1 - (self.below + self.above) / self.targets

    def skill(self, yardstick: str) -> float | None:
        """1 − our error / its error on the same targets: 0 no better, 1 perfect; None where it has none."""
        theirs = getattr(self, f"{yardstick}_error")
        return 1 - getattr(self, f"{yardstick}_ours") / theirs if theirs > 0 else None
