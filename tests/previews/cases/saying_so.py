"""What a case of the linter is, and short ways of saying notices."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from services.core.crossings import Mode, Side
from services.core.notices import Effect, End, NoticeFields, Revision, Selector, What, Window
from services.core.text import Language
from tests.makers import ALFA, BRAVO, DAY, NOON, a_notice
from tests.previews.border import told

KZ = (Side.KZ,)
TRUCK, CAR, BUS = (Mode.TRUCK,), (Mode.CAR,), (Mode.BUS,)
TWO_DAYS: dict[str, Any] = {"end": NOON + 2 * DAY, "end_is": End.KNOWN}


def an_effect(what: What, *codes: str, start: datetime = NOON, **more: Any) -> Effect:
    """From noon on, for two days."""
    window: dict[str, Any] = {name: more.pop(name) for name in ("end", "end_is", "recurs") if name in more}
    selected = {name: more.pop(name) for name in ("sides", "modes", "directions") if name in more}
    given: dict[str, Any] = {**TWO_DAYS, **window}
    if given["end"] is None:
        given["end_is"] = End.OPEN
    return Effect(
        what=what,
        selector=Selector(crossings=codes, **selected),
        window=Window(start=start, **given),
        **more,
    )


def one(what: What, *codes: str, alternatives: tuple[str, ...] = (BRAVO,), **more: Any) -> NoticeFields:
    return a_notice(an_effect(what, *codes, **more), alternatives=alternatives)


def theirs(*effects: Effect, **more: Any) -> Revision:
    """A notice of the Kazakh side that is in force."""
    return told(a_notice(*effects, authority="State Revenue Committee"), **more)


def ours(*effects: Effect, authority: str = "Customs Committee", **more: Any) -> Revision:
    return told(a_notice(*effects, authority=authority), "ours", **more)


def shut(*codes: str, sides: tuple[Side, ...] = KZ, **more: Any) -> Effect:
    return an_effect(What.CLOSED, *(codes or (ALFA,)), sides=sides, **more)


@dataclass(frozen=True)
class Case:
    """`where`, the field of the finding, is None where nothing of the code is to be found."""

    code: str
    when: str
    where: str | None
    notice: NoticeFields
    others: tuple[Revision, ...] = ()
    asked: dict[str, Any] = field(default_factory=dict)


ALFA_SHUT = one(What.CLOSED, ALFA)
ALFA_SHUT_TO_TRUCKS = one(What.CLOSED, ALFA, modes=TRUCK)
ALL_FIVE = {language: {"headline": "Closed"} for language in Language}
OURS = (Side.UZ,)
