"""The engine and the oracle must say the same; the oracle must be able to say otherwise."""

from __future__ import annotations

import ast
import json
from datetime import date
from pathlib import Path
from random import Random

import pytest

from services.core.crossings import Mode, Side, Verdict
from services.core.notices import What
from tests.status import comparison, made, oracle, oracle_hours
from tests.status.cases import LAST, World, a_world
from tests.status.comparison import Case, Tally, compared, shown, smallest
from tests.status.made import NOON

THE_ENGINE = (
    "services.core.status",
    "services.core.notices.rules",
    "services.core.crossings.hours",
    "services.core.crossings.sun",
    "services.core.board",
)


def imported(file: Path) -> set[str]:
    nodes = list(ast.walk(ast.parse(file.read_text("utf-8"))))
    whole = {name.name for node in nodes if isinstance(node, ast.Import) for name in node.names}
    parts = {
        f"{node.module}.{name.name}"
        for node in nodes
        if isinstance(node, ast.ImportFrom)
        for name in node.names
    }
    return whole | parts


@pytest.mark.parametrize("module", [oracle, oracle_hours], ids=["verdicts", "hours"])
def test_the_oracle_shares_the_documents_with_the_engine_and_nothing_else(module: object) -> None:
    names = imported(Path(str(vars(module)["__file__"])))
    ours = {name for name in names if name.startswith("services.")}
    assert all(".documents." in name or ".words." in name or ".places." in name for name in ours)
    assert not any(name.startswith(THE_ENGINE) for name in ours)


def test_twenty_thousand_questions_are_answered_alike() -> None:
    total = Tally()
    for number in range(20_000 // (comparison.TRAVELLERS * comparison.INSTANTS)):
        total.add(compared("suite", number))
    assert not total.disagreed, shown(smallest(total.disagreed[0]))
    assert min(total.agreed[verdict] for verdict in Verdict) > 3_000
    assert total.undecided < 200


def test_the_same_seed_makes_the_same_world() -> None:
    assert a_world(Random("3/4")) == a_world(Random("3/4"))
    assert a_world(Random("3/4")) != a_world(Random("3/5"))


def a_disagreement() -> Case:
    """Two versions of one day for one mode, which the catalogue's own tests refuse: the engine counts the
    first of them, the oracle the last."""
    twice = [made.takes(list(Mode)[:4], True), made.takes([Mode.CAR], False)]
    crossing = made.crossing(modes=twice, open_hours={side: [made.hours("24/7")] * 2 for side in Side})
    aside = made.notice(made.effect(What.INFORMATION, NOON), told=NOON)
    return Case(World(crossing, (aside,), LAST, {}), made.traveller(citizenship="UZ"), NOON)


def test_a_disagreement_is_noticed_and_shown_with_nothing_that_it_does_not_need() -> None:
    case = a_disagreement()
    assert case.disagrees()
    small = smallest(case)
    assert small.disagrees()
    assert small.world.revisions == ()
    assert small.traveller.citizenship is None
    assert len(small.world.crossing.modes) == 2
    assert "oracle: closed; engine: " in shown(small)


def test_the_command_ends_with_one_line_of_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert comparison.main(["--cases", "300", "--seed", "line"]) == 0
    last = capsys.readouterr().out.splitlines()[-1]
    assert json.loads(last) == {"STATUS_ORACLE": {"value": 0, "limit": 0, "pass": True}}


@pytest.mark.parametrize(
    ("rule", "at", "answer"),
    [
        ("08:00-18:00", "2026-03-10T07:59:59.999999", False),
        ("08:00-18:00", "2026-03-10T08:00", True),
        ("08:00-18:00", "2026-03-10T18:00", False),
        ("Fr 22:00-06:00", "2026-03-14T05:59", True),
        ("Fr 22:00-06:00", "2026-03-13T05:59", False),
        ("Nov-Mar 09:00-12:00", "2026-03-31T09:00", True),
        ("Nov-Mar 09:00-12:00", "2026-04-01T09:00", False),
        ("Mo-Fr 08:00-18:00; Sa 09:00-12:00; PH off", "2026-03-14T11:00", True),
        ("Mo-Fr 08:00-18:00; Sa 09:00-12:00; PH off", "2026-03-10T11:00", False),
        ("24/7; We 12:00-13:00 off", "2026-03-11T12:30", False),
        ("24/7; We 12:00-13:00 off", "2026-03-11T13:00", True),
        ("sunrise-sunset", "2026-03-10T12:00", True),
        ("sunrise-sunset", "2026-03-10T23:00", False),
    ],
)
def test_the_oracle_reads_hours_by_the_minute(rule: str, at: str, answer: bool) -> None:
    where = oracle_hours.Where("Asia/Tashkent", made.MALIK, frozenset({date(2026, 3, 10)}))
    assert oracle_hours.is_open(rule, where, made.instant(at), near_the_horizon=False) is answer
