"""`otkel replay`: what the service would have said on a day of the past."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any

import typer

from services.cli.edge import assuming, refused
from services.core import crossings, notices
from services.core.alternatives import Answer, Replay
from services.core.alternatives import replay as replayed
from services.core.errors import OtkelError
from services.core.notices import Event
from services.core.notices.documents import OUR_TIME


def replay(
    event: Annotated[
        str,
        typer.Argument(
            help="An id (E35), a month (february-2023), a date (2025-12-29), or a TOML or JSON file."
        ),
    ],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Run past events and print what travellers would have been told. Exit code 2 if an authority's own
    advice did not come out."""
    assuming()
    try:
        replays = [
            replayed(one, crossings.catalogue(), list(notices.events().values())) for one in _events(event)
        ]
    except OtkelError as error:
        raise refused(str(error)) from error
    if as_json:
        typer.echo(json.dumps([_json(one) for one in replays], ensure_ascii=False, indent=2))
    else:
        for one in replays:
            _tell(one)
    raise typer.Exit(0 if all(one.agrees for one in replays) else 2)


def _events(name: str) -> list[Event]:
    if Path(name).suffix in (".toml", ".json"):
        return [_understood(notices.read_event(Path(name)))]
    found = notices.find(name)
    if not found:
        known = ", ".join(notices.events())
        raise refused(f"no event is called {name!r}; there are {known}")
    return found


def _understood(event: Event) -> Event:
    """A reader's own event, if it speaks of crossings and times that we can answer for."""
    if unknown := set(_codes(event)) - crossings.catalogue().keys():
        raise refused(f"{event.slug}: no crossing is called {', '.join(sorted(unknown))}")
    asked = (at for gold in event.gold for at in gold.at)
    if strange := [at for at in (*event.turns(), *asked) if at.year not in OUR_TIME]:
        raise refused(f"{event.slug}: {strange[0]} is outside the years {OUR_TIME[0]} to {OUR_TIME[-1]}")
    return event


def _codes(event: Event) -> Iterator[str]:
    for revision in event.revisions:
        yield from revision.notice.alternatives
        for effect in revision.notice.effects:
            yield from effect.selector.crossings
    for gold in event.gold:
        yield from (*gold.instead_of, *gold.must, *gold.must_not, *gold.rail)


def _json(one: Replay) -> dict[str, Any]:
    return {
        "event": one.event.event,
        "slug": one.event.slug,
        "summary": one.event.summary,
        "agrees": one.agrees,
        "answers": [_answer(answer) for answer in one.answers],
    }


def _answer(answer: Answer) -> dict[str, Any]:
    question, gold = answer.question, answer.question.gold
    return {
        "at": question.at.isoformat(),
        "mode": question.traveller.mode,
        "direction": question.traveller.direction,
        "citizenship": question.traveller.citizenship,
        "vehicle_mass_t": question.traveller.vehicle_mass_t,
        "instead_of": question.instead_of,
        "status": dict(answer.verdicts),
        "passes": answer.passes,
        "items": [
            {
                "code": one.code,
                "mode": one.mode,
                "status": one.verdict,
                "road_minutes": round(one.road_minutes),
                "detour_km": round(one.detour_km),
                "wait_minutes": one.told_wait.model_dump() if one.told_wait else None,
                "reasons": list(one.reasons),
            }
            for one in answer.ranking.items
        ],
        "advice": answer.ranking.advice,
        "refused": {one.code: list(one.reasons) for one in answer.ranking.refused},
        "levels": {one.crossing: one.level for one in answer.advisories},
        "must": list(gold.must) if gold else [],
        "must_not": list(gold.must_not) if gold else [],
        "missed": list(answer.missed),
        "wrong": list(answer.wrong),
    }


def _tell(one: Replay) -> None:
    typer.echo(f"{one.event.event}  {one.event.summary}")
    for answer in one.answers:
        question, traveller = answer.question, answer.question.traveller
        about = f"instead of {question.instead_of}" if question.instead_of else "anywhere"
        when = question.at.strftime("%Y-%m-%d %H:%M%z")
        typer.echo(f"\n  {when}  {traveller.mode}, {traveller.direction}, {about}")
        levels = {advisory.crossing: advisory.level for advisory in answer.advisories}
        for code, verdict in answer.verdicts.items():
            level = f", {levels[code]}" if levels.get(code) else ""
            typer.echo(f"    {code:30} {verdict}{level}")
        for place, other in enumerate(answer.ranking.items, start=1):
            drive = timedelta(minutes=round(other.road_minutes))
            typer.echo(f"    {place}. {other.code} ({other.mode}), {other.detour_km:.0f} km, {drive} by road")
        if answer.ranking.advice:
            typer.echo(f"    {answer.ranking.advice}")
        for code in answer.missed:
            typer.echo(f"    MISSED: the authorities named {code}")
        for code in answer.wrong:
            typer.echo(f"    WRONG: {code} should not be named")
    typer.echo("\n  agrees with what the authorities advised" if one.agrees else "\n  DISAGREES")
