"""What a notice says in each language, and as a short message."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time
from zoneinfo import ZoneInfo

from services.core.notices import Effect, NoticeText, What
from services.core.previews.phrases import PHRASES
from services.core.previews.sms import Sms, counted
from services.core.previews.subject import BINDING, Subject
from services.core.previews.suggesting import by_modes, named
from services.core.text import Language, in_language

MOST_SEGMENTS = 3
"""A short message that would grow longer leaves out what is not its headline."""

TASHKENT = ZoneInfo("Asia/Tashkent")


@dataclass(frozen=True, slots=True)
class ShortMessage:
    """`left_out` names what had no room: `when`, `alternatives`. The headline is always whole."""

    sms: Sms
    left_out: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TextIn:
    """One language. Where nobody wrote in it `text` is None and readers are shown the text in `shown`."""

    language: Language
    text: NoticeText | None
    shown: Language
    sms: ShortMessage | None


def texts(subject: Subject) -> tuple[TextIn, ...]:
    """Every language of the border in its order, a missing one as missing."""
    return tuple(_in(subject, language) for language in Language)


def _in(subject: Subject, language: Language) -> TextIn:
    written = subject.fields.texts
    text = written.get(language)
    nearest = in_language({one: one.value for one in written}, language)
    return TextIn(
        language=language,
        text=text,
        shown=Language(nearest or language),
        sms=_short(subject, language, text) if text else None,
    )


def _short(subject: Subject, language: Language, text: NoticeText) -> ShortMessage:
    """The headline, and of the rest what fits: from when to when, if the headline has no figure in it, and
    which of the alternatives named takes whom."""
    told, left_out = text.headline, []
    for name, part in _parts(subject, language, text.headline):
        longer = f"{told.rstrip('.')}. {part}"
        if len(counted(longer).segments) <= MOST_SEGMENTS:
            told = longer
        else:
            left_out.append(name)
    return ShortMessage(counted(told), tuple(left_out))


def _parts(subject: Subject, language: Language, headline: str) -> Iterator[tuple[str, str]]:
    if not any(letter.isdigit() for letter in headline):
        yield "when", _when(min(subject.fields.effects, key=foremost), language)
    ways = named(subject)
    if any(ways.values()):
        yield "alternatives", by_modes(subject, ways, language)


def foremost(effect: Effect) -> tuple[bool, datetime]:
    """Sorts what a headline is about to the front: what keeps people out or lets them in again, the earliest
    first."""
    return effect.what not in BINDING | {What.REOPENED}, effect.window.start


def _when(effect: Effect, language: Language) -> str:
    start, end = effect.window.start, effect.window.end
    phrases = PHRASES[language]
    if end is None:
        return phrases.since.format(start=_written(start))
    return phrases.between.format(start=_written(start), end=_written(end))


def _written(at: datetime) -> str:
    local = at.astimezone(TASHKENT)
    return f"{local:%d.%m.%Y}" if local.time() == time() else f"{local:%d.%m.%Y %H:%M}"
