"""From door to door over every crossing that passes when one gets there."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from services.api.formats.json import instant
from services.core import advisories, alternatives
from services.core.crossings import Mode, Side
from tests.api.service import Service, let_in
from tests.makers import ALFA, BRAVO, NOON, a_border, a_closure, a_notice, a_run, an_advisory

ROADS = alternatives.roads_for(a_border())
TRIP = {"mode": "car", "direction": "to-kz", "from": "tashkent", "to": "shymkent", "depart": NOON.isoformat()}


def whole_minutes(code: str) -> tuple[float, float]:
    """To the post and from it."""
    tashkent, shymkent = (ROADS.gazetteer.find(name)[0] for name in ("tashkent", "shymkent"))
    there = ROADS.minutes(tashkent, code, Side.UZ, Mode.CAR)
    return there.minutes, ROADS.minutes(shymkent, code, Side.KZ, Mode.CAR).minutes


def test_a_trip_counts_the_road_the_wait_and_the_road_beyond(service: Service) -> None:
    with service.edge.work() as work:
        advisories.record(work, a_run(an_advisory(ALFA, 40, at=NOON)))
    service.look()
    reply = service.body("/v1/trips", **TRIP, citizenship="UZ")
    assert reply.keys() == {"as_of", "board", "stale", "valid_until", "advice", "refused", "items"}
    there, beyond = whole_minutes(ALFA)
    item = next(item for item in reply["items"] if item["code"] == ALFA)
    about = {"road_km", "approximate", "reasons"}
    assert {name: item[name] for name in item.keys() - about} == {
        "code": ALFA,
        "mode": "car",
        "status": "open",
        "road_minutes": round(there),
        "arrive_at": instant(NOON + timedelta(minutes=there)),
        "wait_minutes": {"p10": 20, "p50": 40, "p90": 80, "basis": "modelled", "observed_at": None},
        "onward_minutes": round(beyond),
        "total_minutes": round(there + 40 + beyond),
        "total_p90_minutes": None,
        "as_good_as_first": False,
        "best_probability": None,
        "regret_minutes": None,
    }
    totals = [item["total_minutes"] for item in reply["items"]]
    assert totals == sorted(totals)


def test_what_is_closed_when_one_gets_there_is_not_a_way(service: Service) -> None:
    service.publish(a_notice(a_closure(ALFA, start=NOON)), let_in(service.edge), "k")
    reply = service.body("/v1/trips", **TRIP, citizenship="UZ")
    assert ALFA not in {item["code"] for item in reply["items"]}
    assert {"code": ALFA, "mode": "car", "status": "closed", "reasons": ["Closed for repairs"]} in reply[
        "refused"
    ]


def test_who_sets_out_at_night_finds_the_post_of_the_day_shut(standing: Service) -> None:
    night = {**TRIP, "depart": NOON.replace(hour=22).isoformat()}
    noon_codes, night_codes = (
        {item["code"] for item in standing.body("/v1/trips", **asked)["items"]} for asked in (TRIP, night)
    )
    assert (BRAVO in noon_codes, BRAVO in night_codes) == (True, False)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"from": None}, "from"),
        ({"to": None}, "to"),
        ({"mode": None}, "mode"),
        ({"from": "shymkent"}, "from"),
        ({"to": "tashkent"}, "to"),
        ({"to": "0,0"}, "to"),
        ({"from": "Atlantis"}, "from"),
        ({"depart": "2026-03-10T12:00:00"}, "depart"),
        ({"depart": "9999-12-31T23:59:59-05:00"}, "depart"),
        ({"leave": "now"}, "leave"),
    ],
)
def test_a_trip_that_cannot_be_meant_is_refused_by_its_parameter(
    standing: Service, changes: dict[str, Any], field: str
) -> None:
    asked = {name: value for name, value in {**TRIP, **changes}.items() if value is not None}
    reply = standing.get("/v1/trips", **asked)
    assert (reply.status_code, [error["field"] for error in reply.json()["errors"]]) == (422, [field])


def test_health_says_that_the_process_lives_and_what_it_answers_from(standing: Service) -> None:
    alive, ready = standing.get("/healthz"), standing.get("/readyz")
    assert (alive.json(), alive.headers["cache-control"]) == ({"alive": True}, "no-store")
    listed = standing.body("/v1/crossings")
    assert ready.json() == {"ready": True, **{name: listed[name] for name in ("stale", "board", "as_of")}}
    assert ready.headers["cache-control"] == "no-store"
