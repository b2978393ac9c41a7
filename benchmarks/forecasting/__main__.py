"""The forecaster of waits against naive forecasts, on whatever recorded feeds a folder holds.

`python -m benchmarks.forecasting --data DIR [--from DAY] [--until DAY]` tells every feed report by report,
asks before each scored report for quantiles .1 to .9, and compares with the last report, the same hour last
week and the median of the hour of the week, which know the same reports. Ratios are of mean absolute errors
(F1, F3 to F6) or CRPS (F2), with the upper end of a 95 % interval over weeks; a ratio passes when that end is
at most 0.03 above its limit. F7 is the calibration of P10 to P90 over all horizons, F8 the answer for the
present when reports are rare, H1 the calm of the advisory levels. A check whose feed is missing has no value.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.forecasting.feeds import Feed, Unreadable, minute_of, read_feed
from benchmarks.forecasting.flapping import flapping
from benchmarks.forecasting.naive import ERROR_WEEKS, WEEK, naive
from benchmarks.forecasting.replay import Span, is_booked, replay, targets_of
from benchmarks.forecasting.scores import Ratio, Scored, scored
from benchmarks.forecasting.thinned import GAPS_HOURS, LIMITS, blend_ratio, taught

NOT_WAITS = ("lanes_open", "fresh", "holidays", "ports", "monthly")
"""Files whose names hold one of these go with a feed but are none."""
WARM_UP_WEEKS, FEWEST_WEEKS, MOST_WEEKS = 20, 7, 52
SCORED_SHARE = 0.45
HOUR_MINUTES = 60
Check = dict[str, float | bool | None]


@dataclass(frozen=True)
class Yardstick:
    """Limits of the ratios at 1, 3, 24 and 72 hours (booking queues: 3, 24 and 72), by kind of feed."""

    check: str
    points: dict[int, float]
    distributions: dict[int, float] | None = None
    only: tuple[int, ...] = (0, 1, 2)


def by_hours(*pairs: tuple[int, float]) -> dict[int, float]:
    return {hours * 60: limit for hours, limit in pairs}


DENSE = Yardstick(
    "F1",
    by_hours((1, 0.90), (3, 0.82), (24, 0.89), (72, 0.93)),
    by_hours((1, 0.90), (3, 0.86), (24, 0.92), (72, 0.94)),
)
SPARSE = Yardstick("F3", by_hours((1, 1.00), (3, 0.86), (24, 0.97), (72, 1.00)))
HOURLY = Yardstick("F4", by_hours((1, 0.97), (3, 0.86), (24, 0.92), (72, 0.99)))
BOOKED = Yardstick("F6", by_hours((3, 0.98), (24, 1.01), (72, 0.80)), only=(0,))
SOON_MINUTES, SOON_LIMIT = 15, 1.05
COVERAGE, WORST_MONTH, ABOVE = (0.76, 0.84), 0.70, (0.07, 0.13)
FLIPS, MISSED = 0.65, 0.05


def yardstick(feed: Feed) -> Yardstick:
    if is_booked(feed):
        return BOOKED
    if feed.gap == HOUR_MINUTES and len(feed.lanes) == 1:
        return HOURLY
    return DENSE if feed.gap <= HOUR_MINUTES else SPARSE


def span_of(feed: Feed, first: int | None, last: int | None) -> Span:
    """The asked-for span, or the last part of the feed: at most a year, and after some weeks if there are."""
    start, end = int(feed.minutes[0]), min(int(feed.minutes[-1]) + 1, last or sys.maxsize)
    if first is None or not start < first < end:
        earliest = min(start + FEWEST_WEEKS * WEEK, (start + end) // 2)
        first = max(end - int((end - start) * SCORED_SHARE), end - MOST_WEEKS * WEEK, earliest)
    return Span(max(start, first - WARM_UP_WEEKS * WEEK), first, end)


def measure(feed: Feed, span: Span, horizons: Sequence[int]) -> list[Scored]:
    targets = [targets_of(feed, span.first, span.last, horizon) for horizon in horizons]
    found = []
    for mine, quantiles in zip(targets, replay(feed, span, targets), strict=True):
        past = targets_of(feed, span.first - ERROR_WEEKS * WEEK, span.last, mine.horizon)
        past = past.joined(mine, span.first)
        found.append(scored(mine, past, quantiles, naive(feed, past)))
    return found


def judged(value: float | None, passed: bool | None, limit: float) -> Check:
    known = value is not None and np.isfinite(value)
    return {
        "value": round(float(value), 3) if known and value is not None else None,
        "limit": limit,
        "pass": bool(passed) if known and passed is not None else None,
    }


def checks_of(feed: Feed, span: Span, name: str) -> dict[str, Check]:
    rule = yardstick(feed)
    soon = [SOON_MINUTES] if rule is DENSE else []
    checks: dict[str, Check] = {}
    results = measure(feed, span, [*soon, *rule.points])
    print(
        f"\n{feed.name}: {len(feed.lanes)} lanes, {_day(span.first)} to {_day(span.last)}, like {rule.check}"
    )
    print(
        "  horizon   targets   error  naive  best naive     ratio  up to  limit   CRPS  up to  limit"
        "   P10–P90  worst  >P90"
    )
    for horizon, result in zip([*soon, *rule.points], results, strict=True):
        points, spread = result.of_points(rule.only), result.of_distributions()
        hours = f"{horizon // 60}h" if horizon >= 60 else f"{horizon}min"
        if horizon == SOON_MINUTES:
            points, limit = result.of_points((0,)), SOON_LIMIT
            checks[f"F5{name}"] = judged(points.value, points.within(limit), limit)
        else:
            limit = rule.points[horizon]
            checks[f"{rule.check}{name}_{hours}"] = judged(points.value, points.within(limit), limit)
        other = rule.distributions.get(horizon) if rule.distributions else None
        if other is not None:
            checks[f"F2{name}_{hours}"] = judged(spread.value, spread.within(other), other)
        _print_row(hours, result, points, limit, spread, other)
    return checks | calibration(results, name, rule.check)


def calibration(results: Sequence[Scored], name: str, check: str) -> dict[str, Check]:
    """F7, of every horizon together; the worst month is that of the worst horizon."""
    overall, worst, above = np.array([result.coverage() for result in results]).T
    share, high, low = float(overall.mean()), float(above.mean()), float(worst.min())
    label = f"F7{name}_{check}"
    return {
        f"{label}_coverage": judged(share, COVERAGE[0] <= share <= COVERAGE[1], COVERAGE[0]),
        f"{label}_worst_month": judged(low, low >= WORST_MONTH, WORST_MONTH),
        f"{label}_above_p90": judged(high, ABOVE[0] <= high <= ABOVE[1], ABOVE[1]),
    }


def _print_row(
    hours: str, result: Scored, points: Ratio, limit: float, spread: Ratio, other: float | None
) -> None:
    overall, worst, above = result.coverage()
    errors = f"{points.error:7.2f} {points.naive_error:6.2f}  {points.best:13}"
    ratios = f"{points.value:6.3f} {points.upper:6.3f} {limit:6.2f} {spread.value:6.3f} {spread.upper:6.3f}"
    shares = f"{overall:7.3f} {worst:6.2f} {above:5.3f}"
    count = int(result.answered.sum())
    print(f"  {hours:>7} {count:9} {errors} {ratios} {other if other is not None else '':>6}   {shares}")


def rare_reports(feed: Feed, span: Span, name: str) -> dict[str, Check]:
    """F8."""
    found, state = {}, taught(feed, span.first)
    for gap, limit in zip(GAPS_HOURS, LIMITS, strict=True):
        value = blend_ratio(feed, span.first, gap, state)
        print(f"  a report every {gap:2} h: {value:.3f} of the better naive answer (limit {limit})")
        found[f"F8{name}_{gap}h"] = judged(value, value <= limit, limit)
    return found


def calm(feed: Feed, span: Span, name: str) -> dict[str, Check]:
    """H1."""
    found = flapping(feed, span.begin, span.first)
    if found is None:
        return {}
    flips, missed = found
    print(
        f"  advisory levels: flips back {flips:.2f} of naive (limit {FLIPS}), congested missed {missed:.3f}"
    )
    return {
        f"H1{name}_flips": judged(flips, flips <= FLIPS, FLIPS),
        f"H1{name}_missed": judged(missed, missed <= MISSED, MISSED),
    }


def all_checks(folder: Path, first: int | None, last: int | None) -> dict[str, Check]:
    checks: dict[str, Check] = {}
    for file in sorted(folder.glob("*.csv*")):
        if any(part in file.name for part in NOT_WAITS):
            continue
        try:
            feed = read_feed(file)
        except Unreadable as reason:
            print(f"{file.name} is not read: {reason}")
            continue
        started = time.perf_counter()
        span, rule = span_of(feed, first, last), yardstick(feed)
        taken = any(name.startswith(f"{rule.check}_") for name in checks)
        name = f"({feed.name})" if taken else ""
        checks |= checks_of(feed, span, name)
        if rule in (DENSE, HOURLY):
            checks |= rare_reports(feed, span, f"_{rule.check}{name}")
        if rule is DENSE:
            checks |= calm(feed, span, name)
        print(f"  {time.perf_counter() - started:.0f} s")
    return missing() | checks


def missing() -> dict[str, Check]:
    """Every check without a value, in order."""
    found: dict[str, Check] = {}
    for rule in (DENSE, SPARSE, HOURLY, BOOKED):
        for horizon, limit in rule.points.items():
            found[f"{rule.check}_{horizon // 60}h"] = judged(None, None, limit)
    for horizon, limit in (DENSE.distributions or {}).items():
        found[f"F2_{horizon // 60}h"] = judged(None, None, limit)
    for gap, limit in zip(GAPS_HOURS, LIMITS, strict=True):
        found[f"F8_F1_{gap}h"] = judged(None, None, limit)
    advice = {"H1_flips": judged(None, None, FLIPS), "H1_missed": judged(None, None, MISSED)}
    return found | {"F5": judged(None, None, SOON_LIMIT)} | advice


def _day(minute: int) -> str:
    return str(np.datetime64(minute, "m"))[:10]


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="benchmarks.forecasting", description=__doc__)
    parser.add_argument(
        "--data", type=Path, default=Path(), help="folder that holds the feeds, *.csv or *.csv.gz"
    )
    parser.add_argument("--from", dest="first", type=minute_of, help="first day that is scored")
    parser.add_argument("--until", dest="last", type=minute_of, help="day before which scoring ends")
    options = parser.parse_args(arguments)
    checks = all_checks(options.data, options.first, options.last)
    absent = [name for name, check in checks.items() if check["value"] is None]
    if absent:
        print(f"no feed for {', '.join(absent)}")
    print(json.dumps(checks))
    return 1 if any(check["pass"] is False for check in checks.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
