"""The shapes of version 1: a list is items beside `as_of`, `board` and `stale`; one thing its own fields."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from services.api.keeper import Current
from services.core import status
from services.core.accuracy import YARDSTICKS, Comparison, Grade
from services.core.advisories import Advisory, Ahead, BookedAhead, BookedFigure, Wait
from services.core.alternatives import Alternative, Ranking
from services.core.crossings import Crossing, Direction, Mode, Post, Side, Traveller
from services.core.notices import NoticeDraft, Revision
from services.core.text import Language, in_language

Json = dict[str, Any]


def envelope(current: Current, until: datetime) -> Json:
    """What stands beside every answer."""
    return {
        "as_of": instant(current.board.as_of),
        "board": current.board.version,
        "stale": current.stale,
        "valid_until": instant(until),
    }


def listed(current: Current, until: datetime, items: Iterable[Json], **more: Any) -> Json:
    return {**envelope(current, until), **more, "items": list(items)}


def instant(at: datetime) -> str:
    """RFC 3339 with an offset, to the second where that says it all."""
    written = at.isoformat(timespec="auto" if at.microsecond else "seconds")
    return written.replace("+00:00", "Z")


def reason(one: status.Reason) -> Json:
    shown = {"code": one.code, "status": one.verdict, "text": one.text}
    for name in ("side", "notice", "source"):
        if value := getattr(one, name):
            shown[name] = value
    return shown


def answer(bulletin: status.Bulletin, traveller: Traveller, at: datetime, language: Language) -> Json:
    """Status, reasons, what the two sides say differently, and next change for one traveller."""
    here = status.status(bulletin, traveller, at)
    change = status.next_change(bulletin, traveller, at)
    differing = status.disagreements(bulletin, traveller, at)
    return {
        "status": here.verdict,
        "reasons": [reason(one) for one in here.reasons],
        "remarks": [reason(one) for one in here.remarks],
        "disagreement": [disagreement(one, language) for one in differing],
        "next_change": instant(change[0]) if change else None,
        "next_status": change[1] if change else None,
    }


def disagreement(one: status.Disagreement, language: Language) -> Json:
    return {"about": one.about, "sides": {side: _word(one.of(side), language) for side in Side}}


def _word(one: status.Word, language: Language) -> Json:
    """What one side says; `hours` and `capacity_share` only where it says any."""
    shown = {
        "notice": one.notice,
        "authority": one.authority,
        "headline": in_language(dict(one.headlines), language),
        "what": one.what,
        "since": instant(one.since),
        "until": instant(one.until) if one.until else None,
        "end_is": one.end_is,
    }
    for name in ("hours", "capacity_share"):
        if (value := getattr(one.effect, name)) is not None:
            shown[name] = value
    return shown


def wait(expected: Ahead | None, advisory: Advisory | None) -> Json | None:
    if expected is None or expected.wait is None or advisory is None:
        return None
    return {
        **quantiles(expected.wait, advisory.doubts),
        "basis": advisory.basis,
        "observed_at": _seen(advisory),
    }


def _seen(one: Advisory | Alternative) -> str | None:
    return instant(one.observed_at) if one.observed_at else None


def quantiles(value: Wait, doubts: Sequence[str]) -> Json:
    """Where there are doubts only the range is told: a median would look like knowledge."""
    p50 = None if doubts else value.p50
    return {
        name: None if minutes is None else round(minutes)
        for name, minutes in (("p10", value.p10), ("p50", p50), ("p90", value.p90))
    }


def crossing(one: Crossing, language: Language) -> Json:
    """The catalogue's side of a crossing, as a list shows it."""
    return {
        "code": one.code,
        "name": " – ".join(in_language(one.posts[side].named.names, language) or "?" for side in Side),
        "kind": one.kind,
        "cluster": one.cluster,
        "posts": {side: post(one.posts[side], language) for side in Side},
    }


def post(one: Post, language: Language) -> Json:
    located, placed = one.located, one.located or one.placed
    return {
        "name": in_language(one.named.names, language),
        "names": dict(one.named.names),
        "position": {"lat": located.position.lat, "lon": located.position.lon} if located else None,
        "region": in_language(placed.region, language) if placed else None,
        "road": placed.road if placed else None,
        "authority": one.authority,
        "timezone": one.timezone,
    }


def catalogue(one: Crossing) -> Json:
    """Everything that the catalogue states, each fact with its source, date and confidence."""
    return one.model_dump(mode="json", exclude_none=True, exclude={"code", "kind", "cluster"})


def lanes(one: Crossing) -> Sequence[tuple[Direction, Mode]]:
    """Every direction and mode of a crossing that some version of the catalogue mentions."""
    modes = [mode for mode in Mode if any(mode in version.modes for version in one.modes)]
    return [(direction, mode) for direction in Direction for mode in modes]


