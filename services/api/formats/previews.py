"""A preview of a notice: findings, ways round, whom it shuts out, where they go, what people would read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from services.api.formats.json import Json, instant, notice, quantiles
from services.api.keeper import Current
from services.api.pages.asked import asked
from services.api.pages.bulletins import EffectTold, Telegraph
from services.api.pages.telling import Telling
from services.api.pages.words import words_in
from services.core.advisories import Wait
from services.core.crossings import Mode, Traveller, Verdict
from services.core.notices import NoticeText, Revision
from services.core.previews import (
    UNPUBLISHED,
    Due,
    Figure,
    Preview,
    ShortMessage,
    ShutOut,
    Spill,
    Suggestions,
    TextIn,
)
from services.core.text import Language

PERSONS = frozenset({Mode.PEDESTRIAN})


def preview(one: Preview, current: Current, now: datetime) -> Json:
    return {
        "as_of": instant(current.board.as_of),
        "board": current.board.version,
        "stale": current.stale,
        "findings": [finding.model_dump(mode="json") for finding in one.findings],
        "suggestions": _suggestions(one.suggestions, one.wording),
        "hours_due": [_due(due) for due in one.hours_due],
        "shut_out": [_shut_out(lane) for lane in one.shut_out],
        "spill_over": {
            "basis": "prior" if one.reckoned_from else None,
            "from": instant(one.reckoned_from) if one.reckoned_from else None,
            "items": [_spill(spill) for spill in one.spills],
        },
        "texts": {
            "traveller": {text.language: read_in(text, one.revision, current, now) for text in one.texts},
            "freight": _recorded(one.revision),
            "sms": {text.language: _sms(text.sms) for text in one.texts},
        },
    }


def _suggestions(found: Suggestions, wording: Mapping[Language, NoticeText]) -> Json:
    return {
        "alternatives": list(found.codes),
        "by_mode": {
            mode: [
                {
                    "code": one.code,
                    "mode": one.takes,
                    "at_every_hour": one.always,
                    "road_minutes": None if one.road_minutes is None else round(one.road_minutes),
                }
                for one in suggested
            ]
            for mode, suggested in found.by_mode.items()
        },
        "texts": dict(found.texts),
        "notice_texts": {language: text.model_dump(mode="json") for language, text in wording.items()},
    }


def _due(one: Due) -> Json:
    return {
        "crossing": one.code,
        "side": one.side,
        "customary": one.customary.isoformat(),
        "source": {"title": one.source.title, "url": one.source.url},
        "message": one.message,
    }


def _shut_out(one: ShutOut) -> Json:
    traveller = one.traveller
    return {
        "crossing": one.code,
        "direction": traveller.direction,
        "mode": traveller.mode,
        "traveller": _traveller(traveller),
        "since": instant(one.since),
        "before": one.before,
        "after": one.after,
        "unit": _unit(traveller.mode),
        "coming_24h": None if one.in_a_day is None else round(one.in_a_day),
        "coming_until_end": None if one.in_all is None else _about(one.in_all),
    }


def _traveller(one: Traveller) -> Json:
    said = {
        "citizenship": one.citizenship,
        "vehicle_mass_t": one.vehicle_mass_t,
        "goods": one.goods,
        "transit": one.transit,
    }
    return {name: value for name, value in said.items() if value is not None}


def _unit(mode: Mode) -> str:
    return "persons" if mode in PERSONS else "vehicles"


def _about(units: float) -> int:
    """To two digits that count: nobody knows a sum over months better."""
    return int(float(f"{units:.1e}"))


def _spill(one: Spill) -> Json:
    crossing, direction, mode = one.lane
    ranges_only = bool(one.doubts) or one.verdict is not Verdict.OPEN
    return {
        "crossing": crossing,
        "direction": direction,
        "mode": mode,
        "status": one.verdict,
        "fills_by": round(one.fills, 2),
        "unit": _unit(mode),
        "coming_24h": {
            "without_notice": _figure(one.without),
            "if_it_shut_nothing": _figure(one.unshut),
            "with_notice": _figure(one.told),
        },
        "wait_minutes": {
            "without_notice": _wait(one.wait_without, ranges_only=ranges_only),
            "with_notice": _wait(one.wait_told, ranges_only=ranges_only),
        },
        "doubts": list(one.doubts),
    }


def _figure(one: Figure) -> Json:
    """A band in place of a number where nobody states what the posts can pass."""
    if one.low is None or one.high is None:
        return {"units": round(one.units), "p10": None, "p90": None}
    return {"units": None, "p10": _about(one.low), "p90": _about(one.high)}


def _wait(one: Wait | None, *, ranges_only: bool) -> Json | None:
    return None if one is None else quantiles(one, ("range",) if ranges_only else ())


def read_in(text: TextIn, revision: Revision, current: Current, now: datetime) -> Json:
    """What a page shows to whoever reads in a language: the notice's words in it, or in the language that
    stands in for it, and ours in the language of the page."""
    question = replace(asked({}, current.roads), language=text.language)
    telling = Telling(words_in(text.language), text.language, now)
    (told,) = Telegraph(telling, question, current.board).told([revision])
    return {
        "missing": text.text is None,
        "shown_in": text.shown,
        "words_in": telling.words.language,
        "headline": str(told.headline),
        "body": str(told.body) if told.body else None,
        "effects": [_effect(effect) for effect in told.effects],
        "alternatives": [str(pair) for pair, _ in told.alternatives],
    }


def _effect(told: EffectTold) -> str:
    where = "; ".join(str(pair) for pair, _ in told.crossings)
    return " · ".join(part for part in (told.what, where, ", ".join(told.whom), told.when) if part)


def _recorded(revision: Revision) -> Json:
    """As `GET /v1/notices/{id}` would show it; a notice that is not published has no id."""
    shown = notice(revision)
    return shown | {"id": None} if revision.notice_id == UNPUBLISHED else shown


def _sms(one: ShortMessage | None) -> Json | None:
    """Null in a language in which nothing is written."""
    if one is None:
        return None
    return {
        "text": one.sms.text,
        "alphabet": one.sms.alphabet,
        "units": one.sms.units,
        "segments": list(one.sms.segments),
        "left_out": list(one.left_out),
    }
