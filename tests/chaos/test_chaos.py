import os

from tests.chaos.__main__ import checked
from tests.chaos.storm import Plan, run
from tests.processes import descendants

SEED = 5
TIMED = {"visible_s", "visible_after_crash_s"}
"""Seconds say nothing while other tests share the machine; `python -m tests.chaos` holds them to account."""


def test_nothing_acknowledged_is_lost_doubled_or_left_undone_while_processes_are_killed() -> None:
    """On PostgreSQL `test_crashing` kills; `python -m tests.chaos` does it on both."""
    before = set(descendants(os.getpid()))
    report = run(Plan("sqlite", posts=40, kills=4, seed=SEED))
    assert {name: list(wrong) for name, wrong in report.faults.items() if wrong} == {}
    assert (len(report.done), report.killed.total()) == (40, 4)
    assert len(report.seen) == sum(done.verb != "report" for done in report.done)
    failed = {name for name, check in checked(report).items() if not check["pass"]}
    assert failed - TIMED == set()
    assert set(descendants(os.getpid())) <= before


def test_a_seed_gives_the_same_storm_again_and_another_seed_another() -> None:
    plans = [Plan("sqlite", posts=40, kills=4, seed=seed) for seed in (1, 1, 2)]
    one, again, other = ((plan.gaps, plan.schedules()) for plan in plans)
    assert one == again
    assert one != other


def test_every_act_of_a_storm_has_a_client_and_an_instant_before_its_end() -> None:
    plan = Plan("sqlite", posts=41, kills=4, seed=SEED, clients=4)
    schedules = plan.schedules()
    assert sorted(map(len, schedules)) == [10, 10, 10, 11]
    assert all(0 <= due <= sum(plan.gaps) + 1 for schedule in schedules for due in schedule)
