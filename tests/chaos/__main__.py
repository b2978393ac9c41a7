"""`python -m tests.chaos --posts 300 --kills 15 --seed 7 --database both`: nothing acknowledged is ever lost.

Two API processes, a relay and a worker run on a database of their own; officials post while one process
after another is killed. Ends with one line of JSON; exit code 1 if anything was lost, done twice, not done
or shown too late.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from random import randrange
from typing import Any

from tests.chaos.storm import DATABASES, VISIBLE_AFTER_CRASH_SECONDS, VISIBLE_SECONDS, Plan, Report, run
from tests.counts import at_least_one


def main(arguments: Sequence[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    seed = randrange(1_000_000) if options.seed is None else options.seed
    databases = DATABASES if options.database == "both" else (options.database,)
    checks = {}
    for database in databases:
        plan = Plan(database, options.posts, options.kills, seed, options.clients)
        print(f"{database}, seed {seed}: {plan.posts} acts of {plan.clients} officials, {plan.kills} kills")
        report = run(plan)
        _tell(report)
        checks[f"CHAOS_{database.upper()}"] = checked(report)
    print(json.dumps(checks))
    return 0 if all(one["pass"] for check in checks.values() for one in check.values()) else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="tests.chaos", description=__doc__)
    parser.add_argument("--posts", type=at_least_one, default=300)
    parser.add_argument("--kills", type=int, default=15)
    parser.add_argument("--clients", type=at_least_one, default=4)
    parser.add_argument("--seed", type=int, help="printed and repeatable; any if not given")
    parser.add_argument("--database", choices=(*DATABASES, "both"), default="both")
    return parser


def checked(report: Report) -> dict[str, dict[str, Any]]:
    counts = {name: _check(len(wrong), 0) for name, wrong in report.faults.items()}
    times = {
        "visible_s": (report.visible, VISIBLE_SECONDS),
        "visible_after_crash_s": (report.visible_after_crash, VISIBLE_AFTER_CRASH_SECONDS),
    }
    return counts | {name: _check(round(_worst(found), 3), limit) for name, (found, limit) in times.items()}


def _check(value: float, limit: float) -> dict[str, Any]:
    return {"value": value, "limit": limit, "pass": value <= limit}


def _tell(report: Report) -> None:
    attempts = sum(done.attempts for done in report.done)
    print(f"  acknowledged  {len(report.done)} acts in {attempts} attempts")
    print("  killed        " + ", ".join(f"{name} {count}" for name, count in sorted(report.killed.items())))
    for name, times in (
        ("seen by the other process", report.visible),
        ("the same, across a crash", report.visible_after_crash),
        ("known to the advisories", report.lags),
        ("acknowledged after", report.outages),
    ):
        row = f"{_share(times, 0.5):8.2f}{_share(times, 0.99):8.2f}{_worst(times):8.2f}"
        print(f"  {name:30} s: median, p99, worst {row}   ({len(times)})")
    _tell_slowest(report)
    for name, wrong in report.faults.items():
        print(f"  {name:14}{len(wrong)}")
        for one in wrong[:10]:
            print(f"      {one}")


def _tell_slowest(report: Report) -> None:
    """What was killed shortly before the acts that took longest to be seen."""
    going_on = (one for one in report.seen if not one.disturbed)
    for one in sorted(going_on, key=lambda one: -one.seconds)[:3]:
        seen_at = one.done.acknowledged_at + one.seconds
        before = [kill for kill in report.kills if 0 < seen_at - kill.at < one.seconds + 3]
        kills = ", ".join(f"{kill.victim} {seen_at - kill.at:.1f} s before" for kill in before)
        print(f"      {one.seconds:.2f} s: {one.done.key}, {kills or 'no kill near'}")


def _share(times: Sequence[float], share: float) -> float:
    """That quantile of sorted times."""
    return times[min(len(times) - 1, int(share * len(times)))] if times else 0.0


def _worst(times: Sequence[float]) -> float:
    return times[-1] if times else 0.0


if __name__ == "__main__":
    sys.exit(main())
