"""The one decision behind every answer: may this traveller pass here at this instant?

Five things are asked in turn: does the crossing take the mode, may this person pass, are both posts
within their hours, and what do the notices say. Each answers in three values and gives its reasons; the
strictest answer is the status. Dates that are the crossing's, not one post's, are days by the Uzbek clock.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from services.core.crossings import AccessAccount, Goods, Mode, Side, Stated, Traveller, Verdict
from services.core.notices import What
from services.core.status.announcements import Bearing, Phase, Standing, standing
from services.core.status.bulletin import Bulletin

NEWS = timedelta(days=30)
"""How long a remark without an end is worth telling."""


PLATED = frozenset({Mode.CAR, Mode.BUS, Mode.TRUCK})
FREIGHT = frozenset({Mode.TRUCK, Mode.FREIGHT_TRAIN})


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that speaks for a verdict.

    `code` is stable and made for machines; `text` is the same in English. `side` is None where it is not
    one side that decides. `notice` names a notice's revision; `source` a key of the crossing's sources.
    """

    code: str
    verdict: Verdict
    text: str
    side: Side | None = None
    notice: str | None = None
    source: str | None = None
    by_the_clock: bool = False
    """Whether it may come and go with the time of the day, as hours and recurring notices do."""


@dataclass(frozen=True, slots=True)
class Status:
    """`reasons` are those that decided; `remarks` are what else a traveller should know."""

    verdict: Verdict
    reasons: tuple[Reason, ...]
    remarks: tuple[Reason, ...] = ()

    @property
    def held_shut(self) -> bool:
        """Closed for a reason that does not come and go with the time of the day."""
        return any(reason.verdict is Verdict.CLOSED and not reason.by_the_clock for reason in self.reasons)


def status(bulletin: Bulletin, traveller: Traveller, at: datetime) -> Status:
    """May this traveller pass at `at` (aware)? Pure; the same for every reader."""
    found = _merged(_findings(bulletin, traveller, at))
    verdict = Verdict.strictest(*(reason.verdict for reason in found))
    deciding = tuple(
        reason for reason in found if reason.verdict is verdict and not reason.code.startswith("remark")
    )
    remarks = tuple(reason for reason in found if reason.code.startswith("remark"))
    return Status(verdict, deciding, remarks)


def _merged(reasons: Iterable[Reason]) -> list[Reason]:
    """What is said twice in the same words, said once; of no one side if both sides say it."""
    merged: dict[Reason, Reason] = {}
    for reason in reasons:
        alike = replace(reason, side=None)
        merged[alike] = reason if merged.get(alike, reason) == reason else alike
    return list(merged.values())


def admission(bulletin: Bulletin, traveller: Traveller, at: datetime) -> Verdict:
    """Whether a crossing takes the traveller's mode at all, hours and notices aside."""
    if traveller.mode.kind is not bulletin.crossing.kind:
        return Verdict.CLOSED
    return Verdict.strictest(
        *(reason.verdict for reason in (*_service(bulletin, at), *_mode(bulletin, traveller, at)))
    )


def _findings(bulletin: Bulletin, traveller: Traveller, at: datetime) -> Iterator[Reason]:
    if traveller.mode.kind is not bulletin.crossing.kind:
        kind = bulletin.crossing.kind
        yield Reason("mode-not-served", Verdict.CLOSED, f"this is a {kind} crossing")
        return
    yield from _service(bulletin, at)
    yield from _mode(bulletin, traveller, at)
    yield from _access(bulletin, traveller, at)
    for side in (traveller.direction.exit_side, traveller.direction.entry_side):
        bearings = standing(bulletin, side, traveller, at)
        yield from _hours(bulletin, side, traveller, at, bearings)
        for bearing in bearings:
            yield from _notice(bulletin, side, bearing, at)


def _service(bulletin: Bulletin, at: datetime) -> Iterator[Reason]:
    opened = bulletin.crossing.opened
    if opened and any(bulletin.local_date(side, at) < opened for side in Side):
        yield Reason("not-opened", Verdict.CLOSED, f"the crossing did not exist before {opened}")


