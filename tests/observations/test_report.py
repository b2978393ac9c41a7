"""What is measured: exactly one figure, from one's own side, once."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from pydantic import ValidationError

from services.core import crossings, ledger, observations, outbox
from services.core.access import Actor
from services.core.crossings import Mode, Side
from services.core.errors import Forbidden, Invalid
from services.core.observations import BOOKINGS, MEASURED, KeyReused, Kind, Observation
from services.core.observations.actions import CLOCK_SKEW
from services.core.work import Work
from tests.makers import ALFA, BRAVO, HOUR, NOON, RAIL, a_border, an_observation, an_official

FIGURES: dict[str, Any] = {
    "wait_minutes": 5.0,
    "queue": 5,
    "queue_km": 0.5,
    "per_hour": 60.0,
    "booked": 5,
    "booked_wait_minutes": 60.0,
}


@pytest.fixture
def aziza(work: Work) -> Actor:
    crossings.load(work, a_border())
    return an_official(work)[0]


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("figure", [None, *FIGURES])
def test_each_kind_has_its_own_figure_and_no_other(kind: Kind, figure: str | None) -> None:
    given = {"kind": kind, **({figure: FIGURES[figure]} if figure else {})}
    if MEASURED.get(kind) == figure:
        assert an_observation(**given).kind is kind
    else:
        with pytest.raises(ValidationError):
            an_observation(**given)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (
            {"kind": Kind.BOOKED_WAIT, "wait_minutes": 60},
            "wait_minutes: has no meaning with kind booked-wait",
        ),
        ({"kind": Kind.BOOKED_WAIT}, "booked_wait_minutes: is needed with kind booked-wait"),
        (
            {"kind": Kind.WAIT, "booked_wait_minutes": 60},
            "wait_minutes: is needed with kind wait",
        ),
        ({"kind": Kind.BOOKED, "booked": 7, "side": None}, "side: is needed"),
    ],
)
def test_the_wait_for_a_booked_turn_is_never_taken_for_the_wait_at_a_post(
    given: dict[str, Any], message: str
) -> None:
    with pytest.raises(ValidationError, match=message):
        an_observation(**given)


@pytest.mark.parametrize("kind", BOOKINGS)
def test_only_trucks_book_a_turn(work: Work, aziza: Actor, kind: Kind) -> None:
    given = {"kind": kind, MEASURED[kind]: 60}
    with pytest.raises(Invalid, match="only trucks") as refused:
        observations.report(work, aziza, an_observation(**given), idempotency_key="k")
    assert refused.value.field == "mode"
    taken = observations.report(work, aziza, an_observation(mode=Mode.TRUCK, **given), idempotency_key="k")
    assert getattr(taken.observation.document, MEASURED[kind]) == 60


def test_an_observation_is_recorded_with_its_source_and_the_advisories_follow(
    work: Work, aziza: Actor
) -> None:
    fields = an_observation()
    taken = observations.report(work, aziza, fields, idempotency_key="k")
    row = taken.observation
    assert taken.repeated is False
    assert (row.source, row.observed_at, row.received_at) == (aziza.name, NOON - HOUR, NOON)
    assert row.document == fields
    entry = ledger.newest(work.session)
    assert entry is not None
    assert (entry.action, entry.actor, entry.subject) == ("observations.report", row.source, row.id)
    (promise,) = outbox.pending(work.session, "advisories.recompute")
    assert promise.payload == {"because": "observations.report", "crossings": [ALFA]}


def test_the_same_report_again_changes_nothing(work: Work, aziza: Actor) -> None:
    first = observations.report(work, aziza, an_observation(), idempotency_key="k")
    head = ledger.head(work.session)
    again = observations.report(work, aziza, an_observation(), idempotency_key="k")
    assert (again.repeated, again.observation.id) == (True, first.observation.id)
    assert ledger.head(work.session) == head
    assert len(outbox.pending(work.session)) == 1


def test_another_report_under_the_same_key_is_refused(work: Work, aziza: Actor) -> None:
    observations.report(work, aziza, an_observation(), idempotency_key="k")
    with pytest.raises(KeyReused):
        observations.report(work, aziza, an_observation(wait_minutes=41), idempotency_key="k")


def test_the_same_key_of_another_official_is_another_key(work: Work, aziza: Actor) -> None:
    botir, _ = an_official(work, "Botir")
    ids = {
        observations.report(work, who, an_observation(), idempotency_key="k").observation.id
        for who in (aziza, botir)
    }
    assert len(ids) == 2


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"crossing": "nowhere"}, "crossing"),
        ({"crossing": RAIL}, "mode"),
        ({"mode": Mode.FREIGHT_TRAIN}, "mode"),
        ({"observed_at": NOON + CLOCK_SKEW * 1.01}, "observed_at"),
    ],
)
def test_what_nobody_can_have_seen_is_refused(
    work: Work, aziza: Actor, fields: dict[str, Any], field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        observations.report(work, aziza, an_observation(**fields), idempotency_key="k")
    assert refused.value.field == field


def test_a_clock_that_is_five_minutes_fast_is_forgiven(work: Work, aziza: Actor) -> None:
    fields = an_observation(observed_at=NOON + CLOCK_SKEW)
    assert observations.report(work, aziza, fields, idempotency_key="k").observation.observed_at > NOON


def test_nobody_reports_from_the_other_side_or_from_crossings_of_others(work: Work, aziza: Actor) -> None:
    guard, _ = an_official(work, "guard", Side.UZ, (BRAVO,))
    with pytest.raises(Forbidden, match="you speak for the uz side only"):
        observations.report(work, aziza, an_observation(side=Side.KZ), idempotency_key="k")
    with pytest.raises(Forbidden, match=BRAVO):
        observations.report(work, guard, an_observation(), idempotency_key="k")


@pytest.mark.parametrize(
    ("at", "hours"), [(NOON - 3 * HOUR, [3, 2, 1]), (NOON - 2 * HOUR, [2, 1]), (NOON, [])]
)
def test_what_was_seen_since_an_instant_comes_oldest_first(
    work: Work, aziza: Actor, at: datetime, hours: list[int]
) -> None:
    for hour in (2, 1, 3):
        seen = an_observation(observed_at=NOON - hour * HOUR)
        observations.report(work, aziza, seen, idempotency_key=str(hour))
    found = observations.since(work.session, at)
    assert [(NOON - one.fields.observed_at) / HOUR for one in found] == hours


def test_an_observation_that_is_not_what_it_was_is_found(work: Work, aziza: Actor) -> None:
    row = observations.report(work, aziza, an_observation(), idempotency_key="k").observation
    assert observations.first_forged(work.session) is None
    kept = work.session.get_one(Observation, row.id)
    kept.document = an_observation(wait_minutes=1)
    work.session.flush()
    assert observations.first_forged(work.session) == f"{row.id} (number 1) was changed after it was written"


def test_an_observation_at_a_crossing_of_the_right_kind_is_taken(work: Work, aziza: Actor) -> None:
    fields = an_observation(crossing=RAIL, mode=Mode.FREIGHT_TRAIN)
    assert observations.report(work, aziza, fields, idempotency_key="k").observation.crossing == RAIL
    assert (
        observations.report(work, aziza, an_observation(), idempotency_key="2").observation.crossing == ALFA
    )
