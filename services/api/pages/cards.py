"""A judged crossing as a card: the words and links that a traveller sees."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import quote

from services.api.answering import Asking
from services.api.pages.asked import Asked
from services.api.pages.disagreeing import Differing, Disagreeing
from services.api.pages.judging import Judged, Turn, by_train, elsewhere, leg_of
from services.api.pages.reasons import Reasons, Said
from services.api.pages.telling import Pair, Telling
from services.core.advisories import Basis, Wait
from services.core.alternatives import Alternative
from services.core.crossings import Mode, Traveller, Verdict
from services.core.observations import BOOKINGS, Reported
from services.core.status import disagreements

FAR_KM = 300
"""From here on a way round is called far, and whoever can leave the vehicle behind is told of the train."""

A_MINUTE = timedelta(minutes=1)

SOON = timedelta(minutes=45)
"""A post that opens no later than this after the end of the drive does not let anybody wait for the night."""


UNSAID = ("-not-said", "-depends")
"""How the codes of those reasons end that the traveller's word could settle."""


@dataclass(frozen=True, slots=True)
class WaitTold:
    """A wait, what it is made of and how old that is. `known` is false where nobody can say."""

    text: str
    known: bool
    made_of: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Round:
    """A way round in sentences, and where all of them are."""

    sentences: tuple[str, ...]
    href: str
    far: bool


@dataclass(frozen=True, slots=True)
class Card:
    code: str
    names: Pair
    href: str
    kind: str
    look: str
    """The verdict, or `never` where it does not take the traveller's mode."""
    until: str
    by_train: bool
    level: str | None
    wait: WaitTold | None
    road: str | None
    arriving: str | None
    why: tuple[Said, ...]
    also: tuple[Said, ...]
    differing: tuple[Differing, ...]
    """Of what the two sides say different things."""
    round: Round | None


