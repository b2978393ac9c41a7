"""Cases of the ways round that a notice names."""

from __future__ import annotations

from services.core.notices import What
from tests.makers import ALFA, BRAVO, CHARLIE, RAIL
from tests.previews.cases.saying_so import BUS, TRUCK, Case, one, shut, theirs

CASES = [
    Case("no-alternative", "none is named", "alternatives", one(What.CLOSED, ALFA, alternatives=())),
    Case(
        "no-alternative",
        "the one named does not take trucks",
        "alternatives",
        one(What.CLOSED, ALFA, modes=TRUCK, alternatives=(CHARLIE,)),
    ),
    Case(
        "no-alternative",
        "the one named is shut then",
        "alternatives",
        one(What.CLOSED, ALFA, modes=TRUCK, alternatives=(BRAVO,)),
        (theirs(shut(BRAVO)),),
    ),
    Case("no-alternative", "the one named is open by day", None, one(What.CLOSED, ALFA)),
    Case(
        "no-alternative",
        "buses can be left for the train",
        None,
        one(What.CLOSED, ALFA, modes=BUS, alternatives=(RAIL,)),
    ),
    Case(
        "no-alternative",
        "it was shut before anyhow",
        None,
        one(What.CLOSED, ALFA, alternatives=()),
        (theirs(shut()),),
    ),
    Case("no-alternative", "nobody is shut out", None, one(What.DELAY, ALFA, alternatives=())),
    Case(
        "alternative-shut",
        "it names itself",
        "alternatives.1",
        one(What.CLOSED, ALFA, alternatives=(BRAVO, ALFA)),
    ),
    Case(
        "alternative-shut",
        "it takes some of them",
        None,
        one(What.CLOSED, ALFA, alternatives=(BRAVO, CHARLIE)),
    ),
    Case(
        "alternative-shut",
        "it is a railway for freight",
        None,
        one(What.CLOSED, ALFA, modes=TRUCK, alternatives=(BRAVO, RAIL)),
    ),
]
