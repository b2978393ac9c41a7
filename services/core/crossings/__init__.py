"""The catalogue: pairs of posts with their names, places, hours, modes, access and capacities."""

from services.core.crossings.actions import load
from services.core.crossings.documents import (
    AccessAccount,
    Capacity,
    Code,
    Confidence,
    Country,
    Crossing,
    HoursAccount,
    HoursVersion,
    Post,
    Rule,
    Stated,
)
from services.core.crossings.files import catalogue, read_crossing
from services.core.crossings.holidays import days as public_holidays
from services.core.crossings.holidays import on as holidays_on
from services.core.crossings.hours import Local, check_rule, is_open, open_spans
from services.core.crossings.names import Finding, Match, find
from services.core.crossings.prints import fingerprint
from services.core.crossings.queries import (
    first_forged,
    known_codes,
    newest_version,
    newest_versions,
    versions,
)
from services.core.crossings.tables import CrossingVersion
from services.core.crossings.words import (
    HEAVY_TRUCK_T,
    Direction,
    Goods,
    Kind,
    Mode,
    Side,
    Traveller,
    Verdict,
)

__all__ = [
    "HEAVY_TRUCK_T",
    "AccessAccount",
    "Capacity",
    "Code",
    "Confidence",
    "Country",
    "Crossing",
    "CrossingVersion",
    "Direction",
    "Finding",
    "Goods",
    "HoursAccount",
    "HoursVersion",
    "Kind",
    "Local",
    "Match",
    "Mode",
    "Post",
    "Rule",
    "Side",
    "Stated",
    "Traveller",
    "Verdict",
    "catalogue",
    "check_rule",
    "find",
    "fingerprint",
    "first_forged",
    "holidays_on",
    "is_open",
    "known_codes",
    "load",
    "newest_version",
    "newest_versions",
    "open_spans",
    "public_holidays",
    "read_crossing",
    "versions",
]
