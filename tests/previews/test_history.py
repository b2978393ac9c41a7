"""Every notice of the border's past can be written as it was, and what the linter says of it is on record.

`history.txt` is made by `python -m tests.previews.history`: read what changes in it before taking it over.
"""

from __future__ import annotations

from services.core.previews import Severity
from tests.previews.history import FILE, findings_of_the_past, written


def test_what_the_linter_says_of_the_past_is_what_is_on_record() -> None:
    assert written(findings_of_the_past()) == FILE.read_text(encoding="utf-8")


def test_no_real_notice_is_stopped() -> None:
    stopped = [
        (name, one.code)
        for name, found in findings_of_the_past().items()
        for one in found
        if one.severity is Severity.STOP
    ]
    assert stopped == []
