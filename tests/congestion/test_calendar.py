"""What hours and notices make of the capacity, turn by turn."""

from datetime import UTC, datetime, timedelta
from itertools import product

import numpy as np
import pytest

from services.core.congestion.assumptions import assumed
from services.core.congestion.calendar import (
    lanes_of,
    luck,
    real_end,
    turns,
    typical,
)
from services.core.congestion.grid import STEP
from services.core.crossings import Direction, Mode, Side, Traveller
from services.core.notices import What
from services.core.status import Bulletin, Phase, standing
from tests.status.real import bulletins

CALENDAR = assumed().engine.calendar
TURNS = CALENDAR.turns.value
RESTRICTED_FROM, RESTRICTED_TO = CALENDAR.restricted_least_share.value, CALENDAR.restricted_most_share.value
A_DAY = 144
TICK = timedelta(seconds=1)
NOON_FEBRUARY_2025 = datetime(2025, 2, 10, 7, tzinfo=UTC)
BACK_THEN = datetime(2025, 2, 11, tzinfo=UTC)


def shares(code: str, direction: Direction, mode: Mode, start: datetime, steps: int = A_DAY) -> np.ndarray:
    """(turns, 2 posts, steps) of one lane by what was told until then."""
    return turns(bulletins(start), [(code, direction, mode)], start, steps).shares[:, 0]


def test_a_closed_crossing_has_no_capacity_in_any_turn() -> None:
    closed = shares("gishtkoprik-zhibek-zholy", Direction.TO_KZ, Mode.CAR, NOON_FEBRUARY_2025)
    assert not closed.any()


def test_a_closure_of_one_side_leaves_the_other_post_as_it_is() -> None:
    uz, kz = shares("dawit-ata-tazhen", Direction.TO_KZ, Mode.CAR, datetime(2026, 1, 10, tzinfo=UTC))[0]
    assert not uz.any()
    assert kz.any()


def test_trucks_keep_what_light_traffic_loses() -> None:
    light, heavy = (
        shares("dawit-ata-tazhen", Direction.TO_KZ, mode, NOON_FEBRUARY_2025)
        for mode in (Mode.BUS, Mode.TRUCK)
    )
    assert not light.all(axis=1).any()
    assert (heavy == 1).all()


def test_daylight_hours_shut_both_posts_at_night() -> None:
    day = shares("malik-syrdarya", Direction.TO_KZ, Mode.CAR, datetime(2024, 6, 1, 19, tzinfo=UTC))
    assert (day.min(axis=2) == 0).all()
    assert (day.max(axis=2) == 1).all()
    open_hours = day[0, 0].sum() / 6
    assert 14 < open_hours < 16  # the first of June at 41° N


def test_a_step_in_which_a_post_opens_counts_for_the_part_that_it_is_open() -> None:
    day = shares("malik-syrdarya", Direction.TO_KZ, Mode.CAR, datetime(2024, 6, 1, 19, tzinfo=UTC))[0, 0]
    assert ((day > 0) & (day < 1)).any()


def test_a_restriction_without_a_share_is_different_in_every_turn_and_never_none_or_all() -> None:
    limited = shares("navoiy-kaplanbek", Direction.TO_KZ, Mode.TRUCK, BACK_THEN)[:, :, 0].min(axis=1)
    assert len(set(limited.round(9))) > TURNS / 2
    assert limited.min() > 0
    assert limited.max() < 1


def test_a_closure_whose_announced_end_has_passed_is_over_in_some_turns_and_not_in_others() -> None:
    now = datetime(2026, 11, 21, tzinfo=UTC)
    someday = shares("gishtkoprik-zhibek-zholy", Direction.TO_KZ, Mode.CAR, now, 1)[:, 0, 0]
    assert set(someday) == {0.0, 1.0}


def test_no_closure_ends_before_its_announced_end_in_any_turn() -> None:
    end = datetime(2025, 6, 4, 18, tzinfo=UTC)  # the fifth of June on the spot
    before = shares("gishtkoprik-zhibek-zholy", Direction.TO_UZ, Mode.CAR, end - timedelta(hours=24))
    assert not before.any()


def test_the_same_question_has_the_same_answer_again() -> None:
    once, again = (shares("navoiy-kaplanbek", Direction.TO_KZ, Mode.TRUCK, BACK_THEN) for _ in range(2))
    assert np.array_equal(once, again)


@pytest.mark.parametrize("at", [BACK_THEN, datetime(2026, 11, 21, tzinfo=UTC)])
def test_every_turn_is_as_if_it_had_been_reckoned_step_by_step_for_itself(at: datetime) -> None:
    """In every step that begins as it ends."""
    told = bulletins(at)
    lanes = lanes_of(told, at)[::5]
    found = turns(told, lanes, at, A_DAY).shares
    calm = 0
    for number, post, turn, step in product(range(len(lanes)), (0, 1), range(TURNS), range(0, A_DAY, 5)):
        bulletin, traveller = told[lanes[number][0]], typical(lanes[number])
        side = (traveller.direction.exit_side, traveller.direction.entry_side)[post]
        begins = at + step * STEP
        first, last = (
            _left_of(bulletin, side, traveller, turn, then) for then in (begins, begins + STEP - TICK)
        )
        if first == last:
            assert found[turn, number, post, step] == first
            calm += 1
    assert calm > 0.98 * found[..., ::5].size


def _left_of(bulletin: Bulletin, side: Side, traveller: Traveller, turn: int, at: datetime) -> float:
    """The share of a post's capacity in one turn at an instant."""
    bearings = standing(bulletin, side, traveller, at)
    version = bulletin.hours_version(side, traveller.mode, bulletin.local_date(side, at))
    changed = [bearing.effect.hours for bearing in bearings if bearing.effect.hours]
    rules = changed[-1:] or [account.rule for account in (version.accounts if version else ())]
    if rules:
        rule = rules[int(luck(f"{bulletin.code} {side} hours", turn) * len(rules))]
        if rule is not None and bulletin.within(rule, side, at) is False:
            return 0.0
    left = [1.0]
    for bearing in bearings:
        effect = bearing.effect
        over = bearing.phase is Phase.LAPSED and at >= real_end(effect.window, bearing.ref, turn)
        if effect.what is What.CLOSED and not over:
            left.append(0.0)
        elif effect.what is What.RESTRICTED and not over:
            unstated = RESTRICTED_FROM + (RESTRICTED_TO - RESTRICTED_FROM) * luck(bearing.ref, turn)
            left.append(unstated if effect.capacity_share is None else effect.capacity_share)
    return round(min(left), 9)


def test_lanes_are_those_that_nobody_rules_out() -> None:
    lanes = lanes_of(bulletins(BACK_THEN), BACK_THEN)
    assert ("malik-syrdarya", Direction.TO_KZ, Mode.CAR) in lanes
    assert ("malik-syrdarya", Direction.TO_KZ, Mode.TRUCK) not in lanes
    assert ("najimov-kazygurt", Direction.TO_KZ, Mode.CAR) in lanes  # disputed is not ruled out
    assert not [code for code, _, mode in lanes if mode is Mode.TRUCK and code == "keles-saryagash"]


@pytest.mark.parametrize("mode", list(Mode))
def test_a_typical_traveller_leaves_nothing_open_that_a_notice_asks_for(mode: Mode) -> None:
    traveller = typical(("yallama-konysbayev", Direction.TO_KZ, mode))
    assert None not in (traveller.citizenship, traveller.plate, traveller.transit)
    assert (traveller.vehicle_mass_t is not None) is (mode is Mode.TRUCK)
