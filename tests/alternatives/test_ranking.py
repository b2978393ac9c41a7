"""Where else, on the real border: who passes when they get there, in which order, and why not the rest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.core import crossings, notices
from services.core.advisories import Advisory
from services.core.alternatives import Alternative, Place, Ranking, Refused, Way, alternatives, roads_for
from services.core.board import Board, Computed, compile_board, inputs_from_files
from services.core.crossings import Direction, Goods, Kind, Mode, Side, Traveller, Verdict
from services.core.notices import Effect, Revision, What, Window
from services.core.places import Position
from services.core.status import status
from tests.makers import DAY, HOUR, TASHKENT, a_closure, a_notice, a_run, an_advisory

GISHTKOPRIK, KAPLANBEK, NAJIMOV = "gishtkoprik-zhibek-zholy", "navoiy-kaplanbek", "najimov-kazygurt"
YALLAMA, ATAMEKEN, DAWIT_ATA = "yallama-konysbayev", "sirdaryo-atameken", "dawit-ata-tazhen"
MALIK, OQOLTIN = "malik-syrdarya", "oqoltin-tselinny"
KELES, OAZIS, MAKTAARAL = "keles-saryagash", "karakalpakstan-oazis", "sirdaryo-maktaaral"

CATALOGUE = crossings.catalogue()
ROADS = roads_for(CATALOGUE)
HISTORY = list(notices.events().values())
NOON = datetime(2026, 4, 14, 12, tzinfo=TASHKENT)
NIGHT = NOON.replace(hour=22)
MINUTE = timedelta(minutes=1)

DRIVER = Traveller(Mode.CAR, Direction.TO_KZ, "UZ")
WALKER = Traveller(Mode.PEDESTRIAN, Direction.TO_KZ, "UZ")
TRUCKER = Traveller(Mode.TRUCK, Direction.TO_KZ, "UZ", goods=Goods.PERSONAL)


def a_board(*effects: Effect, at: datetime = NOON, advisories: Iterable[Advisory] = ()) -> Board:
    """The real catalogue on a day with no notice but, if there are effects, one told the day before."""
    inputs = inputs_from_files(CATALOGUE, (), at)
    notice = Revision(
        notice_id="n",
        revision=1,
        kind="published",
        published_at=at - DAY,
        recorded_at=at - DAY,
        notice=a_notice(*effects),
    )
    runs = (Computed(id=1, run=a_run(*advisories, at=at)),)
    return compile_board(
        inputs.model_copy(update={"revisions": (notice,) if effects else (), "runs": runs}), at
    )


def hours(code: str, rule: str, *sides: Side) -> Effect:
    """Other opening hours than the catalogue's."""
    selector = a_closure(code, sides=sides).selector
    return Effect(what=What.HOURS, selector=selector, window=Window(start=NOON - DAY), hours=rule)


def ranked(
    board: Board,
    who: Traveller = DRIVER,
    at: datetime = NOON,
    meant: str | None = GISHTKOPRIK,
    origin: Place | Position | None = None,
    destination: Place | None = None,
    turn: datetime | None = None,
) -> Ranking:
    return alternatives(board, ROADS, who, at, Way(meant, origin, destination), turn=turn)


def codes(found: Iterable[Alternative | Refused]) -> list[str]:
    return [one.code for one in found]


def one(found: Iterable[Alternative], code: str) -> Alternative:
    return next(it for it in found if it.code == code)


def why_not(ranking: Ranking, code: str) -> str:
    return "; ".join(next(it.reasons for it in ranking.refused if it.code == code))


@pytest.mark.parametrize(
    ("who", "passing"),
    [
        (DRIVER, [KAPLANBEK, YALLAMA, MALIK, OQOLTIN, DAWIT_ATA]),
        (Traveller(Mode.CAR, Direction.TO_KZ, "DE"), [KAPLANBEK, YALLAMA, DAWIT_ATA]),
        (Traveller(Mode.CAR, Direction.TO_KZ, "KZ"), [KAPLANBEK, YALLAMA, MALIK, OQOLTIN, DAWIT_ATA]),
        (TRUCKER, [NAJIMOV, KAPLANBEK, YALLAMA, ATAMEKEN, DAWIT_ATA]),
        (Traveller(Mode.BUS, Direction.TO_KZ, "UZ"), [KAPLANBEK, DAWIT_ATA, KELES, OAZIS]),
        (WALKER, [KAPLANBEK, YALLAMA, MALIK, OQOLTIN, DAWIT_ATA, KELES, OAZIS]),
    ],
    ids=["driver", "German driver", "Kazakh driver", "trucker", "bus", "walker"],
)
def test_by_day_without_notices_these_pass_in_this_order(who: Traveller, passing: list[str]) -> None:
    found = [it for it in codes(ranked(a_board(), who).items) if it != MAKTAARAL]
    assert found == passing


