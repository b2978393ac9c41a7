"""What the linter says of whom a notice concerns: crossings, sides, modes, and the hours of the posts."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from services.core.congestion import typical
from services.core.crossings import Direction, Mode, Side, Verdict, open_spans
from services.core.notices import Effect, What, sides
from services.core.previews.findings import Finding, note, stop, warn
from services.core.previews.subject import SIDE_OF, Part, Subject
from services.core.spans import Span, Spans, difference, intersection, union
from services.core.status import admission, standing

OF_A_POST = frozenset({What.CLOSED, What.RESTRICTED, What.DELAY, What.REOPENED})


def reach(subject: Subject) -> Iterator[Finding]:
    yield from _unknown(subject)
    for number, effect in enumerate(subject.fields.effects):
        field, selector = f"effects.{number}.selector", effect.selector
        yield from _authority(subject, effect, field)
        if not selector.crossings:
            yield warn(
                "whole-border",
                f"{field}.crossings",
                "No crossing is named: it concerns the whole border, the railways included.",
            )
        yield from _not_served(subject, effect, field)
    by_place = groupby(subject.parts, lambda part: (part.number, part.code))
    for (number, code), parts in by_place:
        yield from _hours(subject, number, code, list(parts))


def _unknown(subject: Subject) -> Iterator[Finding]:
    fields = {
        f"effects.{number}.selector.crossings.{place}": code
        for number, effect in enumerate(subject.given.effects)
        for place, code in enumerate(effect.selector.crossings)
    }
    fields |= {f"alternatives.{place}": code for place, code in enumerate(subject.given.alternatives)}
    for field, code in fields.items():
        if code not in subject.before.catalogue:
            yield stop("unknown-crossing", field, f"No crossing is called {code}.", code)


def _authority(subject: Subject, effect: Effect, field: str) -> Iterator[Finding]:
    """What publishing will refuse."""
    if subject.side is None:
        return
    if any(side is not subject.side for side in effect.selector.sides):
        yield stop(
            "other-side",
            f"{field}.sides",
            f"You speak for the {SIDE_OF[subject.side]}; only the other state can announce what it does.",
        )
    foreign = [code for code in effect.selector.crossings if code not in subject.speaks_for]
    if subject.speaks_for and (foreign or not effect.selector.crossings):
        yours = ", ".join(map(subject.called, subject.speaks_for))
        message = f"You speak for these crossings only: {yours}."
        yield stop("not-yours", f"{field}.crossings", message, *foreign)


def _not_served(subject: Subject, effect: Effect, field: str) -> Iterator[Finding]:
    """Modes that a crossing does not take anyway; of the whole border that is no news."""
    at = max(effect.window.start, subject.at)
    for code in effect.selector.crossings:
        if code not in subject.after.catalogue:
            continue
        bulletin = subject.after.bulletin(code)
        unserved = [
            mode
            for mode in effect.selector.modes
            if admission(bulletin, typical((code, Direction.TO_KZ, mode)), at) is Verdict.CLOSED
        ]
        if unserved:
            those = ", ".join(unserved)
            yield note(
                "mode-not-served",
                f"{field}.modes",
                f"{subject.called(code)} does not take {those} anyway.",
                code,
                *unserved,
            )


def _hours(subject: Subject, number: int, code: str, parts: list[Part]) -> Iterator[Finding]:
    effect = parts[0].effect
    span = subject.ahead(effect)
    if span is None:
        return
    modes = sorted({part.traveller.mode for part in parts})
    own = sides(effect.selector)
    if effect.what in OF_A_POST:
        never = [side for side in own if not _bites(subject, code, side, effect, modes, span)]
        if len(never) == len(own):
            what = "reopens" if effect.what is What.REOPENED else "holds"
            yield warn(
                "contradicts-hours",
                f"effects.{number}.window",
                f"By its hours {subject.called(code)} is shut at every time at which this {what}.",
                code,
            )
    elif effect.what is What.HOURS:
        for side in own:
            yield from _changed_hours(subject, number, code, side, effect, modes, span)


def _bites(subject: Subject, code: str, side: Side, effect: Effect, modes: list[Mode], span: Span) -> bool:
    """Whether the post is within its hours at some time of the effect; also where nobody knows its hours."""
    times: Spans = (span,)
    if effect.window.recurs:
        recurring = _open(subject, code, side, effect.window.recurs, span)
        if recurring is None:
            return True
        times = recurring
    for mode in modes:
        usual = _usual(subject, code, side, mode, span)
        if usual is None or intersection(usual, times):
            return True
    return False


def _changed_hours(
    subject: Subject, number: int, code: str, side: Side, effect: Effect, modes: list[Mode], span: Span
) -> Iterator[Finding]:
    """Hours at which the catalogue has the same post shut, or at which nobody passes for the other post."""
    assert effect.hours is not None
    announced = _open(subject, code, side, effect.hours, span)
    if announced is None:
        return
    other = next(one for one in Side if one is not side)
    for mode in modes:
        usual = _usual(subject, code, side, mode, span)
        if usual is not None and difference(announced, usual):
            yield note(
                "contradicts-hours",
                f"effects.{number}.hours",
                f"The catalogue has the {SIDE_OF[side]} of {subject.called(code)} shut at some of these "
                "hours: if they are to stay, have the catalogue say so.",
                code,
            )
            break
    if other in sides(effect.selector):
        return
    for mode in modes:
        across = _usual(subject, code, other, mode, span)
        beyond = () if across is None else difference(announced, across)
        if beyond and not _opens_too(subject, code, other, mode, beyond[0]):
            yield warn(
                "shut-across",
                f"effects.{number}.hours",
                f"At some of these hours the {SIDE_OF[other]} of {subject.called(code)} is shut, so nobody "
                "passes.",
                code,
            )
            break


def _opens_too(subject: Subject, code: str, side: Side, mode: Mode, span: Span) -> bool:
    """Whether the other state has announced other hours for then."""
    traveller = typical((code, Direction.TO_KZ, mode))
    bearings = standing(subject.after.bulletin(code), side, traveller, span.start)
    return any(bearing.effect.what is What.HOURS for bearing in bearings)


def _usual(subject: Subject, code: str, side: Side, mode: Mode, span: Span) -> Spans | None:
    """When a post is open by the catalogue, by any account; None where nobody says."""
    bulletin = subject.after.bulletin(code)
    version = bulletin.hours_version(side, mode, bulletin.local_date(side, span.start))
    if version is None:
        return None
    found = [_open(subject, code, side, account.rule, span) for account in version.accounts]
    if any(spans is None for spans in found):
        return None
    return union(one for spans in found if spans for one in spans)


def _open(subject: Subject, code: str, side: Side, rule: str, span: Span) -> Spans | None:
    bulletin = subject.after.bulletin(code)
    return open_spans(rule, bulletin.locals[side], span) if bulletin.can_read(rule, side) else None
