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
    COUNT = "count"
    """Vehicles or persons in the queue."""
    LENGTH = "length"
    """Kilometres of queue."""
    THROUGHPUT = "throughput"
    """Vehicles or persons passed per hour."""
    NOT_MOVING = "not-moving"
    MOVING = "moving"


MEASURED = {
    Kind.WAIT: "wait_minutes",
    Kind.COUNT: "queue",
    Kind.LENGTH: "queue_km",
    Kind.THROUGHPUT: "per_hour",
}
"""The field that holds the figure of each kind; the other kinds have none."""


class ObservationFields(Record):
    """A number with who measured it, where and when. Unknown stays unknown: exactly one figure is given."""

    crossing: Code
    direction: Direction
    mode: Mode
    side: Side
    kind: Kind
    observed_at: Annotated[AwareDatetime, Field(ge=EARLIEST)]
    wait_minutes: Annotated[float, Field(ge=0, le=30 * 24 * 60)] | None = None
    queue: Annotated[int, Field(ge=0, le=100_000)] | None = None
    queue_km: Annotated[float, Field(ge=0, le=200)] | None = None
    per_hour: Annotated[float, Field(ge=0, le=100_000)] | None = None
    method: Line | None = None
    lineage: Line | None = None
    """Names the stream a figure comes from; figures of one lineage count once per cadence."""

    @model_validator(mode="after")
    def _gives_its_figure(self) -> Self:
        for kind, field in MEASURED.items():
            given = getattr(self, field) is not None
            if given != (kind is self.kind):
                raise ValueError(
                    f"{field}: {'has no meaning' if given else 'is needed'} with kind {self.kind}"
                )
        return self
