"""`python -m tests.chaos.crashing --crashes 200 --seed 7`: what dies between commit and reply is done once.

Under every act of an official the API process kills itself when the act has been committed and nothing has
been answered. It is started again, and the client repeats the same request. Afterwards a few such acts by
clients who make a new key for each attempt show what would be found if keys did nothing. Ends with one line
of JSON; exit code 1 if an act was lost or done twice, or if a process died anywhere else.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from typing import Any

from tests.chaos.interrupted import MIX, Interrupted, Plan, Report, run
from tests.chaos.storm import DATABASES
from tests.counts import at_least_one


def main(arguments: Sequence[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    checks = {}
    for database in DATABASES if options.database == "both" else (options.database,):
        plan = Plan(database, options.crashes, options.seed)
        print(f"{database}, seed {plan.seed}: {plan.crashes} acts of {plan.clients} clients")
        report = run(plan)
        _tell(report)
        checks[f"CRASHES_{database.upper()}"] = checked(report)
    print(json.dumps(checks))
    return 0 if all(one["pass"] for check in checks.values() for one in check.values()) else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="tests.chaos.crashing", description=__doc__)
    parser.add_argument("--crashes", type=at_least_one, default=200)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--database", choices=(*DATABASES, "both"), default="both")
    return parser


def checked(report: Report) -> dict[str, dict[str, Any]]:
    """Without keys there must be duplicates: a count that never finds any would prove nothing."""
    return {
        "crashes": _all(len(report.hit), report.plan.crashes),
        "replayed": _all(sum(one.replayed for one in report.acts), report.plan.crashes),
        **{name: _none(wrong) for name, wrong in report.faults.items()},
        "duplicates_without_keys": _all(report.said_again, report.plan.careless),
    }


def _all(value: int, limit: int) -> dict[str, Any]:
    return {"value": value, "limit": limit, "pass": value >= limit}


def _none(wrong: Sequence[str]) -> dict[str, Any]:
    return {"value": len(wrong), "limit": 0, "pass": not wrong}


def _tell(report: Report) -> None:
    print(f"  {'':10}{'crashes':>9}{'same again':>12}{'said so':>9}")
    for verb in MIX:
        _tell_row(verb, [one for one in report.hit if one.done.verb == verb])
    _tell_row("all", report.hit)
    here = sum(one.death is not None and one.done.address == one.death.address for one in report.hit)
    print(f"  answered where it was started again: {here}, elsewhere: {len(report.hit) - here}")
    print(f"  {report.seconds:.0f} s")
    for name, wrong in report.faults.items():
        print(f"  {name:14}{len(wrong)}")
        for one in wrong[:10]:
            print(f"      {one}")
    print(f"  without keys: {report.said_again} duplicates of {report.careless}")


def _tell_row(name: str, acts: Sequence[Interrupted]) -> None:
    replayed, said = sum(one.replayed for one in acts), sum(one.repeated for one in acts)
    print(f"  {name:10}{len(acts):9}{replayed:12}{said:9}")


if __name__ == "__main__":
    sys.exit(main())