def test_who_may_not_pass_is_told_who_may() -> None:
    ranking = ranked(a_board(), Traveller(Mode.CAR, Direction.TO_KZ, "DE"))
    assert why_not(ranking, MALIK) == why_not(ranking, OQOLTIN) == "only citizens of UZ, KZ may pass"


def test_who_does_not_say_their_citizenship_may_pass_but_not_for_sure() -> None:
    ranking = ranked(a_board(), Traveller(Mode.CAR, Direction.TO_KZ))
    assert one(ranking.items, MALIK).verdict is Verdict.UNCONFIRMED
    sure = [it.verdict is Verdict.OPEN for it in ranking.items]
    assert sure == sorted(sure, reverse=True)
    assert "not said" in one(ranking.items, MALIK).reasons[0]


def test_commercial_goods_go_where_they_are_let_through() -> None:
    personal, commercial = (
        ranked(a_board(), Traveller(Mode.CAR, Direction.TO_KZ, "UZ", goods=goods))
        for goods in (Goods.PERSONAL, Goods.COMMERCIAL)
    )
    assert {MALIK, OQOLTIN} <= {*codes(personal.items)}
    assert {MALIK, OQOLTIN} & {*codes(commercial.items)} == set()
    assert why_not(commercial, MALIK) == "no commercial goods"


@pytest.mark.parametrize(
    ("mass", "passes"), [(None, False), (40.0, False), (3.6, False), (3.5, True), (2.0, True)]
)
def test_a_limit_of_mass_turns_away_who_is_over_it(mass: float | None, passes: bool) -> None:
    board = a_board(a_closure(YALLAMA, start=NOON - DAY, modes=(Mode.TRUCK,), mass_over_t=3.5))
    who = Traveller(Mode.TRUCK, Direction.TO_KZ, "UZ", vehicle_mass_t=mass, goods=Goods.PERSONAL)
    assert (YALLAMA in codes(ranked(board, who).items)) is passes


@pytest.mark.parametrize("side", Side)
@pytest.mark.parametrize("direction", Direction)
def test_a_closure_on_either_side_shuts_both_directions(side: Side, direction: Direction) -> None:
    board = a_board(a_closure(KAPLANBEK, start=NOON - DAY, sides=(side,)))
    who = Traveller(Mode.CAR, direction, "UZ")
    assert KAPLANBEK in codes(ranked(a_board(), who).items)
    ranking = ranked(board, who)
    assert KAPLANBEK not in codes(ranking.items)
    assert why_not(ranking, KAPLANBEK) == "Closed for repairs"


@pytest.mark.parametrize("side", Side)
def test_hours_of_either_side_count_at_the_instant_of_arriving(side: Side) -> None:
    arrive = NOON + ROADS.between(GISHTKOPRIK, YALLAMA, Side.UZ).minutes * MINUTE
    for minutes, passes in ((-2, False), (2, True)):
        rule = f"08:00-{arrive + minutes * MINUTE:%H:%M}"
        ranking = ranked(a_board(hours(YALLAMA, rule, side)))
        assert (YALLAMA in codes(ranking.items)) is passes
        if not passes:
            assert f"the {side.upper()} post is outside its hours" in why_not(ranking, YALLAMA)


def test_what_is_closed_now_and_open_on_arrival_passes_and_the_other_way_round() -> None:
    reopens = a_closure(YALLAMA, start=NOON - DAY, end=NOON + HOUR)
    shuts = a_closure(KAPLANBEK, start=NOON + 10 * MINUTE)
    ranking = ranked(a_board(reopens, shuts))
    assert YALLAMA in codes(ranking.items)
    assert KAPLANBEK not in codes(ranking.items)


def test_by_night_the_posts_of_the_day_are_shut() -> None:
    ranking = ranked(a_board(at=NIGHT), at=NIGHT)
    assert codes(ranking.items) == [YALLAMA, DAWIT_ATA]
    assert "outside its hours" in why_not(ranking, MALIK)


