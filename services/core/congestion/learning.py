"""What reported waits have taught: the forecaster of the lanes that somebody reports, kept between runs.

A wait reported at one post is a series of that post, a wait at both together is a series of the lane. Only
credible sources teach, those whose figures are compared with the forecasts as well: travellers' reports move
the queues, but not what is thought usual.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np

from services.core.congestion.calendar import Lane
from services.core.congestion.demand import BORDER_TIME
from services.core.congestion.grid import STEP_MINUTES, Array
from services.core.congestion.layout import AHEAD_HOURS
from services.core.congestion.outlook import EVERY_STEPS
from services.core.congestion.series import Clock, Forecaster, Roster
from services.core.crossings import Direction, Mode
from services.core.observations import Kind, ObservationFields, Reported, Reporter

LEARNT_FROM = timedelta(weeks=14)
"""How far back reports are read when a series is new; the forecaster looks no farther."""

SHIFT_MINUTES = {Mode.TRUCK: 360.0, Mode.FREIGHT_TRAIN: 360.0}
"""Added to a wait before its logarithm is taken, where queues may last for days."""
USUAL_SHIFT = 5.0

AHEAD_MINUTES = range(0, AHEAD_HOURS * 60 + 1, EVERY_STEPS * STEP_MINUTES)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, order=True)
class Series:
    """Waits of a lane at both posts together (`stage` None), at its exit post (0) or its entry post (1)."""

    crossing: str
    direction: Direction
    mode: Mode
    stage: int | None

    @classmethod
    def of(cls, fields: ObservationFields) -> Series:
        direction: Direction = fields.direction
        stage = None if fields.side is None else int(fields.side is not direction.exit_side)
        return cls(fields.crossing, direction, fields.mode, stage)

    @classmethod
    def read(cls, written: str) -> Series:
        crossing, direction, mode, stage = written.split()
        return cls(crossing, Direction(direction), Mode(mode), None if stage == "both" else int(stage))

    def __str__(self) -> str:
        stage = "both" if self.stage is None else str(self.stage)
        return f"{self.crossing} {self.direction} {self.mode} {stage}"

    @property
    def lane(self) -> Lane:
        return self.crossing, self.direction, self.mode


def teaches(report: Reported) -> bool:
    """Whether a report is a wait, as it was, from a source that forecasts are compared with."""
    fields = report.fields
    return fields.kind is Kind.WAIT and fields.bound is None and report.by is Reporter.OFFICIAL


def is_of(state: Mapping[str, Array], reports: Iterable[Reported]) -> bool:
    """Whether a state has the series of every report that teaches."""
    series = set(state["series"].tolist())
    return all(str(Series.of(report.fields)) in series for report in reports if teaches(report))


class Learned:
    """The series of a component, in the order of their names, and their forecaster."""

    def __init__(self, series: Sequence[Series], forecaster: Forecaster) -> None:
        self.series, self._forecaster = tuple(series), forecaster
        self._places = {one: place for place, one in enumerate(self.series)}

    @classmethod
    def anew(cls, reports: Sequence[Reported], now: datetime) -> Learned | None:
        """From the reports of `LEARNT_FROM`; None where none of them teaches."""
        series = sorted({Series.of(report.fields) for report in reports if teaches(report)})
        if not series:
            return None
        begin = _minute(now - LEARNT_FROM)
        forecaster = Forecaster(_roster(series), begin, clock=Clock(BORDER_TIME))
        learned = cls(series, forecaster)
        learned.take(reports)
        return learned

    @classmethod
    def restored(cls, state: Mapping[str, Array]) -> Learned:
        series = [Series.read(str(written)) for written in state["series"]]
        arrays = {name: array for name, array in state.items() if name != "series"}
        return cls(
            series,
            Forecaster.restore(_roster(series), arrays, clock=Clock(BORDER_TIME)),
        )

    def state(self) -> dict[str, Array]:
        """Arrays by name, for `restored`."""
        return {**self._forecaster.export(), "series": np.array([str(one) for one in self.series])}

    @property
    def reached(self) -> datetime:
        """The instant up to which it has learnt."""
        return EPOCH + timedelta(minutes=self._forecaster.minute)

    def take(self, reports: Iterable[Reported]) -> None:
        """Learn from reports, in any order; each must be new."""
        for report in sorted(filter(teaches, reports), key=lambda one: (one.received_at, one.id)):
            received = max(_minute(report.received_at), self._forecaster.minute)
            observed = min(_minute(report.fields.observed_at), received)
            lane = np.array([self._places[Series.of(report.fields)]])
            waits = np.array([report.fields.wait_minutes])
            self._forecaster.report(lane, np.array([observed]), waits, received)

    def expected(self, at: datetime) -> Mapping[Series, Array]:
        """(J, 9) minutes at the levels .1 to .9 and the instants of an outlook, by series; only those of
        which enough is known."""
        now = max(_minute(at), self._forecaster.minute)
        quantiles = self._forecaster.quantiles(now, AHEAD_MINUTES)
        found = {series: quantiles[:, place] for place, series in enumerate(self.series)}
        return {series: array for series, array in found.items() if np.isfinite(array).all()}


def _minute(at: datetime) -> int:
    return (at - EPOCH) // timedelta(minutes=1)


def _roster(series: Sequence[Series]) -> Roster:
    places = {code: number for number, code in enumerate(dict.fromkeys(one.crossing for one in series))}
    modes = list(Mode)
    return Roster(
        place=np.array([places[one.crossing] for one in series]),
        kind=np.array([modes.index(one.mode) for one in series]),
        shift=np.array([SHIFT_MINUTES.get(one.mode, USUAL_SHIFT) for one in series]),
    )
