"""Everything that the catalogue states of a crossing, with who says it and where they disagree."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from services.api.pages.reasons import Cite, Reasons
from services.api.pages.telling import TASHKENT, Name, Telling, web_address
from services.core.crossings import Capacity, Crossing, HoursVersion, Post, Side
from services.core.text import Language


@dataclass(frozen=True, slots=True)
class Account:
    """What one source says of the hours."""

    rule: str
    note: str | None
    confidence: str
    cites: tuple[Cite, ...]


@dataclass(frozen=True, slots=True)
class Hours:
    """One version of the hours: from when, for whom, and what each source says."""

    since: str
    whom: str
    accounts: tuple[Account, ...]
    disagree: bool


@dataclass(frozen=True, slots=True)
class PostTold:
    side: Side
    name: Name
    names: tuple[tuple[Language, str], ...]
    aliases: str
    place: str
    has_position: bool
    authority: str
    telephone: str | None
    customs_code: str | None
    hours: tuple[Hours, ...]


@dataclass(frozen=True, slots=True)
class Figure:
    """A capacity as somebody gave it."""

    figure: str
    phase: str
    whose: str
    dated: str
    note: str | None
    cites: tuple[Cite, ...]


@dataclass(frozen=True, slots=True)
class RemarkTold:
    about: str
    text: str
    cites: tuple[Cite, ...]


@dataclass(frozen=True, slots=True)
class SourceTold:
    key: str
    title: str
    url: str | None
    dates: str


@dataclass(frozen=True, slots=True)
class Dossier:
    """Tells of one crossing as of one instant."""

    telling: Telling
    reasons: Reasons
    at: datetime

    @property
    def crossing(self) -> Crossing:
        return self.reasons.bulletin.crossing

    def posts(self) -> list[PostTold]:
        return [self._post(side, self.crossing.posts[side]) for side in Side]

    def _post(self, side: Side, post: Post) -> PostTold:
        return PostTold(
            side=side,
            name=self.telling.name(post.named.names),
            names=tuple(
                (language, post.named.names[language])
                for language in Language
                if language in post.named.names
            ),
            aliases=", ".join(post.named.aliases),
            place=self._place(post),
            has_position=post.located is not None,
            authority=post.authority,
            telephone=post.telephone,
            customs_code=post.customs_code,
            hours=tuple(self._hours(version) for version in self._versions(post)),
        )

    def _place(self, post: Post) -> str:
        place = post.located or post.placed
        if place is None:
            return ""
        return ", ".join(filter(None, (place.near, place.road, self.telling.name(place.region, "").text)))

    def _versions(self, post: Post) -> list[HoursVersion]:
        """Those that count on the day, and those to come; what counted before is history."""
        today = self.at.astimezone(TASHKENT).date()
        newest: dict[tuple[str, ...], HoursVersion] = {}
        for version in sorted(post.hours, key=lambda version: version.valid_from):
            if version.valid_from <= today:
                newest[version.modes] = version
        coming = [version for version in post.hours if version.valid_from > today]
        return [*newest.values(), *coming]

    def _hours(self, version: HoursVersion) -> Hours:
        words = self.telling.words
        coming = version.valid_from > self.at.astimezone(TASHKENT).date()
        those = ", ".join(words(f"those.{mode}") for mode in version.modes)
        accounts = tuple(
            Account(
                rule=self.telling.rules([account.rule]),
                note=account.note,
                confidence=words(f"confidence.{account.confidence}"),
                cites=self.reasons.source(account.source),
            )
            for account in version.accounts
        )
        return Hours(
            since=words(
                "crossing.hours.future" if coming else "crossing.hours.since",
                date=self.telling.dated(version.valid_from),
            ),
            whom=those or words("crossing.hours.all"),
            accounts=accounts,
            disagree=len({account.rule for account in version.accounts}) > 1,
        )

    def figures(self) -> list[Figure]:
        ranked = sorted(
            self.crossing.capacities, key=lambda one: (one.date or date.min, one.phase), reverse=True
        )
        return [self._figure(one) for one in ranked]

    def _figure(self, one: Capacity) -> Figure:
        words = self.telling.words
        whose = [words(f"side.{one.side}")] if one.side else []
        whose += [words(f"direction.{one.direction}")] if one.direction else []
        whose += [words(f"those.{mode}") for mode in one.modes]
        return Figure(
            figure=f"{one.value:,g} {one.unit}",
            phase=words(f"phase.{one.phase}"),
            whose=", ".join(whose),
            dated=self.telling.dated(one.date) if one.date else words("crossing.capacity.undated"),
            note=one.note,
            cites=self.reasons.source(one.source),
        )

    def remarks(self) -> list[RemarkTold]:
        words = self.telling.words
        return [
            RemarkTold(
                about=words(key) if (key := f"about.{one.about}") in words else one.about,
                text=one.text,
                cites=self.reasons.source(one.source),
            )
            for one in self.crossing.remarks
        ]

    def sources(self) -> list[SourceTold]:
        words = self.telling.words
        return [
            SourceTold(
                key=key,
                title=source.title,
                url=web_address(source.url),
                dates=", ".join(
                    words(word, date=self.telling.dated(day))
                    for word, day in (("source.said", source.said), ("source.read", source.read))
                    if day
                ),
            )
            for key, source in self.crossing.sources.items()
        ]
