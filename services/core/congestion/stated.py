"""What a file states: values, each with its origin."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from math import log
from typing import Annotated, Generic, Literal, Self, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from services.core.crossings import Mode

PRIOR = "prior"
TEN_TO_NINETY = 2.5631
"""Standard deviations of a normal distribution between P10 and P90."""

Number = Annotated[float, Field(strict=True)]
Whole = Annotated[int, Field(strict=True)]
"""No words that look like numbers, and no yes or no."""

T = TypeVar("T")


def _a_mode(name: str) -> str:
    if name not in list(Mode):
        raise ValueError(f"no mode is called {name!r}")
    return name


ModeName = Annotated[str, AfterValidator(_a_mode)]


class Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, allow_inf_nan=False)


class Source(Table):
    title: str
    url: str | None = None
    said: date | None = None


class Stated(Table):
    """`source` is a key of the sources, or "prior" for an assumption of ours."""

    source: str
    confidence: Literal["A", "B", "C", "prior"] = "prior"
    note: str | None = None

    @model_validator(mode="after")
    def _sourced(self) -> Self:
        if (self.source == PRIOR) != (self.confidence == PRIOR):
            raise ValueError(f"confidence: is prior if and only if the source is, not {self.confidence}")
        return self


class Figure(Stated):
    """A number; `low` and `high` are its P10 and P90 where the range is known."""

    value: Number
    low: Number | None = None
    high: Number | None = None

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        low, high = (self.value if end is None else end for end in (self.low, self.high))
        if not low <= self.value <= high:
            raise ValueError("value: must lie between low and high")
        return self

    @property
    def log_sd(self) -> float:
        """Standard deviation of the logarithm; 0 where no range is given."""
        if self.low is None or self.high is None or self.low <= 0:
            return 0.0
        return log(self.high / self.low) / TEN_TO_NINETY


class Positive(Figure):
    value: Annotated[Number, Field(gt=0)]
    low: Annotated[Number, Field(gt=0)] | None = None


class NotNegative(Figure):
    value: Annotated[Number, Field(ge=0)]
    low: Annotated[Number, Field(ge=0)] | None = None


class Share(NotNegative):
    value: Annotated[Number, Field(ge=0, le=1)]
    high: Annotated[Number, Field(le=1)] | None = None


class Flag(Stated):
    value: Annotated[bool, Field(strict=True)]


class Figures(Stated):
    values: tuple[Number, ...]


class Setting(Stated, Generic[T]):
    """A value without a range; its note says what it does and why it is what it is."""

    value: T
    note: str = Field(min_length=1)


def refuse_unknown(sources: Iterable[str], parts: object) -> None:
    """ValueError where anything in `parts`, however deep, names a source that is not among `sources`."""
    known = {PRIOR, *sources}
    for stated in _stated(parts):
        if stated.source not in known:
            raise ValueError(f"sources: no source is called {stated.source!r}")


def _stated(value: object) -> Iterator[Stated]:
    if isinstance(value, Stated):
        yield value
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from _stated(getattr(value, name))
    elif isinstance(value, dict | tuple):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _stated(part)
