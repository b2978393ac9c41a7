"""Small true things to test with: a border of four crossings, its officials and what they announce."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from services.core import access
from services.core.access import Actor, WrittenKey
from services.core.advisories import Advisory, Ahead, Basis, Level, Run, Wait
from services.core.crossings import Crossing, Direction, Kind, Mode, Side
from services.core.notices import Effect, End, NoticeFields, Selector, What, Window
from services.core.observations import Kind as Measured
from services.core.observations import ObservationFields
from services.core.work import Work

TASHKENT = timezone(timedelta(hours=5))
LATE = "It was told late"
"""The reason for which one official says alone what began long ago."""
NOON = datetime(2026, 3, 10, 12, tzinfo=TASHKENT)
"""A Tuesday."""
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)

ALFA, BRAVO, CHARLIE, RAIL = "alfa-alma", "bravo-balkhash", "charlie-chu", "delta-dala"
ROAD_MODES = (Mode.PEDESTRIAN, Mode.CAR, Mode.BUS, Mode.TRUCK)
TRAINS = (Mode.PASSENGER_TRAIN, Mode.FREIGHT_TRAIN)


def a_crossing(
    code: str = ALFA,
    *,
    modes: Iterable[Mode] = ROAD_MODES,
    hours: str | None = "24/7",
    place: tuple[float, float] | None = (41.50, 69.30),
    citizens: tuple[str, ...] = (),
    **more: Any,
) -> Crossing:
    """Both posts keep the same hours and stand about a kilometre apart; no `place`: nobody knows where."""
    modes = tuple(modes)
    first, second = (part.capitalize() for part in code.split("-"))
    return Crossing.model_validate(
        {
            "code": code,
            "kind": Kind.RAIL if set(modes) <= set(TRAINS) else Kind.ROAD,
            "cluster": "test",
            "sources": {"law": {"title": "The law", "url": "https://example.org/law", "said": "2020-01-01"}},
            "posts": {
                Side.UZ: _post(first, "Asia/Tashkent", hours, place, north=0),
                Side.KZ: _post(second, "Asia/Almaty", hours, place, north=0.01),
            },
            "modes": [
                {"valid_from": "2020-01-01", "modes": modes, "accounts": [{"admitted": True, **SAID}]},
            ],
            "access": [{"valid_from": "2020-01-01", "accounts": [{"citizens": citizens, **SAID}]}],
            **more,
        }
    )


SAID = {"source": "law", "confidence": "A"}


def _post(
    name: str, zone: str, hours: str | None, place: tuple[float, float] | None, *, north: float
) -> dict[str, Any]:
    post: dict[str, Any] = {
        "named": {"names": {"en": name, "ru": f"{name} (рус.)"}, **SAID},
        "timezone": zone,
        "authority": f"The guards of {name}",
        "hours": [{"valid_from": "2020-01-01", "accounts": [{"rule": hours, **SAID}]}] if hours else [],
    }
    if place:
        position = {"lat": round(place[0] + north, 6), "lon": place[1]}
        post["located"] = {"region": {"en": "Somewhere"}, "road": "M1", "position": position, **SAID}
    return post


def a_border() -> Mapping[str, Crossing]:
    """One crossing that never shuts, one for the day, one for citizens of both states, one for trains."""
    crossings = (
        a_crossing(ALFA),
        a_crossing(BRAVO, hours="08:00-20:00", place=(41.30, 68.90)),
        a_crossing(CHARLIE, modes=(Mode.PEDESTRIAN, Mode.CAR), citizens=("UZ", "KZ"), place=(40.90, 68.60)),
        a_crossing(RAIL, modes=TRAINS, place=(41.40, 69.20)),
    )
    return {crossing.code: crossing for crossing in crossings}


def a_closure(
    *codes: str,
    start: datetime = NOON,
    end: datetime | None = None,
    end_is: End | None = None,
    sides: tuple[Side, ...] = (),
    modes: tuple[Mode, ...] = (),
    **selected: Any,
) -> Effect:
    """Closed for everybody from `start` on; no codes means every crossing."""
    return Effect(
        what=What.CLOSED,
        selector=Selector(crossings=codes, sides=sides, modes=modes, **selected),
        window=Window(start=start, end=end, end_is=end_is or (End.KNOWN if end else End.OPEN)),
    )


def a_notice(*effects: Effect, headline: str = "Closed for repairs", **fields: Any) -> NoticeFields:
    """What an official may announce; without effects, that Alfa is closed from noon."""
    given = {
        "authority": "Customs Committee",
        "effects": effects or (a_closure(ALFA),),
        "texts": {"en": {"headline": headline}},
        **fields,
    }
    return NoticeFields.model_validate(given)


def as_asked(fields: NoticeFields | ObservationFields) -> dict[str, Any]:
    """The same as the body of a request."""
    return fields.model_dump(mode="json", exclude_defaults=True)


def an_official(
    work: Work, name: str = "Aziza", country: Side = Side.UZ, crossings: tuple[str, ...] = ()
) -> tuple[Actor, WrittenKey]:
    """Somebody who may speak for a side, known by their key."""
    access.add_official(work, name=name, authority="Customs", country=country, crossings=crossings)
    key = access.issue_key(work, name)
    return access.identify(work, str(key)), key


def an_observation(**fields: Any) -> ObservationFields:
    """Forty minutes of waiting at Alfa, measured an hour before noon."""
    given = {
        "crossing": ALFA,
        "direction": Direction.TO_KZ,
        "mode": Mode.CAR,
        "side": Side.UZ,
        "kind": Measured.WAIT,
        "observed_at": NOON - HOUR,
        **({} if "kind" in fields else {"wait_minutes": 40.0}),
        **fields,
    }
    return ObservationFields.model_validate(given)


def a_run(
    *advisories: Advisory, at: datetime = NOON, ledger_seq: int = 0, engine: str = "tests", seed: int = 1
) -> Run:
    return Run(at=at, ledger_seq=ledger_seq, engine=engine, seed=seed, advisories=advisories)


def an_advisory(
    crossing: str = ALFA,
    minutes: float | None = 30,
    *,
    mode: Mode = Mode.CAR,
    direction: Direction = Direction.TO_KZ,
    level: Level | None = Level.BUSY,
    at: datetime = NOON,
    hours_ahead: int = 3,
    **more: Any,
) -> Advisory:
    """The same wait now and for some hours; `minutes=None`: it does not end within what is forecast."""
    wait = Wait(p10=None if minutes is None else minutes / 2, p50=minutes, p90=minutes and minutes * 2)
    given = {
        "crossing": crossing,
        "direction": direction,
        "mode": mode,
        "level": level,
        "since": at,
        "reasons": ("wait-over-27-minutes",),
        "basis": Basis.MODELLED,
        "wait": wait,
        "queue": 12.0,
        "ahead": tuple(Ahead(at=at + hour * HOUR, wait=wait) for hour in range(hours_ahead + 1)),
        **more,
    }
    return Advisory.model_validate(given)


def in_utc(at: datetime) -> datetime:
    return at.astimezone(UTC)
