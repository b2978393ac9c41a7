"""What the linter says of a notice beside others: the other state's, one's own, and the ways round."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from services.core.congestion import typical
from services.core.crossings import Direction, Kind, Mode, Side, Verdict
from services.core.notices import Announced, Effect, End, Revision, What, sides
from services.core.previews.findings import Finding, note, warn
from services.core.previews.subject import SIDE_OF, Part, Subject
from services.core.previews.suggesting import passing, stand_ins
from services.core.previews.windows import WITHOUT_END
from services.core.spans import Span
from services.core.status import standing

SHUTS = frozenset({What.CLOSED, What.RESTRICTED})
PASSES = frozenset({What.INFORMATION, What.DELAY})
"""What is news for a while only, where no end is given."""


def beside(subject: Subject) -> Iterator[Finding]:
    for number, effect in enumerate(subject.fields.effects):
        yield from _twin(subject, number, effect)
        yield from _similar(subject, number, effect)
    yield from _still_shut(subject)
    yield from _ways_round(subject)


def _twin(subject: Subject, number: int, effect: Effect) -> Iterator[Finding]:
    """A crossing is a pair: who shuts one post without a word of the other state is not believed."""
    own = sides(effect.selector)
    if effect.what not in SHUTS or len(own) > 1 or subject.ahead(effect) is None:
        return
    other = next(side for side in Side if side not in own)
    alone = [
        code
        for code in subject.codes(effect)
        if not any(
            one.effect.what in SHUTS
            and other in sides(one.effect.selector)
            and _at_the_same_time(one.effect, effect)
            and _of_the_same_modes(one.effect, effect)
            for one in _of_others(subject, code)
        )
    ]
    if alone:
        yield warn(
            "twin-side-missing",
            f"effects.{number}.selector.crossings",
            f"No notice of the {SIDE_OF[other]} says the same of {_listed(subject, alone)}: agree on it, "
            "or tell travellers that the other post works.",
            *alone,
        )


def _of_others(subject: Subject, code: str) -> list[Announced]:
    """Effects of other notices that are not taken back."""
    return [
        one
        for one in subject.after.bulletin(code).announced
        if one.revision.notice_id != subject.revision.notice_id and one.cut_off is None
    ]


def _similar(subject: Subject, number: int, effect: Effect) -> Iterator[Finding]:
    alike = [
        revision
        for revision in subject.before.revisions
        if not revision.over
        and revision.notice_id != subject.revision.notice_id
        and _same_authority(revision, subject)
        and any(_says_the_same(one, effect, subject) for one in revision.notice.effects)
    ]
    if alike:
        told = "; ".join(f"“{revision.headline}”" for revision in alike)
        yield warn(
            "similar-in-force",
            f"effects.{number}",
            f"The same authority has said the same of it already: {told}. Amend that instead.",
            *(revision.ref for revision in alike),
        )


def _same_authority(revision: Revision, subject: Subject) -> bool:
    """A committee that announces alone and together with its neighbour is the same committee."""
    one, other = (authority.casefold() for authority in (revision.notice.authority, subject.fields.authority))
    return one in other or other in one


def _says_the_same(one: Effect, other: Effect, subject: Subject) -> bool:
    codes = set(subject.codes(one)) & set(subject.codes(other))
    directions = not one.selector.directions or not other.selector.directions
    return (
        one.what is other.what
        and bool(codes)
        and bool(set(sides(one.selector)) & set(sides(other.selector)))
        and (directions or bool(set(one.selector.directions) & set(other.selector.directions)))
        and _of_the_same_modes(one, other)
        and _of_the_same_mass(one, other)
        and _at_the_same_time(one, other)
    )


def _of_the_same_modes(one: Effect, other: Effect) -> bool:
    modes = one.selector.modes, other.selector.modes
    return not all(modes) or bool(set(modes[0]) & set(modes[1]))


def _of_the_same_mass(one: Effect, other: Effect) -> bool:
    lowest = max(one.selector.mass_over_t or 0, other.selector.mass_over_t or 0)
    limits = (one.selector.mass_up_to_t, other.selector.mass_up_to_t)
    return all(limit is None or lowest < limit for limit in limits)


def _at_the_same_time(one: Effect, other: Effect) -> bool:
    return _holds(one).overlaps(_holds(other))


def _holds(effect: Effect) -> Span:
    """What was only announced to end goes on until somebody says that it has ended."""
    window = effect.window
    if effect.what in PASSES:
        return Span(window.start, window.end or window.start + WITHOUT_END)
    return Span(window.start, None if window.end_is is End.ANNOUNCED else window.end)


def _still_shut(subject: Subject) -> Iterator[Finding]:
    """A side that reopens while the other keeps shut."""
    reopened = [part for part in subject.parts if part.effect.what is What.REOPENED]
    for (number, code), parts in groupby(reopened, lambda part: (part.number, part.code)):
        refs = dict.fromkeys(ref for part in parts for ref in _kept_shut(subject, part))
        if refs:
            yield warn(
                "still-shut-across",
                f"effects.{number}.selector.crossings",
                f"The other side keeps {subject.called(code)} shut or limited, so it does not pass yet.",
                code,
                *refs,
            )


def _kept_shut(subject: Subject, part: Part) -> Iterator[str]:
    span = subject.ahead(part.effect)
    others = [side for side in Side if side not in sides(part.effect.selector)]
    for side in others if span else ():
        assert span is not None
        for bearing in standing(subject.after.bulletin(part.code), side, part.traveller, span.start):
            if bearing.effect.what in SHUTS:
                yield bearing.ref


def _ways_round(subject: Subject) -> Iterator[Finding]:
    """A mode that is shut out needs a crossing among the alternatives that takes it then."""
    for mode, parts in subject.shut_modes.items():
        named = [code for code in subject.fields.alternatives if passing(subject, code, parts)]
        if named:
            continue
        others = [code for code, _ in stand_ins(subject, mode) if passing(subject, code, parts)]
        advice = (
            f"Open to it then: {_listed(subject, others)}."
            if others
            else "None that we know is open to it then."
        )
        yield warn(
            "no-alternative", "alternatives", f"No alternative named takes {mode} traffic. {advice}", mode
        )
    if subject.shut:
        yield from _shut_alternatives(subject)


def _shut_alternatives(subject: Subject) -> Iterator[Finding]:
    for place, code in enumerate(subject.fields.alternatives):
        if code not in subject.after.catalogue:
            continue
        if any(passing(subject, code, parts) for parts in subject.shut_modes.values()):
            continue
        if _takes_a_train(subject, code):
            continue
        yield note(
            "alternative-shut",
            f"alternatives.{place}",
            f"{subject.called(code)} is not surely open then to anybody whom this shuts out.",
            code,
        )


def _takes_a_train(subject: Subject, code: str) -> bool:
    """A railway is named for freight, which leaves the road elsewhere."""
    crossing = subject.after.catalogue[code]
    if crossing.kind is not Kind.RAIL:
        return False
    spans = [span for effect in subject.fields.effects if (span := subject.ahead(effect))]
    return any(
        subject.then.when(code, typical((code, direction, mode)), span, Verdict.OPEN)
        for span in spans
        for mode in (Mode.PASSENGER_TRAIN, Mode.FREIGHT_TRAIN)
        for direction in Direction
    )


def _listed(subject: Subject, codes: list[str]) -> str:
    names = ", ".join(subject.called(code) for code in codes[:6])
    return names + (f" and {len(codes) - 6} more" if len(codes) > 6 else "")
