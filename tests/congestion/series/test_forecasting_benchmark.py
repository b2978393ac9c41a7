"""The benchmark itself: it reads what it can make out, says what it cannot, and is able to fail."""

import gzip
import json
from datetime import UTC
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from benchmarks.forecasting import __main__ as forecasting
from benchmarks.forecasting.feeds import Feed, Unreadable, minute_of, read_feed
from benchmarks.forecasting.flapping import flips
from benchmarks.forecasting.naive import Targets, naive, with_errors
from benchmarks.forecasting.replay import Span, clock_of, targets_of
from benchmarks.forecasting.scores import Scored, crps, ratio
from benchmarks.forecasting.thinned import thinned
from services.core.congestion.grid import Array
from services.core.congestion.series import Clock
from tests.congestion.series.feeds import DAY, MONDAY, WEEK, reports

MINUTES, WAITS = reports(weeks=12, every=180, lanes=2, seed=5)
WAITS = np.round(WAITS)


def stamp(minute: int) -> str:
    return f"{np.datetime64(int(minute), 'm')}Z"


def wide(minutes: Array, table: Array, lanes: str = "north|car,north|bus") -> str:
    rows = [f"t,{lanes}"]
    rows += [f"{stamp(m)}," + ",".join(f"{w:g}" for w in row) for m, row in zip(minutes, table, strict=True)]
    return "\n".join(rows)


def long(minutes: Array, table: Array) -> str:
    rows = ["fetched_at,source_updated_utc,crossing_id,vehicle_type,wait_minutes,state"]
    for minute, row in zip(minutes, table, strict=True):
        at = stamp(minute).replace("Z", ":00Z")
        rows += [
            f"{stamp(minute + 5)},{at},north,{kind},{wait:g},open"
            for kind, wait in zip(("bus", "car"), row[::-1], strict=True)
        ]
    return "\n".join(rows)


def test_wide_and_long_files_are_the_same_feed(tmp_path: Path) -> None:
    with gzip.open(tmp_path / "a_wait_min.csv.gz", "wt") as file:
        file.write(wide(MINUTES, WAITS))
    (tmp_path / "b.csv").write_text(long(MINUTES, WAITS))
    first, second = read_feed(tmp_path / "a_wait_min.csv.gz"), read_feed(tmp_path / "b.csv")
    assert first.lanes == ("north|car", "north|bus")
    assert second.lanes == ("north|bus|wait_minutes", "north|car|wait_minutes")
    assert np.array_equal(first.minutes, second.minutes)
    assert np.array_equal(first.waits, second.waits[:, ::-1])
    assert first.gap == 180