def _mode(bulletin: Bulletin, traveller: Traveller, at: datetime) -> Iterator[Reason]:
    day = bulletin.local_date(Side.UZ, at)
    versions = [
        version
        for version in bulletin.crossing.modes
        if version.valid_from <= day and traveller.mode in version.modes
    ]
    newest = max(versions, key=lambda version: version.valid_from, default=None)
    accounts = newest.accounts if newest else ()
    verdict = _agreed([Verdict.OPEN if account.admitted else Verdict.CLOSED for account in accounts])
    text = {
        Verdict.OPEN: f"the crossing takes {traveller.mode} traffic",
        Verdict.CLOSED: f"the crossing does not take {traveller.mode} traffic",
        Verdict.UNCONFIRMED: f"sources disagree whether the crossing takes {traveller.mode} traffic"
        if accounts
        else f"no source says whether the crossing takes {traveller.mode} traffic",
    }[verdict]
    code = {
        Verdict.OPEN: "mode-served",
        Verdict.CLOSED: "mode-not-served",
        Verdict.UNCONFIRMED: "mode-unconfirmed",
    }
    yield Reason(code[verdict], verdict, text, source=_sources(accounts))


def _access(bulletin: Bulletin, traveller: Traveller, at: datetime) -> Iterator[Reason]:
    day = bulletin.local_date(Side.UZ, at)
    versions = [version for version in bulletin.crossing.access if version.valid_from <= day]
    newest = max(versions, key=lambda version: version.valid_from, default=None)
    if newest is None:
        yield Reason("access-unconfirmed", Verdict.UNCONFIRMED, "no source says who may pass")
        return
    conditions: tuple[
        tuple[str, str, Callable[[AccessAccount], bool | None], Callable[[AccessAccount], str]], ...
    ]
    conditions = (
        (
            "citizenship",
            "your citizenship",
            lambda account: _among(traveller.citizenship, account.citizens),
            _citizens,
        ),
        ("plate", "the country of your plates", lambda account: _plates(traveller, account), _plated),
        (
            "goods",
            "what you carry",
            lambda account: _goods(traveller, account),
            lambda _: "no commercial goods",
        ),
    )
    refused_by_all = all(any(judge(one) is False for _, _, judge, _ in conditions) for one in newest.accounts)
    for code, unsaid, judge, rule in conditions:
        answers = [judge(account) for account in newest.accounts]
        verdict = _agreed([_verdict(answer) for answer in answers])
        if refused_by_all and False in answers:
            verdict = Verdict.CLOSED
        if verdict is Verdict.OPEN:
            continue
        deciding = (False,) if verdict is Verdict.CLOSED else (False, None)
        account = newest.accounts[next(i for i, answer in enumerate(answers) if answer in deciding)]
        if verdict is Verdict.CLOSED:
            yield Reason(code, verdict, rule(account), source=account.source)
        elif None in answers:
            yield Reason(
                f"{code}-not-said", verdict, f"{rule(account)}; {unsaid} is not said", source=account.source
            )
        else:
            yield Reason(
                f"{code}-unconfirmed", verdict, f"sources disagree: {rule(account)}", source=account.source
            )


def _among(said: str | None, allowed: tuple[str, ...]) -> bool | None:
    if not allowed:
        return True
    return None if said is None else said in allowed


def _plates(traveller: Traveller, account: AccessAccount) -> bool | None:
    """Somebody on foot or on a train has no plates; somebody who does not say drives home plates, as far as
    that lets them pass: nobody is refused for plates that were not said."""
    if not account.plates or traveller.mode not in PLATED:
        return True
    if traveller.plate is None:
        return True if traveller.citizenship in account.plates else None
    return traveller.plate in account.plates


def _goods(traveller: Traveller, account: AccessAccount) -> bool | None:
    """Who does not say what they carry carries their own things; of a freighter that is not supposed."""
    if account.commercial_goods or traveller.goods is Goods.PERSONAL:
        return True
    if traveller.goods is None:
        return None if traveller.mode in FREIGHT else True
    return False


def _citizens(account: AccessAccount) -> str:
    return f"only citizens of {', '.join(account.citizens)} may pass"


def _plated(account: AccessAccount) -> str:
    return f"only vehicles registered in {', '.join(account.plates)} may pass"