def test_a_long_drive_ends_when_the_post_opens_and_the_idle_hours_count() -> None:
    found = one(ranked(a_board(hours(DAWIT_ATA, "11:00-12:00"))).items, DAWIT_ATA)
    assert f"{found.arrive_at.astimezone(TASHKENT):%H:%M}" == "11:00"
    assert found.idle_minutes > 0
    assert found.cost_minutes == pytest.approx((found.arrive_at - NOON) / MINUTE)


def test_waits_count_like_minutes_on_the_road() -> None:
    near, far = (ROADS.between(GISHTKOPRIK, code, Side.UZ).minutes for code in (KAPLANBEK, YALLAMA))
    for wait, first in ((far - near - 5, KAPLANBEK), (far - near + 5, YALLAMA)):
        board = a_board(advisories=[an_advisory(KAPLANBEK, wait, at=NOON), an_advisory(YALLAMA, 0, at=NOON)])
        ranking = ranked(board)
        assert ranking.items[0].code == first
        kaplanbek = one(ranking.items, KAPLANBEK)
        assert kaplanbek.wait is not None
        assert kaplanbek.wait.p50 == wait
        assert kaplanbek.cost_minutes == pytest.approx(near + wait)


def two_as_good(kaplanbek: float, yallama: float, **of_yallama: Any) -> Board:
    """Both about as far in all, and nothing else near; travellers expected at each."""
    near, far = (ROADS.between(GISHTKOPRIK, code, Side.UZ).minutes for code in (KAPLANBEK, YALLAMA))
    shut = a_closure(MALIK, OQOLTIN, start=NOON - DAY)
    waits = [
        an_advisory(KAPLANBEK, far - near + 60, at=NOON, coming=kaplanbek),
        an_advisory(YALLAMA, 63, at=NOON, coming=yallama, **of_yallama),
        an_advisory(DAWIT_ATA, 0, at=NOON + DAY, hours_ahead=0, coming=10.0),
    ]
    return a_board(shut, a_closure(DAWIT_ATA, start=NOON - DAY), advisories=waits)


def firsts(board: Board, turns: int, **asked: Any) -> Counter[str]:
    every = timedelta(seconds=30)
    return Counter(ranked(board, turn=NOON + turn * every, **asked).items[0].code for turn in range(turns))


def test_those_as_good_as_the_best_stand_first_in_proportion_to_the_travellers_expected() -> None:
    counted = firsts(two_as_good(300, 100), 120)
    assert counted[KAPLANBEK] / 120 == pytest.approx(0.75, abs=0.03)
    assert counted[YALLAMA] / 120 == pytest.approx(0.25, abs=0.03)


def test_without_a_turn_the_best_is_first_and_ties_are_marked_all_the_same() -> None:
    ranking = ranked(two_as_good(300, 100))
    assert [(it.code, it.as_good_as_first) for it in ranking.items] == [(KAPLANBEK, True), (YALLAMA, True)]


def test_answers_that_hold_until_the_same_instant_name_the_same_first() -> None:
    board = two_as_good(100, 100)
    for turn in (NOON + timedelta(seconds=30) * number for number in range(20)):
        orders = {
            tuple(codes(ranked(board, at=NOON + second, turn=turn).items)) for second in (MINUTE / 3, MINUTE)
        }
        assert len(orders) == 1


def test_the_board_and_the_question_decide_where_in_the_round_an_answer_stands() -> None:
    board = two_as_good(100, 100)
    asked = [DRIVER, replace(DRIVER, citizenship="KZ"), replace(DRIVER, goods=Goods.PERSONAL)]
    rounds = [[ranked(board, who, turn=NOON + MINUTE * n).items[0].code for n in range(30)] for who in asked]
    assert len({tuple(one) for one in rounds}) == len(asked)


def test_what_is_a_tenth_longer_never_stands_first() -> None:
    near, far = (ROADS.between(GISHTKOPRIK, code, Side.UZ).minutes for code in (KAPLANBEK, YALLAMA))
    waits = [an_advisory(KAPLANBEK, 0, at=NOON, coming=1.0), an_advisory(YALLAMA, 0, at=NOON, coming=9e9)]
    assert near * 1.1 < far
    closed = a_closure(MALIK, OQOLTIN, DAWIT_ATA, start=NOON - DAY)
    board = a_board(closed, advisories=waits)
    assert firsts(board, 50).keys() == {KAPLANBEK}
    assert not any(it.as_good_as_first for it in ranked(board).items)


