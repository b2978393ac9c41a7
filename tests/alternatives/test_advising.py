"""From the records to the advisories, on the real border and its real history."""

from datetime import UTC, datetime
from functools import cache

import pytest

from services.core.advisories import Advisory, Basis, Level, Run
from services.core.alternatives import advise
from services.core.board import BoardInputs, inputs_from_files
from services.core.crossings import Direction, Mode, catalogue
from services.core.notices import events

BEFORE_NAVOIY_SHUT = datetime(2022, 10, 14, 7, tzinfo=UTC)
FEBRUARY_2023 = datetime(2023, 2, 10, 7, tzinfo=UTC)
FEBRUARY_2025 = datetime(2025, 2, 10, 7, tzinfo=UTC)
JANUARY_2026 = datetime(2026, 1, 5, 7, tzinfo=UTC)


def known(at: datetime) -> BoardInputs:
    return inputs_from_files(catalogue(), events().values(), at)


@cache
def run(at: datetime) -> Run:
    return advise(known(at), {}, at)


def lane(at: datetime, code: str, mode: Mode, direction: Direction = Direction.TO_KZ) -> Advisory:
    return next(one for one in run(at).advisories if one.lane == (code, direction, mode))


def test_the_same_inputs_give_the_same_bytes() -> None:
    assert (
        advise(known(FEBRUARY_2023), {}, FEBRUARY_2023).model_dump_json()
        == run(FEBRUARY_2023).model_dump_json()
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
    assert before.wait.p90
    assert after.wait.p90
    assert after.wait.p90 > before.wait.p90


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


def test_a_run_remembers_since_when_a_level_holds() -> None:
    later = FEBRUARY_2025.replace(minute=20)
    again = advise(known(FEBRUARY_2025).model_copy(update={"run": run(FEBRUARY_2025)}), {}, later)
    shut = next(
        one
        for one in again.advisories
        if one.lane == lane(FEBRUARY_2025, "gishtkoprik-zhibek-zholy", Mode.CAR).lane
    )
    assert shut.since == lane(FEBRUARY_2025, "gishtkoprik-zhibek-zholy", Mode.CAR).since
