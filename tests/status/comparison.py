"""The engine against the oracle, over many worlds, and the smallest world in which they differ."""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from multiprocessing import Pool
from random import Random
from time import monotonic
from typing import Any

from services.core.crossings import Crossing, Traveller, Verdict
from services.core.notices import announced
from services.core.status import bulletin_for, status
from tests.counts import at_least_one
from tests.status.cases import World, a_world, instants, travellers
from tests.status.oracle import Known, possible

TRAVELLERS, INSTANTS = 5, 20
"""Questions of one world: making it costs as much as a few dozen of them."""
TOLD = 3
"""Disagreements that are shown whole."""
UNSAID: tuple[dict[str, Any], ...] = tuple(
    {name: None} for name in ("citizenship", "vehicle_mass_t", "plate", "goods", "transit")
)


@dataclass(frozen=True)
class Case:
    world: World
    traveller: Traveller
    at: datetime

    def answered(self) -> Verdict:
        return _ask(self.world)(self.traveller, self.at)

    def disagrees(self) -> bool:
        return self.answered() not in possible(_known(self.world), self.traveller, self.at)


@dataclass
class Tally:
    agreed: Counter[Verdict] = field(default_factory=Counter)
    undecided: int = 0
    """Of the agreements, those near sunrise or sunset, where more than one answer would do."""
    disagreed: list[Case] = field(default_factory=list)

    def add(self, other: Tally) -> None:
        self.agreed += other.agreed
        self.undecided += other.undecided
        self.disagreed += other.disagreed

    def __str__(self) -> str:
        verdicts = ", ".join(f"{self.agreed[verdict]} {verdict}" for verdict in Verdict)
        return (
            f"{self.agreed.total()} agreements ({verdicts}; {self.undecided} of them undecided, at sunrise or"
            f" sunset), {len(self.disagreed)} disagreements"
        )


def compared(seed: str, number: int) -> Tally:
    """All questions of one world; the same for the same seed and number."""
    random = Random(f"{seed}/{number}")
    world = a_world(random)
    ask, known = _ask(world), _known(world)
    people, times = travellers(random, world, TRAVELLERS), instants(random, world, INSTANTS)
    tally = Tally()
    for traveller in people:
        for at in times:
            expected, found = possible(known, traveller, at), ask(traveller, at)
            if found in expected:
                tally.agreed[found] += 1
                tally.undecided += len(expected) > 1
            else:
                tally.disagreed.append(Case(world, traveller, at))
    return tally


def _ask(world: World) -> Callable[[Traveller, datetime], Verdict]:
    effects = announced(world.revisions, world.as_of)
    bulletin = bulletin_for(world.crossing, effects, world.holidays)
    return lambda traveller, at: status(bulletin, traveller, at).verdict


def _known(world: World) -> Known:
    return Known(world.crossing, world.revisions, world.as_of, world.holidays)


def smallest(case: Case) -> Case:
    """The same disagreement with everything left out that it does not need."""
    while smaller := next((one for one in _smaller(case) if one.disagrees()), None):
        case = smaller
    return case


def _smaller(case: Case) -> Iterator[Case]:
    world, traveller = case.world, case.traveller
    for fewer in _without_one(world.revisions):
        yield replace(case, world=replace(world, revisions=fewer))
    for n, revision in enumerate(world.revisions):
        for effects in _without_one(revision.notice.effects):
            if effects:
                less = revision.model_copy(
                    update={"notice": revision.notice.model_copy(update={"effects": effects})}
                )
                revisions = (*world.revisions[:n], less, *world.revisions[n + 1 :])
                yield replace(case, world=replace(world, revisions=revisions))
    for crossing in _less_of(world.crossing):
        yield replace(case, world=replace(world, crossing=crossing))
    for unsaid in UNSAID:
        if (quieter := replace(traveller, **unsaid)) != traveller:
            yield replace(case, traveller=quieter)


def _less_of(crossing: Crossing) -> Iterator[Crossing]:
    for modes in _without_one(crossing.modes):
        yield crossing.model_copy(update={"modes": modes})
    for access in _without_one(crossing.access):
        yield crossing.model_copy(update={"access": access})
    for side, post in crossing.posts.items():
        for hours in _without_one(post.hours):
            posts = {**crossing.posts, side: post.model_copy(update={"hours": hours})}
            yield crossing.model_copy(update={"posts": posts})


def _without_one(things: Sequence[Any]) -> Iterator[tuple[Any, ...]]:
    for n in range(len(things)):
        yield (*things[:n], *things[n + 1 :])


def shown(case: Case) -> str:
    """Everything needed to ask the question again."""
    world = case.world
    effects = announced(world.revisions, world.as_of)
    here = status(bulletin_for(world.crossing, effects, world.holidays), case.traveller, case.at)
    crossing = world.crossing.model_dump(mode="json", exclude_defaults=True, exclude={"sources"})
    expected = " or ".join(sorted(possible(_known(world), case.traveller, case.at)))
    lines = [
        f"at {case.at.isoformat()} as of {world.as_of.isoformat()} for {case.traveller}",
        f"oracle: {expected}; engine: {here.verdict}",
        *(f"  engine says {reason.code}: {reason.text}" for reason in here.reasons),
        f"crossing: {json.dumps(crossing, ensure_ascii=False)}",
        *(f"revision: {revision.model_dump_json(exclude_defaults=True)}" for revision in world.revisions),
    ]
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.status.oracle")
    parser.add_argument("--cases", type=at_least_one, default=1_000_000)
    parser.add_argument("--seed", default="1")
    parser.add_argument("--processes", type=int, choices=(1, 2), default=1)
    asked = parser.parse_args(arguments)
    worlds = range(-(-asked.cases // (TRAVELLERS * INSTANTS)))
    compare = partial(compared, asked.seed)
    if asked.processes == 1:
        tally = _told(map(compare, worlds), asked.cases)
    else:
        with Pool(asked.processes) as pool:
            tally = _told(pool.imap(compare, worlds, chunksize=8), asked.cases)
    for case in tally.disagreed[:TOLD]:
        print(shown(smallest(case)), end="\n\n")
    outcome = {"value": len(tally.disagreed), "limit": 0, "pass": not tally.disagreed}
    print(json.dumps({"STATUS_ORACLE": outcome}))
    return 1 if tally.disagreed else 0


def _told(tallies: Iterable[Tally], cases: int) -> Tally:
    """The sum of all, with a line of progress twenty times."""
    total, started, told = Tally(), monotonic(), 0
    for tally in tallies:
        total.add(tally)
        done = total.agreed.total() + len(total.disagreed)
        if done >= min(told + cases / 20, cases):
            told = done
            print(f"{done} cases in {monotonic() - started:.0f} s: {total}", flush=True)
    return total
