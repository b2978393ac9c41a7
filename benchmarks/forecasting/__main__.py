"""The forecaster of waits against naive forecasts, on whatever recorded feeds a folder holds.

`python -m benchmarks.forecasting --data DIR [--from DAY] [--until DAY]` tells every feed report by report,
asks before each scored report for quantiles .1 to .9, and compares with the last report, the same hour last
week and the median of the hour of the week, which know the same reports. Ratios are of mean absolute errors
(F1, F3 to F6) or CRPS (F2), with the upper end of a 95 % interval over weeks; a ratio passes when that end is
at most 0.03 above its limit. F7 is the calibration of P10 to P90 over all horizons, F8 the answer for the
present when reports are rare, H1 the calm of the advisory levels. A check whose feed is missing has no value.

The ratios that are judged are to naive forecasts by the local clock of the place, as the limits were set;
beside them stand, for information, those to the best naive forecast by that clock or UTC. The forecaster goes
by UTC on every feed, unless the clock of the place told more about the waits before the scored span.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from benchmarks.forecasting.feeds import Feed, Unreadable, minute_of, read_feed
from benchmarks.forecasting.flapping import flapping
from benchmarks.forecasting.limits import (
    ABOVE,
    COVERAGE,
    DENSE,
    FLIPS,
    HOUR_MINUTES,
    HOURLY,
    MISSED,
    RARE,
    SOON_LIMIT,
    SOON_MINUTES,
    WORST_MONTH,
    Check,
    compared,
    either_clock,
    judged,
    missing,
    yardstick,
)
from benchmarks.forecasting.naive import ERROR_WEEKS, WEEK, naive
from benchmarks.forecasting.replay import Span, begun, clock_of, replay, targets_of
from benchmarks.forecasting.scores import Ratio, Scored, scored
from benchmarks.forecasting.thinned import blend_ratio, taught
from services.core.congestion.series import Clock

NOT_WAITS = ("lanes_open", "fresh", "holidays", "ports", "monthly")
"""Files whose names hold one of these go with a feed but are none."""
WARM_UP_WEEKS, FEWEST_WEEKS, MOST_WEEKS = 20, 7, 52
SCORED_SHARE = 0.45


def span_of(feed: Feed, first: int | None, last: int | None) -> Span:
    """The asked-for span, or the last part of the feed: at most a year, and after some weeks if there are.
    Raises Unreadable where nothing was reported in it."""
    start, end = int(feed.minutes[0]), min(int(feed.minutes[-1]) + 1, last or sys.maxsize)
    if first is None or not start < first < end:
        earliest = min(start + FEWEST_WEEKS * WEEK, (start + end) // 2)
        first = max(end - int((end - start) * SCORED_SHARE), end - MOST_WEEKS * WEEK, earliest)
    if not ((feed.minutes >= first) & (feed.minutes < end)).any():
        raise Unreadable("nothing was reported in the span that is scored")
    return Span(max(start, first - WARM_UP_WEEKS * WEEK), first, end)


def measure(feed: Feed, span: Span, horizons: Sequence[int], clock: Clock) -> list[Scored]:
    targets = [targets_of(feed, span.first, span.last, horizon) for horizon in horizons]
    forecaster = begun(feed, clock, span.begin)
    found = []
    for mine, quantiles in zip(targets, replay(feed, span, targets, forecaster), strict=True):
        past = targets_of(feed, span.first - ERROR_WEEKS * WEEK, span.last, mine.horizon)
        past = past.joined(mine, span.first)
        points = np.stack([naive(feed, past, one) for one in feed.clocks])
        found.append(scored(mine, past, quantiles, points))
    return found


def checks_of(feed: Feed, span: Span, name: str, clock: Clock) -> dict[str, Check]:
    rule = yardstick(feed)
    soon = [SOON_MINUTES] if rule is DENSE else []
    checks: dict[str, Check] = {}
    results = measure(feed, span, [*soon, *rule.points], clock)
    print(
        f"\n{feed.name}: {len(feed.lanes)} lanes, {_day(span.first)} to {_day(span.last)}, like {rule.check},"
        f" forecast by the clock of {clock.zone}"
    )
    print(
        "  horizon   targets   error  naive  best naive     ratio  up to  limit either"
        "   CRPS  up to  limit either"
        "   P10–P90  worst  >P90"
    )
    for horizon, result in zip([*soon, *rule.points], results, strict=True):
        points, spread = result.of_points(rule.only), result.of_distributions()
        hours = f"{horizon // HOUR_MINUTES}h" if horizon >= HOUR_MINUTES else f"{horizon}min"
        if horizon == SOON_MINUTES:
            points, limit = result.of_points((0,)), SOON_LIMIT
            checks |= compared(f"F5{name}", points, limit)
        else:
            limit = rule.points[horizon]
            checks |= compared(f"{rule.check}{name}_{hours}", points, limit)
        other = rule.distributions.get(horizon) if rule.distributions else None
        if other is not None:
            checks |= compared(f"F2{name}_{hours}", spread, other)
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
    ratios = f"{_ratios(points, limit)} {_ratios(spread, other)}"
    shares = f"{overall:7.3f} {worst:6.2f} {above:5.3f}"
    print(f"  {hours:>7} {int(result.answered.sum()):9} {errors} {ratios}   {shares}")


def _ratios(found: Ratio, limit: float | None) -> str:
    shown = "" if limit is None else limit
    return f"{found.value:6.3f} {found.upper:6.3f} {shown:>6} {found.either:6.3f}"


def rare_reports(feed: Feed, span: Span, name: str, clock: Clock) -> dict[str, Check]:
    """F8."""
    found: dict[str, Check] = {}
    state = taught(feed, span.first, clock)
    for gap, limit in RARE.items():
        value, either = blend_ratio(feed, span.first, gap, state, clock)
        print(
            f"  a report every {gap:2} h: {value:.3f} of the better naive answer (limit {limit};"
            f" by either clock {either:.3f})"
        )
        check = f"F8{name}_{gap}h"
        found |= {check: judged(value, value <= limit, limit)} | either_clock(check, either)
    return found


def calm(feed: Feed, span: Span, name: str, clock: Clock) -> dict[str, Check]:
    """H1."""
    found = flapping(feed, span.begin, span.first, clock)
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
            span, rule = span_of(feed, first, last), yardstick(feed)
        except Unreadable as reason:
            print(f"{file.name} is not read: {reason}")
            continue
        started = time.perf_counter()
        taken = any(name.startswith(f"{rule.check}_") for name in checks)
        name = f"({feed.name})" if taken else ""
        clock = clock_of(feed, span)
        checks |= checks_of(feed, span, name, clock)
        if rule in (DENSE, HOURLY):
            checks |= rare_reports(feed, span, f"_{rule.check}{name}", clock)
        if rule is DENSE:
            checks |= calm(feed, span, name, clock)
        print(f"  {time.perf_counter() - started:.0f} s")
    return missing() | checks


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
        print(f"no value for {', '.join(absent)}")
    print(json.dumps(checks))
    return 1 if any(check["pass"] is False for check in checks.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
