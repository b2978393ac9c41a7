"""What travellers tell: without a name, about what they can have seen, and not too much of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from services.core import crossings, ledger, observations
from services.core.crossings import Side
from services.core.errors import Invalid, TooMany
from services.core.observations import Bound, KeyReused, Kind, Reporter
from services.core.observations.actions import MOST_OF_ONE_TRAVELLER, TRAVELLERS_REMEMBER, TRAVELLERS_SEE
from services.core.work import Work
from tests.makers import DAY, HOUR, NOON, a_border, an_observation


@pytest.fixture
def border(work: Work) -> None:
    crossings.load(work, a_border())


def figure(kind: Kind) -> dict[str, Any]:
    field = observations.MEASURED.get(kind)
    return {"kind": kind, **({field: 5} if field else {})}


def test_a_traveller_is_known_by_nothing_but_a_contributor(work: Work, border: None) -> None:
    taken = observations.tell(work, "c0ffee", an_observation(side=None), idempotency_key="k")
    assert taken.observation.source == "traveller:c0ffee"
    (reported,) = observations.since(work.session, NOON - DAY)
    assert (reported.by, reported.fields.side) == (Reporter.TRAVELLER, None)
    entry = ledger.newest(work.session)
    assert entry is not None
    assert (entry.action, entry.actor) == ("observations.report", "traveller:c0ffee")


def test_the_same_story_again_counts_once_and_another_under_its_key_is_refused(
    work: Work, border: None
) -> None:
    told = an_observation(side=None)
    first = observations.tell(work, "a", told, idempotency_key="k")
    assert observations.tell(work, "a", told, idempotency_key="k").observation.id == first.observation.id
    with pytest.raises(KeyReused):
        observations.tell(work, "a", an_observation(side=None, wait_minutes=7), idempotency_key="k")


@pytest.mark.parametrize("kind", Kind)
def test_travellers_tell_what_one_sees_from_a_car(work: Work, border: None, kind: Kind) -> None:
    fields = an_observation(**figure(kind))
    if kind in TRAVELLERS_SEE:
        assert observations.tell(work, "a", fields, idempotency_key="k").observation.document == fields
    else:
        with pytest.raises(Invalid, match="only officials") as refused:
            observations.tell(work, "a", fields, idempotency_key="k")
        assert refused.value.field == "kind"


@pytest.mark.parametrize("ago", [TRAVELLERS_REMEMBER, TRAVELLERS_REMEMBER + timedelta(seconds=1)])
def test_travellers_remember_a_day(work: Work, border: None, ago: timedelta) -> None:
    fields = an_observation(observed_at=NOON - ago)
    if ago <= TRAVELLERS_REMEMBER:
        observations.tell(work, "a", fields, idempotency_key="k")
    else:
        with pytest.raises(Invalid, match="more than a day ago"):
            observations.tell(work, "a", fields, idempotency_key="k")


def test_a_stream_of_figures_is_no_travellers(work: Work, border: None) -> None:
    with pytest.raises(Invalid) as refused:
        observations.tell(work, "a", an_observation(lineage="camera 3"), idempotency_key="k")
    assert refused.value.field == "lineage"


def test_one_traveller_is_heard_so_often_within_an_hour_and_others_still_are(
    work: Work, border: None
) -> None:
    fields = an_observation()
    for number in range(MOST_OF_ONE_TRAVELLER):
        observations.tell(work, "a", fields, idempotency_key=str(number))
    with pytest.raises(TooMany):
        observations.tell(work, "a", fields, idempotency_key="one more")
    observations.tell(work, "b", fields, idempotency_key="one more")
    later = Work(work.session, NOON + HOUR + timedelta(seconds=1))
    observations.tell(later, "a", fields, idempotency_key="one more")


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"kind": Kind.COUNT, "queue": 5, "side": None}, "side: is needed"),
        ({"kind": Kind.COUNT, "queue": 5, "over_hours": 12}, "over_hours: has no meaning"),
        ({"kind": Kind.NOT_MOVING, "bound": Bound.AT_LEAST}, "bound: has no meaning"),
    ],
)
def test_a_figure_says_only_what_its_kind_can(fields: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        an_observation(**fields)


def test_what_is_meant_as_a_bound_or_for_a_shift_is_kept_as_such() -> None:
    assert an_observation(bound=Bound.AT_LEAST, side=Side.UZ).bound is Bound.AT_LEAST
    assert an_observation(kind=Kind.THROUGHPUT, per_hour=20, over_hours=12).over_hours == 12
