"""How good were the forecasts? Told from what was compared, and not at all from too little."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.core.accuracy import Queue, Yardsticks
from services.core.crossings import Direction, Mode
from tests.api.service import Service
from tests.api.test_answers import within_envelope
from tests.api.test_bad_input import fields
from tests.makers import ALFA, BRAVO
from tests.scoring import compare

WAITS = [5.0] * 10 + [40.0] * 24 + [60.0] * 6
"""Of forty waits ten below, six above the range of the forecasts; the rest within."""

UNKNOWN = {
    "coverage_p10_p90": None,
    "below_p10": None,
    "above_p90": None,
    "pinball_minutes": None,
    "mean_absolute_error_minutes": None,
}
UNCOMPARED = {"targets": 0, "mean_absolute_error_minutes": None, "ours_minutes": None, "skill": None}


def compared(service: Service, waits: list[float], **more: Any) -> None:
    with service.edge.work() as work:
        compare(work, waits, **more)
    service.look()


def keys(service: Service, **asked: Any) -> list[tuple[Any, ...]]:
    items = service.body("/v1/accuracy", **asked)["items"]
    return [tuple(one[name] for name in ("mode", "crossing", "direction", "horizon_hours")) for one in items]


def test_where_nobody_has_reported_a_wait_the_answer_says_so(standing: Service) -> None:
    body = within_envelope(standing, standing.body("/v1/accuracy"))
    assert body.pop("explained").keys() >= {
        "forecast",
        "targets",
        "skill",
        "persistence",
        "last_week",
        "usual",
    }
    assert body == {
        "items": [],
        "note": "nobody has reported a wait yet that a forecast could be compared with",
    }


def test_shares_errors_and_skill_are_those_of_what_was_compared(service: Service) -> None:
    compared(service, WAITS, yardsticks=Yardsticks(persistence=20))
    body = service.body("/v1/accuracy")
    assert body["note"] is None
    assert body["items"] == [
        {
            "mode": "car",
            "direction": None,
            "crossing": None,
            "horizon_hours": 1,
            "since": (datetime.now(UTC) - timedelta(hours=1)).strftime("%Y-%m-01"),
            "targets": 40,
            "enough": True,
            "coverage_p10_p90": 0.6,
            "below_p10": 0.25,
            "above_p90": 0.15,
            "pinball_minutes": 5.0,
            "mean_absolute_error_minutes": 16.8,
            "against": {
                "persistence": {
                    "targets": 40,
                    "mean_absolute_error_minutes": 21.8,
                    "ours_minutes": 16.8,
                    "skill": 0.23,
                },
                "last_week": UNCOMPARED,
                "usual": UNCOMPARED,
            },
        }
    ]


def test_of_fewer_than_thirty_waits_no_figure_is_told(service: Service) -> None:
    compared(service, [40.0] * 29, yardsticks=Yardsticks(usual=30))
    (item,) = service.body("/v1/accuracy")["items"]
    assert (item["targets"], item["enough"]) == (29, False)
    assert item.items() >= UNKNOWN.items()
    assert item["against"]["usual"] == {**UNCOMPARED, "targets": 29}
    compared(service, [40.0])
    (item,) = service.body("/v1/accuracy")["items"]
    assert (item["targets"], item["enough"], item["coverage_p10_p90"]) == (30, True, 1.0)
    assert item["against"]["usual"]["skill"] is None


def test_crossings_and_directions_are_taken_together_unless_they_are_asked_for(service: Service) -> None:
    lanes = [(ALFA, Direction.TO_KZ), (ALFA, Direction.TO_UZ), (BRAVO, Direction.TO_KZ)]
    for crossing, direction in lanes:
        compared(service, [40.0], crossing=crossing, direction=direction, hours=(1, 24))
    compared(service, [40.0], mode=Mode.TRUCK, hours=(24,))
    assert keys(service) == [
        ("car", None, None, 1),
        ("car", None, None, 24),
        ("truck", None, None, 24),
    ]
    assert keys(service, direction="to-uz") == [("car", None, "to-uz", 1), ("car", None, "to-uz", 24)]
    assert keys(service, crossing=ALFA, horizon_hours=24) == [
        ("car", ALFA, "to-kz", 24),
        ("car", ALFA, "to-uz", 24),
        ("truck", ALFA, "to-kz", 24),
    ]
    assert keys(service, mode="truck", crossing=BRAVO) == []
    assert [one["targets"] for one in service.body("/v1/accuracy", mode="car", horizon_hours=1)["items"]] == [
        3
    ]


def test_booking_queues_are_a_mode_of_their_own(service: Service) -> None:
    for queue in (None, Queue.BOOKED_TRUCKS):
        compared(service, [40.0], mode=Mode.TRUCK, queue=queue)
    assert keys(service) == [("truck", None, None, 1), ("truck-booked", None, None, 1)]
    assert keys(service, mode="truck-booked") == [("truck-booked", None, None, 1)]
    assert "truck-booked" in service.body("/v1/accuracy")["explained"]


def test_what_is_more_than_a_year_ago_counts_no_more(service: Service) -> None:
    compared(service, [40.0], ago=timedelta(days=400))
    body = service.body("/v1/accuracy")
    assert body["items"] == []
    assert body["note"] == "in the last 12 months nobody has reported such a wait that was forecast"
    compared(service, [40.0], ago=timedelta(days=300))
    assert [one["targets"] for one in service.body("/v1/accuracy")["items"]] == [1]


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"mode": "zeppelin"}, "mode"),
        ({"direction": "up"}, "direction"),
        ({"crossing": "nowhere"}, "crossing"),
        ({"horizon_hours": "5"}, "horizon_hours"),
        ({"horizon_hours": "soon"}, "horizon_hours"),
        ({"lang": "tlh"}, "lang"),
        ({"horizon": "1"}, "horizon"),
    ],
)
def test_what_cannot_be_asked_is_refused_by_its_name(
    standing: Service, asked: dict[str, str], field: str
) -> None:
    reply = standing.get("/v1/accuracy", **asked)
    assert reply.status_code == 422
    assert fields(reply) == [field]


def test_an_answer_ends_with_the_month_at_the_latest(standing: Service) -> None:
    until = datetime.fromisoformat(standing.body("/v1/accuracy")["valid_until"])
    asked_at = datetime.now(UTC)
    assert until.month == asked_at.month or (until.day, until.hour, until.minute) == (1, 0, 0)
