"""Where the two sides contradict each other, what each says, and what is no contradiction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.core.crossings import Direction, Goods, Mode, Side, Traveller, Verdict
from services.core.notices import Effect, End, Revision, What
from services.core.spans import Span
from services.core.status import (
    About,
    Disagreement,
    Word,
    changes_at,
    contradictions,
    disagreements,
    status,
    valid_until,
)
from services.core.text import Language
from tests.status import real
from tests.status.made import (
    MALIK,
    NOON,
    YESTERDAY,
    crossing,
    effect,
    instant,
    notice,
    posted,
    takes,
    traveller,
)

TICK, MINUTE = timedelta(microseconds=1), timedelta(minutes=1)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
UZ, KZ = Side.UZ, Side.KZ
SHUT, END, HOURS, CAPACITY = About.SHUT, About.END, About.HOURS, About.CAPACITY
ANNOUNCED = End.ANNOUNCED


def said(by: Side | None, *effects: Effect, at: datetime = YESTERDAY, **more: Any) -> Revision:
    """A notice of one side, or of both; told yesterday, unless the case says when."""
    own = (by,) if by else ()
    meant = [
        one.model_copy(update={"selector": one.selector.model_copy(update={"sides": own})}) for one in effects
    ]
    return notice(*meant, told=at, **{"notice_id": by or "both", **more})


def closed(start: datetime = YESTERDAY, end: datetime | None = None, **more: Any) -> Effect:
    return effect(What.CLOSED, start, end, **more)


def reopened(start: datetime = NOON - HOUR, end: datetime | None = None, **more: Any) -> Effect:
    return effect(What.REOPENED, start, end, **more)


def limited(share: float | None, **more: Any) -> Effect:
    return effect(What.RESTRICTED, YESTERDAY, share=share, **more)


def works(rule: str, **more: Any) -> Effect:
    return effect(What.HOURS, YESTERDAY, rule=rule, **more)


def differ(
    *revisions: Revision, at: datetime = NOON, who: Traveller | None = None
) -> tuple[Disagreement, ...]:
    return disagreements(posted(crossing(), *revisions), who or traveller(), at)


def abouts(*revisions: Revision, at: datetime = NOON, who: Traveller | None = None) -> list[About]:
    return [one.about for one in differ(*revisions, at=at, who=who)]


APRIL, MAY = instant("2026-04-01T00:00"), instant("2026-05-01T00:00")
UZ_SHUT = said(UZ, closed())
UZ_SHUT_TO_APRIL = said(UZ, closed(end=APRIL))


LONG_OPEN = [
    said(side, reopened(YESTERDAY - 2 * DAY), at=YESTERDAY - 2 * DAY, notice_id=f"long open {side}")
    for side in Side
]
"""Words about the same crossing from before all the others."""

KZ_OPENED_BOTH = notice(
    effect(What.DELAY, YESTERDAY, sides=(KZ,)), reopened(), told=YESTERDAY, notice_id="for both"
)
"""It speaks for the Kazakh side, and names none in what it reopens."""

CASES: dict[str, tuple[list[Revision], list[About]]] = {
    "one side holds shut what the other reopened": ([UZ_SHUT, said(KZ, reopened())], [SHUT]),
    "one side holds shut what both had shut and the other reopened": (
        [said(None, closed()), said(KZ, reopened())],
        [SHUT],
    ),
    "one side leaves no capacity at all to what the other reopened": (
        [said(UZ, limited(0)), said(KZ, reopened())],
        [SHUT],
    ),
    "a reopening that began before the closure and was told before it says nothing of it": (
        [said(KZ, reopened(YESTERDAY - DAY), at=YESTERDAY - DAY), UZ_SHUT],
        [],
    ),
    "a reopening that began before the closure and was told after it denies it": (
        [UZ_SHUT, said(KZ, reopened(YESTERDAY - DAY), at=YESTERDAY + HOUR)],
        [SHUT],
    ),
    "a reopening whose words alone were changed after the closure was told says nothing of it": (
        [
            said(KZ, reopened(YESTERDAY - DAY), at=YESTERDAY - DAY),
            UZ_SHUT,
            said(KZ, reopened(YESTERDAY - DAY), at=NOON - HOUR, revision=2, kind="amended"),
        ],
        [],
    ),
    "a closure that is prolonged after the reopening is still denied by it": (
        [
            UZ_SHUT_TO_APRIL,
            said(KZ, reopened(), at=NOON - HOUR),
            said(UZ, closed(end=MAY), at=NOON, revision=2, kind="amended"),
        ],
        [SHUT],
    ),
    "both reopened": ([said(None, closed()), said(UZ, reopened()), said(KZ, reopened(), notice_id="k")], []),
    "a reopening that names no side is the word of both": (
        [UZ_SHUT, said(None, reopened())],
        [],
    ),
    "a reopening that names no side, in a notice that speaks for the other side, is its word alone": (
        [UZ_SHUT, KZ_OPENED_BOTH],
        [SHUT],
    ),
    "a reopening whose announced end has passed denies nothing any more": (
        [UZ_SHUT, said(KZ, reopened(end=NOON, end_is=ANNOUNCED))],
        [],
    ),
    "the side that reopened has shut again": (
        [UZ_SHUT, said(KZ, reopened()), said(KZ, closed(NOON - MINUTE), notice_id="again")],
        [],
    ),
    "one side ended its closure, the other did not": (
        [
            UZ_SHUT,
            said(KZ, closed()),
            said(KZ, closed(), at=NOON - HOUR, revision=2, kind="ended"),
        ],
        [SHUT],
    ),
    "one side took its closure back, as if it had never said so": (
        [
            UZ_SHUT,
            said(KZ, closed()),
            said(KZ, closed(), at=NOON - HOUR, revision=2, kind="withdrawn"),
        ],
        [],
    ),
    "the known end of one side has passed": ([UZ_SHUT, said(KZ, closed(end=NOON - HOUR))], [SHUT]),
    "what was over before the other side shut is another story": (
        [said(UZ, closed(NOON - HOUR)), said(KZ, closed(end=NOON - HOUR))],
        [],
    ),
    "both shut, for different times": ([UZ_SHUT_TO_APRIL, said(KZ, closed(end=MAY))], [END]),
    "both shut, one of them without an end": ([UZ_SHUT, said(KZ, closed(end=MAY))], [END]),
    "both shut without an end": ([UZ_SHUT, said(KZ, closed())], []),
    "both shut, an hour apart, as their clocks were": (
        [UZ_SHUT_TO_APRIL, said(KZ, closed(end=APRIL + HOUR))],
        [],
    ),
    "both shut, more than an hour apart": (
        [UZ_SHUT_TO_APRIL, said(KZ, closed(end=APRIL + HOUR + TICK))],
        [END],
    ),
    "both shut to the same day, which one knows and the other announced": (
        [UZ_SHUT_TO_APRIL, said(KZ, closed(end=APRIL, end_is=ANNOUNCED))],
        [],
    ),
    "the announced end of one side has passed and the other still holds it shut": (
        [UZ_SHUT, said(KZ, closed(end=NOON, end_is=ANNOUNCED))],
        [END],
    ),
    "the announced ends of both have passed": (
        [
            said(UZ, closed(end=NOON, end_is=ANNOUNCED)),
            said(KZ, closed(end=NOON - 3 * HOUR, end_is=ANNOUNCED)),
        ],
        [],
    ),
    "one side speaks for both, and nobody says otherwise": ([said(None, closed(end=MAY))], []),
    "one side alone goes on longer than both had said": (
        [said(None, closed(end=APRIL)), said(KZ, closed(end=MAY))],
        [END],
    ),
    "one side alone would have ended sooner than both say": (
        [said(None, closed(end=MAY)), said(KZ, closed(end=APRIL))],
        [],
    ),
    "one notice gives each post an end of its own": (
        [notice(closed(end=APRIL, sides=(UZ,)), closed(end=MAY, sides=(KZ,)), told=YESTERDAY)],
        [],
    ),
    "both by day, for different times": (
        [said(UZ, closed(end=APRIL, recurs="08:00-18:00")), said(KZ, closed(end=MAY, recurs="08:00-18:00"))],
        [END],
    ),
    "one by day and the other altogether": (
        [said(UZ, closed(end=APRIL, recurs="08:00-18:00")), said(KZ, closed(end=MAY))],
        [],
    ),
    "one side is shut and the other silent": ([UZ_SHUT], []),
    "one side is shut and the other limited": ([UZ_SHUT, said(KZ, limited(0.5))], []),
    "one side is shut and the other only informs": (
        [UZ_SHUT, said(KZ, effect(What.INFORMATION, YESTERDAY))],
        [],
    ),
    "both keep other hours": ([said(UZ, works("08:00-18:00")), said(KZ, works("09:00-18:00"))], [HOURS]),
    "both keep the same hours, spelled differently": (
        [said(UZ, works("24/7")), said(KZ, works("00:00-24:00"))],
        [],
    ),
    "one side keeps other hours than usual": ([said(UZ, works("08:00-18:00"))], []),
    "of several hours of one side the last count": (
        [
            said(UZ, works("08:00-18:00")),
            said(KZ, works("09:00-18:00")),
            said(KZ, effect(What.HOURS, NOON - HOUR, rule="08:00-18:00"), notice_id="again"),
        ],
        [],
    ),
    "both leave another share": ([said(UZ, limited(0.5)), said(KZ, limited(0.3))], [CAPACITY]),
    "both leave the same share": ([said(UZ, limited(0.5)), said(KZ, limited(0.5))], []),
    "of several shares of one side the smallest is left": (
        [said(UZ, limited(0.5)), said(KZ, limited(0.7), limited(0.5))],
        [],
    ),
    "one side does not say how much it leaves": ([said(UZ, limited(0.5)), said(KZ, limited(None))], []),
    "what was over before the other side shut is another story, whatever else was said": (
        [*LONG_OPEN, said(UZ, closed(NOON - HOUR)), said(KZ, closed(end=NOON - HOUR))],
        [],
    ),
    "an announced end that passed before the other side shut is another story": (
        [*LONG_OPEN, said(UZ, closed(NOON - HOUR)), said(KZ, closed(end=NOON - HOUR, end_is=ANNOUNCED))],
        [],
    ),
    "one notice gives each post words of its own": (
        [
            *LONG_OPEN,
            notice(
                *(closed(end=APRIL, sides=(UZ,)), closed(end=MAY, sides=(KZ,))),
                *(works("08:00-18:00", sides=(UZ,)), works("24/7", sides=(KZ,))),
                *(limited(0.5, sides=(UZ,)), limited(0.3, sides=(KZ,))),
                told=YESTERDAY,
            ),
        ],
        [],
    ),
    "whoever no longer shuts says nothing of the hours of the day that the other shuts": (
        [said(UZ, closed(recurs="08:00-18:00")), said(KZ, closed(end=NOON - HOUR))],
        [],
    ),
    "whoever no longer shuts for some hours says nothing of the whole day": (
        [UZ_SHUT, said(KZ, closed(end=NOON - HOUR, recurs="08:00-18:00"))],
        [],
    ),
    "a closure by day does not stand for one altogether, even if it lasts longer": (
        [
            said(UZ, closed(end=APRIL), closed(end=MAY, recurs="08:00-18:00")),
            said(KZ, closed(end=MAY)),
        ],
        [END],
    ),
    "one side reopened for both and shut again, and the other never reopened": (
        [UZ_SHUT, KZ_OPENED_BOTH, said(KZ, closed(NOON - MINUTE), at=YESTERDAY - HOUR)],
        [],
    ),
    "what both shut together a notice of one side reopens for both": (
        [*LONG_OPEN, said(None, closed()), KZ_OPENED_BOTH],
        [],
    ),
    "hours whose announced end has passed are no word": (
        [said(UZ, works("08:00-18:00", end=NOON, end_is=ANNOUNCED)), said(KZ, works("24/7"))],
        [],
    ),
    "hours that may not be meant for the traveller are no word": (
        [said(UZ, works("08:00-18:00", citizens=("TJ",))), said(KZ, works("24/7"))],
        [],
    ),
    "two things at once": (
        [
            said(UZ, closed(end=APRIL), works("08:00-18:00")),
            said(KZ, closed(end=MAY), works("09:00-18:00")),
        ],
        [END, HOURS],
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_what_is_a_disagreement_and_what_is_none(case: str) -> None:
    revisions, expected = CASES[case]
    assert abouts(*revisions) == expected


@pytest.mark.parametrize("direction", Direction)
@pytest.mark.parametrize(
    ("selected", "who", "expected"),
    [
        ({"modes": (Mode.BUS,)}, {}, []),
        ({"modes": (Mode.BUS, Mode.CAR)}, {}, [SHUT]),
        ({"citizens": ("KZ",)}, {"citizenship": "KZ"}, [SHUT]),
        ({"citizens": ("KZ",)}, {"citizenship": "TJ"}, []),
        ({"citizens": ("KZ",)}, {}, []),
        ({"citizens_except": ("UZ", "KZ")}, {"citizenship": "DE"}, [SHUT]),
        ({"mass_over_t": 3.5, "modes": (Mode.TRUCK,)}, {"mode": Mode.TRUCK}, [SHUT]),
        ({"mass_over_t": 3.5}, {"mode": Mode.TRUCK, "vehicle_mass_t": 3.0}, []),
        ({"transit": True}, {"transit": True}, [SHUT]),
        ({"transit": True}, {}, []),
        ({"crossings": ("another",)}, {}, []),
    ],
)
def test_the_sides_contradict_each_other_only_to_whom_both_surely_mean(
    selected: dict[str, Any], who: dict[str, Any], expected: list[About], direction: Direction
) -> None:
    asking = traveller(**{"direction": direction, **who})
    for one, other in (
        (closed(), reopened(**selected)),
        (closed(**selected), reopened()),
        (closed(), closed(end=NOON - HOUR, **selected)),
    ):
        assert abouts(said(UZ, one), said(KZ, other), who=asking) == expected


def test_a_notice_about_one_direction_contradicts_nothing_said_of_the_other() -> None:
    notices = said(UZ, closed()), said(KZ, reopened(directions=(Direction.TO_UZ,)))
    seen = {direction: abouts(*notices, who=traveller(direction=direction)) for direction in Direction}
    assert seen == {Direction.TO_UZ: [SHUT], Direction.TO_KZ: []}


@pytest.mark.parametrize(("mode", "number"), [(Mode.CAR, 1), (Mode.BUS, 0), (Mode.PASSENGER_TRAIN, 0)])
def test_whoever_cannot_pass_in_any_case_is_told_nothing(mode: Mode, number: int) -> None:
    for_cars = crossing(modes=[takes([Mode.CAR], True), takes([Mode.BUS], False)])
    bulletin = posted(for_cars, UZ_SHUT, said(KZ, reopened()))
    assert len(disagreements(bulletin, traveller(mode), NOON)) == number


def test_each_side_is_told_in_its_own_words() -> None:
    ends = said(KZ, closed(end=MAY, end_is=ANNOUNCED), at=NOON - HOUR, headline="Shut until May")
    (found,) = differ(said(UZ, closed(), headline="Shut for works"), ends)
    assert [(one.notice, one.headlines, one.authority) for one in (found.uz, found.kz)] == [
        ("uz/1", {Language.ENGLISH: "Shut for works"}, "Customs"),
        ("kz/1", {Language.ENGLISH: "Shut until May"}, "Customs"),
    ]
    assert [(one.what, one.since, one.until, one.end_is, one.passed) for one in (found.uz, found.kz)] == [
        (What.CLOSED, YESTERDAY, None, End.OPEN, False),
        (What.CLOSED, YESTERDAY, MAY, ANNOUNCED, False),
    ]
    assert (found.of(UZ), found.of(KZ)) == (found.uz, found.kz)


def test_who_ended_a_notice_has_made_its_end_known() -> None:
    (found,) = differ(
        UZ_SHUT,
        said(KZ, closed(end=MAY, end_is=ANNOUNCED)),
        said(KZ, closed(end=MAY, end_is=ANNOUNCED), at=NOON - HOUR, revision=2, kind="ended"),
    )
    assert (found.kz.notice, found.kz.until, found.kz.end_is) == ("kz/2", NOON - HOUR, End.KNOWN)
    assert [one.is_open for one in (found.uz, found.kz)] == [False, True]


def test_a_notice_that_was_to_end_before_it_was_ended_is_over_by_its_first_end() -> None:
    until = (
        said(KZ, closed(end=NOON - HOUR)),
        said(KZ, closed(end=NOON - HOUR), revision=2, kind="ended", at=NOON),
    )
    (found,) = differ(UZ_SHUT, *until)
    assert found.kz.until == NOON - HOUR


def test_an_answer_about_the_past_gives_the_headline_of_then() -> None:
    first = said(UZ, closed(), headline="Shut for a day")
    second = said(UZ, closed(), at=NOON, revision=2, kind="amended", headline="Shut until summer")
    for at, headline in (
        (YESTERDAY + HOUR, "Shut for a day"),
        (NOON - TICK, "Shut for a day"),
        (NOON, "Shut until summer"),
    ):
        (found,) = differ(first, second, said(KZ, closed(end=MAY)), at=at)
        assert found.uz.headlines == {Language.ENGLISH: headline}


@pytest.mark.parametrize(
    ("revisions", "start", "end"),
    [
        ([said(UZ, closed(end=NOON + DAY)), said(KZ, reopened())], NOON - HOUR, NOON + DAY),
        ([UZ_SHUT, said(KZ, reopened(end=NOON + DAY))], NOON - HOUR, NOON + DAY),
        ([UZ_SHUT, said(KZ, reopened(end=NOON + DAY, end_is=ANNOUNCED))], NOON - HOUR, NOON + DAY),
        ([UZ_SHUT_TO_APRIL, said(KZ, closed(NOON, MAY))], NOON, MAY),
        ([UZ_SHUT_TO_APRIL, said(KZ, closed(NOON, NOON + DAY))], NOON, APRIL),
        ([UZ_SHUT_TO_APRIL, said(KZ, closed(NOON, NOON + DAY, end_is=ANNOUNCED))], NOON, APRIL),
        ([said(UZ, effect(What.HOURS, NOON, MAY, rule="08:00-18:00")), said(KZ, works("24/7"))], NOON, MAY),
    ],
)
def test_it_holds_from_the_first_instant_at_which_both_say_so_to_the_last(
    revisions: list[Revision], start: datetime, end: datetime
) -> None:
    instants = (start - TICK, start, end - TICK, end)
    assert [len(differ(*revisions, at=at)) for at in instants] == [0, 1, 1, 0]
    bulletin = posted(crossing(), *revisions)
    assert {start, end} <= set(changes_at(bulletin, traveller(), Span(start - DAY, end + DAY)))


def test_a_contradiction_by_night_comes_back_every_night() -> None:
    by_night = (
        said(UZ, closed(end=APRIL, recurs="22:00-06:00")),
        said(KZ, closed(end=MAY, recurs="22:00-06:00")),
    )
    evening = instant("2026-03-10T22:00")
    for night in range(3):
        instants = (evening - TICK, evening, evening + 8 * HOUR - TICK, evening + 8 * HOUR)
        seen = [len(differ(*by_night, at=at + night * DAY)) for at in instants]
        assert seen == [0, 1, 1, 0]


@pytest.mark.parametrize(
    ("code", "mode", "at", "about", "authorities"),
    [
        (
            "dawit-ata-tazhen",
            Mode.CAR,
            "2026-03-01T12:00",
            END,
            ("Customs Committee of Uzbekistan", "State Revenue Committee of Kazakhstan"),
        ),
        (
            "malik-syrdarya",
            Mode.PEDESTRIAN,
            "2021-06-01T12:00",
            SHUT,
            (
                "Special Republican Commission of Uzbekistan",
                "Interdepartmental commission of the Government of Kazakhstan",
            ),
        ),
    ],
)
def test_where_the_two_states_really_contradicted_each_other(
    code: str, mode: Mode, at: str, about: About, authorities: tuple[str, str]
) -> None:
    who = traveller(mode, citizenship="UZ")
    (found,) = disagreements(real.bulletins()[code], who, instant(at))
    assert (found.about, (found.uz.authority, found.kz.authority)) == (about, authorities)


def test_at_most_crossings_nobody_contradicts_anybody_today() -> None:
    found = {
        code
        for code, bulletin in real.bulletins().items()
        for mode in Mode
        for direction in Direction
        if disagreements(bulletin, traveller(mode, direction, citizenship="UZ"), instant("2026-03-01T12:00"))
    }
    assert found == {"dawit-ata-tazhen"}


@pytest.mark.parametrize(
    "selected",
    [
        {},
        {"modes": (Mode.BUS,), "directions": (Direction.TO_UZ,)},
        {"citizens": ("TJ",)},
        {"citizens_except": ("UZ", "KZ")},
        {"mass_over_t": 3.5, "mass_up_to_t": 20},
        {"mass_up_to_t": 2},
        {"mass_over_t": 40},
        {"goods": (Goods.PERISHABLE,), "transit": True},
    ],
)
def test_a_contradiction_is_found_whomever_it_concerns(selected: dict[str, Any]) -> None:
    bulletin = posted(crossing(), said(UZ, closed(**selected)), said(KZ, reopened()))
    assert [(one.about, one.uz.notice, one.kz.notice) for one in contradictions(bulletin, NOON)] == [
        (SHUT, "uz/1", "kz/1")
    ]


def test_notices_that_no_traveller_can_both_be_meant_by_do_not_contradict_each_other() -> None:
    for one, other in (
        ({"modes": (Mode.BUS,)}, {"modes": (Mode.CAR,)}),
        ({"citizens": ("TJ",)}, {"citizens_except": ("TJ",)}),
        ({"mass_over_t": 3.5}, {"mass_up_to_t": 3.5}),
    ):
        bulletin = posted(crossing(), said(UZ, closed(**one)), said(KZ, reopened(**other)))
        assert contradictions(bulletin, NOON) == []


GRID = [NOON + hours * HOUR for hours in (-48, -24, -3, -1, 0, 1, 24)]
LENGTHS = [HOUR, 4 * HOUR, DAY, 2 * DAY, 30 * DAY]
KINDS = [What.CLOSED] * 4 + [What.REOPENED] * 2 + [What.RESTRICTED, What.HOURS] * 2


@st.composite
def an_effect(draw: st.DrawFn, side: Side | None) -> Effect:
    """Half of them have begun by noon; one in several is for some hours, modes or citizens only."""
    what, end_is = draw(st.sampled_from(KINDS)), draw(st.sampled_from(End))
    start = draw(st.sampled_from(GRID))
    return effect(
        what,
        start,
        None if end_is is End.OPEN else start + draw(st.sampled_from(LENGTHS)),
        end_is=end_is,
        recurs=draw(st.sampled_from([None] * 6 + ["08:00-18:00", "22:00-06:00"])),
        rule=draw(st.sampled_from(["24/7", "00:00-24:00", "09:00-18:00"])) if what is What.HOURS else None,
        share=draw(st.sampled_from([0.0, 0.3, 0.5])) if what is What.RESTRICTED else None,
        sides=(side,) if side else (),
        modes=draw(st.sampled_from([()] * 8 + [(Mode.BUS,)])),
        citizens=draw(st.sampled_from([()] * 8 + [("UZ",)])),
    )


@st.composite
def some_notices(draw: st.DrawFn, sides: Sequence[Side | None] = (UZ, KZ, UZ, KZ, None)) -> list[Revision]:
    """Two to four notices, some of which were amended, ended or taken back later."""
    found: list[Revision] = []
    for number in range(draw(st.integers(2, 4))):
        told, several = (
            draw(st.sampled_from(GRID)),
            st.lists(an_effect(draw(st.sampled_from(sides))), min_size=1, max_size=2),
        )
        effects = draw(several)
        found.append(notice(*effects, told=told, notice_id=f"n{number}"))
        kind = draw(st.sampled_from([None, None, "amended", "ended", "withdrawn"]))
        if kind is not None:
            told += draw(st.sampled_from(LENGTHS))
            then = draw(several) if kind == "amended" else effects
            found.append(notice(*then, told=told, notice_id=f"n{number}", revision=2, kind=kind))
    return found


TRAVELLERS = st.builds(traveller, mode=st.just(Mode.CAR), citizenship=st.sampled_from([None, "UZ", "KZ"]))
MOMENTS = [at + nudge for at in (*GRID, NOON + 2 * HOUR, NOON + 2 * DAY) for nudge in (-TICK, timedelta())]
ALIKE_ON_BOTH_SIDES = crossing(zones=dict.fromkeys(Side, "Asia/Tashkent"), places=dict.fromkeys(Side, MALIK))


def swapped(revision: Revision) -> Revision:
    """The same notice, said by the other side of the other side."""
    other = {UZ: KZ, KZ: UZ}
    effects = tuple(
        one.model_copy(
            update={
                "selector": one.selector.model_copy(
                    update={"sides": tuple(other[side] for side in one.selector.sides)}
                )
            }
        )
        for one in revision.notice.effects
    )
    return revision.model_copy(update={"notice": revision.notice.model_copy(update={"effects": effects})})


def in_short(word: Word) -> tuple[object, ...]:
    return word.notice, word.what, word.since, word.until, word.end_is, word.passed


@given(some_notices(), TRAVELLERS)
@settings(max_examples=150, deadline=None)
def test_it_is_the_same_from_both_sides(revisions: list[Revision], who: Traveller) -> None:
    bulletin = posted(ALIKE_ON_BOTH_SIDES, *revisions)
    mirrored = posted(ALIKE_ON_BOTH_SIDES, *map(swapped, revisions))
    for at in MOMENTS:
        here, there = disagreements(bulletin, who, at), disagreements(mirrored, who, at)
        assert [(one.about, in_short(one.uz), in_short(one.kz)) for one in here] == [
            (one.about, in_short(one.kz), in_short(one.uz)) for one in there
        ]


@given(st.sampled_from([UZ, KZ, None]).flatmap(lambda side: some_notices([side])), TRAVELLERS)
@settings(max_examples=100, deadline=None)
def test_who_speaks_alone_or_for_both_is_contradicted_by_nobody(
    revisions: list[Revision], who: Traveller
) -> None:
    bulletin = posted(crossing(), *revisions)
    assert not any(disagreements(bulletin, who, at) for at in MOMENTS)


@given(some_notices(), TRAVELLERS)
@settings(max_examples=150, deadline=None)
def test_it_comes_and_goes_only_when_the_answer_may_change(revisions: list[Revision], who: Traveller) -> None:
    bulletin, window = posted(crossing(), *revisions), Span(NOON - 3 * DAY, NOON + 5 * DAY)
    edges = [window.start, *changes_at(bulletin, who, window), window.until]
    for start, end in pairwise(edges):
        told = disagreements(bulletin, who, start)
        assert all(disagreements(bulletin, who, at) == told for at in (start + (end - start) / 2, end - TICK))


@given(some_notices(), TRAVELLERS, st.sampled_from(MOMENTS))
@settings(max_examples=100, deadline=None)
def test_no_kept_answer_outlives_it(revisions: list[Revision], who: Traveller, at: datetime) -> None:
    bulletin = posted(crossing(), *revisions)
    until = valid_until(bulletin, who, at, NOON + 40 * DAY)
    now = disagreements(bulletin, who, at)
    turns = [turn for turn in MOMENTS if at <= turn < until]
    assert all(disagreements(bulletin, who, then) == now for then in (*turns, until - TICK))


@given(some_notices(), TRAVELLERS)
@settings(max_examples=150, deadline=None)
def test_both_words_are_of_their_sides_and_whoever_holds_it_shut_is_heeded(
    revisions: list[Revision], who: Traveller
) -> None:
    bulletin = posted(crossing(), *revisions)
    for at in MOMENTS:
        found = disagreements(bulletin, who, at)
        assert len({one.about for one in found}) == len(found)
        for one in found:
            assert one.uz.announced.revision.notice_id != one.kz.announced.revision.notice_id
            for side in Side:
                assert set(one.of(side).effect.selector.sides) <= {side}
                assert one.of(side).since <= at
            assert not (one.uz.passed and one.kz.passed)
            if one.about in (SHUT, END):
                assert status(bulletin, who, at).verdict is Verdict.CLOSED
