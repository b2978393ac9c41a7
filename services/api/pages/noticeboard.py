"""The page of notices: what is in force, what was to end, what is to come and what is past."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from services.api.pages.bulletins import Telegraph, heaps
from services.api.pages.disagreeing import Disagreeing
from services.api.pages.view import View


def notices(view: View) -> tuple[dict[str, Any], datetime]:
    """What the authorities announced."""
    board, now = view.asking.board, view.asking.now
    heaped = heaps(board, now)
    contradicted = Disagreeing(view.telling, view.asked, now).contradicted(board.bulletins.values())
    telegraph = Telegraph(view.telling, view.asked, board, contradicted)
    listed = [
        ("in-force", telegraph.told(heaped.in_force)),
        ("lapsed", telegraph.told(heaped.lapsed)),
        ("coming", telegraph.told(heaped.coming)),
        ("past", telegraph.told(heaped.past)),
    ]
    return {**view.common("/notices", "/v1/notices"), "heaps": listed}, view.until(())
