"""Finding a crossing by name; and where the name is that of several, asking which one is meant."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from services.api.answering import LONGEST
from services.api.pages.judging import judge
from services.api.pages.view import View
from services.core import crossings
from services.core.crossings import Finding

SURE = 95.0
"""From this score on a name is the name, give or take a slip of the pen."""


def found(view: View, q: str) -> str | tuple[dict[str, Any], datetime]:
    """Where to go for the one crossing that is called so, or what to show when that is not one."""
    finding = crossings.find(q, view.asking.board.catalogue)
    if finding.matches and finding.matches[0].score >= SURE and not finding.ambiguous:
        return view.cards.href(finding.matches[0].code)
    shown = {
        **view.common("/", f"/v1/crossings?{urlencode({'q': q})}"),
        "q": q,
        "lead": _lead(finding),
        "matches": [
            (match.matched, view.cards.card(judged, with_round=False))
            for match in (finding.best if finding.ambiguous else finding.matches)
            for judged in [judge(view.asking, view.asked, match.code, view.asked.traveller, view.at)]
        ],
    }
    here = [(match.code, view.asked.traveller) for match in finding.matches]
    return shown, min(view.until(here), view.asking.now + LONGEST)


def _lead(finding: Finding) -> str:
    if not finding.matches:
        return "which.nothing"
    return "which.lead" if finding.matches[0].score >= SURE else "which.likely"
