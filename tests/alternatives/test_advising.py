"""From the records to the advisories, on the real border and its real history."""

from dataclasses import replace
from datetime import UTC, datetime
from functools import cache

import numpy as np
import pytest

from services.core import advisories, congestion
from services.core.advisories import Advisory, Basis, Level, Run
from services.core.alternatives.advising import advise
from services.core.alternatives.parts import parts_of, whole
from services.core.board import BoardInputs, Computed, compile_board, inputs_from_files
from services.core.crossings import Direction, Mode, catalogue
from services.core.notices import events

BEFORE_NAVOIY_SHUT = datetime(2022, 10, 14, 7, tzinfo=UTC)
FEBRUARY_2023 = datetime(2023, 2, 10, 7, tzinfo=UTC)
FEBRUARY_2025 = datetime(2025, 2, 10, 7, tzinfo=UTC)
JANUARY_2026 = datetime(2026, 1, 5, 7, tzinfo=UTC)


def known(at: datetime) -> BoardInputs:
    return inputs_from_files(catalogue(), events().values(), at)


def advised(inputs: BoardInputs, at: datetime) -> Run:
    """The whole border at once."""
    return advise(inputs, {}, at, whole(parts_of(inputs, {}, at))).run


@cache
def run(at: datetime) -> Run:
    return advised(known(at), at)


@cache
def quiet_run() -> Run:
    """Without any notice."""
    return advised(inputs_from_files(catalogue(), (), FEBRUARY_2025), FEBRUARY_2025)


def lane(at: datetime, code: str, mode: Mode, direction: Direction = Direction.TO_KZ) -> Advisory:
    return next(one for one in run(at).advisories if one.lane == (code, direction, mode))


def test_the_same_inputs_give_the_same_bytes() -> None:
    assert (
        advised(known(FEBRUARY_2023), FEBRUARY_2023).model_dump_json() == run(FEBRUARY_2023).model_dump_json()
    )


def test_every_wait_says_that_it_is_made_of_usual_figures() -> None:
    waits = [one for one in run(FEBRUARY_2023).advisories if one.wait]
    assert waits
    assert {one.basis for one in waits} == {Basis.PRIOR}


def test_quantiles_stand_in_their_order_and_nothing_is_negative() -> None:
    for one in run(FEBRUARY_2025).advisories:
        for ahead in one.ahead:
            if ahead.wait:
                known_ = [q for q in (ahead.wait.p10, ahead.wait.p50, ahead.wait.p90) if q is not None]
                assert known_ == sorted(known_)
                assert all(minutes >= 0 for minutes in known_)


def test_a_lane_that_is_shut_or_not_surely_open_has_no_wait() -> None:
    for one in run(FEBRUARY_2025).advisories:
        if one.crossing == "gishtkoprik-zhibek-zholy":
            assert one.wait is None
            assert one.level is Level.SEVERE
    assert lane(FEBRUARY_2025, "najimov-kazygurt", Mode.CAR).wait is None


def test_passenger_trains_have_no_made_up_wait() -> None:
    train = lane(FEBRUARY_2025, "keles-saryagash", Mode.PASSENGER_TRAIN)
    assert (train.wait, train.level) == (None, None)
    assert "not-modelled" in train.reasons


@pytest.mark.parametrize("mode", [Mode.CAR, Mode.PEDESTRIAN])
def test_february_2023_gishtkoprik_is_congested_and_yallama_is_the_way_round(mode: Mode) -> None:
    jammed = lane(FEBRUARY_2023, "gishtkoprik-zhibek-zholy", mode)
    assert jammed.level is Level.CONGESTED
    assert jammed.instead[0].code == "yallama-konysbayev"
    assert {"malik-syrdarya", "oqoltin-tselinny"} <= {one.code for one in jammed.instead}  # by day


def test_closing_neighbours_lengthens_the_wait_at_those_left_open() -> None:
    before, after = (
        lane(at, "gishtkoprik-zhibek-zholy", Mode.CAR) for at in (BEFORE_NAVOIY_SHUT, FEBRUARY_2023)
    )
    assert before.wait
    assert after.wait
    assert before.wait.p50
    assert after.wait.p50
    assert after.wait.p50 > before.wait.p50