def test_the_odds_are_told_where_every_wait_is_known_and_nowhere_else() -> None:
    known = ranked(two_as_good(1, 1)).items
    assert sum(it.odds.best for it in known if it.odds) == pytest.approx(1)
    assert all(it.odds and it.odds.p50_minutes == pytest.approx(it.cost_minutes) for it in known)
    partly = ranked(a_board(advisories=[an_advisory(KAPLANBEK, 5, at=NOON)]))
    assert not any(it.odds or it.as_good_as_first for it in partly.items)


def test_of_a_doubtful_wait_the_reasons_say_why_only_a_range_is_told() -> None:
    doubted = one(ranked(two_as_good(1, 1, reasons=("capacity-unknown",))).items, YALLAMA)
    assert doubted.doubts == ("capacity-unknown",)
    assert "more people than usual are expected, and nobody says how many can pass here" in doubted.reasons
    assert doubted.wait
    assert doubted.told_wait == doubted.wait.model_copy(update={"p50": None})
    known = one(ranked(two_as_good(1, 1)).items, YALLAMA)
    assert (known.doubts, known.told_wait) == ((), known.wait)


def test_a_wait_without_an_end_in_sight_comes_after_every_other() -> None:
    board = a_board(advisories=[an_advisory(KAPLANBEK, None, at=NOON), an_advisory(YALLAMA, 4000, at=NOON)])
    order = codes(ranked(board).items)
    assert order.index(KAPLANBEK) > order.index(YALLAMA)


@pytest.mark.parametrize(("minutes", "shuts_first"), [(30, False), (12 * 60, True), (None, True)])
def test_whoever_would_wait_past_the_closing_is_told(minutes: float | None, shuts_first: bool) -> None:
    waits = [an_advisory(YALLAMA, minutes, at=NOON)]
    reasons = one(ranked(a_board(hours(YALLAMA, "08:00-20:00"), advisories=waits)).items, YALLAMA).reasons
    assert ("it may shut for the night before your turn comes" in reasons) is shuts_first


def test_nobody_shuts_before_your_turn_where_it_is_open_day_and_night() -> None:
    board = a_board(advisories=[an_advisory(YALLAMA, 3000, at=NOON)])
    assert not any("shut" in reason for reason in one(ranked(board).items, YALLAMA).reasons)


def test_an_unknown_wait_is_called_unknown_and_counts_as_none() -> None:
    found = one(ranked(a_board()).items, KAPLANBEK)
    assert (found.wait, found.basis) == (None, None)
    assert found.cost_minutes == pytest.approx(found.road_minutes)
    assert found.reasons[-1] == "nobody can say how long the wait is"


def test_only_a_far_crossing_is_left_and_the_advice_says_how_far() -> None:
    board = a_board(a_closure(KAPLANBEK, YALLAMA, MALIK, OQOLTIN, start=NOON - DAY))
    ranking = ranked(board)
    (left,) = ranking.items
    assert left.code == DAWIT_ATA
    assert (
        ranking.advice
        == f"Nothing else near passes: the nearest is {DAWIT_ATA}, {left.detour_km:,.0f} km away by road."
    )


def test_a_walker_is_told_of_the_train_and_a_driver_is_not() -> None:
    near = (KAPLANBEK, YALLAMA, MALIK, OQOLTIN)
    board = a_board(a_closure(*near, DAWIT_ATA, start=NOON - DAY))
    walking, driving = ranked(board, WALKER), ranked(board)
    assert {it.mode for it in walking.items} == {Mode.PASSENGER_TRAIN}
    assert walking.advice == f"Nothing else passes by road then; what remains is the train by {KELES}."
    assert (driving.items, driving.advice) == (
        (),
        "No other crossing that we know passes for you then. Wait, or ask the border service.",
    )
    far = ranked(a_board(a_closure(*near, start=NOON - DAY)), WALKER)
    assert far.advice is not None
    assert far.advice.startswith(f"Nothing else near passes: the train by {KELES}, or {DAWIT_ATA}, ")


def test_ones_own_mode_comes_before_the_train_however_near_the_station() -> None:
    modes = [it.mode for it in ranked(a_board(), WALKER).items]
    assert modes == sorted(modes, key=lambda mode: mode is Mode.PASSENGER_TRAIN)