@dataclass(frozen=True, slots=True)
class Cards:
    """Makes the cards of one answer."""

    asking: Asking
    asked: Asked
    telling: Telling

    def card(self, judged: Judged, *, with_round: bool = True) -> Card:
        reasons = self._reasons(judged)
        needs_round = with_round and (judged.verdict is Verdict.CLOSED or judged.congested)
        return Card(
            code=judged.code,
            names=self.telling.pair(judged.crossing),
            href=self.href(judged.code),
            kind=judged.crossing.kind,
            look="never" if judged.never else judged.verdict,
            until=self.until(judged),
            by_train=judged.traveller.mode is not self.asked.traveller.mode,
            level=self.telling.words(f"level.{judged.level}") if judged.level else None,
            wait=self.wait(judged.code, judged.traveller, judged.wait, judged.basis)
            if judged.verdict is not Verdict.CLOSED
            else None,
            road=self._road(judged),
            arriving=self._arriving(judged),
            why=tuple(reasons.told(judged.status.reasons)),
            also=tuple(self._also(judged, reasons)),
            differing=self._differing(judged),
            round=self.round(judged) if needs_round else None,
        )

    def href(self, code: str) -> str:
        return f"/crossings/{quote(code)}{self.asked.query()}"

    def until(self, judged: Judged) -> str:
        """Until when the verdict holds."""
        words, turn, opening = self.telling.words, judged.turn, judged.opening
        if judged.never:
            return ""
        if judged.verdict is Verdict.CLOSED and opening and turn:
            perhaps = self.telling.clock(turn.at) if turn.at < opening else ""
            key = "until.closed.open.perhaps" if perhaps else "until.closed.open"
            return words(key, at=self.telling.when(opening), perhaps=perhaps)
        if turn is None:
            return words(f"until.{judged.verdict}")
        return words(
            f"until.{judged.verdict}.{_turning(judged.verdict, turn)}", at=self.telling.when(turn.at)
        )

    def wait(self, code: str, traveller: Traveller, wait: Wait | None, basis: Basis | None) -> WaitTold:
        words, computed_at = self.telling.words, self.asking.board.computed.get(code)
        if wait is None or basis is None or computed_at is None:
            return WaitTold(words("wait.unknown"), known=False)
        reported = self._last_report(code, traveller)
        made_of = [words(f"wait.{basis}")]
        if reported and basis is not Basis.PRIOR:
            at = self.telling.when(reported.fields.observed_at)
            made_of.append(words(f"wait.reported.{reported.by}", at=at))
        made_of.append(words("wait.computed", at=self.telling.when(computed_at)))
        advisory = self.asking.board.advisory(code, traveller)
        doubts = advisory.doubts if advisory else ()
        made_of += [words(f"wait.{doubt}") for doubt in doubts]
        told = self.telling.wait(wait, usual=basis is Basis.PRIOR or bool(doubts))
        return WaitTold(told, known=True, made_of=tuple(made_of))

    def _last_report(self, code: str, traveller: Traveller) -> Reported | None:
        """On which the wait at the posts may rest; no booking does that."""
        lane = (code, traveller.direction, traveller.mode)
        reports = [
            one
            for one in self.asking.board.inputs.reports
            if one.fields.lane == lane and one.fields.kind not in BOOKINGS
        ]
        return max(reports, key=lambda one: one.fields.observed_at, default=None)

    def _also(self, judged: Judged, reasons: Reasons) -> Iterator[Said]:
        if judged.shuts_first:
            yield Said(self.telling.words("also.shuts-first"))
        yield from reasons.told(judged.status.remarks)

    def _differing(self, judged: Judged) -> tuple[Differing, ...]:
        bulletin = self.asking.board.bulletin(judged.code)
        found = disagreements(bulletin, judged.traveller, judged.at)
        return Disagreeing(self.telling, self.asked, judged.at).told(found)

    def _reasons(self, judged: Judged) -> Reasons:
        bulletin = self.asking.board.bulletin(judged.code)
        return Reasons(self.telling, self.asked, bulletin, judged.traveller, judged.at)

    def _road(self, judged: Judged) -> str | None:
        if self.asked.origin is None or judged.never:
            return None
        if judged.leg is None:
            return self.telling.words("road.none")
        return self.telling.road(judged.leg.minutes, judged.leg.km, approximate=judged.leg.approximate)

    def _arriving(self, judged: Judged) -> str | None:
        """The hour of arriving, where that is the hour for which the crossing is judged."""
        if judged.leg is None or judged.never:
            return None
        arrival = (self.asked.at or self.asking.now) + timedelta(minutes=judged.leg.minutes)
        if judged.at < arrival - A_MINUTE:
            return None
        key = "road.night" if judged.at > arrival + SOON else "until.arriving"
        return self.telling.words(key, at=self.telling.when(judged.at))

    def round(self, judged: Judged) -> Round:
        """The best way round; where that is far and the traveller has a vehicle, the nearest train too."""
        items = elsewhere(self.asking, self.asked, judged).items
        own = next((item for item in items if item.mode is judged.traveller.mode), None)
        train = next((item for item in items if item.mode is not judged.traveller.mode), None)
        far = own is None or own.detour_km > FAR_KM
        nothing = self.telling.words("instead.none")
        sentences = [self._sentence("instead.far" if far else "instead.near", own) if own else nothing]
        if train and far:
            sentences.append(self._sentence("instead.train", train))
        elif (
            far
            and judged.traveller.mode is Mode.CAR
            and (leaving := by_train(self.asking, self.asked, judged))
        ):
            sentences.append(self._sentence("instead.without", leaving))
        return Round(tuple(sentences), f"{self.href(judged.code)}#instead", far)

    def _sentence(self, key: str, item: Alternative) -> str:
        leg = leg_of(item)
        road = self.telling.road(leg.minutes, leg.km, approximate=leg.approximate)
        name = self.telling.pair(self.asking.board.catalogue[item.code])
        return self.telling.words(key, name=name, road=road)


def _turning(verdict: Verdict, turn: Turn) -> str:
    """What a verdict turns into; and where a closure does not turn into an opening, why not."""
    if verdict is Verdict.CLOSED and turn.verdict is Verdict.UNCONFIRMED:
        if any(code.endswith("lapsed") for code in turn.codes):
            return "lapsing"
        if any(code.endswith(UNSAID) for code in turn.codes):
            return "unsaid"
    return turn.verdict
