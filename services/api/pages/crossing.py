"""The second page: everything about one crossing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

from services.api.pages import charts, witness
from services.api.pages.booking import booking
from services.api.pages.bulletins import Telegraph, heaps
from services.api.pages.disagreeing import Disagreeing
from services.api.pages.dossier import Dossier
from services.api.pages.judging import Judged, approach, elsewhere, judge, leg_of
from services.api.pages.reasons import Reasons
from services.api.pages.sightings import sightings
from services.api.pages.view import View
from services.core import status
from services.core.advisories import Ahead, Basis, Wait
from services.core.alternatives import Alternative
from services.core.crossings import Kind, Mode, Verdict

ROWS_APART = timedelta(hours=3)
"""The table of the outlook is no finer than this."""


def one(view: View, code: str, story: witness.Story = witness.UNTOLD) -> tuple[dict[str, Any], datetime]:
    """Everything about one crossing, and the form by which travellers tell of it. Raises NotFound."""
    bulletin = view.asking.board.bulletin(code)
    traveller = view.asked.traveller
    leg = approach(view.asking, view.asked, code, traveller.mode)
    judged = replace(judge(view.asking, view.asked, code, traveller, view.at), leg=leg)
    reasons = Reasons(view.telling, view.asked, bulletin, judged.traveller, view.at)
    dossier = Dossier(view.telling, reasons, view.at)
    segments = status.timeline(bulletin, judged.traveller, charts.week(view.at))
    heaped = heaps(view.asking.board, view.asking.now, code)
    contradicted = Disagreeing(view.telling, view.asked, view.asking.now).contradicted([bulletin])
    telegraph = Telegraph(view.telling, view.asked, view.asking.board, contradicted)
    current = (*heaped.in_force, *heaped.lapsed, *heaped.coming)
    return {
        **view.common(f"/crossings/{quote(code)}", view.data(f"/v1/crossings/{quote(code)}")),
        "crossing": bulletin.crossing,
        "other_mode": _other_mode(view, bulletin.crossing.kind),
        "card_one": view.cards.card(judged, with_round=False),
        "steady": segments[0].status.verdict if len(segments) == 1 else None,
        "week": charts.days(segments, view.at),
        "outlook": _outlook(view, judged),
        "booking": booking(view, code, judged.traveller),
        "sightings": sightings(view, code),
        "tell": witness.form(view, bulletin.crossing, story),
        "instead": _instead(view, judged),
        "posts": dossier.posts(),
        "figures": dossier.figures(),
        "remarks": dossier.remarks(),
        "sources": dossier.sources(),
        "notices": telegraph.told(current),
        "past": telegraph.told(heaped.past),
    }, view.until([(code, judged.traveller)])


def _other_mode(view: View, kind: Kind) -> dict[str, str] | None:
    """For whom this page has more to tell than for somebody who cannot pass by this kind of crossing."""
    if view.asked.traveller.mode.kind is kind:
        return None
    mode = Mode.PASSENGER_TRAIN if kind is Kind.RAIL else Mode.CAR
    return {"mode": mode, "href": view.asked.query(mode=mode)}


def _outlook(view: View, judged: Judged) -> dict[str, Any] | None:
    """The fan of the next three days; None where nobody can say."""
    advisory = view.asking.board.advisory(judged.code, judged.traveller)
    if advisory is None or (fan := charts.fan(advisory.ahead)) is None:
        return None
    coming = [one for one in advisory.ahead if one.at >= view.asking.now] or advisory.ahead
    known = [(one, one.wait) for one in coming if one.wait and one.wait.p50 is not None]
    usual = advisory.basis is Basis.PRIOR or bool(advisory.doubts)
    if not known:
        return None
    worst, best = max(known, key=_median), min(known, key=_median)
    wait = view.cards.wait(judged.code, judged.traveller, advisory.wait, advisory.basis)
    return {
        "fan": fan,
        "width": charts.WIDTH,
        "height": charts.HEIGHT,
        "left": charts.LEFT,
        "right": charts.WIDTH - charts.RIGHT,
        "bottom": charts.HEIGHT - charts.BOTTOM,
        "usual": usual,
        "now": wait,
        "worst": _told(view, worst, usual),
        "best": _told(view, best, usual),
        "rows": [(view.telling.when(one.at), _figures(view, one.wait)) for one in _thinned(advisory.ahead)],
    }


def _told(view: View, known: tuple[Ahead, Wait], usual: bool) -> dict[str, str]:
    at, wait = known[0].at, known[1]
    return {"at": view.telling.when(at), "wait": view.telling.wait(wait, usual=usual)}


def _thinned(ahead: Sequence[Ahead]) -> Iterator[Ahead]:
    last = None
    for one in ahead:
        if last is None or one.at - last >= ROWS_APART:
            last = one.at
            yield one


def _median(known: tuple[Ahead, Wait]) -> float:
    return known[1].p50 or 0


def _figures(view: View, wait: Wait | None) -> tuple[str, ...] | None:
    if wait is None:
        return None
    endless = view.words("wait.endless")
    return tuple(
        endless if minutes is None else view.telling.span(minutes)
        for minutes in (wait.p10, wait.p50, wait.p90)
    )


def _instead(view: View, judged: Judged) -> dict[str, Any]:
    """Where else, best first, and why not the rest."""
    ranking = elsewhere(view.asking, view.asked, judged)
    origin, nearest = view.asked.origin, view.cards.round(judged)
    return {
        "from": view.words("crossing.instead.from", place=view.placed(origin))
        if origin
        else view.words("crossing.instead.from-here"),
        "ways": [_way_round(view, item) for item in ranking.items],
        "refused": [
            (view.telling.pair(view.asking.board.catalogue[one.code]), view.cards.href(one.code), one)
            for one in ranking.refused
        ],
        "advice": nearest.sentences if nearest.far else (),
    }


def _way_round(view: View, item: Alternative) -> dict[str, Any]:
    leg, traveller = leg_of(item), replace(view.asked.traveller, mode=item.mode)
    bulletin = view.asking.board.bulletin(item.code)
    reasons = Reasons(view.telling, view.asked, bulletin, traveller, item.arrive_at)
    open_then = item.verdict is Verdict.OPEN
    there = status.status(bulletin, traveller, item.arrive_at)
    return {
        "name": view.telling.pair(bulletin.crossing),
        "href": view.cards.href(item.code),
        "verdict": item.verdict,
        "by_train": item.mode is not view.asked.traveller.mode,
        "road": view.telling.road(leg.minutes, leg.km, approximate=leg.approximate),
        "arriving": view.words("until.arriving", at=view.telling.when(item.arrive_at)),
        "wait": view.cards.wait(item.code, traveller, item.wait, item.basis),
        "why": () if open_then else reasons.told(there.reasons),
    }
