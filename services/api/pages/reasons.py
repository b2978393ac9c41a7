"""Why: the reasons of a status in plain words, each with its side and its source."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from services.api.pages.asked import Asked
from services.api.pages.telling import Telling, web_address
from services.core.crossings import AccessAccount, Kind, Side, Traveller, Verdict
from services.core.notices import Announced, End, What, sides
from services.core.status import Bulletin, Reason, heard

HOURS = frozenset({"in-hours", "out-of-hours", "hours-unconfirmed"})
ACCESS = frozenset({"citizenship", "plate", "goods"})
LONGEST_LABEL = 48


@dataclass(frozen=True, slots=True)
class Cite:
    """Where something was said. `external` is true for an address that is not ours."""

    label: str
    href: str
    external: bool


@dataclass(frozen=True, slots=True)
class Said:
    """One reason. `side` is None where both or neither side decides, or where the words name the post."""

    text: str
    side: Side | None = None
    cites: tuple[Cite, ...] = ()
    verdict: Verdict | None = None


@dataclass(frozen=True, slots=True)
class Reasons:
    """Tells the reasons of one crossing for one traveller at one instant."""

    telling: Telling
    asked: Asked
    bulletin: Bulletin
    traveller: Traveller
    at: datetime

    def told(self, reasons: Iterable[Reason]) -> list[Said]:
        """In their order, the hours last; what both posts share is said once."""
        listed = list(reasons)
        hours = [reason for reason in listed if reason.code in HOURS]
        others = [reason for reason in listed if reason.code not in HOURS and reason.code != "mode-served"]
        return [*map(self._one, others), *self._hours(hours)]

    def source(self, keys: str | None) -> tuple[Cite, ...]:
        """The catalogue's sources with these keys: their own pages, or ours where they have none."""
        return tuple(map(self._cite, keys.split(", "))) if keys else ()

    def _cite(self, key: str) -> Cite:
        source = self.bulletin.crossing.sources[key]
        publisher, told, _ = source.title.partition(":")
        label = publisher if told and len(publisher) <= LONGEST_LABEL else source.title
        shown = label if len(label) <= LONGEST_LABEL else f"{label[:LONGEST_LABEL].rsplit(' ', 1)[0]} …"
        here = f"/crossings/{quote(self.bulletin.code)}{self.asked.query()}#source-{quote(key)}"
        year = f", {source.said.year}" if source.said else ""
        url = web_address(source.url)
        return Cite(f"{shown}{year}", url or here, external=url is not None)

    def _one(self, reason: Reason) -> Said:
        if reason.notice:
            return self._notice(reason)
        return Said(self._sentence(reason), reason.side, self.source(reason.source), reason.verdict)

    def _sentence(self, reason: Reason) -> str:
        words, those = self.telling.words, self.telling.words(f"those.{self.traveller.mode}")
        kind, crossing = reason.code.partition("-")[0], self.bulletin.crossing
        if reason.code == "mode-not-served" and crossing.kind is not self.traveller.mode.kind:
            return words(f"reason.kind-{crossing.kind}")
        if reason.code == "mode-unconfirmed" and reason.source is None:
            return words("reason.mode-unconfirmed.silent", those=those)
        if kind in ACCESS and (account := self._account(reason)):
            limited = account.citizens if kind == "citizenship" else account.plates
            return words(f"reason.{reason.code}", countries=self.telling.countries(limited))
        key = f"reason.{reason.code}"
        return words(key, those=those) if key in words else f"{reason.text[:1].upper()}{reason.text[1:]}."

    def _account(self, reason: Reason) -> AccessAccount | None:
        """The account of who may pass that a reason rests on."""
        day = self.bulletin.local_date(Side.UZ, self.at)
        versions = [version for version in self.bulletin.crossing.access if version.valid_from <= day]
        newest = max(versions, key=lambda version: version.valid_from, default=None)
        accounts = newest.accounts if newest else ()
        return next((account for account in accounts if account.source == reason.source), None)

    def _hours(self, reasons: list[Reason]) -> Iterator[Said]:
        told = [(reason, self._rules(reason), self._hours_cites(reason)) for reason in reasons]
        alike = len(told) == 2 and told[0][0].code == told[1][0].code and told[0][1:] == told[1][1:]
        for reason, rules, cites in told[:1] if alike else told:
            post = self.telling.words(f"post.{reason.side}")
            key = f"reason.{reason.code}" + (".both" if alike else "")
            if not rules:
                key += ".silent"
            elif self.bulletin.crossing.kind is Kind.RAIL and rules == ["24/7"]:
                key = "reason.timetable"
            elif rules == ["24/7"]:
                key += ".round"
            text = self.telling.words(key, post=post, rules=self.telling.rules(rules))
            yield Said(text, None, cites, reason.verdict)

    def _rules(self, reason: Reason) -> list[str]:
        """The opening hours that decided: announced ones, and the catalogue's unless those replace them."""
        assert reason.side is not None
        announced = [
            one.effect.hours
            for one in self._announced(reason)
            if one.effect.hours and reason.side in sides(one.effect.selector)
        ]
        if announced and reason.verdict is not Verdict.UNCONFIRMED:
            return announced[-1:]
        day = self.bulletin.local_date(reason.side, self.at)
        version = self.bulletin.hours_version(reason.side, self.traveller.mode, day)
        stated = [account.rule for account in version.accounts] if version else []
        return list(dict.fromkeys([*stated, *announced]))

    def _hours_cites(self, reason: Reason) -> tuple[Cite, ...]:
        announced = self._announced(reason)
        return (self._notice_cite(announced[0]),) if announced else self.source(reason.source)

    def _notice(self, reason: Reason) -> Said:
        announced = self._announced(reason)
        if not announced:
            return Said(reason.text, reason.side, (), reason.verdict)
        gaps = {"headline": self._headline(announced[0]), "end": self._lapsed_end(announced, reason)}
        code = reason.code
        key = "reason.lapsed" if "lapsed" in code else "reason.notice"
        if code.endswith("-depends"):
            key = "reason.depends"
        text = self.telling.words(key, **gaps)
        return Said(text, reason.side, (self._notice_cite(announced[0]),), reason.verdict)

    def _announced(self, reason: Reason) -> list[Announced]:
        return [one for one in self.bulletin.announced if one.revision.ref == reason.notice]

    def _headline(self, announced: Announced) -> str:
        """What the notice was headed at the instant asked about, in the language of the names."""
        revision = heard(announced, self.at)
        headlines = {language: text.headline for language, text in revision.notice.texts.items()}
        return self.telling.name(headlines, revision.headline).text

    def _lapsed_end(self, announced: list[Announced], reason: Reason) -> str:
        ends = [
            one.effect.window.end
            for one in announced
            if one.effect.window.end
            and one.effect.window.end_is is End.ANNOUNCED
            and one.effect.window.end <= self.at
            and one.effect.what in (What.CLOSED, What.RESTRICTED)
            and (reason.side is None or reason.side in sides(one.effect.selector))
        ]
        return self.telling.moment(max(ends)) if ends else ""

    def _notice_cite(self, announced: Announced) -> Cite:
        revision = announced.revision
        label = f"{revision.notice.authority}, {self.telling.dated(revision.published_at)}"
        lang = self.asked.query(mode=None, direction=None) if self.asked.language != "en" else ""
        return Cite(label, f"/notices{lang}#n-{quote(revision.notice_id)}", external=False)
