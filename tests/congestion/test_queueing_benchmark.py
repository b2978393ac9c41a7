"""The benchmark itself: it must be able to fail, and must say what it cannot measure."""

import json
from pathlib import Path

import numpy as np
import pytest

from benchmarks import queueing

GRID = np.arange(0.25, 36, 0.5)


def test_without_the_truth_it_says_so_and_measures_the_rest(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    queueing.main(["--data", str(tmp_path), "--runs", "1"])
    lines = capsys.readouterr().out.splitlines()
    assert "Q1, Q2 and Q3 have no value" in lines[0]
    checks = json.loads(lines[-1])
    assert checks["Q1"] == {"value": None, "limit": 8.0, "pass": None}
    assert checks["Q4"] == {"value": 0.0, "limit": 0.0, "pass": True}
    assert checks["P1"]["value"] > 0


def test_the_truth_has_no_error_against_itself_and_the_naive_kernels_have() -> None:
    """The ensemble stands in for the truth here: what is tested is the yardstick."""
    known, unknown = (queueing.ensemble(uncertain, GRID) for uncertain in (False, True))
    assert max(values.max() for values in queueing.errors(unknown, unknown).values()) == 0
    for naive in (queueing.point_fluid, queueing.pointwise_stationary):
        assert queueing.errors(naive(GRID), unknown)["W90"].mean() > 60
    fluid = queueing.errors(queueing.point_fluid(GRID), known)
    assert fluid["W"].mean() < 30


@pytest.mark.parametrize(
    ("value", "above", "passed"), [(8.0, False, True), (8.1, False, False), (8.1, True, True)]
)
def test_a_limit_is_kept_or_not(value: float, above: bool, passed: bool) -> None:
    assert queueing.check(value, 8.0, above=above)["pass"] is passed
