"""Contributors: told apart for a day, known to nobody."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import col, select

from services.core import access
from services.core.access import DaySalt
from services.core.access.contributors import _network
from services.core.work import Work
from tests.makers import DAY, NOON


def test_one_address_is_one_contributor_for_a_day_and_another_the_next(work: Work) -> None:
    today = access.contributor(work, "192.0.2.7")
    assert access.contributor(work, "192.0.2.7") == today
    assert access.contributor(work, "192.0.2.8") != today
    assert access.contributor(Work(work.session, NOON + DAY), "192.0.2.7") != today


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8:1:2::7", "2001:db8:1:2:ffff::1", True),
        ("2001:db8:1:2::7", "2001:db8:1:3::7", False),
        ("::ffff:192.0.2.7", "192.0.2.7", True),
        ("192.0.2.7", "192.0.2.9", False),
        ("testclient", "testclient", True),
    ],
)
def test_a_household_is_one_contributor(work: Work, one: str, other: str, same: bool) -> None:
    assert (access.contributor(work, one) == access.contributor(work, other)) is same


@given(st.text(st.characters(codec="utf-8")))
def test_any_address_will_do(address: str) -> None:
    assert isinstance(_network(address), bytes)


def test_a_name_cannot_be_worked_out_again_when_its_day_is_over(work: Work) -> None:
    for days in (0, 1, 2):
        access.contributor(Work(work.session, NOON + days * DAY), "192.0.2.7")
    access.forget_salts(Work(work.session, NOON + 2 * DAY))
    left = work.session.exec(select(DaySalt).order_by(col(DaySalt.day))).all()
    assert [(row.day - NOON.date()).days for row in left] == [1, 2]
