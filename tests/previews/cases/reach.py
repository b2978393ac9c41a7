"""Cases of crossings, sides, modes and hours."""

from __future__ import annotations

from services.core.notices import What
from tests.makers import ALFA, BRAVO, CHARLIE, HOUR, NOON, RAIL
from tests.previews.cases.saying_so import ALFA_SHUT, CAR, KZ, OURS, TRUCK, Case, an_effect, one, theirs

CASES = [
    Case(
        "contradicts-hours",
        "a night's closure where nights are shut",
        "effects.0.window",
        one(What.CLOSED, BRAVO, start=NOON + 9 * HOUR, end=NOON + 18 * HOUR, alternatives=(ALFA,)),
    ),
    Case(
        "contradicts-hours",
        "nights are shut every night",
        "effects.0.window",
        one(What.CLOSED, BRAVO, recurs="20:00-08:00", alternatives=(ALFA,)),
    ),
    Case(
        "contradicts-hours",
        "it reopens by night only",
        "effects.0.window",
        one(What.REOPENED, BRAVO, recurs="20:00-08:00"),
    ),
    Case(
        "contradicts-hours",
        "some of it is by day",
        None,
        one(What.CLOSED, BRAVO, recurs="19:00-08:00", alternatives=(ALFA,)),
    ),
    Case("contradicts-hours", "it has no hours to contradict", None, ALFA_SHUT),
    Case(
        "contradicts-hours",
        "longer hours than the catalogue's",
        "effects.0.hours",
        one(What.HOURS, BRAVO, hours="08:00-22:00"),
    ),
    Case(
        "contradicts-hours",
        "shorter hours than the catalogue's",
        None,
        one(What.HOURS, BRAVO, hours="10:00-18:00"),
    ),
    Case(
        "shut-across",
        "longer hours on one side",
        "effects.0.hours",
        one(What.HOURS, BRAVO, hours="08:00-22:00"),
    ),
    Case(
        "shut-across",
        "longer hours on both sides",
        None,
        one(What.HOURS, BRAVO, hours="08:00-22:00"),
        (theirs(an_effect(What.HOURS, BRAVO, sides=KZ, hours="08:00-22:00")),),
    ),
    Case(
        "shut-across",
        "one word of both sides",
        None,
        one(What.HOURS, BRAVO, hours="08:00-22:00"),
        (),
        {"side": None},
    ),
    Case("whole-border", "no crossing is named", "effects.0.selector.crossings", one(What.CLOSED)),
    Case("whole-border", "one is named", None, ALFA_SHUT),
    Case(
        "mode-not-served",
        "trucks where none pass",
        "effects.0.selector.modes",
        one(What.CLOSED, RAIL, modes=TRUCK),
    ),
    Case("mode-not-served", "cars where cars pass", None, one(What.CLOSED, CHARLIE, modes=CAR)),
    Case(
        "unknown-crossing",
        "nobody knows the crossing",
        "effects.0.selector.crossings.0",
        one(What.CLOSED, "nowhere"),
    ),
    Case(
        "unknown-crossing",
        "nobody knows the way round",
        "alternatives.0",
        one(What.CLOSED, ALFA, alternatives=("nowhere",)),
    ),
    Case("unknown-crossing", "all are known", None, ALFA_SHUT),
    Case(
        "other-side",
        "it speaks for the neighbour",
        "effects.0.selector.sides",
        one(What.CLOSED, ALFA, sides=KZ),
    ),
    Case("other-side", "it speaks for its own side", None, one(What.CLOSED, ALFA, sides=OURS)),
    Case(
        "not-yours",
        "a crossing of colleagues",
        "effects.0.selector.crossings",
        ALFA_SHUT,
        (),
        {"speaks_for": (BRAVO,)},
    ),
    Case(
        "not-yours",
        "the whole border, by somebody who has one crossing",
        "effects.0.selector.crossings",
        one(What.CLOSED),
        (),
        {"speaks_for": (BRAVO,)},
    ),
    Case("not-yours", "one's own crossing", None, ALFA_SHUT, (), {"speaks_for": (ALFA, BRAVO)}),
]
