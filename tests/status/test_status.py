"""May this traveller pass here at this instant? Every way of saying yes, no and nobody knows."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from services.core.crossings import Crossing, Direction, Goods, Kind, Mode, Side, Traveller, Verdict
from services.core.notices import Effect, End, Revision, What
from services.core.status import Status, admission, status
from tests.status.made import crossing, effect, hours, instant, notice, passes, posted, takes, traveller

NOON = instant("2026-03-10T12:00")
HOUR, DAY, TICK = timedelta(hours=1), timedelta(days=1), timedelta(microseconds=1)
YESTERDAY, TOMORROW = NOON - DAY, NOON + DAY
OPEN, CLOSED, UNCONFIRMED = Verdict.OPEN, Verdict.CLOSED, Verdict.UNCONFIRMED
ROAD = [mode for mode in Mode if mode.kind is Kind.ROAD]
CLOSED_TODAY = effect(What.CLOSED, YESTERDAY, TOMORROW)


def on_both(*rules: str) -> dict[Side, list[Any]]:
    return {side: [hours(*rules)] for side in Side}


def told(*effects: Effect, at: datetime = YESTERDAY, **more: Any) -> Revision:
    return notice(*effects, told=at, **more)


def ask(
    *revisions: Revision,
    at: datetime = NOON,
    who: Traveller | None = None,
    where: Crossing | None = None,
    **holidays: Any,
) -> Status:
    return status(posted(where or crossing(), *revisions, **holidays), who or traveller(), at)


def codes(answer: Status) -> list[str]:
    return [reason.code for reason in answer.reasons]


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


UZ, KZ = Side.UZ, Side.KZ
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


@pytest.mark.parametrize(
    ("end_is", "before", "after"),
    [(End.KNOWN, CLOSED, OPEN), (End.ANNOUNCED, CLOSED, UNCONFIRMED)],
)
def test_a_known_end_opens_at_its_instant_and_an_announced_one_never_does(
    end_is: End, before: Verdict, after: Verdict
) -> None:
    closure = told(effect(What.CLOSED, YESTERDAY, NOON, end_is=end_is))
    instants = (YESTERDAY - TICK, YESTERDAY, NOON - TICK, NOON, NOON + 700 * DAY)
    assert [ask(closure, at=at).verdict for at in instants] == [OPEN, before, before, after, after]


def test_a_closure_without_an_end_goes_on_until_it_is_taken_back_and_no_longer() -> None:
    closure = effect(What.CLOSED, YESTERDAY)
    withdrawn = notice(closure, told=NOON, revision=2, kind="withdrawn")
    instants = (NOON - TICK, NOON, NOON + 700 * DAY)
    assert [ask(told(closure), at=at).verdict for at in instants] == [CLOSED] * 3
    assert [ask(told(closure), withdrawn, at=at).verdict for at in instants] == [CLOSED, OPEN, OPEN]


def test_what_was_not_told_yet_does_not_count_yet() -> None:
    where, closure = crossing(), notice(effect(What.CLOSED, YESTERDAY), told=NOON)
    before, now = (posted(where, closure, as_of=as_of) for as_of in (NOON - TICK, NOON))
    assert status(before, traveller(), NOON).verdict is OPEN
    assert status(now, traveller(), NOON).verdict is CLOSED


def test_an_amendment_takes_the_place_of_what_was_said_before() -> None:
    first = told(effect(What.CLOSED, YESTERDAY))
    then = notice(effect(What.RESTRICTED, YESTERDAY, share=0.5), told=NOON, revision=2, kind="amended")
    assert ask(first, then).verdict is OPEN


SHUT = effect(What.CLOSED, YESTERDAY)


@pytest.mark.parametrize(
    ("closure", "reopening", "who", "verdict"),
    [
        (SHUT, {}, {}, OPEN),
        (SHUT, {"sides": (UZ,)}, {}, CLOSED),
        (effect(What.CLOSED, YESTERDAY, sides=(UZ,)), {"sides": (UZ,)}, {}, OPEN),
        (effect(What.CLOSED, YESTERDAY, sides=(UZ,)), {"sides": (KZ,)}, {}, CLOSED),
        (SHUT, {"modes": (Mode.CAR,)}, {"mode": Mode.CAR}, OPEN),
        (SHUT, {"modes": (Mode.CAR,)}, {"mode": Mode.BUS}, CLOSED),
        (SHUT, {"directions": (Direction.TO_KZ,)}, {"direction": Direction.TO_KZ}, OPEN),
        (SHUT, {"directions": (Direction.TO_KZ,)}, {"direction": Direction.TO_UZ}, CLOSED),
        (SHUT, {"citizens": ("UZ",)}, {"citizenship": "UZ"}, OPEN),
        (SHUT, {"citizens": ("UZ",)}, {"citizenship": "KZ"}, CLOSED),
        (SHUT, {"citizens": ("UZ",)}, {}, UNCONFIRMED),
        (SHUT, {"crossings": ("another",)}, {}, CLOSED),
        (effect(What.RESTRICTED, YESTERDAY), {}, {}, OPEN),
        (effect(What.HOURS, YESTERDAY, rule="20:00-21:00"), {}, {}, OPEN),
        (effect(What.CLOSED, YESTERDAY, NOON, end_is=End.ANNOUNCED), {}, {}, OPEN),
        (effect(What.CLOSED, YESTERDAY, recurs="08:00-20:00"), {}, {}, OPEN),
    ],
)
def test_a_reopening_lifts_what_it_names_and_nothing_else(
    closure: Effect, reopening: dict[str, Any], who: dict[str, Any], verdict: Verdict
) -> None:
    reopened = effect(What.REOPENED, NOON - HOUR, **reopening)
    answer = ask(told(closure), told(reopened, notice_id="r"), who=traveller(**who))
    assert answer.verdict is verdict


@pytest.mark.parametrize(
    ("closed_from", "reopened_from", "verdict"),
    [
        (NOON - 3 * HOUR, NOON - 2 * HOUR, OPEN),
        (NOON - 2 * HOUR, NOON - 3 * HOUR, CLOSED),
        (NOON - 2 * HOUR, NOON - 2 * HOUR, OPEN),
        (NOON - 2 * HOUR, NOON + TICK, CLOSED),
        (NOON - 2 * HOUR, NOON, OPEN),
    ],
)
def test_a_reopening_lifts_what_began_before_it_and_is_told_after_what_began_with_it(
    closed_from: datetime, reopened_from: datetime, verdict: Verdict
) -> None:
    closure = told(effect(What.CLOSED, closed_from))
    reopening = told(effect(What.REOPENED, reopened_from), at=YESTERDAY + HOUR, notice_id="r")
    assert ask(closure, reopening).verdict is verdict


def test_a_closure_told_after_a_reopening_that_begins_with_it_stands() -> None:
    reopening = told(effect(What.REOPENED, NOON))
    closure = told(effect(What.CLOSED, NOON), at=YESTERDAY + HOUR, notice_id="c")
    assert ask(reopening, closure).verdict is CLOSED


@pytest.mark.parametrize(
    ("end_is", "verdicts"),
    [(End.KNOWN, [OPEN, CLOSED]), (End.ANNOUNCED, [OPEN, UNCONFIRMED])],
)
def test_when_a_reopening_is_over_the_closure_is_back_for_sure_only_if_its_end_was(
    end_is: End, verdicts: list[Verdict]
) -> None:
    closure = told(effect(What.CLOSED, YESTERDAY))
    for_a_while = told(effect(What.REOPENED, NOON - HOUR, NOON, end_is=end_is), notice_id="r")
    assert [ask(closure, for_a_while, at=at).verdict for at in (NOON - TICK, NOON)] == verdicts


def test_a_reopening_that_has_lapsed_is_not_told_as_something_that_the_traveller_has_not_said() -> None:
    lapsed = told(effect(What.REOPENED, NOON - HOUR, NOON, end_is=End.ANNOUNCED), notice_id="r")
    answer = ask(told(effect(What.CLOSED, YESTERDAY)), lapsed, who=traveller(citizenship="UZ"))
    assert codes(answer) == ["closed-doubted"]


def test_one_side_is_enough_to_be_shut_and_both_must_reopen() -> None:
    closure = told(effect(What.CLOSED, YESTERDAY))
    one = told(effect(What.REOPENED, NOON - HOUR, sides=(UZ,)), notice_id="uz")
    other = told(effect(What.REOPENED, NOON - HOUR, sides=(KZ,)), notice_id="kz")
    assert [ask(closure, *more).verdict for more in ([], [one], [other], [one, other])] == [
        CLOSED,
        CLOSED,
        CLOSED,
        OPEN,
    ]
    assert ask(closure, one).reasons[0].side is KZ


@pytest.mark.parametrize("direction", Direction)
@pytest.mark.parametrize("side", Side)
def test_each_post_shuts_both_directions(direction: Direction, side: Side) -> None:
    closure = told(effect(What.CLOSED, YESTERDAY, sides=(side,)))
    answer = ask(closure, who=traveller(direction=direction))
    assert [(reason.code, reason.side) for reason in answer.reasons] == [("closed", side)]


@pytest.mark.parametrize(
    ("changes", "verdict"),
    [
        ([{"rule": "20:00-21:00"}], CLOSED),
        ([{"rule": "20:00-21:00"}, {"rule": "24/7"}], OPEN),
        ([{"rule": "24/7"}, {"rule": "20:00-21:00"}], CLOSED),
        ([{"rule": "20:00-21:00", "citizens": ("UZ",)}], UNCONFIRMED),
        ([{"rule": "08:00-21:00", "citizens": ("UZ",)}], OPEN),
        ([{"rule": "20:00-21:00", "citizens": ("UZ",)}, {"rule": "24/7"}], OPEN),
    ],
)
def test_the_hours_that_began_last_count_and_those_that_may_not_count_leave_it_open(
    changes: list[dict[str, Any]], verdict: Verdict
) -> None:
    effects = [
        effect(What.HOURS, NOON - (10 - number) * HOUR, **change) for number, change in enumerate(changes)
    ]
    assert ask(told(*effects)).verdict is verdict


def test_hours_whose_announced_end_has_passed_count_only_where_they_agree_with_the_usual_ones() -> None:
    lapsed = told(effect(What.HOURS, YESTERDAY - DAY, YESTERDAY, end_is=End.ANNOUNCED, rule="08:00-13:00"))
    assert [ask(lapsed, at=at).verdict for at in (NOON, NOON + 2 * HOUR)] == [OPEN, UNCONFIRMED]


def test_announced_hours_do_where_the_catalogue_has_none() -> None:
    where = crossing(open_hours={side: [] for side in Side})
    assert ask(where=where).verdict is UNCONFIRMED
    assert ask(told(effect(What.HOURS, YESTERDAY, rule="08:00-18:00")), where=where).verdict is OPEN


def test_the_newest_version_for_a_mode_counts_from_its_local_midnight() -> None:
    versions = [
        hours("24/7"),
        hours("20:00-21:00", since=date(2026, 3, 10), modes=[Mode.CAR]),
        hours("24/7", since=date(2026, 3, 12)),
    ]
    where = crossing(open_hours=dict.fromkeys(Side, versions))
    midnight = instant("2026-03-10T00:00")
    instants = (midnight - TICK, midnight, midnight + 2 * DAY - TICK, midnight + 2 * DAY)
    assert [ask(where=where, at=at).verdict for at in instants] == [OPEN, CLOSED, CLOSED, OPEN]
    assert ask(where=where, at=midnight, who=traveller(Mode.BUS)).verdict is OPEN


def test_a_version_that_names_the_mode_goes_before_one_of_the_same_day_for_all() -> None:
    versions = [hours("20:00-21:00", modes=[Mode.CAR]), hours("24/7")]
    for order in (versions, versions[::-1]):
        where = crossing(open_hours=dict.fromkeys(Side, order))
        assert ask(where=where).verdict is CLOSED
        assert ask(where=where, who=traveller(Mode.BUS)).verdict is OPEN


def test_a_crossing_opens_when_its_day_has_begun_on_both_sides() -> None:
    where = crossing(opened=date(2020, 5, 1))
    in_almaty, in_tashkent = instant("2020-05-01T00:00+06:00"), instant("2020-05-01T00:00+05:00")
    instants = (in_almaty, in_tashkent - TICK, in_tashkent)
    assert [ask(where=where, at=at).verdict for at in instants] == [CLOSED, CLOSED, OPEN]


def test_dates_of_the_whole_crossing_are_days_by_the_uzbek_clock() -> None:
    modes = [takes(ROAD, False), takes(ROAD, True, since=date(2020, 5, 1))]
    access = [passes(UZ_ONLY), passes({}, since=date(2020, 5, 1))]
    midnight = instant("2020-05-01T00:00+05:00")
    who = traveller(citizenship="KZ")
    for where in (crossing(modes=modes), crossing(access=access)):
        assert ask(where=where, at=midnight - TICK, who=who).verdict is CLOSED
        assert ask(where=where, at=midnight, who=who).verdict is OPEN


@pytest.mark.parametrize(
    ("at", "uz", "kz"),
    [
        ("2026-03-10T07:59:59.999999+05:00", False, False),
        ("2026-03-10T08:00+05:00", True, True),
        ("2026-03-10T18:00+05:00", False, False),
        ("2024-02-28T07:30+05:00", False, True),
        ("2024-02-28T17:00+05:00", True, False),
        ("2024-02-29T08:00+05:00", True, True),
        ("2024-03-01T07:30+05:00", False, False),
        ("2024-03-01T08:00+05:00", True, True),
        ("2024-03-01T17:30+05:00", True, True),
    ],
)
def test_each_post_goes_by_its_own_clock_and_one_was_changed_in_2024(at: str, uz: bool, kz: bool) -> None:
    for side, within in ((UZ, uz), (KZ, kz)):
        by_day = effect(What.CLOSED, instant("2020-01-01T00:00"), recurs="08:00-18:00", sides=(side,))
        posts = {one: [hours("08:00-18:00" if one is side else "24/7")] for one in Side}
        assert (ask(told(by_day), at=instant(at)).verdict is CLOSED) is within
        assert (ask(where=crossing(open_hours=posts), at=instant(at)).verdict is OPEN) is within


@pytest.mark.parametrize(
    ("at", "verdict"),
    [
        ("2024-02-29T22:59+06:00", CLOSED),
        ("2024-02-29T23:00+06:00", OPEN),
        ("2024-02-29T23:59:59.999999+06:00", OPEN),
        ("2024-02-29T23:00+05:00", OPEN),
        ("2024-02-29T23:59:59.999999+05:00", OPEN),
        ("2024-03-01T00:00+05:00", CLOSED),
    ],
)
def test_the_hour_that_came_twice_at_almaty_was_within_the_hours_twice(at: str, verdict: Verdict) -> None:
    where = crossing(open_hours={UZ: [hours("24/7")], KZ: [hours("23:00-24:00")]})
    assert ask(where=where, at=instant(at)).verdict is verdict


@pytest.mark.parametrize(
    ("at", "verdict"),
    [
        ("2026-03-13T21:59", OPEN),
        ("2026-03-13T22:00", CLOSED),
        ("2026-03-14T05:59", CLOSED),
        ("2026-03-14T06:00", OPEN),
        ("2026-03-14T22:00", OPEN),
    ],
)
def test_a_closure_that_recurs_bites_only_then(at: str, verdict: Verdict) -> None:
    nightly = told(effect(What.CLOSED, instant("2026-03-01T00:00"), recurs="Mo-Fr 22:00-06:00"))
    assert ask(nightly, at=instant(at)).verdict is verdict


def test_a_recurring_closure_whose_announced_end_has_passed_is_unconfirmed_only_at_its_hours() -> None:
    lapsed = effect(What.CLOSED, YESTERDAY - DAY, YESTERDAY, end_is=End.ANNOUNCED, recurs="08:00-13:00")
    assert [ask(told(lapsed), at=at).verdict for at in (NOON, NOON + 2 * HOUR)] == [UNCONFIRMED, OPEN]


def test_holidays_are_those_of_the_state_whose_post_it_is() -> None:
    where = crossing(open_hours=on_both("08:00-18:00; PH off"))
    answers = [ask(where=where, holidays={side: frozenset({date(2026, 3, 10)})}).reasons[0] for side in Side]
    assert [(reason.code, reason.side) for reason in answers] == [("out-of-hours", UZ), ("out-of-hours", KZ)]


def test_a_notice_about_the_sun_for_every_crossing_does_not_break_one_that_nobody_can_place() -> None:
    nowhere = crossing(places={UZ: None, KZ: None})
    by_day = told(effect(What.HOURS, YESTERDAY, rule="sunrise-sunset"))
    assert ask(by_day).verdict is OPEN
    assert ask(by_day, where=nowhere).verdict is UNCONFIRMED


def test_an_answer_about_the_past_is_headed_as_the_notice_was_then() -> None:
    closure = effect(What.CLOSED, YESTERDAY - DAY)
    first = notice(closure, told=YESTERDAY, headline="Shut for a day")
    second = notice(closure, told=NOON, headline="Shut until summer", revision=2, kind="amended")
    instants = (YESTERDAY - HOUR, YESTERDAY, NOON - TICK, NOON)
    assert [ask(first, second, at=at).reasons[0].text for at in instants] == [
        "Shut for a day",
        "Shut for a day",
        "Shut for a day",
        "Shut until summer",
    ]


def test_a_lapsed_end_is_told_as_a_day_by_the_clock_of_the_post() -> None:
    midnight = instant("2020-03-08T19:00Z")
    lapsed = told(effect(What.CLOSED, YESTERDAY - 3000 * DAY, midnight, end_is=End.ANNOUNCED))
    assert "announced until 2020-03-09;" in ask(lapsed).reasons[0].text


def test_what_both_sides_say_in_the_same_words_is_said_once_and_of_no_side() -> None:
    [reason] = ask(told(CLOSED_TODAY)).reasons
    assert (reason.code, reason.side) == ("closed", None)


def test_what_one_side_says_twice_is_said_once_and_of_that_side() -> None:
    everybody = effect(What.CLOSED, YESTERDAY, sides=(KZ,))
    cars = effect(What.CLOSED, YESTERDAY, sides=(KZ,), modes=(Mode.CAR,))
    [reason] = ask(told(everybody, cars)).reasons
    assert (reason.code, reason.side) == ("closed", KZ)


@pytest.mark.parametrize("what", [What.DELAY, What.INFORMATION, What.REOPENED])
def test_a_remark_without_an_end_is_news_for_thirty_days_and_never_decides(what: What) -> None:
    remark = told(effect(what, NOON))
    assert [[one.code for one in ask(remark, at=at).remarks] for at in (NOON - TICK, NOON)] == [
        [],
        [f"remark-{what}"],
    ]
    late = [ask(remark, at=NOON + 30 * DAY - TICK), ask(remark, at=NOON + 30 * DAY)]
    assert [len(answer.remarks) for answer in late] == [1, 0]
    assert {answer.verdict for answer in late} == {OPEN}


def test_a_remark_with_an_end_is_told_until_then() -> None:
    remark = told(effect(What.DELAY, NOON, NOON + 60 * DAY))
    assert [len(ask(remark, at=at).remarks) for at in (NOON + 60 * DAY - TICK, NOON + 60 * DAY)] == [1, 0]


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


def test_the_sun_is_reckoned_at_the_other_post_where_a_post_has_no_place() -> None:
    where = crossing(open_hours=on_both("sunrise-sunset"))
    bulletin = posted(where)
    assert bulletin.locals[KZ].position == bulletin.locals[UZ].position
    assert [ask(where=where, at=at).verdict for at in (NOON, NOON + 11 * HOUR)] == [OPEN, CLOSED]
