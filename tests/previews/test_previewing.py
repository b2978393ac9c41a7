"""What a notice would do to the queues. The real border on the day before 5 February 2025, from its files."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cache

import pytest

from services.core import crossings, notices
from services.core.alternatives import roads_for
from services.core.board import inputs_from_files
from services.core.crossings import Direction, Mode, Verdict
from services.core.notices import End, NoticeFields, What
from services.core.previews import Preview, Spill, Subject, preview
from services.core.previews.spilling import NOTICEABLE
from tests.makers import ALFA, BRAVO, DAY, NOON, a_border, a_closure, a_notice
from tests.previews.border import subject
from tests.previews.cases.saying_so import TRUCK, an_effect, ours, shut

CATALOGUE = crossings.catalogue()
THE_DAY_BEFORE = datetime.fromisoformat("2025-02-04T12:00:00+05:00")
CLOSURE = next(one for one in notices.events().values() if one.event == "E35")
GISHTKOPRIK, NAVOIY, NAJIMOV = "gishtkoprik-zhibek-zholy", "navoiy-kaplanbek", "najimov-kazygurt"
YALLAMA, ATAMEKEN, TAZHEN = "yallama-konysbayev", "sirdaryo-atameken", "dawit-ata-tazhen"


def previewed(fields: NoticeFields, at: datetime = THE_DAY_BEFORE) -> Preview:
    known = [one for one in notices.events().values() if one.slug != CLOSURE.slug]
    return preview(Subject.of(inputs_from_files(CATALOGUE, known, at), fields, at), roads_for(CATALOGUE))


@cache
def february_2025() -> Preview:
    return previewed(CLOSURE.revisions[0].notice)


def lanes(found: Preview, mode: Mode, direction: Direction = Direction.TO_KZ) -> Mapping[str, Spill]:
    """What spills over to the lanes of a mode, by crossing, what fills most first."""
    return {one.lane[0]: one for one in found.spills if one.lane[1:] == (direction, mode)}


def test_the_closure_of_february_2025_names_the_crossings_that_really_filled_up() -> None:
    """Trucks at Konysbayev, Kazygurt and Atameken, people at Kaplanbek; Tazhen is too far away."""
    for direction in Direction:
        trucks = lanes(february_2025(), Mode.TRUCK, direction)
        filling = {code for code, one in trucks.items() if one.fills >= NOTICEABLE}
        assert filling == {YALLAMA, NAJIMOV, ATAMEKEN}
        on_foot = lanes(february_2025(), Mode.PEDESTRIAN, direction)
        assert next(iter(on_foot)) == NAVOIY
        gained = on_foot[NAVOIY].told.units - on_foot[NAVOIY].without.units
        shut_out = next(
            one
            for one in february_2025().shut_out
            if (one.code, one.traveller.mode, one.traveller.direction)
            == (GISHTKOPRIK, Mode.PEDESTRIAN, direction)
        )
        assert gained >= 0.4 * (shut_out.in_a_day or 0)


def test_what_fills_most_comes_first() -> None:
    fills = [one.fills for one in february_2025().spills]
    assert fills == sorted(fills, reverse=True)
    assert february_2025().spills[0].lane[0] == NAVOIY


def test_more_wait_longer_where_they_are_sent() -> None:
    people = lanes(february_2025(), Mode.PEDESTRIAN)[NAVOIY]
    assert people.wait_without
    assert people.wait_told
    assert (people.wait_told.p90 or 0) > (people.wait_without.p90 or 0)


def test_where_nobody_states_the_capacity_a_band_stands_in_place_of_a_number() -> None:
    unknown = [one for one in february_2025().spills if "capacity-unknown" in one.doubts]
    assert {one.lane[0] for one in unknown} >= {YALLAMA, "malik-syrdarya"}
    for one in february_2025().spills:
        banded = one.told.low is not None and one.told.high is not None
        assert banded is ("capacity-unknown" in one.doubts)
        if one.told.low is not None and one.told.high is not None:
            assert one.told.low < one.told.units < one.told.high


def test_everybody_who_is_shut_out_is_counted() -> None:
    shut_out = february_2025().shut_out
    by_road = {
        (code.traveller.mode, code.traveller.direction) for code in shut_out if code.code == GISHTKOPRIK
    }
    assert by_road == {
        (mode, direction)
        for mode in (Mode.PEDESTRIAN, Mode.CAR, Mode.BUS, Mode.TRUCK)
        for direction in Direction
    }
    for one in shut_out:
        assert one.since == CLOSURE.revisions[0].notice.effects[0].window.start
        assert (one.before, one.after) != (Verdict.CLOSED, Verdict.CLOSED)
        if one.code == GISHTKOPRIK:
            assert one.in_a_day
            assert one.in_all == pytest.approx(120 * one.in_a_day)  # from 5 February to 5 June


def test_nobody_is_made_up_on_the_way() -> None:
    """Who spills over is no more than who is shut out: some put the trip off."""
    for mode in (Mode.PEDESTRIAN, Mode.CAR):
        for direction in Direction:
            spilt = sum(
                one.told.units - one.unshut.units for one in lanes(february_2025(), mode, direction).values()
            )
            lost = sum(
                one.in_a_day or 0
                for one in february_2025().shut_out
                if (one.traveller.mode, one.traveller.direction) == (mode, direction)
            )
            assert 0 < spilt <= 1.02 * lost


def test_what_reopens_at_once_is_told_apart_from_what_is_shut() -> None:
    """Najimov takes trucks again with the same notice: beside today many more come, beside that a few."""
    trucks = lanes(february_2025(), Mode.TRUCK)
    assert trucks[NAJIMOV].told.units > 2 * trucks[NAJIMOV].without.units
    assert trucks[NAJIMOV].told.units < 1.2 * trucks[NAJIMOV].unshut.units
    assert trucks[YALLAMA].told.units < trucks[YALLAMA].without.units


def test_the_same_notice_gives_the_same_preview() -> None:
    again = previewed(CLOSURE.revisions[0].notice)
    assert (again.spills, again.shut_out, again.findings) == (
        february_2025().spills,
        february_2025().shut_out,
        february_2025().findings,
    )


def test_a_notice_that_only_informs_moves_nobody() -> None:
    found = previewed(a_notice(an_effect(What.INFORMATION, GISHTKOPRIK, start=THE_DAY_BEFORE, end=None)))
    assert (found.reckoned_from, found.spills, found.shut_out) == (None, (), ())


def test_the_far_end_of_the_border_is_shut_without_a_jam_at_tashkent() -> None:
    """Who is shut out at Tazhen has nowhere near to go."""
    fields = a_notice(a_closure(TAZHEN, start=THE_DAY_BEFORE, modes=TRUCK))
    found = previewed(fields)
    assert all(one.fills < 0.25 for one in found.spills)
    assert {one.code for one in found.shut_out} == {TAZHEN}


def test_small_and_special_travellers_are_told_of_without_a_number() -> None:
    light = a_notice(a_closure(YALLAMA, start=THE_DAY_BEFORE, modes=TRUCK, mass_up_to_t=3.5))
    found = previewed(light)
    assert {(one.code, one.traveller.vehicle_mass_t, one.in_a_day) for one in found.shut_out} == {
        (YALLAMA, 3.5, None)
    }


def test_a_limit_makes_a_lane_unconfirmed_and_that_counts_as_shut_out() -> None:
    limited = a_notice(an_effect(What.RESTRICTED, YALLAMA, start=THE_DAY_BEFORE, end=None, modes=TRUCK))
    found = previewed(limited)
    assert {(one.before, one.after) for one in found.shut_out} == {(Verdict.OPEN, Verdict.UNCONFIRMED)}


def test_an_amendment_is_compared_with_what_it_amends() -> None:
    """To say once more what holds already shuts nobody out; to reopen half of it lets them in."""
    standing = ours(shut(ALFA, BRAVO, sides=(), end=None, start=NOON - 5 * DAY))
    same = subject(
        a_notice(shut(ALFA, BRAVO, sides=(), end=None, start=NOON - 5 * DAY)),
        standing,
        side=None,
        amends="ours",
    )
    assert preview(same, roads_for(a_border())).shut_out == ()
    longer = subject(
        a_notice(a_closure(ALFA, BRAVO, start=NOON - 5 * DAY, end=NOON + DAY, end_is=End.ANNOUNCED)),
        side=None,
    )
    assert {one.code for one in preview(longer, roads_for(a_border())).shut_out} == {ALFA, BRAVO}


def test_a_closure_by_night_shuts_out_from_its_first_night_on() -> None:
    nights = a_notice(an_effect(What.CLOSED, ALFA, recurs="22:00-06:00", end=None))
    found = preview(subject(nights, side=None), roads_for(a_border()))
    assert {one.since.astimezone(NOON.tzinfo) for one in found.shut_out} == {NOON + timedelta(hours=10)}
    assert {one.in_all for one in found.shut_out} == {None}
