"""What reports have taught: the forecasters of the figures that somebody reports, kept between runs.

A wait reported at one post is a series of that post, a wait at both together is a series of the lane. Figures
of booking queues, in which trucks wait elsewhere, are series of other kinds, and each kind has a forecaster:
none learns from another. Only credible sources teach, those whose figures are compared with the forecasts as
well: travellers' reports move the queues, but not what is thought usual.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np

from services.core.congestion.calendar import Lane
from services.core.congestion.demand import BORDER_TIME
from services.core.congestion.grid import STEP_MINUTES, Array
from services.core.congestion.outlook import joining
from services.core.congestion.series import Clock, Forecaster, Roster
from services.core.crossings import Direction, Mode
from services.core.observations import BOOKINGS, MEASURED, Kind, ObservationFields, Reported, Reporter

LEARNT_FROM = timedelta(weeks=14)
"""How far back reports are read when a series is new; the forecaster looks no farther."""

SHIFT_MINUTES = {Mode.TRUCK: 360.0, Mode.FREIGHT_TRAIN: 360.0}
"""Added to a wait before its logarithm is taken, where queues may last for days."""
USUAL_SHIFT = 5.0
BOOKED_SHIFT = 120.0
"""Units, likewise: on queues of 50 to 1 700 bookings it was nearer, 3 to 72 hours ahead, than 5 to 60;
250 was a little nearer still, and makes the ranges of small queues wide."""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Series:
    """Figures of a lane at both posts together (`stage` None), at its exit post (0) or its entry post (1)."""

    crossing: str
    direction: Direction
    mode: Mode
    stage: int | None
    kind: Kind = Kind.WAIT

    @classmethod
    def of(cls, fields: ObservationFields) -> Series:
        direction: Direction = fields.direction
        stage = None if fields.side is None else int(fields.side is not direction.exit_side)
        return cls(fields.crossing, direction, fields.mode, stage, fields.kind)

    @classmethod
    def read(cls, written: str) -> Series:
        crossing, direction, mode, stage, *kind = written.split()
        return cls(
            crossing,
            Direction(direction),
            Mode(mode),
            None if stage == "both" else int(stage),
            *map(Kind, kind),
        )

    def __str__(self) -> str:
        stage = "both" if self.stage is None else str(self.stage)
        kind = "" if self.kind is Kind.WAIT else f" {self.kind}"
        return f"{self.crossing} {self.direction} {self.mode} {stage}{kind}"

    def __lt__(self, other: Series) -> bool:
        return str(self) < str(other)

    @property
    def lane(self) -> Lane:
        return self.crossing, self.direction, self.mode


def teaches(report: Reported) -> bool:
    """Whether a report is a wait at the posts, as it was, from a source that forecasts are compared with."""
    return report.fields.kind is Kind.WAIT and _credible(report)


def books(report: Reported) -> bool:
    """Whether a report is a figure of a booking queue, as it was, from such a source."""
    fields = report.fields
    return fields.kind in BOOKINGS and fields.mode is Mode.TRUCK and _credible(report)


def _credible(report: Reported) -> bool:
    return report.fields.bound is None and report.by is Reporter.OFFICIAL


def _learnable(reports: Iterable[Reported]) -> list[Reported]:
    return [report for report in reports if teaches(report) or books(report)]


def is_of(state: Mapping[str, Array], reports: Iterable[Reported]) -> bool:
    """Whether a state has the series of every report that there is to learn from."""
    series = {written for names in _states(state).values() for written in names["series"].tolist()}
    return all(str(Series.of(report.fields)) in series for report in _learnable(reports))


class Learned:
    """The series of a component: for each kind of figure those of that kind, in the order of their names,
    and their forecaster."""

    def __init__(self, forecasters: Mapping[Kind, tuple[Sequence[Series], Forecaster]]) -> None:
        self._forecasters = forecasters
        self._places = {one: place for series, _ in forecasters.values() for place, one in enumerate(series)}

    @classmethod
    def anew(cls, reports: Sequence[Reported], now: datetime) -> Learned | None:
        """From the reports of `LEARNT_FROM`; None where none of them teaches."""
        found = sorted({Series.of(report.fields) for report in _learnable(reports)})
        if not found:
            return None
        begin = _minute(now - LEARNT_FROM)
        learned = cls(
            {
                kind: (
                    series,
                    Forecaster(_roster(series), begin, clock=Clock(BORDER_TIME), booked=kind in BOOKINGS),
                )
                for kind in (Kind.WAIT, *BOOKINGS)
                if (series := [one for one in found if one.kind is kind])
            }
        )
        learned.take(reports)
        return learned

    @classmethod
    def restored(cls, state: Mapping[str, Array]) -> Learned:
        return cls({kind: _restored(kind, arrays) for kind, arrays in _states(state).items()})

    def state(self) -> dict[str, Array]:
        """Arrays by name, for `restored`."""
        return {
            f"{_prefix(kind)}{name}": array
            for kind, (series, forecaster) in self._forecasters.items()
            for name, array in {
                **forecaster.export(),
                "series": np.array([str(one) for one in series]),
            }.items()
        }

    @property
    def reached(self) -> datetime:
        """The instant up to which it has learnt."""
        return EPOCH + timedelta(minutes=min(one.minute for _, one in self._forecasters.values()))

    def take(self, reports: Iterable[Reported]) -> None:
        """Learn from reports, in any order; each must be new."""
        for report in sorted(_learnable(reports), key=lambda one: (one.received_at, one.id)):
            fields = report.fields
            _, forecaster = self._forecasters[fields.kind]
            received = max(_minute(report.received_at), forecaster.minute)
            observed = min(_minute(fields.observed_at), received)
            lane = np.array([self._places[Series.of(fields)]])
            figure = np.array([getattr(fields, MEASURED[fields.kind])])
            forecaster.report(lane, np.array([observed]), figure, received)

    def expected(self, at: datetime) -> Mapping[Series, Array]:
        """Waits at the posts: (J, 9) minutes at the levels .1 to .9 and the instants of an outlook, by
        series; only those of which enough is known."""
        return self._expected(at, Kind.WAIT)

    def booked(self, at: datetime) -> Mapping[Series, Array]:
        """The same of booking queues, in minutes or units as the kind of series is."""
        return {series: array for kind in BOOKINGS for series, array in self._expected(at, kind).items()}

    def _expected(self, at: datetime, kind: Kind) -> Mapping[Series, Array]:
        if kind not in self._forecasters:
            return {}
        series, forecaster = self._forecasters[kind]
        ahead = (joining() * STEP_MINUTES).tolist()
        quantiles = forecaster.quantiles(max(_minute(at), forecaster.minute), ahead)
        found = {one: quantiles[:, place] for place, one in enumerate(series)}
        return {one: array for one, array in found.items() if np.isfinite(array).all()}


def _prefix(kind: Kind) -> str:
    """Of the names of arrays; waits have none, as in states that were kept before there were other kinds."""
    return "" if kind is Kind.WAIT else f"{kind}:"


def _states(state: Mapping[str, Array]) -> Mapping[Kind, dict[str, Array]]:
    """The arrays of a state by kind."""
    found: dict[Kind, dict[str, Array]] = {}
    for name, array in state.items():
        *kind, own = name.split(":")
        found.setdefault(Kind(kind[0]) if kind else Kind.WAIT, {})[own] = array
    return found


def _restored(kind: Kind, arrays: dict[str, Array]) -> tuple[Sequence[Series], Forecaster]:
    series = [Series.read(str(written)) for written in arrays["series"]]
    own = {name: array for name, array in arrays.items() if name != "series"}
    forecaster = Forecaster.restore(_roster(series), own, clock=Clock(BORDER_TIME), booked=kind in BOOKINGS)
    return series, forecaster


def _minute(at: datetime) -> int:
    return (at - EPOCH) // timedelta(minutes=1)


def _roster(series: Sequence[Series]) -> Roster:
    places = {code: number for number, code in enumerate(dict.fromkeys(one.crossing for one in series))}
    modes = list(Mode)
    return Roster(
        place=np.array([places[one.crossing] for one in series]),
        kind=np.array([modes.index(one.mode) for one in series]),
        shift=np.array([_shift(one) for one in series]),
    )


def _shift(series: Series) -> float:
    if series.kind is Kind.BOOKED:
        return BOOKED_SHIFT
    return SHIFT_MINUTES.get(series.mode, USUAL_SHIFT)
