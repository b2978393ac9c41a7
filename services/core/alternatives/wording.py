"""The sentences of a ranking: why a crossing will do, and what remains where none does."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from services.core.advisories import Basis, Wait
from services.core.alternatives.network import RoadLeg
from services.core.alternatives.ways import Alternative
from services.core.crossings import Traveller, Verdict
from services.core.status import Status

FAR_KM = 500
"""Beyond this an alternative is named, but the advice says how far it is."""

DOUBTS = {
    "capacity-unknown": "more people than usual are expected, and nobody says how many can pass here",
    "between-bounds": "how many will choose it is not settled",
}
"""Why of a wait only the range is told, by the code of the advisory."""


def reasons(
    here: Status,
    leg: RoadLeg,
    wait: Wait | None,
    basis: Basis | None,
    shuts_first: bool,
    doubts: Sequence[str],
) -> Iterator[str]:
    if here.verdict is Verdict.UNCONFIRMED:
        yield from (reason.text for reason in here.reasons)
    else:
        yield "open when you arrive"
    about = "about " if leg.approximate else ""
    if leg.km:
        yield f"{about}{leg.km:.0f} km and {_duration(leg.minutes)} by road"
    if shuts_first:
        yield "it may shut for the night before your turn comes"
    yield _waiting(wait, basis)
    yield from (DOUBTS[doubt] for doubt in doubts)
    yield from (remark.text for remark in here.remarks)


def _waiting(wait: Wait | None, basis: Basis | None) -> str:
    """The wait as a range: a median of usual figures would look like something that somebody measured."""
    if wait is None or wait.p10 is None or wait.p50 is None:
        return "nobody can say how long the wait is"
    made_of = "usual figures, nothing measured today" if basis is Basis.PRIOR else f"{basis}"
    if wait.p90 is None:
        return f"wait of {_duration(wait.p10)} or more, possibly beyond a day ({made_of})"
    return f"wait between {_duration(wait.p10)} and {_duration(wait.p90)} ({made_of})"


def _duration(minutes: float) -> str:
    hours, rest = divmod(round(minutes), 60)
    return f"{hours} h {rest:02} min" if hours else f"{rest} min"


def advice(traveller: Traveller, items: Sequence[Alternative]) -> str | None:
    by_road = [one for one in items if one.mode is traveller.mode]
    by_train = next((one for one in items if one.mode is not traveller.mode), None)
    train = f"the train by {by_train.code}" if by_train else None
    if not items:
        return "No other crossing that we know passes for you then. Wait, or ask the border service."
    if not by_road:
        return f"Nothing else passes by road then; what remains is {train}."
    nearest = min(one.detour_km for one in by_road)
    if nearest > FAR_KM:
        far = f"{by_road[0].code}, {nearest:,.0f} km away by road"
        return (
            f"Nothing else near passes: {train}, or {far}."
            if train
            else f"Nothing else near passes: the nearest is {far}."
        )
    return None
