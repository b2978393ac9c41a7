"""Cases of ends, recurrence, what is told too late, and holidays."""

from __future__ import annotations

from datetime import timedelta

from services.core.notices import What
from tests.makers import ALFA, DAY, HOUR, NOON, a_notice
from tests.previews.cases.saying_so import ALFA_SHUT, OURS, Case, one, ours, shut

CASES = [
    Case("end-missing", "no end is given", "effects.0.window.end", one(What.CLOSED, ALFA, end=None)),
    Case("end-missing", "an end is given", None, ALFA_SHUT),
    Case("end-missing", "it reopens for good", None, one(What.REOPENED, ALFA, end=None)),
    Case(
        "end-past",
        "the end has passed",
        "effects.0.window.end",
        one(What.CLOSED, ALFA, start=NOON - 3 * DAY, end=NOON - DAY),
    ),
    Case("end-past", "the end is to come", None, ALFA_SHUT),
    Case(
        "end-past",
        "an amendment says that it has ended",
        None,
        one(What.CLOSED, ALFA, start=NOON - 3 * DAY, end=NOON - DAY),
        (ours(shut(sides=OURS, start=NOON - 3 * DAY, end=None)),),
        {"amends": "ours"},
    ),
    Case(
        "recurrence-without-end",
        "it comes back for ever",
        "effects.0.window.end",
        one(What.CLOSED, ALFA, recurs="22:00-06:00", end=None),
    ),
    Case(
        "recurrence-without-end",
        "it comes back until a day",
        None,
        one(What.CLOSED, ALFA, recurs="22:00-06:00"),
    ),
    Case(
        "holiday-peak",
        "it covers Nowruz",
        "effects.0.window",
        one(What.CLOSED, ALFA, start=NOON + 10 * DAY, end=NOON + 14 * DAY),
    ),
    Case(
        "holiday-peak",
        "it has no end and Nowruz is within a month",
        "effects.0.window",
        one(What.CLOSED, ALFA, end=None),
    ),
    Case("holiday-peak", "it is over before", None, ALFA_SHUT),
    Case(
        "holiday-peak",
        "it reopens",
        None,
        one(What.REOPENED, ALFA, start=NOON + 10 * DAY, end=NOON + 14 * DAY),
    ),
    Case(
        "back-dated",
        "it began two days ago",
        "effects.0.window.start",
        one(What.CLOSED, ALFA, start=NOON - 2 * DAY),
    ),
    Case("back-dated", "it began this morning", None, one(What.CLOSED, ALFA, start=NOON - 6 * HOUR)),
    Case(
        "back-dated",
        "an amendment keeps the beginning",
        None,
        one(What.CLOSED, ALFA, start=NOON - 2 * DAY),
        (ours(shut(sides=OURS, start=NOON - 2 * DAY)),),
        {"amends": "ours"},
    ),
    Case(
        "told-late",
        "it is told a day after it begins",
        "publish_from",
        a_notice(shut(sides=OURS), publish_from=NOON + DAY),
    ),
    Case(
        "told-late",
        "it is told before it begins",
        None,
        a_notice(shut(sides=OURS), publish_from=NOON - timedelta(minutes=30)),
    ),
    Case(
        "publish-window-past",
        "it was to be listed until yesterday",
        "publish_until",
        a_notice(publish_until=NOON - DAY),
    ),
    Case("publish-window-past", "it is listed until tomorrow", None, a_notice(publish_until=NOON + DAY)),
]
