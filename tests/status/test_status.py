"""May this traveller pass here at this instant? Every way of saying yes, no and nobody knows."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import pytest

from services.core.crossings import Goods, Kind, Mode, Side, Verdict
from services.core.notices import Effect, End, What
from services.core.status import admission
from tests.status.made import (
    NOON,
    YESTERDAY,
    ask,
    codes,
    crossing,
    effect,
    hours,
    on_both,
    passes,
    posted,
    takes,
    told,
    traveller,
)

DAY = timedelta(days=1)
OPEN, CLOSED, UNCONFIRMED = Verdict.OPEN, Verdict.CLOSED, Verdict.UNCONFIRMED
UZ, KZ = Side.UZ, Side.KZ
ROAD = [mode for mode in Mode if mode.kind is Kind.ROAD]
CLOSED_TODAY = effect(What.CLOSED, YESTERDAY, NOON + DAY)


@dataclass(frozen=True)
class Case:
    """One situation and the reason that it must give, which is enough to find it among others."""

    code: str
    verdict: Verdict
    text: str
    where: dict[str, Any] = field(default_factory=dict)
    effects: tuple[Effect, ...] = ()
    who: dict[str, Any] = field(default_factory=dict)
    side: Side | None = None


UZ_ONLY, KZ_PLATES, NO_GOODS = {"citizens": ("UZ",)}, {"plates": ("KZ",)}, {"commercial_goods": False}
LAPSED = effect(What.CLOSED, YESTERDAY - DAY, YESTERDAY, end_is=End.ANNOUNCED, sides=(UZ,))
CASES = [
    Case("mode-served", OPEN, "takes car traffic"),
    Case("mode-not-served", CLOSED, "this is a rail crossing", where={"kind": Kind.RAIL}),
    Case("mode-not-served", CLOSED, "does not take car", where={"modes": [takes(ROAD, False, False)]}),
    Case("mode-unconfirmed", UNCONFIRMED, "sources disagree", where={"modes": [takes(ROAD, True, False)]}),
    Case("mode-unconfirmed", UNCONFIRMED, "no source says whether", where={"modes": [takes(ROAD)]}),
    Case("mode-unconfirmed", UNCONFIRMED, "no source says", where={"modes": [takes([Mode.TRUCK], True)]}),
    Case("not-opened", CLOSED, "not exist before 2026-03-11", where={"opened": date(2026, 3, 11)}),
    Case("access-unconfirmed", UNCONFIRMED, "who may pass", where={"access": []}),
    Case(
        "citizenship",
        CLOSED,
        "only citizens of UZ may pass",
        where={"access": [passes(UZ_ONLY)]},
        who={"citizenship": "TJ"},
    ),
    Case("citizenship-not-said", UNCONFIRMED, "is not said", where={"access": [passes(UZ_ONLY)]}),
    Case(
        "citizenship-unconfirmed",
        UNCONFIRMED,
        "sources disagree: only citizens of UZ",
        where={"access": [passes({}, UZ_ONLY)]},
        who={"citizenship": "TJ"},
    ),
    Case(
        "plate",
        CLOSED,
        "only vehicles registered in KZ",
        where={"access": [passes(KZ_PLATES)]},
        who={"plate": "UZ"},
    ),
    Case(
        "plate-not-said",
        UNCONFIRMED,
        "plates is not said",
        where={"access": [passes(KZ_PLATES)]},
        who={"citizenship": "UZ"},
    ),
    Case(
        "plate-unconfirmed",
        UNCONFIRMED,
        "sources disagree: only vehicles",
        where={"access": [passes(KZ_PLATES, {})]},
        who={"plate": "UZ"},
    ),
    Case(
        "goods",
        CLOSED,
        "no commercial goods",
        where={"access": [passes(NO_GOODS)]},
        who={"goods": Goods.PERISHABLE},
    ),
    Case(
        "goods-not-said",
        UNCONFIRMED,
        "what you carry is not said",
        where={"access": [passes(NO_GOODS)]},
        who={"mode": Mode.TRUCK},
    ),
    Case(
        "goods-unconfirmed",
        UNCONFIRMED,
        "sources disagree: no commercial goods",
        where={"access": [passes({}, NO_GOODS)]},
        who={"goods": Goods.COMMERCIAL},
    ),
    Case("in-hours", OPEN, "the UZ post is within its hours (24/7)", side=UZ),
    Case(
        "out-of-hours",
        CLOSED,
        "the KZ post is outside its hours (14:00-18:00)",
        where={"open_hours": on_both("14:00-18:00")},
        side=KZ,
    ),
    Case(
        "hours-unconfirmed",
        UNCONFIRMED,
        "not certain (24/7 or 14:00-18:00)",
        where={"open_hours": on_both("24/7", "14:00-18:00")},
        side=UZ,
    ),
    Case(
        "hours-unconfirmed",
        UNCONFIRMED,
        "not certain (nobody says)",
        where={"open_hours": {UZ: [], KZ: [hours("24/7")]}},
        side=UZ,
    ),
    Case(
        "hours-unconfirmed",
        UNCONFIRMED,
        "not certain (sunrise-sunset)",
        where={"open_hours": on_both("sunrise-sunset"), "places": {UZ: None, KZ: None}},
        side=KZ,
    ),
    Case("closed", CLOSED, "Something was announced", effects=(CLOSED_TODAY,)),
    Case("closed", CLOSED, "Something", effects=(effect(What.RESTRICTED, YESTERDAY, share=0.0),)),
    Case(
        "closed-depends",
        UNCONFIRMED,
        "(whether it concerns you depends on what you have not said)",
        effects=(effect(What.CLOSED, YESTERDAY, citizens=("TJ",)),),
    ),
    Case(
        "closed-doubted",
        UNCONFIRMED,
        "(whether it still holds nobody can tell)",
        effects=(
            effect(What.CLOSED, YESTERDAY - DAY),
            effect(What.REOPENED, YESTERDAY, NOON, end_is=End.ANNOUNCED),
        ),
    ),
    Case(
        "closed-doubted",
        UNCONFIRMED,
        "nobody can tell",
        where={"places": {UZ: None, KZ: None}},
        effects=(effect(What.CLOSED, YESTERDAY, recurs="sunrise-sunset"),),
    ),
    Case(
        "closure-lapsed",
        UNCONFIRMED,
        "(announced until 2026-03-09; nobody has confirmed the reopening)",
        effects=(LAPSED,),
        side=UZ,
    ),
    Case("restricted", UNCONFIRMED, "Something", effects=(effect(What.RESTRICTED, YESTERDAY),)),
    Case(
        "restriction-lapsed",
        UNCONFIRMED,
        "nobody has confirmed",
        effects=(effect(What.RESTRICTED, YESTERDAY, NOON, end_is=End.ANNOUNCED),),
    ),
    Case("remark-restricted", OPEN, "Something", effects=(effect(What.RESTRICTED, YESTERDAY, share=0.5),)),
    Case("remark-delay", OPEN, "Something", effects=(effect(What.DELAY, YESTERDAY),)),
    Case("remark-information", OPEN, "Something", effects=(effect(What.INFORMATION, YESTERDAY),)),
    Case("remark-reopened", OPEN, "Something", effects=(effect(What.REOPENED, YESTERDAY),)),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.code}: {case.text}")
def test_every_reason_has_a_code_a_verdict_and_a_sentence(case: Case) -> None:
    revisions = [told(*case.effects)] if case.effects else []
    answer = ask(*revisions, where=crossing(**case.where), who=traveller(**case.who))
    found = [one for one in (*answer.reasons, *answer.remarks) if one.code == case.code]
    assert answer.verdict is case.verdict
    assert [one.verdict for one in found] == [case.verdict] * len(found)
    assert any(case.text in one.text for one in found), answer
    if case.side:
        assert case.side in {one.side for one in found}


def test_an_open_crossing_gives_every_reason_for_it_and_each_names_its_source() -> None:
    answer = ask()
    assert answer.verdict is OPEN
    assert [(one.code, one.side, one.source) for one in answer.reasons] == [
        ("mode-served", None, "said"),
        ("in-hours", UZ, "said"),
        ("in-hours", KZ, "said"),
    ]
    assert answer.remarks == ()


def test_a_notice_is_named_by_its_revision_and_the_catalogue_by_its_source() -> None:
    [closed] = ask(told(CLOSED_TODAY, notice_id="gate", revision=3)).reasons
    [changed] = ask(
        told(effect(What.HOURS, YESTERDAY, rule="14:00-15:00", sides=(KZ,)), notice_id="gate")
    ).reasons
    assert (closed.notice, closed.source) == ("gate/3", None)
    assert (changed.code, changed.side) == ("out-of-hours", KZ)
    assert (changed.notice, changed.source) == ("gate/1", None)


@pytest.mark.parametrize(
    ("effects", "rules", "verdict", "deciding"),
    [
        ([], ["24/7"], OPEN, ["mode-served", "in-hours", "in-hours"]),
        ([effect(What.RESTRICTED, YESTERDAY)], ["24/7"], UNCONFIRMED, ["restricted"]),
        ([effect(What.RESTRICTED, YESTERDAY), CLOSED_TODAY], ["24/7"], CLOSED, ["closed"]),
        (
            [LAPSED],
            ["24/7", "14:00-18:00"],
            UNCONFIRMED,
            ["hours-unconfirmed", "closure-lapsed", "hours-unconfirmed"],
        ),
        ([LAPSED], ["14:00-18:00"], CLOSED, ["out-of-hours", "out-of-hours"]),
        ([effect(What.DELAY, YESTERDAY), LAPSED], ["24/7"], UNCONFIRMED, ["closure-lapsed"]),
    ],
)
def test_the_strictest_answer_is_the_status_and_only_its_reasons_decide(
    effects: list[Effect], rules: list[str], verdict: Verdict, deciding: list[str]
) -> None:
    revisions = [told(*effects)] if effects else []
    answer = ask(*revisions, where=crossing(open_hours=on_both(*rules)))
    assert answer.verdict is verdict
    assert sorted(codes(answer)) == sorted(deciding)


@pytest.mark.parametrize("mode", [mode for mode in Mode if mode.kind is Kind.RAIL])
def test_a_train_does_not_pass_a_road_crossing_and_nothing_else_is_said(mode: Mode) -> None:
    answer = ask(told(CLOSED_TODAY, effect(What.DELAY, YESTERDAY)), who=traveller(mode))
    assert (codes(answer), answer.remarks) == (["mode-not-served"], ())


@pytest.mark.parametrize(
    ("accounts", "who", "verdict"),
    [
        ([UZ_ONLY, {"citizens": ("UZ", "KZ")}], {"citizenship": "TJ"}, CLOSED),
        ([UZ_ONLY, {"citizens": ("UZ", "KZ")}], {"citizenship": "KZ"}, UNCONFIRMED),
        ([UZ_ONLY, {"citizens": ("UZ", "KZ")}], {"citizenship": "UZ"}, OPEN),
        ([UZ_ONLY, KZ_PLATES], {"citizenship": "TJ", "plate": "TJ"}, CLOSED),
        ([UZ_ONLY, KZ_PLATES], {"citizenship": "UZ", "plate": "TJ"}, UNCONFIRMED),
        ([UZ_ONLY, KZ_PLATES], {"citizenship": "TJ", "plate": "KZ"}, UNCONFIRMED),
        ([{**UZ_ONLY, **KZ_PLATES}], {"citizenship": "UZ", "plate": "KZ"}, OPEN),
        ([{**UZ_ONLY, **KZ_PLATES}], {"citizenship": "UZ", "plate": "UZ"}, CLOSED),
    ],
)
def test_sources_that_all_refuse_a_person_refuse_them_each_on_its_own_ground(
    accounts: list[dict[str, Any]], who: dict[str, Any], verdict: Verdict
) -> None:
    assert ask(where=crossing(access=[passes(*accounts)]), who=traveller(**who)).verdict is verdict


@pytest.mark.parametrize(
    ("mode", "said", "verdict"),
    [
        (Mode.CAR, {"citizenship": "KZ"}, OPEN),
        (Mode.CAR, {"citizenship": "UZ"}, UNCONFIRMED),
        (Mode.CAR, {}, UNCONFIRMED),
        (Mode.CAR, {"citizenship": "UZ", "plate": "KZ"}, OPEN),
        (Mode.BUS, {"citizenship": "KZ", "plate": "UZ"}, CLOSED),
        (Mode.PEDESTRIAN, {"citizenship": "UZ"}, OPEN),
        (Mode.PEDESTRIAN, {"plate": "UZ"}, OPEN),
    ],
)
def test_plates_that_are_not_said_are_those_of_home_if_those_may_pass_and_never_a_ground_to_refuse(
    mode: Mode, said: dict[str, Any], verdict: Verdict
) -> None:
    where = crossing(access=[passes(KZ_PLATES)])
    assert ask(where=where, who=traveller(mode, **said)).verdict is verdict


@pytest.mark.parametrize(
    ("mode", "goods", "verdict"),
    [
        (Mode.CAR, None, OPEN),
        (Mode.PEDESTRIAN, None, OPEN),
        (Mode.TRUCK, None, UNCONFIRMED),
        (Mode.TRUCK, Goods.PERSONAL, OPEN),
        (Mode.TRUCK, Goods.COMMERCIAL, CLOSED),
        (Mode.CAR, Goods.PERISHABLE, CLOSED),
    ],
)
def test_who_does_not_say_what_they_carry_carries_their_own_things_but_not_by_the_truckload(
    mode: Mode, goods: Goods | None, verdict: Verdict
) -> None:
    where = crossing(access=[passes(NO_GOODS)])
    assert ask(where=where, who=traveller(mode, goods=goods)).verdict is verdict


@pytest.mark.parametrize(
    ("selector", "who", "verdict"),
    [
        ({"citizens": ("TJ",)}, {"citizenship": "TJ"}, CLOSED),
        ({"citizens": ("TJ",)}, {"citizenship": "UZ"}, OPEN),
        ({"citizens": ("TJ",)}, {}, UNCONFIRMED),
        ({"citizens_except": ("UZ",)}, {}, UNCONFIRMED),
        ({"mass_over_t": 3.5}, {"mode": Mode.TRUCK}, CLOSED),
        ({"mass_up_to_t": 3.5}, {"mode": Mode.TRUCK}, OPEN),
        ({"mass_over_t": 20}, {"mode": Mode.TRUCK}, UNCONFIRMED),
        ({"mass_over_t": 3.5}, {"mode": Mode.CAR}, UNCONFIRMED),
        ({"mass_up_to_t": 3.5}, {"mode": Mode.CAR}, UNCONFIRMED),
        ({"mass_over_t": 3.5}, {"mode": Mode.TRUCK, "vehicle_mass_t": 3.5}, OPEN),
        ({"citizens": ("TJ",), "modes": (Mode.BUS,)}, {"mode": Mode.CAR}, OPEN),
        ({"goods": (Goods.PERISHABLE,)}, {}, UNCONFIRMED),
        ({"transit": True}, {}, UNCONFIRMED),
        ({"transit": True}, {"transit": False}, OPEN),
    ],
)
def test_a_closure_for_some_is_unconfirmed_for_whoever_may_be_one_of_them(
    selector: dict[str, Any], who: dict[str, Any], verdict: Verdict
) -> None:
    answer = ask(told(effect(What.CLOSED, YESTERDAY, **selector)), who=traveller(**who))
    assert answer.verdict is verdict


def test_what_both_sides_say_in_the_same_words_is_said_once_and_of_no_side() -> None:
    [reason] = ask(told(CLOSED_TODAY)).reasons
    assert (reason.code, reason.side) == ("closed", None)


def test_what_one_side_says_twice_is_said_once_and_of_that_side() -> None:
    everybody = effect(What.CLOSED, YESTERDAY, sides=(KZ,))
    cars = effect(What.CLOSED, YESTERDAY, sides=(KZ,), modes=(Mode.CAR,))
    [reason] = ask(told(everybody, cars)).reasons
    assert (reason.code, reason.side) == ("closed", KZ)


@pytest.mark.parametrize(
    ("effects", "rules", "held"),
    [
        ([CLOSED_TODAY], "24/7", True),
        ([effect(What.CLOSED, YESTERDAY, recurs="08:00-18:00")], "24/7", False),
        ([], "20:00-21:00", False),
        ([CLOSED_TODAY], "20:00-21:00", True),
        ([CLOSED_TODAY, effect(What.REOPENED, YESTERDAY, recurs="20:00-21:00")], "24/7", False),
        ([LAPSED], "24/7", False),
    ],
)
def test_a_crossing_is_held_shut_by_what_does_not_come_and_go_with_the_hour(
    effects: list[Effect], rules: str, held: bool
) -> None:
    revisions = [told(*effects)] if effects else []
    assert ask(*revisions, where=crossing(open_hours=on_both(rules))).held_shut is held


@pytest.mark.parametrize(
    ("where", "mode", "verdict"),
    [
        ({}, Mode.CAR, OPEN),
        ({}, Mode.PASSENGER_TRAIN, CLOSED),
        ({"modes": [takes(ROAD)]}, Mode.CAR, UNCONFIRMED),
        ({"opened": date(2027, 1, 1)}, Mode.CAR, CLOSED),
        ({"open_hours": on_both("20:00-21:00"), "access": [passes(UZ_ONLY)]}, Mode.CAR, OPEN),
    ],
)
def test_whether_a_mode_is_taken_at_all_is_asked_without_hours_notices_and_persons(
    where: dict[str, Any], mode: Mode, verdict: Verdict
) -> None:
    assert admission(posted(crossing(**where), told(CLOSED_TODAY)), traveller(mode), NOON) is verdict


def test_a_bulletin_holds_what_can_concern_somebody_here() -> None:
    about_others = [
        effect(What.CLOSED, NOON, crossings=("another",)),
        effect(What.CLOSED, NOON, modes=(Mode.FREIGHT_TRAIN,)),
    ]
    about_us = [effect(What.CLOSED, NOON, crossings=("another", "made-up")), effect(What.CLOSED, NOON)]
    bulletin = posted(crossing(), told(*about_others, *about_us))
    assert [one.effect for one in bulletin.announced] == about_us
    assert bulletin.code == "made-up"