def test_february_2025_light_traffic_and_trucks_are_sent_opposite_ways() -> None:
    light = lane(FEBRUARY_2025, "gishtkoprik-zhibek-zholy", Mode.CAR).instead
    assert light[0].code == "navoiy-kaplanbek"
    trucks = {one.code for one in lane(FEBRUARY_2025, "gishtkoprik-zhibek-zholy", Mode.TRUCK).instead}
    assert "navoiy-kaplanbek" not in trucks
    assert {"yallama-konysbayev", "sirdaryo-atameken", "najimov-kazygurt"} >= trucks
    assert lane(FEBRUARY_2025, "dawit-ata-tazhen", Mode.TRUCK).level is not Level.SEVERE
    assert lane(FEBRUARY_2025, "dawit-ata-tazhen", Mode.CAR).level is Level.SEVERE


def test_after_29_december_2025_trucks_pass_dawit_ata_and_light_traffic_does_not() -> None:
    assert lane(JANUARY_2026, "dawit-ata-tazhen", Mode.TRUCK).wait is not None
    for mode in (Mode.PEDESTRIAN, Mode.CAR, Mode.BUS):
        assert lane(JANUARY_2026, "dawit-ata-tazhen", mode).reasons == ("closed",)


def test_where_others_are_sent_and_nobody_states_the_capacity_the_advisory_says_so() -> None:
    """Sources state the trucks that pass Yallama, and the people and cars that pass Navoiy."""
    doubted = {one.lane for one in run(FEBRUARY_2025).advisories if "capacity-unknown" in one.reasons}
    for mode in (Mode.PEDESTRIAN, Mode.CAR):
        assert ("yallama-konysbayev", Direction.TO_KZ, mode) in doubted
        assert ("navoiy-kaplanbek", Direction.TO_KZ, mode) not in doubted
    assert ("sirdaryo-atameken", Direction.TO_KZ, Mode.TRUCK) in doubted
    assert ("yallama-konysbayev", Direction.TO_KZ, Mode.TRUCK) not in doubted
    assert ("dawit-ata-tazhen", Direction.TO_KZ, Mode.TRUCK) not in doubted
    assert not any("between-bounds" in one.reasons for one in run(FEBRUARY_2025).advisories)


def test_where_who_goes_where_did_not_settle_the_advisory_says_so() -> None:
    board = compile_board(known(FEBRUARY_2025), FEBRUARY_2025)
    lanes = [("yallama-konysbayev", Direction.TO_KZ, Mode.CAR)]
    forecast = congestion.forecast(board.bulletins, lanes, FEBRUARY_2025, [], seed=1)
    for unsettled in (False, True):
        told = replace(forecast, outlook=replace(forecast.outlook, unsettled=np.array([unsettled])))
        (one,) = advisories.judged(board.bulletins, lanes, told, {}, (), FEBRUARY_2025)
        assert one.doubts == (("between-bounds",) if unsettled else ())


def test_without_any_notice_nobody_is_sent_anywhere_and_every_capacity_will_do() -> None:
    assert not any(one.doubts for one in quiet_run().advisories)


def test_instead_no_median_is_told_where_the_capacity_is_unknown() -> None:
    for one in run(FEBRUARY_2025).advisories:
        for other in one.instead:
            there = lane(FEBRUARY_2025, other.code, other.mode, one.direction)
            assert not (there.doubts and other.wait_minutes is not None)


def test_an_advisory_tells_how_many_are_expected() -> None:
    after = lane(FEBRUARY_2025, "navoiy-kaplanbek", Mode.PEDESTRIAN)
    before = next(one for one in quiet_run().advisories if one.lane == after.lane)
    assert before.coming
    assert after.coming
    assert after.coming > 2 * before.coming


def test_a_run_remembers_since_when_a_level_holds() -> None:
    later = FEBRUARY_2025.replace(minute=20)
    again = advised(
        known(FEBRUARY_2025).model_copy(update={"runs": (Computed(id=1, run=run(FEBRUARY_2025)),)}), later
    )
    shut = next(
        one
        for one in again.advisories
        if one.lane == lane(FEBRUARY_2025, "gishtkoprik-zhibek-zholy", Mode.CAR).lane
    )
    assert shut.since == lane(FEBRUARY_2025, "gishtkoprik-zhibek-zholy", Mode.CAR).since