def test_stale_readings_are_left_out_where_a_file_says_which(tmp_path: Path) -> None:
    fresh = np.ones_like(WAITS)
    fresh[10:20, 1] = 0
    (tmp_path / "x_wait_min_1.csv").write_text(wide(MINUTES, WAITS))
    (tmp_path / "x_fresh_1.csv").write_text(wide(MINUTES, fresh))
    feed = read_feed(tmp_path / "x_wait_min_1.csv")
    assert np.isnan(feed.waits[10:20, 1]).all()
    assert np.isfinite(feed.waits).sum() == WAITS.size - 10


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("a,b,c\n" + "1,2,3\n" * 300, "cannot tell instant, crossing and wait among a, b, c"),
        ("t,x|y\n" + "yesterday,3\n" * 300, "'yesterday' is not an instant"),
        ("t,x|y\n2026-01-01T00:00Z,3\n", "only 1 rows as long as the head"),
        ("t,x|y,x|z\n" + "2026-01-01T00:00Z,3\n" * 300, "only 0 rows as long as the head"),
        ("", "only 0 rows as long as the head"),
        ("t,x|y\n" + "2026-01-01T00:00Z,\n" * 300, "no lane has 200 readings that differ"),
    ],
)
def test_a_file_it_cannot_make_out_is_named_with_the_reason(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, reason: str
) -> None:
    (tmp_path / "strange.csv").write_text(text)
    with pytest.raises(Unreadable, match=reason):
        read_feed(tmp_path / "strange.csv")
    assert forecasting.main(["--data", str(tmp_path)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == f"strange.csv is not read: {reason}"
    checks = json.loads(lines[-1])
    assert checks["F1_1h"] == {"value": None, "limit": 0.9, "pass": None}
    assert checks["F6_72h"]["pass"] is checks["H1_flips"]["pass"] is None


@pytest.mark.parametrize("name", ["strange.csv", "strange.csv.gz"])
def test_bytes_that_are_no_table_are_named_too(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"t,x|y\n" + b"\xff\xfe,1\n" * 300)
    with pytest.raises(Unreadable):
        read_feed(tmp_path / name)


def test_a_feed_of_pure_chance_fails(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing is better than the median of what was: the ratio is near one and the limits are not kept."""
    numbers = np.random.default_rng(2)
    minutes = MINUTES[: 4 * WEEK // 180]
    table = np.round(np.exp(numbers.normal(3, 0.5, (len(minutes), 2))))
    (tmp_path / "chance.csv").write_text(wide(minutes, table))
    days = (str(np.datetime64(int(MONDAY + weeks * WEEK), "m"))[:10] for weeks in (3, 4))
    first, until = days
    assert forecasting.main(["--data", str(tmp_path), "--from", first, "--until", until]) == 1
    checks = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert checks["F3_72h"]["value"] == pytest.approx(1, abs=0.15)
    assert checks["F3_3h"]["pass"] is False
    assert checks["F3_3h_either_clock"] == {"value": checks["F3_3h"]["value"], "limit": None, "pass": None}


def test_what_a_short_feed_cannot_tell_has_no_value(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    minutes = MONDAY + 5 * np.arange(210)
    waits = np.random.default_rng(8).integers(5, 60, (210, 2))
    (tmp_path / "short.csv").write_text(wide(minutes, waits))
    assert forecasting.main(["--data", str(tmp_path)]) == 0
    checks = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert checks["F1_1h"] == {"value": None, "limit": 0.9, "pass": None}
    assert forecasting.main(["--data", str(tmp_path), "--until", "2025-01-01"]) == 0
    assert "short.csv is not read: nothing was reported in the span" in capsys.readouterr().out


def test_naive_forecasts_know_nothing_that_came_after_their_origin() -> None:
    feed = Feed("x", ("north|car", "north|bus"), MINUTES, WAITS)
    place = np.arange(400, 480)
    targets = Targets(MINUTES[place], np.zeros(80, int), WAITS[place, 0], 1440)
    changed = WAITS.copy()
    changed[MINUTES[400] - 1440 < MINUTES] = 1.0
    before = naive(feed, targets, Clock())
    after = naive(Feed("x", feed.lanes, MINUTES, changed), targets, Clock())
    assert np.array_equal(before[:, 0], after[:, 0])
    assert before[0, 0] == WAITS[400 - 8, 0]
    assert before[1, 0] == WAITS[400 - 56, 0]
    week, hour = MINUTES[400] // WEEK, MINUTES % WEEK // 60
    same = (
        (hour == hour[400])
        & ((MINUTES[400] - 1440) // WEEK * WEEK > MINUTES)
        & ((week - 10) * WEEK <= MINUTES)
    )
    assert before[2, 0] == np.median(WAITS[same, 0])


def busy_by(clock: Clock, minutes: Array) -> Feed:
    """Three hours a day, by that clock, with a wait of an hour."""
    hour = clock.phase(minutes // 15) % 96 // 4
    scatter = np.random.default_rng(7).normal(0, 2, len(minutes))
    return Feed("baja", ("north|car",), minutes, (20 + 40 * (hour // 3 == 4) + scatter)[:, None])


TIJUANA = Clock(ZoneInfo("America/Tijuana"))
AUTUMN = minute_of("2025-11-02") + 30 + 60 * np.arange(-24 * 28, 24 * 42)
"""Four weeks before and six after the clock is put back there."""


@pytest.mark.parametrize(("clock", "other"), [(TIJUANA, Clock()), (Clock(), TIJUANA)])
def test_the_forecaster_goes_by_the_clock_that_told_more_about_the_weeks_before(
    clock: Clock, other: Clock
) -> None:
    feed = busy_by(clock, AUTUMN)
    span = Span(int(AUTUMN[0]), int(AUTUMN[-1]) - WEEK, int(AUTUMN[-1]))
    assert clock_of(feed, span).zone == clock.zone
    targets = targets_of(feed, minute_of("2025-11-03"), minute_of("2025-11-20"), 180)
    right, wrong = (
        np.abs(naive(feed, targets, one) - targets.wait)[1:].mean(axis=1) for one in (clock, other)
    )
    assert (right < 4).all()
    assert (wrong > right + 0.5).all()


def test_it_goes_by_utc_where_the_weeks_before_cannot_tell() -> None:
    """Nothing after the first that is scored is looked at, and a feed from elsewhere has no other clock."""
    feed = busy_by(TIJUANA, AUTUMN)
    span = Span(int(AUTUMN[0]), minute_of("2025-11-01"), int(AUTUMN[-1]))
    assert clock_of(feed, span).zone == UTC
    elsewhere = Feed("x", feed.lanes, feed.minutes, feed.waits)
    assert clock_of(elsewhere, Span(span.begin, span.last - WEEK, span.last)).zone == UTC


def test_a_ratio_is_judged_by_the_clock_of_the_place_and_told_by_either() -> None:
    truth = np.full(700, 10.0)
    targets = Targets(np.arange(700) * DAY, np.zeros(700, int), truth, 60)
    points = truth + np.array([[9.0, 6.0, 4.0], [9.0, 8.0, 3.0]])[:, :, None] * np.ones(700)
    spreads = np.repeat(points[..., None], 9, axis=3)
    found = Scored(targets, np.full((700, 9), 12.0), points, spreads)
    for one in (found.of_points(), found.of_distributions()):
        assert one.best == "hour of week"
        assert (one.value, one.upper, one.either) == pytest.approx((1 / 2, 1 / 2, 2 / 3))
    assert found.of_points((0,)).either == pytest.approx(2 / 9)


def test_lanes_that_report_by_turns_are_all_scored() -> None:
    minutes = MONDAY + 30 * np.arange(480)
    waits = np.where(np.arange(480)[:, None] % 6 == np.array([0, 3]), 5.0, np.nan)
    targets = targets_of(Feed("x", ("a|b", "a|c"), minutes, waits), MONDAY, MONDAY + 10 * DAY, 60)
    assert np.bincount(targets.lane).tolist() == [80, 80]
    dense = Feed("x", ("a|b",), minutes, np.ones((480, 1)))
    apart = np.diff(targets_of(dense, MONDAY, MONDAY + 10 * DAY, 60).minute)
    assert apart.min() >= 60
    assert apart.mean() == pytest.approx(85, abs=2)


def test_the_spread_of_a_naive_forecast_is_that_of_its_past_errors() -> None:
    minutes = MONDAY + 60 * np.arange(24 * 70)
    truth = np.exp(np.random.default_rng(3).normal(3, 0.4, len(minutes)))
    targets = Targets(minutes, np.zeros(len(minutes), int), truth, 60)
    quantiles = with_errors(np.full(len(minutes), np.exp(3)), targets)[-500:]
    assert ((truth[-500:] < quantiles[:, 8]) & (truth[-500:] > quantiles[:, 0])).mean() == pytest.approx(
        0.8, abs=0.05
    )
    assert crps(quantiles, truth[-500:]).mean() < np.abs(truth[-500:] - np.exp(3)).mean()


def test_the_bootstrap_is_wider_where_weeks_differ() -> None:
    minutes = np.repeat(np.arange(8) * WEEK, 50)
    ones = np.ones(400)
    assert ratio(0.9 * ones, ones, minutes) == pytest.approx((0.9, 0.9))
    uneven = np.repeat([0.5, 1.3] * 4, 50)
    value, upper = ratio(uneven, ones, minutes)
    assert value == pytest.approx(0.9)
    assert upper > 1.05


def test_thinned_reports_are_as_rare_as_they_should_be() -> None:
    minutes = MONDAY + 15 * np.arange(96 * 30)
    feed = Feed("x", ("a|b",), minutes, np.full((len(minutes), 1), 50.0))
    rare = thinned(feed, MONDAY + 10 * DAY, 6)
    kept = np.isfinite(rare.waits[:, 0]) & (minutes >= MONDAY + 10 * DAY)
    assert kept.sum() == pytest.approx(80, abs=25)
    assert np.std(np.log(rare.waits[kept, 0])) == pytest.approx(0.25, abs=0.07)
    assert (rare.waits[minutes < MONDAY + 10 * DAY] == 50).all()


def test_flips_are_changes_undone_within_two_hours() -> None:
    levels = np.zeros((60, 2), int)
    levels[10:14, 0] = 1
    levels[20:40, 1] = 2
    assert flips(levels) == 1


@pytest.mark.parametrize("text", ["2026-01-05T00:00Z", "2026-01-05 00:00:00", "2026-01-05T05:00:00+05:00"])
def test_instants_are_read_with_and_without_an_offset(text: str) -> None:
    assert minute_of(text) == MONDAY


def test_a_wait_column_per_kind_of_vehicle_makes_a_lane_each(tmp_path: Path) -> None:
    """Blank source times are made up for by the time of reading; counts are not waits."""
    rows = ["checkpoint,read_at,source_updated_utc,car_wait_min,truck_wait_min,trucks_waiting"]
    rows += [
        f"south,{stamp(minute)},,{car:g},{truck:g},7"
        for minute, (car, truck) in zip(MINUTES, WAITS, strict=True)
    ]
    (tmp_path / "c.csv").write_text("\n".join(rows))
    feed = read_feed(tmp_path / "c.csv")
    assert feed.lanes == ("south|car_wait_min", "south|truck_wait_min")
    assert np.array_equal(feed.waits, WAITS)
