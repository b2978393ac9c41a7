"""What the linter says of times: ends, recurrence, what is told too late, and holidays."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from services.core.congestion import assumed
from services.core.congestion.days import ONE_DAY, day_classes
from services.core.congestion.demand import DayClass
from services.core.congestion.occasions import Occasion
from services.core.crossings import Side, holidays_on, public_holidays
from services.core.notices import Effect, End, What
from services.core.notices.breadth import BACK_DATED
from services.core.previews.findings import Finding, note, warn
from services.core.previews.subject import BINDING, Subject
from services.core.text import Language

WITHOUT_END = timedelta(days=30)
"""So far ahead holidays are looked for where nobody says when it ends."""

LONGEST = timedelta(days=400)
MOST_NAMED = 3
NEAR = 6
"""Days: no farther from a holiday do people leave for it or return."""

HINDERS = BINDING | {What.DELAY}
TASHKENT = ZoneInfo("Asia/Tashkent")


def windows(subject: Subject) -> Iterator[Finding]:
    yield from _telling(subject)
    for number, effect in enumerate(subject.fields.effects):
        field = f"effects.{number}.window"
        yield from _end(subject, effect, field)
        if effect.window.recurs and effect.window.end is None:
            yield warn(
                "recurrence-without-end",
                f"{field}.end",
                f"It comes back ({effect.window.recurs}) and never ends: say until when.",
            )
        if _is_backdated(subject, effect):
            yield warn(
                "back-dated",
                f"{field}.start",
                f"It is said to have begun on {_day(effect.window.start)}; travellers were told otherwise.",
            )
        if _is_told_late(subject, effect):
            told = _day(subject.revision.published_at)
            message = f"It holds from {_day(effect.window.start)}, and nobody is told before {told}."
            yield warn("told-late", "publish_from", message)
        if effect.what in HINDERS:
            yield from _holidays(subject, effect, field)


def _telling(subject: Subject) -> Iterator[Finding]:
    until = subject.fields.publish_until
    if until is not None and until <= subject.at:
        yield warn(
            "publish-window-past",
            "publish_until",
            f"It was to be listed until {_day(until)}: nobody sees it, and its effects count all the same.",
        )


def _end(subject: Subject, effect: Effect, field: str) -> Iterator[Finding]:
    window = effect.window
    if window.end is None:
        if effect.what in HINDERS:
            yield note(
                "end-missing",
                f"{field}.end",
                "No end is given: it holds until another notice says otherwise. A date that was only planned "
                "can be given as announced.",
            )
    elif window.end <= subject.at and not (subject.amended and window.end_is is End.KNOWN):
        told = (
            "as it was only announced, what it shut counts as not confirmed"
            if window.end_is is End.ANNOUNCED
            else "nobody is concerned any more"
        )
        yield warn("end-past", f"{field}.end", f"It ended on {_day(window.end)}: {told}.")


def _is_backdated(subject: Subject, effect: Effect) -> bool:
    return effect.window.start < subject.at - BACK_DATED and not _is_known(subject, effect)


def _is_told_late(subject: Subject, effect: Effect) -> bool:
    told_at = subject.revision.published_at
    return effect.window.start < told_at > subject.at and not _is_known(subject, effect)


def _is_known(subject: Subject, effect: Effect) -> bool:
    """Whether the notice that is amended said already that something begins then."""
    before = subject.amended.notice.effects if subject.amended else ()
    return any(one.window.start == effect.window.start for one in before)


def _holidays(subject: Subject, effect: Effect, field: str) -> Iterator[Finding]:
    span = subject.ahead(effect, WITHOUT_END if effect.window.end is None else LONGEST)
    if span is None:
        return
    first, last = _local(span.start), _local(span.until - timedelta(microseconds=1))
    modes = {part.traveller.mode for part in subject.parts if part.effect is effect}
    peaks = [
        (name, days)
        for name, days in _occasions(first, last)
        if any(_swells(name, kind, mode) for kind in days.values() for mode in modes)
    ]
    if not peaks:
        return
    told = [f"{_named(name, list(days))} ({_days(list(days))})" for name, days in peaks]
    more = f" and {len(told) - MOST_NAMED} more" if len(told) > MOST_NAMED else ""
    yield warn(
        "holiday-peak",
        field,
        f"More people than usual travel while it holds: {', '.join(told[:MOST_NAMED])}{more}.",
        *(f"{min(days)}/{max(days)}" for _, days in peaks),
    )


def _occasions(first: date, last: date) -> list[tuple[str, dict[date, DayClass]]]:
    """What lies between two days: holidays of either state and other days on which many travel, with their
    days of leaving and returning."""
    holidays = {side: public_holidays(side) for side in Side}
    found = day_classes(first, last, holidays, assumed().priors.occasions, _names)
    numbered = enumerate(found.items())
    runs = groupby(numbered, lambda one: (one[1][1].occasion, one[1][0].toordinal() - one[0]))
    return [(name, dict(item for _, item in run)) for (name, _), run in runs]


def _swells(name: str, kind: DayClass, mode: str) -> bool:
    factors = _occasion(name).factors.get(mode)
    return factors is not None and float(getattr(factors, kind.phase)) > 1


def _occasion(name: str) -> Occasion:
    return next(one for one in assumed().priors.occasions if one.name == name)


def _named(name: str, days: list[date]) -> str:
    """The holiday there or near, where the days lead to it or away; else what is known of the days."""
    occasion = _occasion(name)
    near = (days[0] + number * ONE_DAY for number in range(-NEAR, len(days) + NEAR))
    for day in sorted(near, key=lambda day: day not in days):
        for one in sorted(_names(day)):
            if occasion.celebrates([one]):
                return one
    return occasion.note.partition(";")[0] if occasion.note else name


def _names(day: date) -> frozenset[str]:
    return frozenset(holiday.names[Language.ENGLISH] for side in Side for holiday in holidays_on(side, day))


def _days(days: list[date]) -> str:
    first, last = days[0], days[-1]
    return _date(first) if first == last else f"{_date(first)} to {_date(last)}"


def _date(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def _local(at: datetime) -> date:
    return at.astimezone(TASHKENT).date()


def _day(at: datetime) -> str:
    local = at.astimezone(TASHKENT)
    day = _date(local.date())
    return day if not (local.hour or local.minute) else f"{day}, {local:%H:%M}"
