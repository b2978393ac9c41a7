"""A stranger asks: which crossings may I use, until when, why not the others, and where else?

Whole replies: a field that nobody asked for fails.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from services.api.formats.json import instant
from services.api.shelf import FRESH_SECONDS
from services.core import advisories, alternatives, crossings, notices, observations
from services.core.advisories import BookedAhead, BookedFigure, Booking, Instead
from services.core.crossings import Direction, Mode, Side
from services.core.notices import Effect, End, What, Window
from services.core.work import Work
from tests.api.service import Service, a_stocked_service, let_in
from tests.makers import (
    ALFA,
    BRAVO,
    CHARLIE,
    DAY,
    HOUR,
    LATE,
    NOON,
    RAIL,
    ROAD_MODES,
    a_border,
    a_closure,
    a_crossing,
    a_notice,
    a_run,
    an_advisory,
    an_observation,
    an_official,
    as_asked,
    in_utc,
)

CAR = {"mode": "car", "direction": "to-kz"}
ENVELOPE = {"as_of", "board", "stale", "valid_until"}

SERVED = {"code": "mode-served", "status": "open", "text": "the crossing takes car traffic", "source": "law"}


def in_hours(side: str, rule: str) -> dict[str, str]:
    text = f"the {side.upper()} post is within its hours ({rule})"
    return {"code": "in-hours", "status": "open", "text": text, "side": side, "source": "law"}


def post(name: str, zone: str, lat: float, lon: float) -> dict[str, Any]:
    return {
        "name": name,
        "names": {"en": name, "ru": f"{name} (рус.)"},
        "position": {"lat": lat, "lon": lon},
        "region": "Somewhere",
        "road": "M1",
        "authority": f"The guards of {name}",
        "timezone": zone,
    }


ALFA_LISTED = {
    "code": ALFA,
    "name": "Alfa – Alma",
    "kind": "road",
    "cluster": "test",
    "posts": {
        "uz": post("Alfa", "Asia/Tashkent", 41.50, 69.3),
        "kz": post("Alma", "Asia/Almaty", 41.51, 69.3),
    },
}
BRAVO_LISTED = {
    "code": BRAVO,
    "name": "Bravo – Balkhash",
    "kind": "road",
    "cluster": "test",
    "posts": {
        "uz": post("Bravo", "Asia/Tashkent", 41.3, 68.9),
        "kz": post("Balkhash", "Asia/Almaty", 41.31, 68.9),
    },
}
OPEN = {
    "status": "open",
    "reasons": [SERVED, in_hours("uz", "24/7"), in_hours("kz", "24/7")],
    "remarks": [],
    "disagreement": [],
    "next_change": None,
    "next_status": None,
    "wait_minutes": None,
    "level": None,
}
DAYTIME = {
    **OPEN,
    "reasons": [SERVED, in_hours("uz", "08:00-20:00"), in_hours("kz", "08:00-20:00")],
    "next_change": "2026-03-10T15:00:00Z",
    "next_status": "closed",
}


def within_envelope(
    service: Service, reply: dict[str, Any], *, up_to: timedelta = timedelta(minutes=10)
) -> Any:
    """The reply without what stands beside every answer, which is checked."""
    with service.edge.reading() as session:
        entry = crossings.newest_versions(session)[0]
    assert reply.pop("board").count(".") == 1
    assert datetime.fromisoformat(reply.pop("as_of")) >= entry.recorded_at
    assert reply.pop("stale") is False
    now = datetime.now(UTC)
    until = datetime.fromisoformat(reply.pop("valid_until"))
    assert now - timedelta(seconds=5) <= until <= now + up_to + timedelta(seconds=FRESH_SECONDS)
    return reply


@contextmanager
def told(service: Service) -> Iterator[Work]:
    """What is written here is what readers see afterwards."""
    with service.edge.work() as work:
        yield work
    service.look()


def by_code(reply: dict[str, Any]) -> dict[str, Any]:
    return {item["code"]: item for item in reply["items"]}


def test_every_crossing_is_listed_for_one_traveller(standing: Service) -> None:
    reply = standing.body("/v1/crossings", **CAR, citizenship="uz", at=NOON.isoformat())
    items = by_code(within_envelope(standing, reply))
    assert reply == {"items": list(items.values())}
    assert list(items) == [ALFA, BRAVO, CHARLIE, RAIL]
    assert items[ALFA] == {**ALFA_LISTED, **OPEN}
    assert items[BRAVO] == {**BRAVO_LISTED, **DAYTIME}
    assert items[RAIL]["status"] == "closed"
    assert items[RAIL]["reasons"] == [
        {"code": "mode-not-served", "status": "closed", "text": "this is a rail crossing"}
    ]


@pytest.mark.parametrize(
    ("citizenship", "status", "codes"),
    [
        (None, "unconfirmed", ["citizenship-not-said"]),
        ("DE", "closed", ["citizenship"]),
        ("KZ", "open", ["mode-served", "in-hours", "in-hours"]),
    ],
)
def test_who_may_pass_depends_on_citizenship(
    standing: Service, citizenship: str | None, status: str, codes: list[str]
) -> None:
    asked = {**CAR, **({"citizenship": citizenship} if citizenship else {})}
    item = by_code(standing.body("/v1/crossings", **asked))[CHARLIE]
    assert (item["status"], [reason["code"] for reason in item["reasons"]]) == (status, codes)


def test_without_a_traveller_there_are_lanes(standing: Service) -> None:
    item = by_code(standing.body("/v1/crossings", at=NOON.isoformat()))[BRAVO]
    lanes = item.pop("lanes")
    assert item == {**BRAVO_LISTED, "at": "2026-03-10T12:00:00+05:00"}
    assert [(lane["direction"], lane["mode"]) for lane in lanes] == [
        (direction, mode) for direction in Direction for mode in ROAD_MODES
    ]
    assert lanes[1] == {"direction": "to-kz", "mode": "car", **DAYTIME}


@pytest.mark.parametrize(
    ("said", "lanes"),
    [
        ({"mode": "car"}, [("to-kz", "car"), ("to-uz", "car")]),
        ({"direction": "to-uz"}, [("to-uz", "pedestrian"), ("to-uz", "car")]),
        ({"mode": "truck"}, []),
    ],
)
def test_what_was_said_of_the_traveller_chooses_the_lanes(
    standing: Service, said: dict[str, str], lanes: list[tuple[str, str]]
) -> None:
    item = standing.body(f"/v1/crossings/{CHARLIE}", **said)
    assert [(lane["direction"], lane["mode"]) for lane in item["lanes"]] == lanes


def test_one_crossing_has_all_that_the_catalogue_states_of_it(standing: Service) -> None:
    reply = within_envelope(standing, standing.body(f"/v1/crossings/{BRAVO}", **CAR, at=NOON.isoformat()))
    stated = reply.pop("catalogue")
    assert reply == {**BRAVO_LISTED, **DAYTIME}
    assert set(stated) == {"sources", "posts", "modes", "access", "capacities", "remarks"}
    assert stated["sources"] == {
        "law": {"title": "The law", "url": "https://example.org/law", "said": "2020-01-01"}
    }
    assert stated["posts"]["uz"]["hours"] == [
        {
            "valid_from": "2020-01-01",
            "modes": [],
            "accounts": [{"source": "law", "confidence": "A", "rule": "08:00-20:00"}],
        }
    ]


@pytest.mark.parametrize(
    ("asked", "codes"),
    [
        ({"q": "bravo"}, [BRAVO]),
        ({"q": "Альма"}, [ALFA]),
        ({"q": "chu"}, [CHARLIE]),
        ({"q": "Kilimanjaro"}, []),
        ({"near": "40.9,68.6"}, [CHARLIE, BRAVO, RAIL, ALFA]),
        ({"state": "open", **CAR, "at": "2026-03-10T23:00:00+05:00"}, [ALFA]),
        ({"state": "closed", **CAR, "at": "2026-03-10T23:00:00+05:00"}, [BRAVO, RAIL]),
        ({"state": "unconfirmed", **CAR, "at": "2026-03-10T23:00:00+05:00"}, [CHARLIE]),
    ],
)
def test_the_list_can_be_searched_sorted_and_narrowed(
    standing: Service, asked: dict[str, str], codes: list[str]
) -> None:
    assert list(by_code(standing.body("/v1/crossings", **asked))) == codes


def test_names_come_in_the_language_asked_for(standing: Service) -> None:
    names = [item["name"] for item in standing.body("/v1/crossings", lang="ru")["items"]]
    assert names[0] == "Alfa (рус.) – Alma (рус.)"


def test_a_name_that_belongs_to_several_is_asked_back(database_url: str, tmp_path: Path) -> None:
    twins = {code: a_crossing(code) for code in ("syrdarya-alma", "syrdarya-chu")}
    service = a_stocked_service(database_url, tmp_path, catalogue=twins)
    reply = within_envelope(service, service.body("/v1/crossings", q="Syrdarya"))
    assert set(by_code(reply)) == set(twins)
    assert {key: reply[key] for key in reply.keys() - {"items"}} == {
        "ambiguous": True,
        "question": "'Syrdarya' is the name of several: which one?",
    }
    service.close()


def test_geojson_comes_to_whoever_accepts_it(database_url: str, tmp_path: Path) -> None:
    border = {ALFA: a_crossing(ALFA), BRAVO: a_crossing(BRAVO, place=None)}
    service = a_stocked_service(database_url, tmp_path, catalogue=border)
    reply = service.get("/v1/crossings", {"Accept": "application/geo+json"}, **CAR, at=NOON.isoformat())
    assert reply.headers["content-type"] == "application/geo+json"
    first, second = within_envelope(service, (collection := reply.json()))["features"]
    assert {key: collection[key] for key in collection.keys() - {"features"}} == {"type": "FeatureCollection"}
    assert first == {
        "type": "Feature",
        "id": ALFA,
        "geometry": {"type": "Point", "coordinates": [69.3, 41.5]},
        "properties": {**ALFA_LISTED, **OPEN},
    }
    assert second["geometry"] is None
    service.close()


def test_a_timeline_is_cut_where_the_verdict_changes(standing: Service) -> None:
    reply = standing.body(
        f"/v1/crossings/{BRAVO}/timeline", **CAR, **{"from": NOON.isoformat(), "to": (NOON + DAY).isoformat()}
    )
    assert [(s["from"], s["to"], s["status"]) for s in reply["items"]] == [
        ("2026-03-10T12:00:00+05:00", "2026-03-10T15:00:00Z", "open"),
        ("2026-03-10T15:00:00Z", "2026-03-11T03:00:00Z", "closed"),
        ("2026-03-11T03:00:00Z", "2026-03-11T12:00:00+05:00", "open"),
    ]
    assert reply["items"][0] == {
        "from": "2026-03-10T12:00:00+05:00",
        "to": "2026-03-10T15:00:00Z",
        "status": "open",
        "reasons": DAYTIME["reasons"],
    }
    assert within_envelope(standing, reply).keys() == {"code", "items"}


@pytest.mark.parametrize(
    ("start", "end", "status"),
    [
        ("2026-03-10T00:00:00Z", "2026-05-11T00:00:00Z", 200),
        ("2026-03-10T00:00:00Z", "2026-05-11T00:00:01Z", 422),
        ("2026-03-10T00:00:00Z", "2026-03-10T00:00:00Z", 422),
        ("2026-03-10T00:00:00Z", "2026-03-09T00:00:00Z", 422),
        ("2099-12-31T00:00:00Z", "2099-12-31T23:00:00Z", 200),
        ("2099-12-31T00:00:00Z", "2100-01-01T00:00:00Z", 422),
    ],
)
def test_a_timeline_is_at_most_62_days_long(standing: Service, start: str, end: str, status: int) -> None:
    reply = standing.get(f"/v1/crossings/{BRAVO}/timeline", **CAR, **{"from": start, "to": end})
    assert reply.status_code == status
    assert status == 200 or reply.json()["errors"][0]["field"] == "to"


def test_a_closure_is_told_with_the_notice_that_decided(service: Service) -> None:
    aziza = let_in(service.edge)
    notice = service.publish(a_notice(a_closure(ALFA, end=NOON + HOUR)), aziza, "k").json()
    item = by_code(service.body("/v1/crossings", **CAR, at=NOON.isoformat()))[ALFA]
    assert item == {
        **ALFA_LISTED,
        **OPEN,
        "status": "closed",
        "reasons": [
            {
                "code": "closed",
                "status": "closed",
                "text": "Closed for repairs",
                "side": "uz",
                "notice": f"{notice['id']}/1",
            }
        ],
        "next_change": "2026-03-10T08:00:00Z",
        "next_status": "open",
    }


def test_an_announced_end_that_has_passed_is_unconfirmed_never_open(service: Service) -> None:
    aziza = let_in(service.edge)
    closure = a_closure(ALFA, end=NOON + HOUR, end_is=End.ANNOUNCED)
    service.publish(a_notice(closure), aziza, "k")
    seen = [
        by_code(service.body("/v1/crossings", **CAR, at=at.isoformat()))[ALFA]["status"]
        for at in (NOON - HOUR, NOON, NOON + HOUR, NOON + DAY)
    ]
    assert seen == ["open", "closed", "unconfirmed", "unconfirmed"]


def test_an_outlook_has_quantiles_their_basis_and_what_was_reported(service: Service) -> None:
    now = datetime.now(UTC).replace(microsecond=0)
    with told(service) as work:
        official, _ = an_official(work)
        seen = an_observation(observed_at=now - HOUR)
        observations.report(work, official, seen, idempotency_key="k")
        advisories.record(work, a_run(an_advisory(ALFA, 40, at=now, hours_ahead=1), at=now))
    quantiles = {"p10": 20, "p50": 40, "p90": 80, "basis": "modelled", "observed_at": None}
    assert within_envelope(
        service, service.body(f"/v1/crossings/{ALFA}/outlook", **CAR), up_to=timedelta(minutes=1)
    ) == {
        "code": ALFA,
        "direction": "to-kz",
        "mode": "car",
        "level": "busy",
        "basis": "modelled",
        "computed_at": instant(now),
        "wait_minutes": quantiles,
        "items": [
            {"at": instant(now), "wait_minutes": quantiles},
            {"at": instant(now + HOUR), "wait_minutes": quantiles},
        ],
        "booking": None,
        "reports": [{**as_asked(seen), "reported_by": "official"}],
    }
    lane = service.body(f"/v1/crossings/{ALFA}", **CAR)
    assert (lane["wait_minutes"], lane["level"]) == (quantiles, "busy")
    assert (
        service.body(f"/v1/crossings/{ALFA}/outlook", mode="car", direction="to-uz")["wait_minutes"] is None
    )


def test_a_booking_queue_is_told_apart_with_its_own_hours(service: Service) -> None:
    now = datetime.now(UTC).replace(microsecond=0)
    ahead = [
        BookedAhead(at=now + hour * HOUR, p10=100.4, p50=200 + hour, p90=300.6 + hour) for hour in (0, 1)
    ]
    wait = BookedFigure(reported=190, observed_at=now - HOUR, ahead=tuple(ahead))
    units = BookedFigure(reported=70, observed_at=now - 2 * HOUR)
    booking = Booking(side=Side.KZ, wait=wait, units=units)
    with told(service) as work:
        trucks = an_advisory(ALFA, 40, mode=Mode.TRUCK, at=now, booking=booking)
        advisories.record(work, a_run(trucks, at=now))
    shown = {"reported": 190, "observed_at": instant(now - HOUR), "p10": 100, "p50": 200, "p90": 301}
    unknown = {"reported": 70, "observed_at": instant(now - 2 * HOUR), "p10": None, "p50": None, "p90": None}
    (item,) = service.body("/v1/advisories", mode="truck")["items"]
    assert item["booking"] == {"side": "kz", "wait_minutes": shown, "units": unknown}
    asked = {"mode": "truck", "direction": "to-kz"}
    outlook = service.body(f"/v1/crossings/{ALFA}/outlook", **asked)
    hours = [
        {"at": instant(now), "p10": 100, "p50": 200, "p90": 301},
        {"at": instant(now + HOUR), "p10": 100, "p50": 201, "p90": 302},
    ]
    assert outlook["booking"] == {
        "side": "kz",
        "wait_minutes": {**shown, "items": hours},
        "units": {**unknown, "items": []},
    }
    assert outlook["wait_minutes"]["p50"] == 40


def test_a_wait_that_does_not_end_has_no_number(service: Service) -> None:
    now = datetime.now(UTC)
    with told(service) as work:
        advisories.record(work, a_run(an_advisory(ALFA, None, at=now), at=now))
    wait = service.body(f"/v1/crossings/{ALFA}/outlook", **CAR)["wait_minutes"]
    assert wait == {"p10": None, "p50": None, "p90": None, "basis": "modelled", "observed_at": None}


def test_nobody_waits_at_a_crossing_that_is_closed(service: Service) -> None:
    now = datetime.now(UTC)
    with told(service) as work:
        official, _ = an_official(work)
        advisories.record(work, a_run(an_advisory(ALFA, 40, at=now), at=now))
        notices.publish(
            work, official, a_notice(a_closure(ALFA, start=now - DAY)), idempotency_key="k", emergency=LATE
        )
    item = service.body(f"/v1/crossings/{ALFA}", **CAR)
    assert (item["status"], item["wait_minutes"]) == ("closed", None)


def test_alternatives_come_best_first_with_road_wait_and_reasons(service: Service) -> None:
    with told(service) as work:
        advisories.record(work, a_run(an_advisory(BRAVO, 40, at=NOON, observed_at=NOON - HOUR)))
    reply = service.body(f"/v1/crossings/{ALFA}/alternatives", **CAR, citizenship="UZ", at=NOON.isoformat())
    seen = instant(NOON - HOUR)
    leg = alternatives.roads_for(a_border()).between(ALFA, BRAVO, Side.UZ)
    arrive = NOON + timedelta(minutes=leg.minutes)
    hours, minutes = divmod(round(leg.minutes), 60)
    assert within_envelope(service, reply, up_to=timedelta(minutes=1)).keys() == {
        "code",
        "advice",
        "refused",
        "items",
    }
    assert (reply["code"], reply["advice"], reply["refused"]) == (ALFA, None, [])
    assert [item["code"] for item in reply["items"]] == [BRAVO, CHARLIE]
    assert reply["items"][0] == {
        "code": BRAVO,
        "mode": "car",
        "status": "open",
        "road_minutes": round(leg.minutes),
        "road_km": round(leg.km),
        "detour_km": round(leg.km),
        "approximate": leg.approximate,
        "arrive_at": instant(arrive),
        "wait_minutes": {"p10": 20, "p50": 40, "p90": 80, "basis": "modelled", "observed_at": seen},
        "as_good_as_first": False,
        "best_probability": None,
        "regret_minutes": None,
        "reasons": [
            "open when you arrive",
            f"about {leg.km:.0f} km and {hours} h {minutes:02} min by road",
            "wait between 20 min and 1 h 20 min (modelled)",
        ],
    }


def test_what_does_not_pass_is_told_with_its_reasons_and_advice_says_what_remains(service: Service) -> None:
    aziza = let_in(service.edge)
    service.publish(a_notice(a_closure(BRAVO, CHARLIE), headline="Flood"), aziza, "k")
    reply = service.body(f"/v1/crossings/{ALFA}/alternatives", **CAR, at=NOON.isoformat())
    assert reply["items"] == []
    assert [(one["code"], one["status"], one["reasons"]) for one in reply["refused"]] == [
        (BRAVO, "closed", ["Flood"]),
        (CHARLIE, "closed", ["Flood"]),
    ]
    assert reply["refused"][0].keys() == {"code", "mode", "status", "reasons"}
    assert reply["advice"].startswith("No other crossing that we know passes")


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"from": "shymkent"}, "from"),
        ({"to": "tashkent"}, "to"),
        ({"from": "Atlantis"}, "from"),
        ({"to": "0,0"}, "to"),
        ({"from": "95,69"}, "from"),
        ({"from": ""}, "from"),
    ],
)
def test_a_place_that_cannot_be_meant_is_refused_by_the_name_of_its_parameter(
    standing: Service, asked: dict[str, str], field: str
) -> None:
    reply = standing.get(f"/v1/crossings/{ALFA}/alternatives", **CAR, **asked)
    assert (reply.status_code, [e["field"] for e in reply.json()["errors"]]) == (422, [field])


def test_advisories_are_told_lane_by_lane(service: Service) -> None:
    assert within_envelope(service, service.body("/v1/advisories")) == {"computed_at": None, "items": []}
    instead = Instead(
        code=BRAVO, mode=Mode.CAR, road_minutes=75.0, detour_km=69.0, wait_minutes=None, reasons=("open",)
    )
    with told(service) as work:
        run = a_run(
            an_advisory(ALFA, instead=(instead,)), an_advisory(BRAVO, None, mode=Mode.TRUCK, level=None)
        )
        advisories.record(work, run)
    reply = service.body("/v1/advisories")
    assert reply.pop("computed_at") == "2026-03-10T12:00:00+05:00"
    assert within_envelope(service, reply) == {"items": reply["items"]}
    assert reply["items"][0] == {
        "crossing": ALFA,
        "direction": "to-kz",
        "mode": "car",
        "level": "busy",
        "since": "2026-03-10T12:00:00+05:00",
        "reasons": ["wait-over-27-minutes"],
        "wait_minutes": {"p10": 15, "p50": 30, "p90": 60, "basis": "modelled", "observed_at": None},
        "queue": 12,
        "coming": None,
        "booking": None,
        "instead": [
            {
                "code": BRAVO,
                "mode": "car",
                "road_minutes": 75.0,
                "detour_km": 69.0,
                "wait_minutes": None,
                "reasons": ["open"],
            }
        ],
    }
    assert [one["crossing"] for one in service.body("/v1/advisories", mode="truck")["items"]] == [BRAVO]
    assert service.body("/v1/advisories", crossing=ALFA, direction="to-uz")["items"] == []


def test_a_notice_is_told_as_it_was_announced(service: Service) -> None:
    aziza = let_in(service.edge)
    fields = a_notice(publish_until=datetime.now(UTC) + DAY, cause="Works")
    published = service.publish(fields, aziza, "k").json()
    notice = {
        "id": published["id"],
        "revision": 1,
        "state": "published",
        "published_at": published["published_at"],
        "recorded_at": published["published_at"],
        "emergency": True,
        "reason": LATE,
        "authority": "Customs Committee",
        "cause": "Works",
        "effects": [
            {
                "what": "closed",
                "selector": {
                    "crossings": [ALFA],
                    "sides": ["uz"],
                    "modes": [],
                    "directions": [],
                    "citizens": [],
                    "citizens_except": [],
                    "goods": [],
                },
                "window": {"start": "2026-03-10T12:00:00+05:00", "end_is": "open"},
            }
        ],
        "texts": {"en": {"headline": "Closed for repairs"}},
        "publish_until": as_asked(fields)["publish_until"],
        "sources": [],
        "alternatives": [],
    }
    assert published == notice
    assert within_envelope(service, service.body("/v1/notices")) == {"items": [notice]}
    one = service.get(f"/v1/notices/{published['id']}")
    assert (one.headers["etag"], one.headers["cache-control"]) == ('"1"', "no-cache")
    assert within_envelope(service, one.json()) == notice


def test_notices_are_listed_newest_first_and_narrowed(service: Service) -> None:
    now = datetime.now(UTC)
    with told(service) as work:
        official, _ = an_official(work)
    told_first = (
        ("over", a_notice(a_closure(ALFA, start=now - DAY, end=now - HOUR))),
        ("everywhere", a_notice(a_closure(start=now - DAY))),
        ("tomorrow", a_notice(a_closure(BRAVO, start=now + DAY))),
        ("old news", a_notice(a_closure(BRAVO, start=now - DAY), publish_until=now - HOUR)),
    )
    names = {}
    for name, fields in told_first:
        with told(service) as work:
            names[
                notices.publish(
                    work, official, fields, idempotency_key=name, emergency=LATE
                ).revision.notice_id
            ] = name

    def listed(**asked: Any) -> list[str]:
        return [names[item["id"]] for item in service.body("/v1/notices", **asked)["items"]]

    assert listed() == ["tomorrow", "everywhere", "over"]
    assert listed(crossing=ALFA) == ["everywhere", "over"]
    assert listed(in_force=True) == ["everywhere"]
    assert listed(in_force=False) == ["tomorrow", "over"]
    assert listed(in_force=True, at=(now + 2 * DAY).isoformat()) == ["tomorrow", "everywhere"]
    assert listed(at=(now - 2 * HOUR).isoformat()) == ["old news", "tomorrow", "everywhere", "over"]


def test_what_was_published_can_be_asked_as_of_an_instant_of_the_past(service: Service) -> None:
    before = datetime.now(UTC)
    with told(service) as work:
        official, _ = an_official(work)
        first = notices.publish(
            work, official, a_notice(headline="As first told"), idempotency_key="1", emergency=LATE
        ).revision
    between = datetime.now(UTC)
    with told(service) as work:
        changed = a_notice(headline="As told later")
        notices.amend(
            work,
            official,
            first.notice_id,
            changed,
            expected=1,
            idempotency_key="2",
            reason=LATE,
            emergency=True,
        )

    def headlines(as_of: datetime) -> list[str]:
        items = service.body("/v1/notices", as_of=as_of.isoformat())["items"]
        return [item["texts"]["en"]["headline"] for item in items]

    assert headlines(before) == []
    assert headlines(between) == ["As first told"]
    assert headlines(datetime.now(UTC)) == ["As told later"]
    ahead = service.get("/v1/notices", as_of=(datetime.now(UTC) + HOUR).isoformat())
    assert (ahead.status_code, ahead.json()["errors"][0]["field"]) == (422, "as_of")


def test_a_notice_for_later_is_told_at_its_hour_and_not_before(service: Service) -> None:
    hour = datetime.now(UTC) + timedelta(seconds=1.5)
    with told(service) as work:
        official, _ = an_official(work)
        fields = a_notice(a_closure(ALFA, start=NOON), publish_from=hour)
        notice_id = notices.publish(
            work, official, fields, idempotency_key="k", emergency=LATE
        ).revision.notice_id
    early = service.body("/v1/crossings", **CAR)
    assert by_code(early)[ALFA]["status"] == "open"
    assert early["valid_until"] == instant(hour)
    assert service.body("/v1/notices")["items"] == []
    assert service.get(f"/v1/notices/{notice_id}").status_code == 404
    service.eventually(lambda: service.get(f"/v1/notices/{notice_id}").status_code == 200)
    assert datetime.now(UTC) >= hour
    assert by_code(service.body("/v1/crossings", **CAR))[ALFA]["status"] == "closed"


@pytest.mark.parametrize(
    "path",
    [
        "/v1/crossings/nowhere",
        "/v1/crossings/nowhere/timeline?mode=car&direction=to-kz",
        "/v1/crossings/nowhere/outlook?mode=car&direction=to-kz",
        "/v1/crossings/nowhere/alternatives?mode=car&direction=to-kz",
        "/v1/notices/nothing",
        "/v1/nothing",
    ],
)
def test_what_does_not_exist_is_a_404_problem(standing: Service, path: str) -> None:
    reply = standing.get(path)
    assert (reply.status_code, reply.headers["content-type"]) == (404, "application/problem+json")
    assert reply.json()["type"] == "urn:otkel:problem:not-found"
    assert reply.headers["cache-control"] == "no-store"


def test_the_real_border_answers_in_the_same_shapes(sqlite_url: str, tmp_path: Path) -> None:
    service = a_stocked_service(sqlite_url, tmp_path, catalogue=crossings.catalogue(), history=True)
    codes = list(crossings.catalogue())
    for mode in Mode:
        asked = {"mode": mode, "direction": "to-kz", "citizenship": "UZ"}
        listed = service.body("/v1/crossings", **asked)
        assert list(by_code(listed)) == codes
        assert all(item.keys() == {*ALFA_LISTED, *OPEN} for item in listed["items"])
        for code in codes:
            others = service.body(f"/v1/crossings/{code}/alternatives", **asked)
            assert others.keys() == {*ENVELOPE, "code", "advice", "refused", "items"}
            assert (code, mode) not in {(item["code"], item["mode"]) for item in others["items"]}
            assert others["items"] or others["advice"]
    for code in codes:
        segments = service.body(f"/v1/crossings/{code}/timeline", **CAR)["items"]
        assert all(one["to"] == other["from"] for one, other in pairwise(segments))
        lanes = service.body(f"/v1/crossings/{code}")["lanes"]
        assert all(lane.keys() == {"direction", "mode", *OPEN} for lane in lanes)
    told_ids = {item["id"] for item in service.body("/v1/notices")["items"]}
    last_words = [event.revisions[-1].notice for event in notices.events().values()]
    now = datetime.now(UTC)
    assert len(told_ids) == sum(one.publish_until is None or one.publish_until > now for one in last_words)
    service.close()


def a_remark(start: datetime) -> Effect:
    return Effect(what=What.INFORMATION, window=Window(start=start))


def test_a_lane_that_nobody_can_use_has_no_level(service: Service) -> None:
    unused = an_advisory(ALFA, level=None, wait=None, basis=None, queue=None)
    with told(service) as work:
        advisories.record(work, a_run(unused))
    item = service.body("/v1/advisories")["items"][0]
    assert (item["level"], item["wait_minutes"], item["queue"]) == (None, None, None)


def test_information_closes_nothing_and_is_told_as_a_remark(service: Service) -> None:
    with told(service) as work:
        official, _ = an_official(work)
        notices.publish(
            work,
            official,
            a_notice(a_remark(NOON), headline="New signs"),
            idempotency_key="k",
            emergency=LATE,
        )
    item = by_code(service.body("/v1/crossings", **CAR, at=in_utc(NOON).isoformat()))[ALFA]
    assert item["status"] == "open"
    assert [remark["text"] for remark in item["remarks"]] == ["New signs"]
