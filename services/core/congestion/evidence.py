"""What one report says about one lane, and which reports are news.

A figure is an interval: rounding and words like "more than 30" leave no more. Reports are ordered by the
instant at which somebody saw something, so it does not matter in which order they reached us.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import inf

from services.core.congestion.grid import STEP_MINUTES
from services.core.congestion.sources import Kind, Measure


@dataclass(frozen=True, slots=True)
class Evidence:
    """One report.

    lane          its place among the lanes
    step          the step in which it was seen; it is held against the state at the beginning of it
    key           tells reports apart and orders those of one step: the identity of the report
    kind          of the registry
    source        whose figures share a bias
    stage         the post it is about; None for a wait at both together and for a signal about either
    low, high     the figure lies between them, in minutes or units; signals have none
    hours         over which units were counted that passed
    lineage       the stream the figure comes from, whoever passes it on; empty: its own
    contributor   who gave it; empty: not known
    """

    lane: int
    step: int
    key: str
    kind: Kind
    source: str
    stage: int | None = None
    low: float = 0.0
    high: float = inf
    hours: float = 0.0
    lineage: str = ""
    contributor: str = ""

    def __post_init__(self) -> None:
        measure = self.kind.subject
        if not 0 <= self.low <= self.high:
            raise ValueError("low, high: must not be negative, nor in the wrong order")
        if self.stage is None and measure in (Measure.COUNT, Measure.PASSED):
            raise ValueError("stage: units stand at one post or the other")
        if (measure == Measure.PASSED) != (self.hours > 0):
            raise ValueError("hours: belong to units that have passed, and only to them")


def independent(evidence: Iterable[Evidence]) -> list[Evidence]:
    """The reports that are news, in the order in which they were seen.

    Of those of one lineage, or of one contributor, the first within a cadence counts: what has been taken in
    then stays valid whatever copies come later. Reports about different things are different news.
    """
    news: list[Evidence] = []
    last: dict[tuple[object, ...], int] = {}
    for one in sorted(evidence, key=lambda one: (one.step, one.lane, one.key)):
        streams = dict(_streams(one))
        if all((one.step - last.get(name, -inf)) * STEP_MINUTES >= gap for name, gap in streams.items()):
            last.update(dict.fromkeys(streams, one.step))
            news.append(one)
    return news


def heard(evidence: Iterable[Evidence], begun: int) -> list[Evidence]:
    """The news seen after the step `begun`, but of nobody who spoke of the lane before.

    How far a contributor may move a lane is bound over all reports together, and what those until `begun`
    have moved cannot be told any more. As names last for a day and runs begin at midnight, this concerns
    those who tell late of two days.
    """
    news = independent(evidence)
    before = {(one.lane, one.contributor) for one in news if one.step <= begun and one.contributor}
    return [one for one in news if one.step > begun and (one.lane, one.contributor) not in before]


def _streams(one: Evidence) -> Iterator[tuple[tuple[object, ...], float]]:
    """What a report may repeat, and for how many minutes."""
    about = (one.lane, one.stage, one.kind.subject)
    if one.lineage:
        yield ("lineage", one.lineage, *about), one.kind.cadence_minutes.value
    if one.contributor:
        yield ("contributor", one.contributor, *about), one.kind.contributor_minutes.value