def notice(one: Revision) -> Json:
    """A notice as its newest revision says it."""
    return {
        "id": one.notice_id,
        "revision": one.revision,
        "state": one.kind,
        "published_at": instant(one.published_at),
        "recorded_at": instant(one.recorded_at),
        "emergency": one.emergency,
        "reason": one.reason,
        **one.notice.model_dump(mode="json", exclude_none=True),
    }


def draft(one: NoticeDraft) -> Json:
    """What waits for a second official, or was returned by one."""
    return {
        "id": one.id,
        "version": one.version,
        "state": one.state,
        "amends": one.notice_id,
        "needs_approval_because": one.wide,
        "changed_at": instant(one.changed_at),
        "reason": one.reason,
        "note": one.note,
        "notice": one.document.model_dump(mode="json", exclude_none=True) if one.document else None,
    }


def advisory(one: Advisory, now: datetime) -> Json:
    return {
        "crossing": one.crossing,
        "direction": one.direction,
        "mode": one.mode,
        "level": one.level,
        "since": instant(one.since),
        "reasons": one.reasons,
        "wait_minutes": {**quantiles(one.wait, one.doubts), "basis": one.basis, "observed_at": _seen(one)}
        if one.wait
        else None,
        "queue": None if one.queue is None else round(one.queue),
        "coming": None if one.coming is None else round(one.coming),
        "booking": booking(one, now),
        "instead": [instead.model_dump(mode="json") for instead in one.instead],
    }


def booking(one: Advisory | None, now: datetime, *, ahead: bool = False) -> Json | None:
    """The booking queue of a lane's trucks, apart from its wait; null where nothing was reported lately.

    `reported` is what was told last, the quantiles what would be told now; null while too little was reported
    to say. With `ahead` those for three days.
    """
    known = one.booking.known(now) if one and one.booking else None
    if known is None:
        return None
    return {
        "side": known.side,
        "wait_minutes": _booked(known.wait, now, ahead=ahead),
        "units": _booked(known.units, now, ahead=ahead),
    }


def _booked(one: BookedFigure | None, now: datetime, *, ahead: bool) -> Json | None:
    if one is None:
        return None
    shown: Json = {"reported": round(one.reported), "observed_at": instant(one.observed_at)}
    shown |= _booked_quantiles(one.expected(now))
    if ahead:
        shown["items"] = [{"at": instant(each.at), **_booked_quantiles(each)} for each in one.ahead]
    return shown


def _booked_quantiles(one: BookedAhead | None) -> Json:
    return {name: round(getattr(one, name)) if one else None for name in ("p10", "p50", "p90")}


def grade(one: Grade) -> Json:
    """Shares to a thousandth, minutes to a tenth; null where too little was compared."""
    return {
        "mode": one.mode,
        "direction": one.direction,
        "crossing": one.crossing,
        "horizon_hours": one.horizon_hours,
        "since": one.sums.month.isoformat(),
        "targets": one.sums.targets,
        "enough": one.enough,
        "coverage_p10_p90": _figure(one.coverage, 3),
        "below_p10": _figure(one.below, 3),
        "above_p90": _figure(one.above, 3),
        "pinball_minutes": _figure(one.pinball, 1),
        "mean_absolute_error_minutes": _figure(one.error, 1),
        "against": {yardstick: _comparison(one.against(yardstick)) for yardstick in YARDSTICKS},
    }


def _comparison(one: Comparison) -> Json:
    return {
        "targets": one.targets,
        "mean_absolute_error_minutes": _figure(one.theirs, 1),
        "ours_minutes": _figure(one.ours, 1),
        "skill": _figure(one.skill, 3),
    }


def _figure(value: float | None, digits: int) -> float | None:
    return None if value is None else round(value, digits)


def alternative(one: Alternative) -> Json:
    return {
        "code": one.code,
        "mode": one.mode,
        "status": one.verdict,
        "road_minutes": round(one.road_minutes),
        "road_km": round(one.road_km),
        "detour_km": round(one.detour_km),
        "approximate": one.approximate,
        "arrive_at": instant(one.arrive_at),
        "wait_minutes": {**quantiles(one.wait, one.doubts), "basis": one.basis, "observed_at": _seen(one)}
        if one.wait
        else None,
        "as_good_as_first": one.as_good_as_first,
        "best_probability": round(one.odds.best, 2) if one.odds else None,
        "regret_minutes": round(one.odds.regret_minutes) if one.odds else None,
        "reasons": list(one.reasons),
    }


def trip(one: Alternative) -> Json:
    """An alternative with the time of the whole way; `detour_km` has no meaning without a crossing meant."""
    shown = alternative(one) | {
        "onward_minutes": round(one.onward_minutes),
        "total_minutes": round(one.cost_minutes),
        "total_p90_minutes": round(one.odds.p90_minutes) if one.odds else None,
    }
    del shown["detour_km"]
    return shown


def ranking(one: Ranking) -> Json:
    return {
        "advice": one.advice,
        "refused": [
            {
                "code": refused.code,
                "mode": refused.mode,
                "status": refused.verdict,
                "reasons": list(refused.reasons),
            }
            for refused in one.refused
        ],
    }
