"""What the linter finds, and what it lets pass. The cases are in `cases`."""

from __future__ import annotations

from datetime import datetime

import pytest

from services.core.errors import Conflict, NotFound
from services.core.notices import NoticeFields, What
from services.core.previews import Severity
from tests.makers import ALFA, CHARLIE, DAY, NOON, TASHKENT
from tests.previews.border import findings, subject
from tests.previews.cases.saying_so import ALFA_SHUT, Case, one, ours, shut
from tests.previews.cases.table import CASES


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.code}: {case.when}")
def test_the_linter_finds_what_is_there_and_nothing_else(case: Case) -> None:
    found = findings(case.notice, *case.others, **case.asked)
    fields = [finding.field for finding in found if finding.code == case.code]
    assert (case.where in fields) if case.where else (fields == [])


def test_only_what_publishing_refuses_stops() -> None:
    stopping = {"unknown-crossing", "other-side", "not-yours"}
    for case in CASES:
        for found in findings(case.notice, *case.others, **case.asked):
            assert (found.severity is Severity.STOP) is (found.code in stopping), found


def test_every_code_has_a_case_that_finds_it_and_one_that_does_not() -> None:
    for code in {case.code for case in CASES}:
        assert {case.where is None for case in CASES if case.code == code} == {True, False}, code


def test_no_finding_has_a_code_without_a_case() -> None:
    codes = {found.code for case in CASES for found in findings(case.notice, *case.others, **case.asked)}
    assert codes == {case.code for case in CASES}


def test_what_stops_comes_first() -> None:
    found = [one.severity for one in findings(one_with_everything())]
    assert found == sorted(found, key=list(Severity).index)
    assert len(set(found)) == 3


def one_with_everything() -> NoticeFields:
    return one(What.RESTRICTED, ALFA, "nowhere", end=None, alternatives=())


def test_every_field_leads_to_where_something_can_be_changed() -> None:
    tops = set(NoticeFields.model_fields)
    for case in CASES:
        for found in findings(case.notice, *case.others, **case.asked):
            first, *rest = found.field.split(".")
            assert first in tops
            if first == "effects":
                effect = case.notice.effects[int(rest[0])]
                assert not rest[1:] or rest[1] in type(effect).model_fields


def test_the_holidays_are_named_with_their_days() -> None:
    notice = one(What.CLOSED, ALFA, start=NOON + 10 * DAY, end=NOON + 14 * DAY)
    (peak,) = [found for found in findings(notice) if found.code == "holiday-peak"]
    assert "Nowruz" in peak.message
    assert peak.about[0].startswith("2026-03-2")


def test_an_alternative_that_is_missing_is_named_mode_by_mode() -> None:
    notice = one(What.CLOSED, ALFA, alternatives=(CHARLIE,))
    without = [found.about for found in findings(notice) if found.code == "no-alternative"]
    assert without == [("bus",), ("truck",)]


def test_a_notice_that_nobody_knows_cannot_be_amended() -> None:
    with pytest.raises(NotFound):
        subject(ALFA_SHUT, amends="ours")


def test_a_notice_that_was_taken_back_cannot_be_amended() -> None:
    taken_back = ours(shut(), kind="withdrawn", revision=2)
    with pytest.raises(Conflict):
        subject(ALFA_SHUT, taken_back, amends="ours")


def test_the_same_notice_gives_the_same_findings() -> None:
    at = datetime(2026, 3, 10, 11, tzinfo=TASHKENT)
    assert findings(one_with_everything(), at=at) == findings(one_with_everything(), at=at)
