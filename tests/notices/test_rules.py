"""Which revision of a notice counts, and whom its effects mean."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.core.crossings import Direction, Goods, Kind, Mode, Side
from services.core.notices import Revision, Selector, What, announced, bears_on, current, selects, sides
from services.core.notices.documents import NoticeFields, NoticeText
from services.core.notices.rules import told
from services.core.text import Language
from tests.status.made import CODE, crossing, effect, instant, notice, traveller

NOON = instant("2026-03-10T12:00")
HOUR, TICK = timedelta(hours=1), timedelta(microseconds=1)
SHUT, LATE = effect(What.CLOSED, NOON), effect(What.DELAY, NOON)

TRUCK, CAR, ON_FOOT = {"mode": Mode.TRUCK}, {"mode": Mode.CAR}, {"mode": Mode.PEDESTRIAN}
TRAIN = {"mode": Mode.PASSENGER_TRAIN}


@pytest.mark.parametrize(
    ("selector", "who", "meant"),
    [
        ({}, {}, True),
        ({"modes": (Mode.CAR, Mode.BUS)}, {"mode": Mode.BUS}, True),
        ({"modes": (Mode.CAR, Mode.BUS)}, TRUCK, False),
        ({"directions": (Direction.TO_UZ,)}, {"direction": Direction.TO_UZ}, True),
        ({"directions": (Direction.TO_UZ,)}, {"direction": Direction.TO_KZ}, False),
        ({"citizens": ("TJ", "KG")}, {"citizenship": "KG"}, True),
        ({"citizens": ("TJ", "KG")}, {"citizenship": "UZ"}, False),
        ({"citizens": ("TJ", "KG")}, {}, None),
        ({"citizens_except": ("UZ",)}, {"citizenship": "UZ"}, False),
        ({"citizens_except": ("UZ",)}, {"citizenship": "KZ"}, True),
        ({"citizens_except": ("UZ",)}, {}, None),
        ({"goods": (Goods.PERISHABLE,)}, {"goods": Goods.PERISHABLE}, True),
        ({"goods": (Goods.PERISHABLE,)}, {"goods": Goods.COMMERCIAL}, False),
        ({"goods": (Goods.PERISHABLE,)}, {}, None),
        ({"transit": True}, {"transit": True}, True),
        ({"transit": True}, {"transit": False}, False),
        ({"transit": False}, {"transit": False}, True),
        ({"transit": False}, {}, None),
        ({"mass_over_t": 3.5}, {**TRUCK, "vehicle_mass_t": 3.5}, False),
        ({"mass_over_t": 3.5}, {**TRUCK, "vehicle_mass_t": 3.501}, True),
        ({"mass_over_t": 3.5}, TRUCK, True),
        ({"mass_over_t": 2.0}, TRUCK, True),
        ({"mass_over_t": 3.6}, TRUCK, None),
        ({"mass_over_t": 3.5}, CAR, None),
        ({"mass_over_t": 3.5}, {**CAR, "vehicle_mass_t": 1.6}, False),
        ({"mass_over_t": 3.5}, {"mode": Mode.BUS}, None),
        ({"mass_over_t": 0.0}, ON_FOOT, False),
        ({"mass_over_t": 3.5}, TRAIN, False),
        ({"mass_up_to_t": 3.5}, {**TRUCK, "vehicle_mass_t": 3.5}, True),
        ({"mass_up_to_t": 3.5}, {**TRUCK, "vehicle_mass_t": 3.501}, False),
        ({"mass_up_to_t": 3.5}, TRUCK, False),
        ({"mass_up_to_t": 20.0}, TRUCK, None),
        ({"mass_up_to_t": 3.5}, CAR, None),
        ({"mass_up_to_t": 3.5}, ON_FOOT, True),
        ({"mass_up_to_t": 3.5}, TRAIN, False),
        ({"mass_over_t": 3.5, "mass_up_to_t": 12.0}, {**TRUCK, "vehicle_mass_t": 12.0}, True),
        ({"mass_over_t": 3.5, "mass_up_to_t": 12.0}, {**TRUCK, "vehicle_mass_t": 12.1}, False),
        ({"mass_over_t": 3.5, "mass_up_to_t": 12.0}, TRUCK, None),
        ({"citizens": ("TJ",), "transit": True}, {"citizenship": "TJ"}, None),
        ({"citizens": ("TJ",), "transit": True}, {"transit": False}, False),
        ({"crossings": ("another",), "sides": (Side.KZ,)}, {}, True),
    ],
)
def test_a_selector_means_a_traveller_surely_surely_not_or_perhaps(
    selector: dict[str, Any], who: dict[str, Any], meant: bool | None
) -> None:
    assert selects(Selector(**selector), traveller(**who)) is meant


SELECTORS = st.builds(
    Selector,
    modes=st.lists(st.sampled_from(Mode), max_size=2).map(tuple),
    citizens=st.lists(st.sampled_from(("UZ", "KZ", "TJ")), max_size=2).map(tuple),
    citizens_except=st.lists(st.sampled_from(("UZ", "KZ", "TJ")), max_size=2).map(tuple),
    mass_over_t=st.none() | st.sampled_from((2.0, 3.5, 20.0)),
    goods=st.lists(st.sampled_from(Goods), max_size=2).map(tuple),
    transit=st.sampled_from((None, True, False)),
)
SAID = st.fixed_dictionaries(
    {
        "mode": st.sampled_from(Mode),
        "citizenship": st.sampled_from(("UZ", "KZ", "TJ")),
        "vehicle_mass_t": st.sampled_from((1.0, 3.5, 12.0, 40.0)),
        "goods": st.sampled_from(Goods),
        "transit": st.booleans(),
    }
)


@given(SELECTORS, SAID)
def test_whoever_says_everything_is_meant_or_is_not(selector: Selector, said: dict[str, Any]) -> None:
    assert selects(selector, traveller(**said)) is not None


@given(SELECTORS, SAID, st.sampled_from(("citizenship", "goods", "transit")))
def test_saying_more_never_turns_a_sure_answer(selector: Selector, said: dict[str, Any], hidden: str) -> None:
    before = selects(selector, traveller(**{**said, hidden: None}))
    assert before is None or before is selects(selector, traveller(**said))


@pytest.mark.parametrize(
    ("selector", "kind", "bears"),
    [
        ({}, Kind.ROAD, True),
        ({"crossings": ("another", CODE)}, Kind.ROAD, True),
        ({"crossings": ("another",)}, Kind.ROAD, False),
        ({"modes": (Mode.FREIGHT_TRAIN,)}, Kind.ROAD, False),
        ({"modes": (Mode.FREIGHT_TRAIN,)}, Kind.RAIL, True),
        ({"modes": (Mode.FREIGHT_TRAIN, Mode.CAR)}, Kind.ROAD, True),
    ],
)
def test_an_effect_bears_on_the_crossings_that_it_names_and_whose_modes_it_names(
    selector: dict[str, Any], kind: Kind, bears: bool
) -> None:
    assert bears_on(effect(What.CLOSED, NOON, **selector), crossing(kind=kind)) is bears


def test_no_side_named_is_both_sides() -> None:
    assert sides(Selector()) == (Side.UZ, Side.KZ)
    assert sides(Selector(sides=(Side.KZ,))) == (Side.KZ,)


def a_history() -> list[Revision]:
    """Two notices in turns: a at 12 and 15 o'clock, b at 13 o'clock."""
    return [
        notice(SHUT, told=NOON, notice_id="a"),
        notice(SHUT, LATE, told=NOON + HOUR, notice_id="b"),
        notice(LATE, told=NOON + 3 * HOUR, notice_id="a", revision=2, kind="amended"),
    ]


@pytest.mark.parametrize(
    ("as_of", "refs"),
    [
        (NOON - TICK, []),
        (NOON, ["a/1"]),
        (NOON + HOUR - TICK, ["a/1"]),
        (NOON + HOUR, ["a/1", "b/1"]),
        (NOON + 3 * HOUR - TICK, ["a/1", "b/1"]),
        (NOON + 3 * HOUR, ["b/1", "a/2"]),
    ],
)
def test_the_newest_revision_told_by_then_counts_and_the_notice_that_spoke_last_comes_last(
    as_of: Any, refs: list[str]
) -> None:
    assert [revision.ref for revision in current(a_history(), as_of)] == refs
    assert [revision.ref for revision in current(reversed(a_history()), as_of)] == refs


def test_every_effect_counts_in_the_order_in_which_the_notices_spoke() -> None:
    effects = announced(a_history(), NOON + 3 * HOUR)
    assert [(one.revision.ref, one.effect.what, one.order) for one in effects] == [
        ("b/1", What.CLOSED, 0),
        ("b/1", What.DELAY, 1),
        ("a/2", What.DELAY, 2),
    ]
    assert [len(notice) for notice in told(a_history(), NOON + 3 * HOUR)] == [1, 2]


def test_a_withdrawn_notice_counts_until_it_was_withdrawn_and_only_then() -> None:
    withdrawal = notice(SHUT, told=NOON + HOUR, notice_id="a", revision=2, kind="withdrawn")
    [one] = announced([notice(SHUT, told=NOON, notice_id="a"), withdrawal], NOON + HOUR)
    [before] = announced([notice(SHUT, told=NOON, notice_id="a"), withdrawal], NOON + HOUR - TICK)
    assert (one.cut_off, before.cut_off) == (NOON + HOUR, None)


@pytest.mark.parametrize(
    ("at", "headline"),
    [
        (NOON - HOUR, "First"),
        (NOON, "First"),
        (NOON + HOUR - TICK, "First"),
        (NOON + HOUR, "Second"),
        (NOON + 9 * HOUR, "Second"),
    ],
)
def test_a_notice_is_headed_as_it_was_told_then_and_before_that_as_it_was_told_first(
    at: Any, headline: str
) -> None:
    first = notice(SHUT, told=NOON, headline="First")
    second = notice(SHUT, told=NOON + HOUR, headline="Second", revision=2, kind="amended")
    [one] = announced([second, first], NOON + HOUR)
    assert one.headline(at) == headline


@pytest.mark.parametrize(
    ("texts", "headline"),
    [
        ({Language.RUSSIAN: "Закрыто", Language.ENGLISH: "Shut"}, "Shut"),
        ({Language.KAZAKH: "Жабық", Language.RUSSIAN: "Закрыто"}, "Жабық"),
        ({Language.RUSSIAN: "Закрыто", Language.UZBEK: "Yopiq"}, "Yopiq"),
    ],
)
def test_one_line_about_a_notice_is_in_english_where_there_is_english(
    texts: dict[Language, str], headline: str
) -> None:
    spoken = {language: NoticeText(headline=text) for language, text in texts.items()}
    fields = NoticeFields(authority="Customs", effects=(SHUT,), texts=spoken)
    revision = notice(SHUT, told=NOON).model_copy(update={"notice": fields})
    assert revision.headline == headline


def test_old_news_is_no_longer_listed_and_bites_all_the_same() -> None:
    revision = notice(SHUT, told=NOON)
    fields = revision.notice.model_copy(update={"publish_until": NOON + HOUR})
    revision = revision.model_copy(update={"notice": fields})
    assert [revision.listed(at) for at in (NOON + HOUR - TICK, NOON + HOUR)] == [True, False]
    assert revision.bites(NOON + HOUR)


def test_a_notice_bites_while_one_of_its_effects_does_until_it_is_withdrawn() -> None:
    windows = (effect(What.CLOSED, NOON, NOON + HOUR), effect(What.DELAY, NOON + 2 * HOUR, NOON + 3 * HOUR))
    instants = (NOON - TICK, NOON, NOON + HOUR, NOON + 2 * HOUR, NOON + 3 * HOUR)
    standing = notice(*windows, told=NOON)
    taken_back = notice(*windows, told=NOON + 2 * HOUR, revision=2, kind="withdrawn")
    assert [standing.bites(at) for at in instants] == [False, True, False, True, False]
    assert [taken_back.bites(at) for at in instants] == [False, True, False, False, False]


@pytest.mark.parametrize(
    ("named", "concerned"), [((), True), ((CODE,), True), (("another",), False), (("another", CODE), True)]
)
def test_a_notice_that_names_no_crossing_concerns_all(named: tuple[str, ...], concerned: bool) -> None:
    assert notice(effect(What.CLOSED, NOON, crossings=named), told=NOON).concerns(CODE) is concerned
