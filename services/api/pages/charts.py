"""Two small charts as geometry: a week of hours, day by day, and the fan of the wait."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import groupby, pairwise

from services.api.pages.telling import TASHKENT
from services.core.advisories import Ahead, Wait
from services.core.crossings import Verdict
from services.core.spans import Span
from services.core.status import Segment

DAYS = 7
MINUTES_A_DAY = 24 * 60
WIDTH, HEIGHT = 328, 150
LEFT, RIGHT, TOP, BOTTOM = 40, 6, 8, 24
"""Room around the plot for the figures at its axes."""

HALF_AN_HOUR_LABEL = 18
"""An hour whose label would stand over the edge has none."""

ALONE = timedelta(minutes=15)
"""How far a single instant is drawn to either side."""

LADDER = (10, 20, 30, 60, 120, 180, 240, 360, 720, 1440, 2880, 4320)
"""Distances between the lines of the wait axis, in minutes."""


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of one local day with one verdict, in minutes after its midnight."""

    verdict: Verdict
    start: int
    end: int

    @property
    def all_day(self) -> bool:
        return self.end - self.start == MINUTES_A_DAY

    @property
    def from_clock(self) -> str:
        return _clock(self.start)

    @property
    def to_clock(self) -> str:
        return _clock(self.end)


@dataclass(frozen=True, slots=True)
class Stretch:
    """Parts of a day on end that are not shut. `surely` are those that are open."""

    parts: tuple[Part, ...]

    @property
    def surely(self) -> tuple[Part, ...]:
        return tuple(part for part in self.parts if part.verdict is Verdict.OPEN)

    @property
    def whole(self) -> Part:
        verdicts = {part.verdict for part in self.parts}
        verdict = verdicts.pop() if len(verdicts) == 1 else Verdict.UNCONFIRMED
        return Part(verdict, self.parts[0].start, self.parts[-1].end)


@dataclass(frozen=True, slots=True)
class Day:
    on: date
    parts: tuple[Part, ...]

    @property
    def stretches(self) -> tuple[Stretch, ...]:
        by_shut = groupby(self.parts, key=lambda part: part.verdict is Verdict.CLOSED)
        return tuple(Stretch(tuple(parts)) for shut, parts in by_shut if not shut)


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


def first_midnight(at: datetime) -> datetime:
    return datetime.combine(at.astimezone(TASHKENT).date(), time(), TASHKENT)


def week(at: datetime) -> Span:
    """From `at` to the midnight that ends the seventh local day."""
    return Span(at, first_midnight(at) + timedelta(days=DAYS))


def days(segments: Sequence[Segment], at: datetime) -> tuple[Day, ...]:
    """The segments of `week(at)` cut at local midnights."""
    midnights = [first_midnight(at) + timedelta(days=number) for number in range(DAYS + 1)]
    return tuple(
        Day(start.date(), tuple(_parts(segments, Span(start, end)))) for start, end in pairwise(midnights)
    )


def _parts(segments: Sequence[Segment], day: Span) -> Iterator[Part]:
    for segment in segments:
        if inside := segment.span.clip(day):
            start, end = ((edge - day.start) // timedelta(minutes=1) for edge in (inside.start, inside.until))
            if end > start:
                yield Part(segment.status.verdict, start, end)


@dataclass(frozen=True, slots=True)
class Tick:
    place: float
    minutes: int = 0
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Fan:
    """SVG path data in a box of `WIDTH` by `HEIGHT`: bands from P10 to P90 and the medians, with gaps."""

    bands: str
    medians: str
    waits: tuple[Tick, ...]
    hours: tuple[Tick, ...]
    has_gaps: bool
    has_no_top: bool
    """Whether somewhere no upper limit is in sight: there the band goes up to the edge."""


def fan(ahead: Sequence[Ahead]) -> Fan | None:
    """None where not a single wait is foreseen."""
    known = [(one.at, wait) for one in ahead if (wait := one.wait) and wait.p50 is not None]
    if not known or len(ahead) < 2:
        return None
    start, end = ahead[0].at, ahead[-1].at
    top = _top([wait for _, wait in known])
    step = next((step for step in LADDER if top / step <= 4), LADDER[-1])
    top = -(-top // step) * step

    def across(at: datetime) -> float:
        return round(LEFT + (WIDTH - LEFT - RIGHT) * ((at - start) / (end - start)), 1)

    def up(minutes: float) -> float:
        return round(HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * min(minutes, top) / top, 1)

    bands, medians = [], []
    for run in _runs(ahead):
        low = [(across(at), up(wait.p10 or 0)) for at, wait in run]
        high = [(across(at), up(top if wait.p90 is None else wait.p90)) for at, wait in run]
        bands.append(f"M{_joined([*low, *reversed(high)])}Z")
        medians.append(f"M{_joined([(across(at), up(wait.p50 or 0)) for at, wait in run])}")
    waits = tuple(Tick(up(minutes), minutes) for minutes in range(0, int(top) + 1, step))
    hours = (Tick(across(at), at=at) for at in _half_days(start, end))
    return Fan(
        bands="".join(bands),
        medians="".join(medians),
        waits=waits,
        hours=tuple(tick for tick in hours if tick.place <= WIDTH - HALF_AN_HOUR_LABEL),
        has_gaps=len(known) < len(ahead),
        has_no_top=any(wait.p90 is None for _, wait in known),
    )


def _top(waits: Sequence[Wait]) -> float:
    figures = [figure for wait in waits for figure in (wait.p50, wait.p90) if figure is not None]
    return max(10.0, *figures)


def _runs(ahead: Sequence[Ahead]) -> Iterator[list[tuple[datetime, Wait]]]:
    """Unbroken stretches of foreseen waits."""
    run: list[tuple[datetime, Wait]] = []
    for one in (*ahead, None):
        if one is not None and one.wait is not None and one.wait.p50 is not None:
            run.append((one.at, one.wait))
            continue
        if len(run) == 1:
            at, wait = run[0]
            run = [(max(at - ALONE, ahead[0].at), wait), (min(at + ALONE, ahead[-1].at), wait)]
        if run:
            yield run
        run = []


def _joined(points: Sequence[tuple[float, float]]) -> str:
    return "L".join(f"{x:g} {y:g}" for x, y in points)


def _half_days(start: datetime, end: datetime) -> Iterator[datetime]:
    """Local midnights and noons."""
    at = first_midnight(start)
    while at <= end:
        if at >= start:
            yield at
        at += timedelta(hours=12)
