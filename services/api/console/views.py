"""What several pages of the console show: crossings by name, notices in words, what a lane is like now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from services.api.console.words import CONSOLE
from services.api.keeper import Current
from services.api.pages.asked import asked
from services.api.pages.bulletins import NoticeTold, Telegraph, heaps
from services.api.pages.telling import Telling
from services.api.questions import now as clock
from services.core.access import Actor
from services.core.crossings import Crossing, Side
from services.core.notices import NoticeFields, Revision
from services.core.text import Language, in_language

Named = Sequence[tuple[str, str]]
"""Codes with names, in the order of the catalogue."""


def named(catalogue: Mapping[str, Crossing], language: Language = Language.ENGLISH) -> Named:
    return [(code, name(one, language)) for code, one in catalogue.items()]


def name(crossing: Crossing, language: Language = Language.ENGLISH) -> str:
    return " – ".join(post_name(crossing, side, language) for side in Side)


def post_name(crossing: Crossing, side: Side, language: Language = Language.ENGLISH) -> str:
    return in_language(crossing.posts[side].named.names, language) or crossing.code


def own(catalogue: Mapping[str, Crossing], actor: Actor) -> Named:
    """Those of which somebody may speak."""
    allowed = actor.official.crossings
    return [(code, shown) for code, shown in named(catalogue) if not allowed or code in allowed]


def is_own(actor: Actor, notice: NoticeFields) -> bool:
    """Whether somebody may change a notice: every effect is on their side and at their crossings."""
    official = actor.official
    return all(
        effect.selector.sides == (official.country,)
        and (
            not official.crossings
            or (effect.selector.crossings and set(effect.selector.crossings) <= set(official.crossings))
        )
        for effect in notice.effects
    )


def told(
    current: Current, revisions: Sequence[Revision], language: Language = Language.ENGLISH
) -> list[NoticeTold]:
    """Notices as travellers read them."""
    telling = Telling(CONSOLE, language, clock())
    return Telegraph(telling, asked({}, current.roads), current.board).told(revisions)


def paired(current: Current, revisions: Sequence[Revision]) -> list[tuple[NoticeTold, Revision]]:
    return list(zip(told(current, revisions), revisions, strict=True))


def heaped(current: Current, at: datetime) -> list[tuple[str, list[tuple[NoticeTold, Revision]]]]:
    """Notices that are told, by what they mean now."""
    found = heaps(current.board, at)
    return [
        ("in-force", paired(current, found.in_force)),
        ("lapsed", paired(current, found.lapsed)),
        ("coming", paired(current, found.coming)),
        ("past", paired(current, found.past)),
    ]


def when(now: datetime, at: datetime) -> str:
    """`today 18:00`, or with its day."""
    return Telling(CONSOLE, Language.ENGLISH, now).when(at)
