"""Crossings and notices made up for tests, with as little in them as a case needs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from services.core.crossings import (
    AccessAccount,
    Confidence,
    Crossing,
    Direction,
    HoursAccount,
    HoursVersion,
    Kind,
    Mode,
    Post,
    Side,
    Traveller,
)
from services.core.crossings.documents import AccessVersion, Located, ModeAccount, ModeVersion, Named, Source
from services.core.notices import (
    Effect,
    End,
    NoticeFields,
    NoticeText,
    Revision,
    Selector,
    What,
    Window,
    announced,
)
from services.core.places import Position
from services.core.status import Bulletin, Status, bulletin_for, status
from services.core.text import Language

CODE = "made-up"
LONG_AGO = date(2000, 1, 1)
MALIK = Position(lat=40.791736, lon=68.58289)
"""A place on the southern stretch of the border."""
ZONES = {Side.UZ: "Asia/Tashkent", Side.KZ: "Asia/Almaty"}


def instant(text: str) -> datetime:
    """By the clock of Tashkent where the text names no other."""
    return datetime.fromisoformat(text if "+" in text or text.endswith("Z") else f"{text}+05:00")


NOON = instant("2026-03-10T12:00")
"""A Tuesday."""
YESTERDAY = NOON - timedelta(days=1)


def hours(*rules: str, since: date = LONG_AGO, modes: Sequence[Mode] = ()) -> HoursVersion:
    """One account for every rule."""
    accounts = [HoursAccount(source="said", confidence=Confidence.A, rule=rule) for rule in rules]
    return HoursVersion(valid_from=since, modes=tuple(modes), accounts=tuple(accounts))


def takes(modes: Iterable[Mode], *admitted: bool, since: date = LONG_AGO) -> ModeVersion:
    accounts = [ModeAccount(source="said", confidence=Confidence.A, admitted=one) for one in admitted]
    return ModeVersion(valid_from=since, modes=tuple(modes), accounts=tuple(accounts))


def passes(*accounts: Mapping[str, Any], since: date = LONG_AGO) -> AccessVersion:
    """Who may pass, one account for every mapping of its fields."""
    said = [AccessAccount(source="said", confidence=Confidence.A, **dict(account)) for account in accounts]
    return AccessVersion(valid_from=since, accounts=tuple(said))


def post(side: Side, versions: Sequence[HoursVersion], position: Position | None, zone: str) -> Post:
    return Post(
        named=Named(source="said", confidence=Confidence.A, names={Language.ENGLISH: f"The {side} post"}),
        located=position
        and Located(
            source="said",
            confidence=Confidence.A,
            region={Language.ENGLISH: "Somewhere"},
            position=position,
        ),
        timezone=zone,
        authority="Customs",
        hours=tuple(versions),
    )


def crossing(
    *,
    kind: Kind = Kind.ROAD,
    opened: date | None = None,
    open_hours: Mapping[Side, Sequence[HoursVersion]] | None = None,
    modes: Sequence[ModeVersion] | None = None,
    access: Sequence[AccessVersion] | None = None,
    zones: Mapping[Side, str] = ZONES,
    places: Mapping[Side, Position | None] | None = None,
) -> Crossing:
    """Round the clock, for every mode of its kind and for everybody, where nothing else is said."""
    positions = {Side.UZ: MALIK, Side.KZ: None} if places is None else places
    versions = {side: [hours("24/7")] for side in Side} if open_hours is None else open_hours
    every_mode = [mode for mode in Mode if mode.kind is kind]
    return Crossing(
        code=CODE,
        kind=kind,
        cluster="somewhere",
        opened=opened,
        sources={"said": Source(title="Somebody said so")},
        posts={side: post(side, versions[side], positions[side], zones[side]) for side in Side},
        modes=tuple([takes(every_mode, True)] if modes is None else modes),
        access=tuple([passes({})] if access is None else access),
    )


def effect(
    what: What,
    start: datetime,
    end: datetime | None = None,
    *,
    end_is: End | None = None,
    recurs: str | None = None,
    rule: str | None = None,
    share: float | None = None,
    **selector: Any,
) -> Effect:
    """An end that is given is known, unless the case says otherwise; `selector` are fields of it."""
    ends = end_is or (End.KNOWN if end else End.OPEN)
    return Effect(
        what=what,
        selector=Selector(**selector),
        window=Window(start=start, end=end, end_is=ends, recurs=recurs),
        capacity_share=share,
        hours=rule,
    )


def notice(
    *effects: Effect,
    told: datetime,
    notice_id: str = "n",
    revision: int = 1,
    kind: str = "published",
    headline: str = "Something was announced",
) -> Revision:
    return Revision(
        notice_id=notice_id,
        revision=revision,
        kind=kind,
        published_at=told,
        recorded_at=told,
        notice=NoticeFields(
            authority="Customs", effects=effects, texts={Language.ENGLISH: NoticeText(headline=headline)}
        ),
    )


def posted(
    one: Crossing,
    *revisions: Revision,
    as_of: datetime | None = None,
    holidays: Mapping[Side, frozenset[date]] | None = None,
) -> Bulletin:
    """The crossing with what had been told by `as_of`; in the end, all of it."""
    told_by = as_of or max((revision.published_at for revision in revisions), default=instant("2030-01-01"))
    return bulletin_for(one, announced(revisions, told_by), holidays or {})


def traveller(mode: Mode = Mode.CAR, direction: Direction = Direction.TO_KZ, **said: Any) -> Traveller:
    return Traveller(mode=mode, direction=direction, **said)


def told(*effects: Effect, at: datetime = YESTERDAY, **more: Any) -> Revision:
    """Announced yesterday, unless the case says when."""
    return notice(*effects, told=at, **more)


def ask(
    *revisions: Revision,
    at: datetime = NOON,
    who: Traveller | None = None,
    where: Crossing | None = None,
    holidays: Mapping[Side, frozenset[date]] | None = None,
) -> Status:
    """At noon, for somebody in a car who says nothing, where nothing else is said."""
    return status(posted(where or crossing(), *revisions, holidays=holidays), who or traveller(), at)


def on_both(*rules: str) -> dict[Side, list[HoursVersion]]:
    """The same accounts of the hours for both posts, for ever."""
    return {side: [hours(*rules)] for side in Side}


def codes(answer: Status) -> list[str]:
    return [reason.code for reason in answer.reasons]
