import os

from tests.chaos.crashing import checked
from tests.chaos.interrupted import Plan, run
from tests.processes import descendants

SEED = 7
"""Its first five acts are of five kinds."""


def test_what_dies_between_commit_and_reply_is_done_once_unless_it_is_asked_for_under_another_key() -> None:
    before = set(descendants(os.getpid()))
    report = run(Plan("postgresql", crashes=5, seed=SEED, clients=1, careless=1))
    assert {name: list(wrong) for name, wrong in report.faults.items() if wrong} == {}
    assert {one.done.verb for one in report.hit} == {"submit", "approve", "amend", "publish", "report"}
    assert (len(report.hit), sum(one.replayed for one in report.acts)) == (5, 5)
    assert (report.careless, report.said_again) == (1, 1)
    assert all(check["pass"] for check in checked(report).values())
    assert set(descendants(os.getpid())) <= before
