"""The benchmark itself: it reads what it can make out, says what it cannot, and is able to fail."""

import gzip
import json
from pathlib import Path

import numpy as np
import pytest

from benchmarks.forecasting import __main__ as forecasting
from benchmarks.forecasting.feeds import Feed, Unreadable, minute_of, read_feed
from benchmarks.forecasting.flapping import flips
from benchmarks.forecasting.naive import Targets, naive, with_errors
from benchmarks.forecasting.scores import crps, ratio
from benchmarks.forecasting.thinned import thinned
from services.core.congestion.grid import Array
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
        ("t,x|y\n2026-01-01T00:00Z,3\n", "only 2 rows"),
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


def test_a_feed_of_pure_chance_fails(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing is better than the median of what was: the ratio is near one and the limits are not kept."""
    numbers = np.random.default_rng(2)
    minutes = MINUTES[: 6 * WEEK // 180]
    table = np.round(np.exp(numbers.normal(3, 0.5, (len(minutes), 2))))
    (tmp_path / "chance.csv").write_text(wide(minutes, table))
    days = (str(np.datetime64(int(MONDAY + weeks * WEEK), "m"))[:10] for weeks in (5, 6))
    first, until = days
    assert forecasting.main(["--data", str(tmp_path), "--from", first, "--until", until]) == 1
    checks = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert checks["F3_72h"]["value"] == pytest.approx(1, abs=0.15)
    assert checks["F3_3h"]["pass"] is False


def test_naive_forecasts_know_nothing_that_came_after_their_origin() -> None:
    feed = Feed("x", ("north|car", "north|bus"), MINUTES, WAITS)
    place = np.arange(400, 480)
    targets = Targets(MINUTES[place], np.zeros(80, int), WAITS[place, 0], 1440)
    changed = WAITS.copy()
    changed[MINUTES[400] - 1440 < MINUTES] = 1.0
    before, after = naive(feed, targets), naive(Feed("x", feed.lanes, MINUTES, changed), targets)
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
