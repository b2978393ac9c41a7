"""How an answer changes with time."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from functools import lru_cache
from itertools import chain
from zoneinfo import ZoneInfo

from services.core.crossings import Local, Side, Traveller, Verdict, open_spans
from services.core.notices import selects
from services.core.spans import Span
from services.core.status.bulletin import Bulletin
from services.core.status.rules import NEWS, Status, status

SIGHT = timedelta(days=400)
"""How far ahead the next change is looked for."""

ONE_DAY = timedelta(days=1)

STRETCHES = (timedelta(days=3), timedelta(days=40), SIGHT)


@dataclass(frozen=True, slots=True)
class Segment:
    """`status` is the answer at the start of `span`; its verdict holds throughout, its reasons may not.

    The next segment has another verdict.
    """

    span: Span
    status: Status


def changes_at(
    bulletin: Bulletin, traveller: Traveller, window: Span, *, by_the_clock: bool = True
) -> list[datetime]:
    """Every instant strictly inside a bounded window at which the answer or its reasons may change.

    Without `by_the_clock`, only those that do not come back every day or week.
    """
    if window.end is None:
        raise ValueError("the window must have an end")
    candidates = [_once(bulletin, traveller)]
    if by_the_clock:
        candidates.append(_by_the_clock(bulletin, traveller, window))
    found = {at.astimezone(UTC) for at in chain(*candidates)}
    return sorted(at for at in found if window.start < at < window.end)


def timeline(bulletin: Bulletin, traveller: Traveller, window: Span) -> list[Segment]:
    """The whole of a bounded window, cut where the verdict changes."""
    segments: list[Segment] = []
    starts = [window.start, *changes_at(bulletin, traveller, window)]
    for start, end in zip(starts, [*starts[1:], window.end], strict=True):
        here = status(bulletin, traveller, start)
        if segments and segments[-1].status.verdict is here.verdict:
            segments[-1] = Segment(Span(segments[-1].span.start, end), segments[-1].status)
        else:
            segments.append(Segment(Span(start, end), here))
    return segments


def next_change(bulletin: Bulletin, traveller: Traveller, at: datetime) -> tuple[datetime, Verdict] | None:
    """When the verdict changes next and to what; None if nothing known changes it within 400 days.

    Between two instants that come once, the verdict depends only on which rules are open: so each
    combination is judged once, however often it returns.
    """
    before = status(bulletin, traveller, at).verdict
    sight = Span(at, at + SIGHT)
    turns = changes_at(bulletin, traveller, sight, by_the_clock=False)
    rules = sorted(_rules(bulletin, traveller, sight))
    judged: dict[tuple[int, tuple[bool | None, ...]], Verdict] = {}
    since = at
    for stretch in STRETCHES:
        for change in changes_at(bulletin, traveller, Span(since, at + stretch)):
            state = tuple(bulletin.within(rule, side, change) for rule, side in rules)
            key = bisect_right(turns, change), state
            verdict = judged.get(key) or status(bulletin, traveller, change).verdict
            if verdict is not before:
                return change, verdict
            judged[key] = verdict
        since = at + stretch - timedelta(microseconds=1)
    return None


def valid_until(bulletin: Bulletin, traveller: Traveller, at: datetime, horizon: datetime) -> datetime:
    """Until when the answer given at `at` holds word for word, `horizon` at the latest."""
    return next(iter(changes_at(bulletin, traveller, Span(at, horizon))), horizon)


def _once(bulletin: Bulletin, traveller: Traveller) -> Iterator[datetime]:
    """Instants that come once: versions of the catalogue; windows, words and the ageing of notices."""
    yield from _dates(bulletin)
    for announced in bulletin.announced:
        if selects(announced.effect.selector, traveller) is not False:
            window = announced.effect.window
            yield from filter(None, (window.start, window.end, announced.cut_off))
            if window.end is None:
                yield window.start + NEWS
            yield from (revision.published_at for revision in announced.told)


def _by_the_clock(bulletin: Bulletin, traveller: Traveller, window: Span) -> Iterator[datetime]:
    for rule, side in _rules(bulletin, traveller, window):
        yield from _edges(rule, bulletin, side, window)


def _rules(bulletin: Bulletin, traveller: Traveller, window: Span) -> set[tuple[str, Side]]:
    """Every rule by which something opens and closes for the traveller, with the side where it is read."""
    announced = {
        rule
        for one in bulletin.announced
        if selects(one.effect.selector, traveller) is not False
        for rule in (one.effect.window.recurs, one.effect.hours)
        if rule is not None
    }
    return {(rule, side) for side in Side for rule in announced | _hours(bulletin, side, traveller, window)}


def _dates(bulletin: Bulletin) -> Iterator[datetime]:
    """Local midnights from which another version of the catalogue counts."""
    crossing = bulletin.crossing
    for side, post in crossing.posts.items():
        zone = ZoneInfo(bulletin.locals[side].zone)
        days = {version.valid_from for version in post.hours}
        days |= {version.valid_from for version in crossing.modes}
        days |= {version.valid_from for version in crossing.access}
        for day in days | ({crossing.opened} if crossing.opened else set()):
            yield datetime.combine(day, time(), zone)


def _hours(bulletin: Bulletin, side: Side, traveller: Traveller, window: Span) -> set[str]:
    """The rules of the versions that count for the traveller somewhere in the window."""
    first, last = (bulletin.local_date(side, at) for at in (window.start, window.until))
    versions = bulletin.crossing.posts[side].hours
    days = [first, *(version.valid_from for version in versions if first < version.valid_from <= last)]
    counting = (bulletin.hours_version(side, traveller.mode, day) for day in days)
    return {account.rule for version in counting if version for account in version.accounts}


def _edges(rule: str, bulletin: Bulletin, side: Side, window: Span) -> Sequence[datetime]:
    """When a rule opens and closes, for whole days around the window: those are asked for again and again."""
    if not bulletin.can_read(rule, side):
        return ()
    first = window.start.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    days = (window.until - first) // ONE_DAY + 1
    return _edges_of_days(rule, bulletin.locals[side], first, days)


@lru_cache(maxsize=2048)
def _edges_of_days(rule: str, local: Local, first: datetime, days: int) -> Sequence[datetime]:
    spans = open_spans(rule, local, Span(first, first + days * ONE_DAY))
    return [edge for span in spans for edge in (span.start, span.until)]
