"""Reports from the post: two taps, counted once."""

from __future__ import annotations

from typing import Any

import pytest

from services.core import observations
from services.core.access import Role
from services.core.crossings import Side
from services.core.observations import Reported
from services.core.observations.documents import EARLIEST
from tests.api.service import Service
from tests.console.desk import Desk, at_the_desk
from tests.makers import ALFA, BRAVO

pytestmark = pytest.mark.parametrize("console", ["sqlite"], indirect=True)
"""On one database: what is stored here is asked for on both in the tests of the core."""


def reports(console: Service, desk: Desk) -> list[Reported]:
    assert desk.official is not None
    with console.edge.reading() as session:
        return observations.since(session, EARLIEST, f"official:{desk.official.id}")


def test_two_taps_say_that_nothing_moves(console: Service, aziza: Desk) -> None:
    chosen = aziza.page("/report", crossing=ALFA)
    lane = next(
        form
        for form in chosen.all("form")
        if form.all("button", value="not-moving") and form.all("input", value="to-kz/truck")
    )
    fields = {field["name"]: field.get("value") or "" for field in lane.all("input")}
    assert aziza.send("/report", {**fields, "kind": "not-moving"}).status_code == 303
    (report,) = reports(console, aziza)
    assert report.fields.model_dump(mode="json", exclude_none=True) == {
        "crossing": ALFA,
        "direction": "to-kz",
        "mode": "truck",
        "side": "uz",
        "kind": "not-moving",
        "observed_at": report.fields.model_dump(mode="json")["observed_at"],
        "over_hours": 1.0,
    }
    assert "Not moving" in aziza.page("/report", crossing=ALFA).words


def sent(desk: Desk, **changes: Any) -> Any:
    fields = {
        "crossing": ALFA,
        "lane": "to-kz/truck",
        "visit": "v",
        "kind": "count",
        "figure": "40",
    } | changes
    return desk.post("/report", {name: value for name, value in fields.items() if value is not None})


@pytest.mark.parametrize(
    ("kind", "figure", "field", "value"),
    [
        ("count", "40", "queue", 40),
        ("length", "1,5", "queue_km", 1.5),
        ("wait", "90", "wait_minutes", 90),
        ("throughput", "12", "per_hour", 12),
    ],
)
def test_figures_are_taken_as_they_are_written(
    console: Service, aziza: Desk, kind: str, figure: str, field: str, value: float
) -> None:
    assert sent(aziza, kind=kind, figure=figure).status_code == 200
    (report,) = reports(console, aziza)
    assert getattr(report.fields, field) == value


def test_a_form_that_is_sent_twice_counts_once_and_another_figure_again(
    console: Service, aziza: Desk
) -> None:
    for figure in ("40", "40", "50"):
        assert sent(aziza, figure=figure).status_code == 200
    assert [one.fields.queue for one in reports(console, aziza)] == [40, 50]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"figure": None}, "figure"),
        ({"figure": "many"}, "queue"),
        ({"figure": "-1"}, "queue"),
        ({"kind": None}, "kind"),
        ({"kind": "guess"}, "kind"),
        ({"lane": None}, "lane"),
        ({"lane": "to-kz/horse"}, "mode"),
        ({"lane": "to-kz/freight-train"}, "mode"),
        ({"crossing": "nowhere"}, "crossing"),
        ({"visit": None}, "visit"),
    ],
)
def test_what_cannot_be_taken_names_its_field_and_counts_not(
    console: Service, aziza: Desk, changes: dict[str, Any], field: str
) -> None:
    refused = sent(aziza, **changes)
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, field)
    assert reports(console, aziza) == []


def test_one_reports_of_ones_own_post_only(console: Service, aziza: Desk) -> None:
    at_bravo = at_the_desk(console, f"Bravo {id(aziza)}", Side.KZ, crossings=(BRAVO,))
    assert sent(at_bravo).status_code == 403
    assert sent(at_bravo, crossing=BRAVO).status_code == 200
    assert [one.fields.side for one in reports(console, at_bravo)] == [Side.KZ]
    only_admin = at_the_desk(console, f"Admin {id(aziza)}", roles=(Role.ADMINISTRATOR,))
    assert sent(only_admin).status_code == 403
