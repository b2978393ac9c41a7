"""Forecasts that were compared with what came, to test with."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from services.core import accuracy, observations
from services.core.accuracy import AccuracyTally, Queue, Score, Tally, Yardsticks, tallied, together
from services.core.advisories import Basis
from services.core.crossings import Direction, Mode
from services.core.work import Work
from tests.makers import ALFA, HOUR, an_observation, an_official


def a_score(
    observed: float = 40, *, observation: str = "o", hours: int = 1, at: datetime | None = None, **more: Any
) -> Score:
    """Half an hour was forecast, between ten minutes and fifty."""
    observed_at = at or datetime.now(UTC)
    given = {
        "observation": observation,
        "horizon_hours": hours,
        "crossing": ALFA,
        "direction": Direction.TO_KZ,
        "mode": Mode.CAR,
        "side": None,
        "joined_at": observed_at,
        "observed": observed,
        "issued_at": observed_at - hours * HOUR,
        "p10": 10,
        "p50": 30,
        "p90": 50,
        "basis": Basis.MODELLED,
        "yardsticks": Yardsticks(),
        **more,
    }
    return Score.model_validate(given)


def compare(
    work: Work,
    waits: Sequence[float],
    *,
    hours: Sequence[int] = (1,),
    ago: timedelta = HOUR,
    yardsticks: Yardsticks | None = None,
    queue: Queue | None = None,
    **lane: Any,
) -> None:
    """Have forecasts compared with these waits at each horizon, or with those of another `queue` than at the
    posts, and one more report on record.

    The report is what tells readers that there is something to see.
    """
    fields = an_observation(observed_at=work.now - ago, **lane)
    official, _ = an_official(work, name=f"Dilnoza {uuid4()}")
    observations.report(work, official, fields, idempotency_key="k")
    scores = [
        a_score(
            wait,
            hours=each,
            at=fields.observed_at,
            crossing=fields.crossing,
            direction=fields.direction,
            mode=queue or fields.mode,
            yardsticks=yardsticks or Yardsticks(),
        )
        for wait in waits
        for each in hours
    ]
    known = accuracy.tallies(work.session)
    for one in tallied(scores):
        before = [other for other in known if _key(other) == _key(one)]
        work.session.merge(AccuracyTally(**together([one, *before]).model_dump()))


def _key(tally: Tally) -> tuple[object, ...]:
    return tally.crossing, tally.direction, tally.mode, tally.horizon_hours, tally.month


def a_tally(**fields: Any) -> Tally:
    given = {
        "crossing": ALFA,
        "direction": Direction.TO_KZ,
        "mode": Mode.CAR,
        "horizon_hours": 1,
        "month": "2026-03-01",
        "targets": 1,
        **fields,
    }
    return Tally.model_validate(given)
