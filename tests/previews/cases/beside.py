"""Cases of a notice beside others."""

from __future__ import annotations

from services.core.notices import End, What
from tests.makers import ALFA, BRAVO, DAY, NOON, a_closure
from tests.previews.border import BEFORE_NOON
from tests.previews.cases.saying_so import (
    ALFA_SHUT,
    ALFA_SHUT_TO_TRUCKS,
    CAR,
    KZ,
    OURS,
    Case,
    an_effect,
    one,
    ours,
    shut,
    theirs,
)

CASES = [
    Case("twin-side-missing", "nobody else speaks", "effects.0.selector.crossings", ALFA_SHUT),
    Case("twin-side-missing", "the other side says the same", None, ALFA_SHUT, (theirs(shut()),)),
    Case(
        "twin-side-missing",
        "the other side limits it",
        None,
        ALFA_SHUT,
        (theirs(an_effect(What.RESTRICTED, ALFA, sides=KZ)),),
    ),
    Case(
        "twin-side-missing",
        "the other side shuts the border",
        None,
        ALFA_SHUT,
        (theirs(a_closure(sides=KZ)),),
    ),
    Case(
        "twin-side-missing",
        "the other side speaks of later",
        "effects.0.selector.crossings",
        ALFA_SHUT,
        (theirs(shut(start=NOON + 3 * DAY, end=NOON + 4 * DAY)),),
    ),
    Case(
        "twin-side-missing",
        "the other side speaks of other modes",
        "effects.0.selector.crossings",
        ALFA_SHUT_TO_TRUCKS,
        (theirs(shut(modes=CAR)),),
    ),
    Case(
        "twin-side-missing",
        "the other side took it back",
        "effects.0.selector.crossings",
        ALFA_SHUT,
        (theirs(shut()), theirs(shut(), revision=2, kind="withdrawn", at=BEFORE_NOON)),
    ),
    Case(
        "twin-side-missing",
        "the other side's end was only announced and has passed",
        None,
        ALFA_SHUT,
        (theirs(shut(start=NOON - 9 * DAY, end=NOON - 5 * DAY, end_is=End.ANNOUNCED)),),
    ),
    Case("twin-side-missing", "both sides speak", None, ALFA_SHUT, (), {"side": None}),
    Case("twin-side-missing", "it only informs", None, one(What.INFORMATION, ALFA)),
    Case(
        "still-shut-across",
        "the other side keeps shut",
        "effects.0.selector.crossings",
        one(What.REOPENED, ALFA),
        (theirs(shut()),),
    ),
    Case("still-shut-across", "the other side is open", None, one(What.REOPENED, ALFA)),
    Case(
        "still-shut-across",
        "only our own side was shut",
        None,
        one(What.REOPENED, ALFA),
        (ours(shut(sides=OURS, start=NOON - DAY)),),
    ),
    Case("similar-in-force", "the same was said", "effects.0", ALFA_SHUT, (ours(shut(sides=OURS)),)),
    Case(
        "similar-in-force",
        "the same was said together with the neighbour",
        "effects.0",
        ALFA_SHUT,
        (ours(shut(sides=()), authority="Customs Committee and State Revenue Committee"),),
    ),
    Case(
        "similar-in-force",
        "its announced end has passed unconfirmed",
        "effects.0",
        ALFA_SHUT,
        (ours(shut(sides=OURS, start=NOON - 9 * DAY, end=NOON - DAY, end_is=End.ANNOUNCED)),),
    ),
    Case(
        "similar-in-force",
        "another authority said it",
        None,
        ALFA_SHUT,
        (ours(shut(sides=OURS), authority="Border Troops"),),
    ),
    Case(
        "similar-in-force",
        "it was of other modes",
        None,
        ALFA_SHUT_TO_TRUCKS,
        (ours(shut(sides=OURS, modes=CAR)),),
    ),
    Case("similar-in-force", "it was of another crossing", None, ALFA_SHUT, (ours(shut(BRAVO, sides=OURS)),)),
    Case("similar-in-force", "it was of the other side", None, ALFA_SHUT, (ours(shut(sides=KZ)),)),
    Case(
        "similar-in-force",
        "it was a delay",
        None,
        ALFA_SHUT,
        (ours(an_effect(What.DELAY, ALFA, sides=OURS)),),
    ),
    Case(
        "similar-in-force",
        "it is over",
        None,
        ALFA_SHUT,
        (ours(shut(sides=OURS, start=NOON - 9 * DAY, end=NOON - DAY)),),
    ),
    Case(
        "similar-in-force",
        "it was taken back",
        None,
        ALFA_SHUT,
        (ours(shut(sides=OURS)), ours(shut(sides=OURS), revision=2, kind="withdrawn", at=BEFORE_NOON)),
    ),
    Case(
        "similar-in-force",
        "it is this notice that is amended",
        None,
        ALFA_SHUT,
        (ours(shut(sides=OURS)),),
        {"amends": "ours"},
    ),
]
