"""Classes of days on which more or fewer people travel, as `priors.toml` states them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from services.core.congestion.stated import ModeName, Number, Stated, Table


class Factors(Stated):
    """Demand on the days before an occasion, on it, and on the day of return, against an ordinary day."""

    before: Annotated[Number, Field(ge=0)]
    day: Annotated[Number, Field(ge=0)]
    after: Annotated[Number, Field(ge=0)]


MonthDay = Annotated[str, StringConstraints(pattern=r"^(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$")]


class Occasion(Table):
    """A class of days: some public holidays by their English names ("*": any), or a span of every year.

    `factors` by mode; a mode that is not named travels as usual.
    """

    name: str
    holidays: tuple[str, ...] = ()
    since: MonthDay | None = Field(default=None, alias="from")
    until: MonthDay | None = Field(default=None, alias="to")
    days_before: Annotated[int, Field(ge=0, le=14)] = 0
    note: str | None = None
    factors: dict[ModeName, Factors]

    @model_validator(mode="after")
    def _has_its_days(self) -> Self:
        if (self.since is None) != (self.until is None) or bool(self.holidays) == (self.since is not None):
            raise ValueError(f"{self.name}: give either holidays, or from and to")
        return self

    def celebrates(self, names: Iterable[str]) -> bool:
        """Whether one of these holidays is of this occasion."""
        return any("*" in self.holidays or name in self.holidays for name in names)

    def spans(self, day: date) -> bool:
        """Whether a day lies from its first to its last month-day; the span may run over New Year."""
        if self.since is None or self.until is None:
            return False
        written = f"{day:%m-%d}"
        if self.since <= self.until:
            return self.since <= written <= self.until
        return written >= self.since or written <= self.until
