"""What the answers say of ways that are as good as each other, and of waits that nobody can know better."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest

from services.api.answering import FORECASTS_MOVE, Asking
from services.api.formats import json
from services.core import advisories
from services.core.alternatives import Way, alternatives
from services.core.crossings import Direction, Mode, Side, Traveller
from tests.api.service import Service
from tests.makers import ALFA, BRAVO, CHARLIE, NOON, a_run, an_advisory

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""Reading asks no database anything, tests/api/test_queries.py says: one is as good as the other."""

CAR = {"mode": "car", "direction": "to-kz", "citizenship": "UZ"}
TRIP = {**CAR, "from": "tashkent", "to": "shymkent", "depart": NOON.isoformat()}
DRIVER = Traveller(Mode.CAR, Direction.TO_KZ, "UZ")


def waiting(service: Service, **minutes: float) -> None:
    """The same travellers expected everywhere; `minutes` by crossing."""
    given = [an_advisory(code, wait, at=NOON, coming=100.0) for code, wait in minutes.items()]
    with service.edge.work() as work:
        advisories.record(work, a_run(*given))
    service.look()


def as_long(service: Service) -> dict[str, float]:
    """Waits that make every trip take ten hours."""
    roads = service.keeper.current.roads
    start, end = (roads.gazetteer.find(name)[0] for name in ("tashkent", "shymkent"))
    drives = {
        code: roads.minutes(start, code, Side.UZ, Mode.CAR).minutes
        + roads.minutes(end, code, Side.KZ, Mode.CAR).minutes
        for code in (ALFA, BRAVO, CHARLIE)
    }
    return {code: 600 - drive for code, drive in drives.items()}


def test_trips_as_good_as_the_first_are_marked_with_the_odds_of_each(service: Service) -> None:
    waiting(service, **as_long(service))
    items = service.body("/v1/trips", **TRIP)["items"]
    assert all(item["as_good_as_first"] for item in items)
    assert sum(item["best_probability"] for item in items) == pytest.approx(1, abs=0.03)
    for item in items:
        assert item["regret_minutes"] > 0
        assert item["total_p90_minutes"] > item["total_minutes"] == 600


def test_the_same_question_has_the_same_answer_until_it_ends(service: Service) -> None:
    waiting(service, **as_long(service))
    asking = Asking(service.keeper.current, NOON)
    firsts: list[list[dict[str, Any]]] = []
    for seconds in (1, 14, 29):
        at = NOON + timedelta(seconds=seconds)
        until = Asking(service.keeper.current, at).within(FORECASTS_MOVE)
        assert until == asking.within(FORECASTS_MOVE)
        found = alternatives(asking.board, asking.current.roads, DRIVER, NOON, Way(), turn=until)
        firsts.append([json.trip(one) for one in found.items])
    assert firsts[0] == firsts[1] == firsts[2]


def test_over_an_hour_of_answers_each_that_is_as_good_comes_first_about_as_often(service: Service) -> None:
    waiting(service, **as_long(service))
    asking = Asking(service.keeper.current, NOON)
    roads = asking.current.roads
    start, end = (roads.gazetteer.find(name)[0] for name in ("tashkent", "shymkent"))
    way = Way(None, start, end)
    turns = (NOON + timedelta(seconds=30 * number) for number in range(120))
    rankings = (alternatives(asking.board, roads, DRIVER, NOON, way, turn=turn) for turn in turns)
    firsts = Counter(ranking.items[0].code for ranking in rankings)
    assert firsts.keys() == {ALFA, BRAVO, CHARLIE}
    assert all(count == pytest.approx(40, abs=4) for count in firsts.values())


@pytest.mark.parametrize("doubt", advisories.DOUBTS)
def test_of_a_doubtful_wait_the_range_is_told_and_no_median(service: Service, doubt: str) -> None:
    with service.edge.work() as work:
        known, doubted = an_advisory(ALFA, 40, at=NOON), an_advisory(BRAVO, 40, at=NOON, reasons=(doubt,))
        advisories.record(work, a_run(known, doubted))
    service.look()
    band = {"p10": 20, "p50": None, "p90": 80, "basis": "modelled", "observed_at": None}
    told = {item["crossing"]: item for item in service.body("/v1/advisories")["items"]}
    assert told[BRAVO]["wait_minutes"] == band
    assert doubt in told[BRAVO]["reasons"]
    assert told[ALFA]["wait_minutes"]["p50"] == 40
    assert (
        service.body(f"/v1/crossings/{BRAVO}/outlook", **CAR, at=NOON.isoformat())["items"][0]["wait_minutes"]
        == band
    )
    trip = next(item for item in service.body("/v1/trips", **TRIP)["items"] if item["code"] == BRAVO)
    assert trip["wait_minutes"] == band
