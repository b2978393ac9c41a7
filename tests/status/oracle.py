"""A second reading of who may pass, slow and plain, to hold the engine against.

It is written from what the documents say in words, and it shares nothing with the engine but the documents
themselves: it neither uses the engine's rules of status and notices nor its reading of opening hours.

    python -m tests.status.oracle --cases 1000000 --seed 7
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import product
from typing import Protocol
from zoneinfo import ZoneInfo

from services.core.crossings.documents import AccessAccount, Crossing
from services.core.crossings.words import Goods, Kind, Mode, Side, Traveller, Verdict
from services.core.notices.documents import Effect, End, NoticeFields, What
from tests.status import oracle_hours
from tests.status.oracle_hours import Where

YES, NO, UNKNOWN = Verdict.OPEN, Verdict.CLOSED, Verdict.UNCONFIRMED
ROAD_VEHICLES = (Mode.CAR, Mode.BUS, Mode.TRUCK)


class Told(Protocol):
    """One revision of a notice."""

    @property
    def notice_id(self) -> str: ...
    @property
    def revision(self) -> int: ...
    @property
    def kind(self) -> str: ...
    @property
    def published_at(self) -> datetime: ...
    @property
    def notice(self) -> NoticeFields: ...


@dataclass(frozen=True)
class Known:
    """What is known as of an instant."""

    crossing: Crossing
    told: Sequence[Told]
    as_of: datetime
    holidays: Mapping[Side, frozenset[date]]


@dataclass(frozen=True)
class Spoken:
    """An effect as it counts, its place in the order of telling, and when it was taken back."""

    effect: Effect
    place: tuple[datetime, str, int]
    taken_back: datetime | None

    @property
    def later(self) -> tuple[datetime, tuple[datetime, str, int]]:
        """What began later is later; of two that began together, what was told later."""
        return self.effect.window.start, self.place


@dataclass
class InForce:
    spoken: Spoken
    sure: bool
    """Whether it surely concerns this traveller."""
    lapsed: bool
    """Whether it is only not known to have ended."""

    @property
    def effect(self) -> Effect:
        return self.spoken.effect


def possible(known: Known, traveller: Traveller, at: datetime) -> set[Verdict]:
    """The right verdict; at sunrise and sunset, where the oracle does not judge, all that could be right."""
    first = Reading(known, traveller, at, dict.fromkeys(Side, False))
    verdicts = {first.verdict()}
    if first.met_the_horizon:
        for uz, kz in product((False, True), repeat=2):
            verdicts.add(Reading(known, traveller, at, {Side.UZ: uz, Side.KZ: kz}).verdict())
    return verdicts


class Reading:
    """One question, answered. `near_the_horizon` is what each post is taken to be at sunrise and sunset."""

    def __init__(
        self, known: Known, traveller: Traveller, at: datetime, near_the_horizon: Mapping[Side, bool]
    ) -> None:
        self.known, self.traveller, self.at = known, traveller, at
        self.crossing = known.crossing
        self.near_the_horizon = near_the_horizon
        self.met_the_horizon = False

    def verdict(self) -> Verdict:
        if not self.is_of_this_kind():
            return NO
        answers = [self.exists(), self.takes_the_mode(), self.lets_the_person_pass()]
        for side in Side:
            in_force = list(self.left_in_force(side))
            answers.append(self.is_within_hours(side, in_force))
            answers += [self.by_itself(one) for one in in_force]
        if NO in answers:
            return NO
        return UNKNOWN if UNKNOWN in answers else YES

    def is_of_this_kind(self) -> bool:
        by_rail = self.traveller.mode in (Mode.PASSENGER_TRAIN, Mode.FREIGHT_TRAIN)
        return self.crossing.kind is (Kind.RAIL if by_rail else Kind.ROAD)

    def day(self, side: Side) -> date:
        return self.at.astimezone(ZoneInfo(self.crossing.posts[side].timezone)).date()

    def exists(self) -> Verdict:
        """Both calendars must have come to the day of opening."""
        opened = self.crossing.opened
        return YES if opened is None or all(self.day(side) >= opened for side in Side) else NO

    def takes_the_mode(self) -> Verdict:
        counting = [
            version
            for version in self.crossing.modes
            if self.traveller.mode in version.modes and version.valid_from <= self.day(Side.UZ)
        ]
        counting.sort(key=lambda version: version.valid_from)
        said = {account.admitted for account in counting[-1].accounts} if counting else set()
        if said == {True}:
            return YES
        return NO if said == {False} else UNKNOWN

    def lets_the_person_pass(self) -> Verdict:
        """Each source answers for itself; where they do not say the same, nobody knows."""
        counting = [version for version in self.crossing.access if version.valid_from <= self.day(Side.UZ)]
        if not counting:
            return UNKNOWN
        counting.sort(key=lambda version: version.valid_from)
        answers = {self.lets_pass(account) for account in counting[-1].accounts}
        return answers.pop() if len(answers) == 1 else UNKNOWN

    def lets_pass(self, account: AccessAccount) -> Verdict:
        answers = [YES]
        who = self.traveller
        if account.citizens:
            if who.citizenship is None:
                answers.append(UNKNOWN)
            elif who.citizenship not in account.citizens:
                answers.append(NO)
        if account.plates and who.mode in ROAD_VEHICLES:
            if who.plate is not None:
                answers.append(YES if who.plate in account.plates else NO)
            elif who.citizenship not in account.plates:
                answers.append(UNKNOWN)
        if not account.commercial_goods:
            if who.goods is None:
                freight = who.mode in (Mode.TRUCK, Mode.FREIGHT_TRAIN)
                answers.append(UNKNOWN if freight else YES)
            elif who.goods is not Goods.PERSONAL:
                answers.append(NO)
        return NO if NO in answers else UNKNOWN if UNKNOWN in answers else YES

    def where(self, side: Side) -> Where:
        posts = self.crossing.posts
        other = Side.KZ if side is Side.UZ else Side.UZ
        located = posts[side].located or posts[other].located
        return Where(
            zone=posts[side].timezone,
            position=located.position if located else None,
            holidays=self.known.holidays.get(side, frozenset()),
        )

    def open_by(self, rule: str, side: Side) -> Verdict:
        where = self.where(side)
        if not oracle_hours.readable(rule, where):
            return UNKNOWN
        if oracle_hours.sun_in_doubt(rule, where, self.at):
            self.met_the_horizon = True
        near = self.near_the_horizon[side]
        return YES if oracle_hours.is_open(rule, where, self.at, near_the_horizon=near) else NO

    def is_within_hours(self, side: Side, in_force: Sequence[InForce]) -> Verdict:
        answer = self.by_the_catalogue(side)
        for one in in_force:
            if one.effect.what is not What.HOURS:
                continue
            assert one.effect.hours is not None
            announced = self.open_by(one.effect.hours, side)
            if one.sure and not one.lapsed:
                answer = announced
            elif announced is not answer:
                answer = UNKNOWN
        return answer

    def by_the_catalogue(self, side: Side) -> Verdict:
        """The newest version for the mode; of two of one day, the one that names it."""
        counting = [
            version
            for version in self.crossing.posts[side].hours
            if (self.traveller.mode in version.modes or not version.modes)
            and version.valid_from <= self.day(side)
        ]
        if not counting:
            return UNKNOWN
        counting.sort(key=lambda version: (version.valid_from, self.traveller.mode in version.modes))
        answers = {self.open_by(account.rule, side) for account in counting[-1].accounts}
        return answers.pop() if len(answers) == 1 else UNKNOWN

    def spoken(self) -> Iterator[Spoken]:
        """Of every notice the newest revision that had been told; taken back by it if it is a withdrawal."""
        newest: dict[str, Told] = {}
        for told in self.known.told:
            if told.published_at <= self.known.as_of:
                before = newest.get(told.notice_id)
                if before is None or told.revision > before.revision:
                    newest[told.notice_id] = told
        for told in newest.values():
            for number, effect in enumerate(told.notice.effects):
                place = told.published_at, told.notice_id, number
                yield Spoken(effect, place, told.published_at if told.kind == "withdrawn" else None)

    def left_in_force(self, side: Side) -> Iterator[InForce]:
        """What is in force on a side and not lifted by a later reopening there, the earliest first."""
        found = [one for spoken in self.spoken() if (one := self.in_force(spoken, side)) is not None]
        found.sort(key=lambda one: one.spoken.later)
        for one in found:
            if one.effect.what in (What.CLOSED, What.RESTRICTED, What.HOURS):
                lifted = [
                    self.lifts(other)
                    for other in found
                    if other.effect.what is What.REOPENED and other.spoken.later > one.spoken.later
                ]
                if YES in lifted:
                    continue
                if UNKNOWN in lifted:
                    one.sure = False
            yield one

    def lifts(self, reopening: InForce) -> Verdict:
        """A reopening of which nobody knows whether it still holds lifts nothing for sure."""
        return YES if reopening.sure and not reopening.lapsed else UNKNOWN

    def in_force(self, spoken: Spoken, side: Side) -> InForce | None:
        selector, window = spoken.effect.selector, spoken.effect.window
        if selector.crossings and self.crossing.code not in selector.crossings:
            return None
        if selector.sides and side not in selector.sides:
            return None
        if self.at < window.start or (spoken.taken_back is not None and self.at >= spoken.taken_back):
            return None
        over = window.end is not None and self.at >= window.end
        if over and window.end_is is End.KNOWN:
            return None
        now = self.open_by(window.recurs, side) if window.recurs else YES
        meant = self.means(spoken.effect)
        if NO in (now, meant):
            return None
        return InForce(spoken, sure=now is YES and meant is YES, lapsed=over)

    def means(self, effect: Effect) -> Verdict:
        """Whether the traveller is meant: all conditions must hold together."""
        who, selector = self.traveller, effect.selector
        answers = [YES]
        if selector.modes:
            answers.append(YES if who.mode in selector.modes else NO)
        if selector.directions:
            answers.append(YES if who.direction in selector.directions else NO)
        for said, wanted in (
            (who.citizenship, selector.citizens),
            (who.goods, selector.goods),
        ):
            if wanted:
                answers.append(UNKNOWN if said is None else YES if said in wanted else NO)
        if selector.citizens_except:
            if who.citizenship is None:
                answers.append(UNKNOWN)
            else:
                answers.append(NO if who.citizenship in selector.citizens_except else YES)
        if selector.transit is not None:
            answers.append(UNKNOWN if who.transit is None else YES if who.transit == selector.transit else NO)
        answers += self.weighed(selector.mass_over_t, selector.mass_up_to_t)
        return NO if NO in answers else UNKNOWN if UNKNOWN in answers else YES

    def weighed(self, over_t: float | None, up_to_t: float | None) -> Iterator[Verdict]:
        """Trains are not weighed; who is on foot is light; a truck that says nothing is over 3.5 t."""
        who = self.traveller
        for limit, over_is_meant in ((over_t, True), (up_to_t, False)):
            if limit is None:
                continue
            if who.mode in (Mode.PASSENGER_TRAIN, Mode.FREIGHT_TRAIN):
                yield NO
            elif who.mode is Mode.PEDESTRIAN:
                yield NO if over_is_meant else YES
            elif who.vehicle_mass_t is not None:
                yield YES if (who.vehicle_mass_t > limit) is over_is_meant else NO
            elif who.mode is Mode.TRUCK and limit <= 3.5:
                yield YES if over_is_meant else NO
            else:
                yield UNKNOWN

    def by_itself(self, one: InForce) -> Verdict:
        """What an effect in force says of passing; its hours are asked elsewhere."""
        effect = one.effect
        shut = effect.what is What.CLOSED or (effect.what is What.RESTRICTED and effect.capacity_share == 0)
        if shut:
            return NO if one.sure and not one.lapsed else UNKNOWN
        if effect.what is What.RESTRICTED and effect.capacity_share is None:
            return UNKNOWN
        return YES


if __name__ == "__main__":
    from tests.status.comparison import main

    sys.exit(main())
