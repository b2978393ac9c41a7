"""What a notice would do, before it is published."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from services.core.alternatives import Roads
from services.core.notices import NoticeText, Revision
from services.core.previews.findings import Finding
from services.core.previews.linting import lint
from services.core.previews.seasons import Due, hours_due
from services.core.previews.shutting import ShutOut, shut_out
from services.core.previews.spilling import Spill, reckoned, spills
from services.core.previews.subject import Subject
from services.core.previews.suggesting import Suggestions, suggested_alternatives
from services.core.previews.texts import TextIn, texts
from services.core.previews.wording import suggested_texts
from services.core.text import Language


@dataclass(frozen=True, slots=True)
class Preview:
    """`wording` is how the notice could be put, in every language. `reckoned_from` is the instant from which
    the engine reckoned; None where the notice shuts and opens nothing that is still to come. `revision` is
    what would be recorded, without an id if it is new."""

    findings: tuple[Finding, ...]
    suggestions: Suggestions
    wording: Mapping[Language, NoticeText]
    hours_due: tuple[Due, ...]
    reckoned_from: datetime | None
    shut_out: tuple[ShutOut, ...]
    spills: tuple[Spill, ...]
    texts: tuple[TextIn, ...]
    revision: Revision


def preview(subject: Subject, roads: Roads) -> Preview:
    """Everything about one notice that an official wants to see first. Pure: the same subject and roads give
    the same preview; up to some seconds for the whole border."""
    found = reckoned(subject, roads)
    codes = dict.fromkeys(code for effect in subject.fields.effects for code in effect.selector.crossings)
    known = [subject.after.bulletin(code) for code in codes if code in subject.after.catalogue]
    suggestions = suggested_alternatives(subject, roads)
    return Preview(
        findings=lint(subject),
        suggestions=suggestions,
        wording=suggested_texts(subject, suggestions),
        hours_due=tuple(due for bulletin in known for due in hours_due(bulletin, subject.at)),
        reckoned_from=found.since if found else None,
        shut_out=shut_out(subject, found.coming) if found else (),
        spills=spills(subject, found) if found else (),
        texts=texts(subject),
        revision=subject.revision,
    )
