"""Which revision of a notice counts, and which of its effects bear on whom."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from services.core.crossings import HEAVY_TRUCK_T, Crossing, Kind, Mode, Side, Traveller
from services.core.notices.documents import Effect, NoticeFields, Selector
from services.core.text import Language, Record, in_language


class Revision(Record):
    """A revision as readers have it: apart from the database, and as it was told."""

    notice_id: str
    revision: int
    kind: str
    published_at: datetime
    recorded_at: datetime
    emergency: bool = False
    """One person said it where two were needed."""
    reason: str | None = None
    notice: NoticeFields

    @property
    def ref(self) -> str:
        """How a reason names it: notice and revision."""
        return f"{self.notice_id}/{self.revision}"

    @property
    def headline(self) -> str:
        """One line about it, in English where there is English."""
        told = {language: text.headline for language, text in self.notice.texts.items()}
        return in_language(told, Language.ENGLISH) or self.notice.authority

    def concerns(self, code: str) -> bool:
        """Whether one of its effects names this crossing or all."""
        return any(not e.selector.crossings or code in e.selector.crossings for e in self.notice.effects)

    def listed(self, at: datetime) -> bool:
        """Whether the public is still told of it."""
        return self.notice.publish_until is None or at < self.notice.publish_until

    def bites(self, at: datetime) -> bool:
        """Whether one of its effects is in force, recurrence aside."""
        if self.over and at >= self.published_at:
            return False
        return any(
            effect.window.start <= at and (effect.window.end is None or at < effect.window.end)
            for effect in self.notice.effects
        )

    @property
    def over(self) -> bool:
        """Its effects end with it: it was taken back, or what it announced is over."""
        return self.kind in ("withdrawn", "ended")


@dataclass(frozen=True, slots=True)
class Announced:
    """One effect of one notice as it counts: from which revision, and when a withdrawal cut it off."""

    revision: Revision
    effect: Effect
    order: int
    """Later announcements have higher numbers; decides between effects that start together."""
    cut_off: datetime | None = None
    told: tuple[Revision, ...] = ()
    """The notice's revisions so far, oldest first."""

    def headline(self, at: datetime) -> str:
        """What the notice was headed at an instant; before it was told, how it was headed first."""
        heard = [revision for revision in self.told if revision.published_at <= at]
        return (heard[-1] if heard else self.told[0] if self.told else self.revision).headline


def told(revisions: Iterable[Revision], as_of: datetime) -> list[tuple[Revision, ...]]:
    """Every notice's revisions told by `as_of`, in their order; the notice that spoke last comes last.

    `revisions` may come in any order.
    """
    known = sorted(
        (revision for revision in revisions if revision.published_at <= as_of),
        key=lambda revision: (revision.notice_id, revision.revision),
    )
    notices = [tuple(group) for _, group in groupby(known, key=lambda revision: revision.notice_id)]
    return sorted(notices, key=lambda notice: (notice[-1].published_at, notice[-1].notice_id))


def current(revisions: Iterable[Revision], as_of: datetime) -> list[Revision]:
    """The newest revision of every notice among those told by `as_of`."""
    return [notice[-1] for notice in told(revisions, as_of)]


def announced(revisions: Iterable[Revision], as_of: datetime) -> list[Announced]:
    """Every effect that counts as of an instant. One that was withdrawn or ended counts until then."""
    counting = [(notice, effect) for notice in told(revisions, as_of) for effect in notice[-1].notice.effects]
    return [
        Announced(
            revision=notice[-1],
            effect=effect,
            order=order,
            cut_off=notice[-1].published_at if notice[-1].over else None,
            told=notice,
        )
        for order, (notice, effect) in enumerate(counting)
    ]


def bears_on(effect: Effect, crossing: Crossing) -> bool:
    """Whether an effect can concern anybody at this crossing."""
    selector = effect.selector
    if selector.crossings and crossing.code not in selector.crossings:
        return False
    return not selector.modes or any(mode.kind is crossing.kind for mode in selector.modes)


def sides(selector: Selector) -> tuple[Side, ...]:
    return selector.sides or tuple(Side)


def selects(selector: Selector, traveller: Traveller) -> bool | None:
    """Whether a traveller is meant: True, False, or None where it depends on something not said."""
    answers = list(_conditions(selector, traveller))
    if False in answers:
        return False
    return None if None in answers else True


def _conditions(selector: Selector, traveller: Traveller) -> Iterator[bool | None]:
    if selector.modes:
        yield traveller.mode in selector.modes
    if selector.directions:
        yield traveller.direction in selector.directions
    if selector.citizens:
        yield None if traveller.citizenship is None else traveller.citizenship in selector.citizens
    if selector.citizens_except:
        yield None if traveller.citizenship is None else traveller.citizenship not in selector.citizens_except
    if selector.goods:
        yield None if traveller.goods is None else traveller.goods in selector.goods
    if selector.transit is not None:
        yield None if traveller.transit is None else traveller.transit is selector.transit
    limited = selector.mass_over_t is not None or selector.mass_up_to_t is not None
    if limited and traveller.mode.kind is Kind.RAIL:
        yield False  # a limit of mass is for the road
        return
    if selector.mass_over_t is not None:
        yield _mass_is_over(traveller, selector.mass_over_t)
    if selector.mass_up_to_t is not None:
        over = _mass_is_over(traveller, selector.mass_up_to_t)
        yield None if over is None else not over


def _mass_is_over(traveller: Traveller, limit_t: float) -> bool | None:
    """Somebody on foot is light traffic: over no limit."""
    if traveller.mode is Mode.PEDESTRIAN:
        return False
    if traveller.vehicle_mass_t is not None:
        return traveller.vehicle_mass_t > limit_t
    if traveller.mode is Mode.TRUCK and limit_t <= HEAVY_TRUCK_T:
        return True  # a truck is over 3.5 t unless its mass is said
    return None
