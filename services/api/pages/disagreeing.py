"""Where the two sides contradict each other, told side by side, each in its own words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from services.api.pages.asked import Asked
from services.api.pages.effects import what_told, when_told
from services.api.pages.telling import Name, Telling
from services.core.crossings import Side
from services.core.notices import End, What
from services.core.status import Bulletin, Disagreement, Word, contradictions


@dataclass(frozen=True, slots=True)
class Saying:
    """What one side says. `told` is by whom and when it was, `href` where its notice stands."""

    side: Side
    what: str
    when: str
    headline: Name
    told: str
    href: str


@dataclass(frozen=True, slots=True)
class Differing:
    """One thing of which the two sides say different things. `about` names it within a page."""

    about: str
    sentence: str
    sayings: tuple[Saying, ...]


@dataclass(frozen=True, slots=True)
class Contradicted:
    """What a notice is contradicted in, and by which notice of the other side."""

    sentence: str
    headline: Name
    told: str
    href: str


@dataclass(frozen=True, slots=True)
class Disagreeing:
    """Tells disagreements as of `at`."""

    telling: Telling
    asked: Asked
    at: datetime

    def told(self, differing: Iterable[Disagreement]) -> tuple[Differing, ...]:
        return tuple(
            Differing(
                about=one.about,
                sentence=self.telling.words("sides.differ", about=self._about(one)),
                sayings=tuple(self._saying(side, one.of(side)) for side in Side),
            )
            for one in differing
        )

    def contradicted(self, bulletins: Iterable[Bulletin]) -> Mapping[str, Sequence[Contradicted]]:
        """By the revision of every notice: what the other side says against it, at which crossing."""
        found: dict[str, list[Contradicted]] = {}
        for bulletin in bulletins:
            crossing = self.telling.pair(bulletin.crossing)
            for one in contradictions(bulletin, self.at):
                for side, by in ((Side.UZ, Side.KZ), (Side.KZ, Side.UZ)):
                    key, other = f"notice.contradicted.{by}", one.of(by)
                    sentence = self.telling.words(key, about=self._about(one), crossing=crossing)
                    told = Contradicted(sentence, self._headline(other), self._told(other), self._href(other))
                    found.setdefault(one.of(side).notice, []).append(told)
        return found

    def _about(self, one: Disagreement) -> str:
        return self.telling.words(f"sides.about.{one.about}")

    def _saying(self, side: Side, word: Word) -> Saying:
        what, when = self._said(word)
        return Saying(side, what, when, self._headline(word), self._told(word), self._href(word))

    def _said(self, word: Word) -> tuple[str, str]:
        """What it does, and when."""
        words = self.telling.words
        if word.what is not What.REOPENED and word.is_open and word.until:
            return words("sides.over"), words("effect.since", start=self.telling.moment(word.until))
        when = when_told(self.telling, word.effect.window, self.at)
        shut = word.what in (What.CLOSED, What.RESTRICTED)
        return what_told(self.telling, word.effect), (
            words("sides.no-end", when=when) if shut and word.end_is is End.OPEN else when
        )

    def _headline(self, word: Word) -> Name:
        return self.telling.name(word.headlines, word.authority)

    def _told(self, word: Word) -> str:
        return f"{word.authority}, {self.telling.dated(word.announced.revision.published_at)}"

    def _href(self, word: Word) -> str:
        lang = self.asked.query(mode=None, direction=None) if self.asked.language != "en" else ""
        return f"/notices{lang}#n-{quote(word.announced.revision.notice_id)}"