def _hours(
    bulletin: Bulletin, side: Side, traveller: Traveller, at: datetime, bearings: list[Bearing]
) -> Iterator[Reason]:
    changed = [bearing for bearing in bearings if bearing.effect.what is What.HOURS]
    verdict, rules, sources = _catalogue_hours(bulletin, side, traveller, at)
    notice = None
    for bearing in changed:
        assert bearing.effect.hours is not None
        announced = _within(bearing.effect.hours, bulletin, side, at)
        if bearing.standing is Standing.CERTAIN and bearing.phase is Phase.ACTIVE:
            verdict, rules = announced, bearing.effect.hours
        else:
            verdict, rules = _agreed([verdict, announced]), f"{rules} or {bearing.effect.hours}"
        notice, sources = bearing.ref, None
    text = {
        Verdict.OPEN: f"the {side.upper()} post is within its hours ({rules})",
        Verdict.CLOSED: f"the {side.upper()} post is outside its hours ({rules})",
        Verdict.UNCONFIRMED: f"the hours of the {side.upper()} post are not certain ({rules})",
    }[verdict]
    code = {
        Verdict.OPEN: "in-hours",
        Verdict.CLOSED: "out-of-hours",
        Verdict.UNCONFIRMED: "hours-unconfirmed",
    }
    yield Reason(code[verdict], verdict, text, side=side, notice=notice, source=sources, by_the_clock=True)


def _catalogue_hours(
    bulletin: Bulletin, side: Side, traveller: Traveller, at: datetime
) -> tuple[Verdict, str, str | None]:
    version = bulletin.hours_version(side, traveller.mode, bulletin.local_date(side, at))
    if version is None:
        return Verdict.UNCONFIRMED, "nobody says", None
    verdict = _agreed([_within(account.rule, bulletin, side, at) for account in version.accounts])
    rules = " or ".join(dict.fromkeys(account.rule for account in version.accounts))
    return verdict, rules, _sources(version.accounts)


def _within(rule: str, bulletin: Bulletin, side: Side, at: datetime) -> Verdict:
    return _verdict(bulletin.within(rule, side, at))


def _notice(bulletin: Bulletin, side: Side, bearing: Bearing, at: datetime) -> Iterator[Reason]:
    effect, headline = bearing.effect, bearing.announced.headline(at)
    verdict, code = _judged(bearing)
    old_news = effect.window.end is None and at >= effect.window.start + NEWS
    if code is None or (code.startswith("remark") and old_news):
        return
    if bearing.standing is Standing.UNCERTAIN and verdict is Verdict.CLOSED:
        verdict, code = Verdict.UNCONFIRMED, f"{code}-depends"
        headline = f"{headline} (whether it concerns you depends on what you have not said)"
    elif bearing.standing is Standing.DOUBTED and verdict is Verdict.CLOSED:
        verdict, code = Verdict.UNCONFIRMED, f"{code}-doubted"
        headline = f"{headline} (whether it still holds nobody can tell)"
    elif bearing.phase is Phase.LAPSED and effect.window.end:
        end = bulletin.local_date(side, effect.window.end)
        headline = f"{headline} (announced until {end}; nobody has confirmed the reopening)"
    by_the_clock = bearing.by_the_clock
    yield Reason(code, verdict, headline, side=side, notice=bearing.ref, by_the_clock=by_the_clock)


def _judged(bearing: Bearing) -> tuple[Verdict, str | None]:
    """What one notice's effect says by itself, for somebody whom it surely concerns."""
    what, lapsed = bearing.effect.what, bearing.phase is Phase.LAPSED
    if what is What.CLOSED or (what is What.RESTRICTED and bearing.effect.capacity_share == 0):
        return (Verdict.UNCONFIRMED, "closure-lapsed") if lapsed else (Verdict.CLOSED, "closed")
    if what is What.RESTRICTED and bearing.effect.capacity_share is None:
        return Verdict.UNCONFIRMED, "restriction-lapsed" if lapsed else "restricted"
    if what is What.HOURS or (lapsed and what is not What.RESTRICTED):
        return Verdict.OPEN, None
    return Verdict.OPEN, f"remark-{what}"


def _agreed(verdicts: list[Verdict]) -> Verdict:
    """What all say; unconfirmed where they differ or nobody says anything."""
    return verdicts[0] if verdicts and len(set(verdicts)) == 1 else Verdict.UNCONFIRMED


def _verdict(answer: bool | None) -> Verdict:
    return {True: Verdict.OPEN, False: Verdict.CLOSED, None: Verdict.UNCONFIRMED}[answer]


def _sources(accounts: tuple[Stated, ...] | list[Stated]) -> str | None:
    return ", ".join(dict.fromkeys(account.source for account in accounts)) or None
