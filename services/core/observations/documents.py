"""What somebody measured at a lane."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Self

from pydantic import AwareDatetime, Field, model_validator

from services.core.crossings import Code, Direction, Mode, Side
from services.core.text import Line, Record

EARLIEST = datetime(1991, 1, 1, tzinfo=UTC)
"""Since then there has been a border to observe."""


class Kind(StrEnum):
    WAIT = "wait"
    """Minutes that those who are served now have waited."""
    WAIT_AHEAD = "wait-ahead"
    """Minutes that those who join now are told they will wait: somebody else's forecast."""
    COUNT = "count"
    """Vehicles or persons in the queue."""
    LENGTH = "length"
    """Kilometres of queue."""
    THROUGHPUT = "throughput"
    """Vehicles or persons passed per hour, over some hours."""
    BOOKED = "booked"
    """Trucks that hold a booking and wait for their turn elsewhere."""
    BOOKED_WAIT = "booked-wait"
    """Minutes from booking to being called, as whoever books now is told; nothing of the post."""
    NOT_MOVING = "not-moving"
    MOVING = "moving"


class Bound(StrEnum):
    """How a figure is meant that is not exact: "30 minutes and more", "up to 150"."""

    AT_LEAST = "at-least"
    AT_MOST = "at-most"


MEASURED = {
    Kind.WAIT: "wait_minutes",
    Kind.WAIT_AHEAD: "wait_minutes",
    Kind.COUNT: "queue",
    Kind.LENGTH: "queue_km",
    Kind.THROUGHPUT: "per_hour",
    Kind.BOOKED: "booked",
    Kind.BOOKED_WAIT: "booked_wait_minutes",
}
"""The field that holds the figure of each kind; the other kinds have none."""

BOOKINGS = (Kind.BOOKED, Kind.BOOKED_WAIT)
"""What is told of a booking queue, in which trucks wait elsewhere: never of those who stand at the border."""


class ObservationFields(Record):
    """A number with who measured it, where and when. Unknown stays unknown: exactly one figure is given."""

    crossing: Code
    direction: Direction
    mode: Mode
    side: Side | None = None
    """Whose post was looked at, or calls those who have booked; None for a wait at both posts together."""
    kind: Kind
    observed_at: Annotated[AwareDatetime, Field(ge=EARLIEST)]
    wait_minutes: Annotated[float, Field(ge=0, le=30 * 24 * 60)] | None = None
    queue: Annotated[int, Field(ge=0, le=100_000)] | None = None
    queue_km: Annotated[float, Field(ge=0, le=200)] | None = None
    per_hour: Annotated[float, Field(ge=0, le=100_000)] | None = None
    booked: Annotated[int, Field(ge=0, le=100_000)] | None = None
    booked_wait_minutes: Annotated[float, Field(ge=0, le=90 * 24 * 60)] | None = None
    over_hours: Annotated[float, Field(gt=0, le=48)] = 1
    """How long the passing was counted, up to `observed_at`: a shift has twelve."""
    bound: Bound | None = None
    method: Line | None = None
    lineage: Line | None = None
    """Names the stream a figure comes from; figures of one lineage count once per cadence."""

    @property
    def lane(self) -> tuple[str, Direction, Mode]:
        return self.crossing, self.direction, self.mode

    @model_validator(mode="after")
    def _gives_its_figure(self) -> Self:
        for field in dict.fromkeys(MEASURED.values()):
            given = getattr(self, field) is not None
            if given != (field == MEASURED.get(self.kind)):
                raise ValueError(
                    f"{field}: {'has no meaning' if given else 'is needed'} with kind {self.kind}"
                )
        return self

    @model_validator(mode="after")
    def _says_only_what_its_kind_can(self) -> Self:
        if self.side is None and self.kind not in (Kind.WAIT, Kind.WAIT_AHEAD):
            raise ValueError("side: is needed; only a wait can be that of both posts together")
        if self.over_hours != 1 and self.kind is not Kind.THROUGHPUT:
            raise ValueError(f"over_hours: has no meaning with kind {self.kind}")
        if self.bound is not None and self.kind not in MEASURED:
            raise ValueError(f"bound: has no meaning with kind {self.kind}")
        return self


class Reporter(StrEnum):
    OFFICIAL = "official"
    TRAVELLER = "traveller"


class Reported(Record):
    """An observation as it reached us."""

    id: str
    source: str
    """Who reported, as `official:` or `traveller:` and a name that says no more."""
    received_at: datetime
    fields: ObservationFields

    @property
    def by(self) -> Reporter:
        return Reporter(self.source.partition(":")[0])
