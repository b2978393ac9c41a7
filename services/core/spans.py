"""Stretches of time: half-open, `start <= at < end`; no end means that it goes on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeAlias

DISTANT_FUTURE = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Span:
    """`start <= at < end`, both aware. `end=None` means "still going on"."""

    start: datetime
    end: datetime | None = None

    def __post_init__(self) -> None:
        if self.end is not None and self.end <= self.start:
            raise ValueError(f"a span must end after it starts: {self.start} .. {self.end}")

    def __contains__(self, at: datetime) -> bool:
        return self.start <= at and (self.end is None or at < self.end)

    @property
    def until(self) -> datetime:
        """The end, or the distant future where there is none, so that ends can be compared."""
        return self.end or DISTANT_FUTURE

    def overlaps(self, other: Span) -> bool:
        return self.start < other.until and other.start < self.until

    def clip(self, to: Span) -> Span | None:
        """The part of this span that lies inside `to`, or None."""
        start, until = max(self.start, to.start), min(self.until, to.until)
        if start >= until:
            return None
        return Span(start, None if until == DISTANT_FUTURE else until)


Spans: TypeAlias = tuple[Span, ...]
"""Sorted, disjoint and not touching; what `union` returns."""


def union(spans: Iterable[Span]) -> Spans:
    """The same instants as sorted, disjoint spans with touching neighbours joined."""
    merged: list[Span] = []
    for span in sorted(spans, key=lambda span: (span.start, span.until)):
        if merged and span.start <= merged[-1].until:
            last = merged[-1]
            if span.until > last.until:
                merged[-1] = Span(last.start, span.end)
        else:
            merged.append(span)
    return tuple(merged)


def intersection(left: Spans, right: Spans) -> Spans:
    """The instants that lie in both; both must be sorted and disjoint."""
    return tuple(_overlaps(left, right))


def _overlaps(left: Spans, right: Spans) -> Iterator[Span]:
    i = j = 0
    while i < len(left) and j < len(right):
        if both := left[i].clip(right[j]):
            yield both
        if left[i].until <= right[j].until:
            i += 1
        else:
            j += 1


def difference(left: Spans, right: Spans) -> Spans:
    """The instants of `left` that are not in `right`; both must be sorted and disjoint."""
    rest: list[Span] = []
    for span in left:
        start = span.start
        for hole in right:
            if hole.until <= start or hole.start >= span.until:
                continue
            if hole.start > start:
                rest.append(Span(start, hole.start))
            start = hole.until
        if start < span.until:
            rest.append(Span(start, span.end))
    return tuple(rest)
