"""`otkel ask`: the main question, in a terminal."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from services.cli.edge import opened, refused
from services.core import alternatives, board, crossings
from services.core.alternatives import Way
from services.core.board import Board
from services.core.crossings import Direction, Goods, Mode, Side, Traveller, Verdict
from services.core.notices import End, What
from services.core.notices.documents import OUR_TIME
from services.core.status import About, Word, disagreements, next_change, status
from services.core.text import Language, in_language

TASHKENT = ZoneInfo("Asia/Tashkent")
ABOUT = {
    About.SHUT: "whether it is shut",
    About.END: "how long it stays shut",
    About.HOURS: "its hours",
    About.CAPACITY: "how much may pass",
}


def ask(
    mode: Annotated[Mode, typer.Option(help="How you travel.")],
    direction: Annotated[Direction, typer.Option(help="Into which country.")],
    citizenship: Annotated[str | None, typer.Option(help="Two letters, such as UZ, KZ, DE.")] = None,
    at: Annotated[
        str | None, typer.Option(help="An instant such as 2025-02-10T12:00+05:00; now if not said.")
    ] = None,
    mass: Annotated[
        float | None, typer.Option(help="Mass of the vehicle in tonnes.", min=0.1, max=200)
    ] = None,
    goods: Annotated[Goods | None, typer.Option(help="What you carry.")] = None,
    instead_of: Annotated[str | None, typer.Option(help="A crossing's name or code: where else?")] = None,
) -> None:
    """Which crossings may I use, until when, why not the others, and where should I go instead?"""
    if citizenship is not None and not (
        len(citizenship) == 2 and citizenship.isascii() and citizenship.isalpha()
    ):
        raise refused("--citizenship: must be two letters")
    instant = _instant(at)
    who = Traveller(mode, direction, citizenship.upper() if citizenship else None, mass, goods=goods)
    with opened() as edge:
        with edge.reading() as session:
            inputs, legs = board.read_inputs(session), alternatives.road_times(session)
        compiled = board.compile_board(inputs, datetime.now(UTC))
        if not compiled.bulletins:
            raise refused("there is no catalogue yet; run `otkel load`")
        if instead_of is None:
            _tell_all(compiled, who, instant)
        else:
            _tell_others(compiled, legs, who, instant, _code(compiled, instead_of))


def _instant(written: str | None) -> datetime:
    if written is None:
        return datetime.now(UTC)
    try:
        at = datetime.fromisoformat(written)
    except ValueError:
        raise refused(f"--at: {written!r} is no instant; write 2025-02-10T12:00+05:00") from None
    if at.tzinfo is None:
        raise refused("--at: needs an offset, such as +05:00")
    if at.year not in OUR_TIME:
        raise refused(f"--at: must lie in the years {OUR_TIME[0]} to {OUR_TIME[-1]}")
    return at


def _code(compiled: Board, name: str) -> str:
    finding = crossings.find(name, compiled.catalogue)
    if not finding.matches:
        raise refused(f"--instead-of: no crossing is called {name!r}")
    if finding.ambiguous:
        several = ", ".join(match.code for match in finding.best)
        raise refused(f"--instead-of: {name!r} is the name of several crossings: {several}")
    return finding.matches[0].code


def _tell_all(compiled: Board, who: Traveller, at: datetime) -> None:
    for verdict in Verdict:
        typer.echo(f"{verdict.upper()}")
        for code, bulletin in compiled.bulletins.items():
            if bulletin.crossing.kind is not who.mode.kind:
                continue
            here = status(bulletin, who, at)
            if here.verdict is verdict:
                change = next_change(bulletin, who, at)
                until = f"until {_local(change[0])}, then {change[1]}" if change else "no change known"
                typer.echo(f"  {_name(compiled, code)} [{code}]: {until}")
                for reason in here.reasons if verdict is not Verdict.OPEN else here.remarks:
                    side = f"{reason.side.upper()}: " if reason.side else ""
                    typer.echo(f"      {side}{reason.text}")
                for one in disagreements(bulletin, who, at):
                    typer.echo(f"      the two sides say different things about {ABOUT[one.about]}:")
                    for side in Side:
                        typer.echo(f"        {side.upper()}: {_said(one.of(side))}")
                wait = _wait(compiled, code, who, at)
                if verdict is not Verdict.CLOSED and wait:
                    typer.echo(f"      {wait}")
    typer.echo(f"as of {_local(compiled.as_of)}")


def _said(word: Word) -> str:
    """What one side says, by whose word, and until when."""
    headline, share = in_language(dict(word.headlines), Language.ENGLISH), word.effect.capacity_share
    says = word.effect.hours or (f"{share:.0%} of capacity" if share is not None else word.what)
    return f"{headline} ({word.authority}): {says} since {_local(word.since)}{_end(word)}"


def _end(word: Word) -> str:
    if word.until is None:
        return ", no end given" if word.what is What.CLOSED else ""
    known = "until" if word.end_is is End.KNOWN else "announced until"
    return f", {known} {_local(word.until)}{', which has passed' if word.passed else ''}"


def _wait(compiled: Board, code: str, who: Traveller, at: datetime) -> str | None:
    expected = compiled.expected(code, who, at)
    if expected is None or expected.wait is None or expected.wait.p10 is None:
        return None
    longest = expected.wait.p90
    upto = "more than can be said" if longest is None else f"{longest:.0f} min"
    return f"wait from {expected.wait.p10:.0f} min to {upto}, by usual figures; nothing was measured"


def _tell_others(
    compiled: Board, legs: alternatives.RoadTimes, who: Traveller, at: datetime, code: str
) -> None:
    roads = alternatives.roads_for(compiled.catalogue, legs)
    ranking = alternatives.alternatives(compiled, roads, who, at, Way(instead_of=code))
    for place, one in enumerate(ranking.items, start=1):
        typer.echo(f"{place}. {_name(compiled, one.code)} ({one.mode}): {'; '.join(one.reasons)}")
    for other in ranking.refused:
        typer.echo(f"not {_name(compiled, other.code)}: {'; '.join(other.reasons)}")
    if ranking.advice:
        typer.echo(ranking.advice)


def _name(compiled: Board, code: str) -> str:
    posts = compiled.catalogue[code].posts
    return " – ".join(in_language(posts[side].named.names, Language.ENGLISH) or "?" for side in Side)


def _local(at: datetime) -> str:
    return f"{at.astimezone(TASHKENT):%Y-%m-%d %H:%M} (UTC+5)"