@pytest.mark.parametrize("mode", [Mode.FREIGHT_TRAIN, Mode.PASSENGER_TRAIN])
def test_a_crossing_without_a_place_is_named_and_stops_nothing(mode: Mode) -> None:
    ranking = ranked(a_board(), Traveller(mode, Direction.TO_KZ, "UZ"), meant=KELES)
    assert codes(ranking.items) == [OAZIS]
    assert why_not(ranking, MAKTAARAL) == f"no source gives the place of {MAKTAARAL!r} on the side of uz"


def test_instead_of_a_crossing_without_a_place_the_way_starts_where_one_is() -> None:
    origin = Position(lat=41.31, lon=69.28)
    ranking = ranked(
        a_board(), Traveller(Mode.FREIGHT_TRAIN, Direction.TO_KZ), meant=MAKTAARAL, origin=origin
    )
    assert codes(ranking.items) == [KELES, OAZIS]
    assert ranked(a_board(), meant=MAKTAARAL).items == ()


def place(name: str) -> Place:
    return ROADS.gazetteer.find(name)[0]


@pytest.mark.parametrize(
    ("origin", "first"),
    [("tashkent", KAPLANBEK), ("samarkand", OQOLTIN), ("nukus", DAWIT_ATA), ("guliston", MALIK)],
)
def test_from_where_one_starts_the_nearest_comes_first(origin: str, first: str) -> None:
    ranking = ranked(a_board(), meant=None, origin=place(origin))
    assert ranking.items[0].code == first
    costs = [it.cost_minutes for it in ranking.items]
    assert costs == sorted(costs)
    leg = ROADS.minutes(place(origin), first, Side.UZ, Mode.CAR)
    assert (ranking.items[0].road_minutes, ranking.items[0].road_km) == (leg.minutes, leg.km)


def test_the_detour_is_what_the_whole_way_is_longer() -> None:
    tashkent, shymkent = place("tashkent"), place("shymkent")
    ranking = ranked(a_board(), origin=tashkent, destination=shymkent)

    def whole(code: str) -> float:
        there = ROADS.minutes(tashkent, code, Side.UZ, Mode.CAR)
        return there.km + ROADS.minutes(shymkent, code, Side.KZ, Mode.CAR).km

    for it in ranking.items:
        assert it.detour_km == pytest.approx(max(0.0, whole(it.code) - whole(GISHTKOPRIK)))
        assert it.onward_minutes == ROADS.minutes(shymkent, it.code, Side.KZ, Mode.CAR).minutes


def test_the_way_beyond_the_border_counts() -> None:
    def gained(destination: str) -> float:
        """Minutes by which Kaplanbek is better than Yallama."""
        items = ranked(a_board(), origin=place("tashkent"), destination=place(destination)).items
        return one(items, YALLAMA).cost_minutes - one(items, KAPLANBEK).cost_minutes

    assert gained("almaty") > gained("kyzylorda")


instants = st.integers(0, 6 * 365 * 24).map(lambda hour: datetime(2020, 6, 1, tzinfo=TASHKENT) + hour * HOUR)
travellers = st.builds(
    Traveller,
    mode=st.sampled_from(Mode),
    direction=st.sampled_from(Direction),
    citizenship=st.sampled_from([None, "UZ", "KZ", "DE"]),
    vehicle_mass_t=st.sampled_from([None, 2.0, 20.0]),
    goods=st.sampled_from([None, *Goods]),
)


@settings(max_examples=60, deadline=None)
@given(who=travellers, at=instants, meant=st.sampled_from([*CATALOGUE]))
def test_at_any_time_of_the_past_everybody_is_told_of_every_other_crossing_once(
    who: Traveller, at: datetime, meant: str
) -> None:
    board = compile_board(inputs_from_files(CATALOGUE, HISTORY, at), at)
    ranking = ranked(board, who, at, meant)
    told = [(it.code, it.mode) for it in ranking.items] + [(it.code, it.mode) for it in ranking.refused]
    assert len(told) == len(set(told))
    same_kind = {code for code, it in CATALOGUE.items() if it.kind is who.mode.kind} - {meant}
    assert same_kind == {code for code, mode in told if mode is who.mode}
    assert all(CATALOGUE[code].kind is Kind.RAIL for code, mode in told if mode is not who.mode)
    for it in ranking.items:
        there = status(board.bulletin(it.code), replace(who, mode=it.mode), it.arrive_at)
        assert it.verdict is there.verdict is not Verdict.CLOSED
        assert it.arrive_at >= at
        assert it.reasons
    assert all(it.reasons for it in ranking.refused)
    assert ranking.items or ranking.advice
