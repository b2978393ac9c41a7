"""Reported bookings, from the official's request to the answer for programs and the sentence on the page."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from services.core import observations, outbox
from services.core.crossings import Direction, Mode, Side, catalogue
from services.core.observations import MEASURED, Kind
from services.core.work import Work
from services.worker.fulfilment import fulfil
from tests.api.service import Headers, Service, a_stocked_service, bearer, let_in
from tests.makers import HOUR, an_observation, an_official, as_asked
from tests.pages.reading import page

YALLAMA = "yallama-konysbayev"
TRUCK = {"mode": "truck", "direction": "to-kz"}
DAYS = 9


def seen(figure: float, at: datetime, kind: Kind = Kind.BOOKED_WAIT, **more: Any) -> dict[str, Any]:
    lane = {"crossing": YALLAMA, "direction": Direction.TO_KZ, "mode": Mode.TRUCK, "side": Side.KZ}
    return {**lane, "kind": kind, "observed_at": at, MEASURED[kind]: figure, **more}


def a_kazakh_official(service: Service, *, days: int = 0) -> Headers:
    """Who has reported both figures every three hours for so many days."""
    now = datetime.now(UTC)
    with service.edge.work() as work:
        botir, key = an_official(work, "Botir", Side.KZ)
        for hours in range(days * 24, 2, -3):
            at = now - hours * HOUR
            for kind, figure in ((Kind.BOOKED_WAIT, 4320), (Kind.BOOKED, 300)):
                fields = an_observation(**seen(figure + hours % 2, at, kind))
                observations.report(Work(work.session, at), botir, fields, idempotency_key=f"{at} {kind}")
    return bearer(key)


def recompute(service: Service) -> None:
    """As a worker does it."""
    with service.edge.reading() as session:
        promise = outbox.pending(session, "advisories.recompute")[-1].id
    assert promise is not None
    assert fulfil(service.edge, service.settings, promise, by="worker")
    service.look()


def report(service: Service, who: Headers, key: str, **fields: Any) -> None:
    """Over the wire, and what follows from it."""
    sent = as_asked(an_observation(**fields))
    reply = service.post("/v1/observations", {**who, "Idempotency-Key": key}, json=sent)
    assert reply.status_code == 201, reply.text
    recompute(service)


def booking(service: Service, **lane: str) -> Any:
    asked = {"crossing": YALLAMA, **TRUCK, **lane}
    (item,) = service.body("/v1/advisories", **asked)["items"]
    return item["booking"]


def sentences(service: Service, **asked: str) -> list[str]:
    shown = page(service.get(f"/crossings/{YALLAMA}", **{**TRUCK, **asked}))
    return [one.words for one in shown.all("p", cls="booking")]


@pytest.fixture
def own_border(sqlite_url: str, tmp_path: Path) -> Iterator[Service]:
    """One crossing, which is soon computed."""
    service = a_stocked_service(sqlite_url, tmp_path / "data", {YALLAMA: catalogue()[YALLAMA]})
    yield service
    service.close()


@pytest.fixture
def now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


def test_reported_bookings_show_up_in_the_answer_and_on_the_page(own_border: Service, now: datetime) -> None:
    who = a_kazakh_official(own_border, days=DAYS)
    report(own_border, who, "units", **seen(310, now - 2 * HOUR, Kind.BOOKED))
    report(own_border, who, "wait", **seen(4300, now - HOUR))

    told = booking(own_border)
    assert told["side"] == "kz"
    assert (told["wait_minutes"]["reported"], told["units"]["reported"]) == (4300, 310)
    assert datetime.fromisoformat(told["wait_minutes"]["observed_at"]) == now - HOUR
    for figure, about in ((told["wait_minutes"], 4320), (told["units"], 300)):
        assert figure["p10"] <= figure["p50"] <= figure["p90"]
        assert figure["p50"] == pytest.approx(about, rel=0.05)
    outlook = own_border.body(f"/v1/crossings/{YALLAMA}/outlook", **TRUCK)
    assert outlook["booking"]["units"].items() >= told["units"].items()
    hours = [datetime.fromisoformat(one["at"]) for one in outlook["booking"]["wait_minutes"]["items"]]
    assert hours[-1] - hours[0] == timedelta(hours=72)

    (sentence,) = sentences(own_border)
    assert sentence.startswith("Booked queue: 3 days from booking until called, as reported ")
    assert "; 310 trucks booked, as reported " in sentence
    assert sentence.count("; expected tomorrow ") == 2


def test_before_enough_is_known_to_expect_anything_the_report_alone_is_told(
    own_border: Service, now: datetime
) -> None:
    who = a_kazakh_official(own_border)
    report(own_border, who, "units", **seen(310, now, Kind.BOOKED))
    assert booking(own_border) == {
        "side": "kz",
        "wait_minutes": None,
        "units": {
            "reported": 310,
            "observed_at": now.isoformat().replace("+00:00", "Z"),
            "p10": None,
            "p50": None,
            "p90": None,
        },
    }
    (sentence,) = sentences(own_border)
    assert sentence.startswith("Booked queue: 310 trucks, as reported ")
    assert "expected" not in sentence
    assert booking(own_border, mode="car") is None
    assert sentences(own_border, mode="car") == []
    assert sentences(own_border, at="2026-01-15T12:00") == []


def test_a_booking_is_no_report_of_the_wait_at_the_posts(own_border: Service, now: datetime) -> None:
    who = a_kazakh_official(own_border)
    report(own_border, who, "wait", **seen(4300, now))
    (item,) = own_border.body("/v1/advisories", crossing=YALLAMA, **TRUCK)["items"]
    assert item["wait_minutes"]["basis"] == "prior"
    assert item["wait_minutes"]["observed_at"] is None
    shown = page(own_border.get(f"/crossings/{YALLAMA}", **TRUCK)).words
    assert "those who book are told to wait 3 days until called" in shown


def test_what_was_reported_two_days_ago_is_told_no_more(own_border: Service, now: datetime) -> None:
    who = a_kazakh_official(own_border)
    report(own_border, who, "old", **seen(4300, now - 49 * HOUR))
    assert booking(own_border) is None
    assert sentences(own_border) == []


def test_only_whoever_speaks_for_the_post_reports_its_bookings(own_border: Service, now: datetime) -> None:
    aziza = let_in(own_border.edge)
    sent = as_asked(an_observation(**seen(4300, now)))
    for headers, status in ((aziza, 403), ({}, 422)):
        reply = own_border.post("/v1/observations", {**headers, "Idempotency-Key": "k"}, json=sent)
        assert reply.status_code == status, reply.text
