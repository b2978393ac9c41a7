"""What reported waits teach: by lane and post, from those whose word is compared with forecasts."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest

from services.core.congestion.learning import Learned, Series, books, is_of, teaches
from services.core.crossings import Direction, Mode, Side
from services.core.observations import MEASURED, Bound, Kind, Reported, Reporter
from tests.makers import ALFA, BRAVO, DAY, HOUR, an_observation

NOW = datetime(2026, 3, 12, 9, 3, tzinfo=UTC)


def reported(
    at: datetime,
    minutes: float = 40,
    *,
    by: Reporter = Reporter.OFFICIAL,
    late: timedelta = timedelta(0),
    **fields: Any,
) -> Reported:
    kind = fields.get("kind", Kind.WAIT)
    given = {"kind": kind, MEASURED[kind]: minutes, **fields}
    seen = an_observation(observed_at=at, **given)
    return Reported(id=f"{at} {by} {kind} {minutes}", source=f"{by}:a", received_at=at + late, fields=seen)


def some_weeks(days: int = 8, **fields: Any) -> list[Reported]:
    """Every three hours, long at noon."""
    hours = range(days * 24, 0, -3)
    return [
        reported(NOW - hour * HOUR, 50 + 40 * math.sin(hour / 24 * 2 * math.pi), **fields) for hour in hours
    ]


def bookings(days: int = 9, kind: Kind = Kind.BOOKED_WAIT, level: float = 3000) -> list[Reported]:
    """Every three hours, of the trucks that the Kazakh post calls: a tenth more and less over the day."""
    lane: dict[str, Any] = {"mode": Mode.TRUCK, "side": Side.KZ, "kind": kind}
    hours = range(days * 24, 0, -3)
    return [
        reported(NOW - hour * HOUR, round(level * (1 + 0.1 * math.sin(hour / 24 * 2 * math.pi))), **lane)
        for hour in hours
    ]


@pytest.mark.parametrize(
    ("report", "does"),
    [
        (reported(NOW), True),
        (reported(NOW, by=Reporter.TRAVELLER), False),
        (reported(NOW, bound=Bound.AT_LEAST), False),
        (reported(NOW, kind=Kind.COUNT, queue=7), False),
    ],
)
def test_exact_waits_of_officials_teach(report: Reported, does: bool) -> None:
    assert teaches(report) is does
    assert not books(report)


@pytest.mark.parametrize("kind", [Kind.BOOKED, Kind.BOOKED_WAIT])
@pytest.mark.parametrize(
    ("fields", "does"),
    [
        ({}, True),
        ({"by": Reporter.TRAVELLER}, False),
        ({"bound": Bound.AT_MOST}, False),
        ({"mode": Mode.CAR}, False),
    ],
)
def test_exact_bookings_of_trucks_that_officials_report_teach_apart(
    kind: Kind, fields: dict[str, Any], does: bool
) -> None:
    report = reported(NOW, **{"mode": Mode.TRUCK, "kind": kind, **fields})
    assert books(report) is does
    assert not teaches(report)


@pytest.mark.parametrize(
    ("direction", "side", "stage"),
    [
        (Direction.TO_KZ, Side.UZ, 0),
        (Direction.TO_KZ, Side.KZ, 1),
        (Direction.TO_UZ, Side.UZ, 1),
        (Direction.TO_UZ, None, None),
    ],
)
def test_a_series_is_of_a_lane_and_a_post_and_can_be_written_down(
    direction: Direction, side: Side | None, stage: int | None
) -> None:
    series = Series.of(reported(NOW, direction=direction, side=side).fields)
    assert series == Series(ALFA, direction, Mode.CAR, stage)
    assert Series.read(str(series)) == series
    assert str(series).count(" ") == 3
    booked = Series(ALFA, direction, Mode.TRUCK, stage, Kind.BOOKED)
    assert Series.read(str(booked)) == booked


def test_a_lane_may_have_waits_of_each_post_and_of_both_together() -> None:
    reports = [*some_weeks(), *some_weeks(side=None), *some_weeks(side=Side.KZ)]
    learned = Learned.anew(reports, NOW)
    assert learned is not None
    assert [series.stage for series in sorted(learned.expected(NOW))] == [0, 1, None]


def test_bookings_are_learnt_by_themselves_and_change_no_wait() -> None:
    counts = bookings(kind=Kind.BOOKED, level=300)
    alone, both = (Learned.anew(one, NOW) for one in (some_weeks(9), some_weeks(9) + bookings() + counts))
    assert alone is not None
    assert both is not None
    assert alone.booked(NOW) == {}
    ((series, waits),), ((same, others),) = alone.expected(NOW).items(), both.expected(NOW).items()
    assert series == same
    assert waits.tobytes() == others.tobytes()
    lane = (ALFA, Direction.TO_KZ, Mode.TRUCK, 1)
    found = both.booked(NOW)
    assert set(found) == {Series(*lane, Kind.BOOKED), Series(*lane, Kind.BOOKED_WAIT)}
    for kind, level in ((Kind.BOOKED_WAIT, 3000), (Kind.BOOKED, 300)):
        assert found[Series(*lane, kind)][:, 4].mean() == pytest.approx(level, rel=0.1)


def test_bookings_are_learnt_on_from_what_was_kept() -> None:
    reports = [*some_weeks(9), *bookings()]
    whole, first = Learned.anew(reports, NOW), Learned.anew(reports[:-8], NOW)
    assert whole is not None
    assert first is not None
    again = Learned.restored(first.state())
    again.take(reports[-8:])
    ((_, one),), ((_, other),) = whole.booked(NOW).items(), again.booked(NOW).items()
    assert one == pytest.approx(other)
    assert again.reached == whole.reached


def test_a_state_that_was_kept_before_there_were_bookings_is_as_good_as_ever() -> None:
    learned = Learned.anew(some_weeks(), NOW)
    assert learned is not None
    state = learned.state()
    assert not [name for name in state if ":" in name]
    assert Learned.restored(state).booked(NOW) == {}
    assert not is_of(state, bookings(1))


def test_of_too_little_nothing_is_expected_and_of_nothing_nothing_is_learnt() -> None:
    assert Learned.anew([], NOW) is None
    few = Learned.anew([reported(NOW - hour * HOUR) for hour in (3, 2, 1)], NOW)
    assert few is not None
    assert few.expected(NOW) == {}


def test_weeks_of_waits_are_expected_again_at_the_same_hours() -> None:
    learned = Learned.anew(some_weeks(21), NOW)
    assert learned is not None
    ((series, said),) = learned.expected(NOW).items()
    assert series == Series(ALFA, Direction.TO_KZ, Mode.CAR, 0)
    assert said.shape == (145, 9)
    assert (np.diff(said, axis=1) >= 0).all()
    true = 50 + 40 * np.sin(-np.arange(145) / 48 * 2 * np.pi)
    assert np.abs(said[:, 4] - true).mean() < 15


def test_learning_goes_on_from_what_was_kept_as_if_it_had_never_stopped() -> None:
    reports = some_weeks()
    whole, first = Learned.anew(reports, NOW), Learned.anew(reports[:-8], NOW)
    assert whole is not None
    assert first is not None
    again = Learned.restored(first.state())
    again.take(reports[-8:])
    ((_, one),), ((_, other),) = whole.expected(NOW).items(), again.expected(NOW).items()
    assert one == pytest.approx(other)
    assert again.reached == whole.reached


def test_a_state_is_of_its_series_only() -> None:
    learned = Learned.anew(some_weeks(2), NOW)
    assert learned is not None
    state = learned.state()
    assert is_of(state, [reported(NOW), reported(NOW, by=Reporter.TRAVELLER, crossing=BRAVO)])
    assert not is_of(state, [reported(NOW, crossing=BRAVO)])
    assert not is_of(state, [reported(NOW, side=None)])


def test_reports_may_come_late_and_in_any_order() -> None:
    late = [reported(NOW - 2 * DAY, 90, late=DAY), *some_weeks()]
    one, other = Learned.anew(late, NOW), Learned.anew(late[::-1], NOW)
    assert one is not None
    assert other is not None
    for (_, mine), (_, theirs) in zip(one.expected(NOW).items(), other.expected(NOW).items(), strict=True):
        assert mine == pytest.approx(theirs)
