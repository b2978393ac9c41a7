"""`python -m tests.previews.history` writes down what the linter says of every notice of the past."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import cache
from pathlib import Path

from services.core.board import inputs_from_files
from services.core.crossings import catalogue
from services.core.notices import events
from services.core.notices.chronicle import RevisionKind
from services.core.previews import Finding, Subject, lint

FILE = Path(__file__).with_name("history.txt")
A_MOMENT = timedelta(seconds=1)


@cache
def findings_of_the_past() -> Mapping[str, Sequence[Finding]]:
    """By slug and revision, of all that were published or amended: on the board as it stood a moment before,
    as the authorities named in it would have written it, both states' together where both are."""
    found = {}
    for event in events().values():
        for number, revision in enumerate(event.revisions, start=1):
            if revision.kind is not RevisionKind.WITHDRAWN:
                at = revision.published_at
                inputs = inputs_from_files(catalogue(), events().values(), at - A_MOMENT)
                amends = event.slug if number > 1 else None
                found[f"{event.slug}/{number}"] = lint(Subject.of(inputs, revision.notice, at, amends=amends))
    return dict(sorted(found.items()))


def written(found: Mapping[str, Sequence[Finding]]) -> str:
    lines = []
    for name, of_one in found.items():
        lines.append(name)
        lines += [
            f"    {one.severity:5}{one.code:24}{one.field:38}{' '.join(one.about)}".rstrip() for one in of_one
        ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    FILE.write_text(written(findings_of_the_past()), encoding="utf-8")
