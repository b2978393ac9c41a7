"""What the authorities advised in the past must follow from the catalogue and what had been told by then."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import pytest

from services.core.crossings import Direction, Mode, Traveller, Verdict
from services.core.notices import events
from services.core.notices.chronicle import Gold
from services.core.status import status
from tests.status import real


@dataclass(frozen=True)
class Label:
    """One crossing for one traveller at one instant. `passes`: it must be open; else it must not be."""

    event: str
    crossing: str
    passes: bool
    traveller: Traveller
    at: datetime

    def __str__(self) -> str:
        who = self.traveller
        must = "must" if self.passes else "must-not"
        citizen = who.citizenship or "anybody"
        then = f"{self.at:%Y-%m-%dT%H%M}"
        return "-".join((self.event, must, self.crossing, who.mode, who.direction, citizen, then))


def labels() -> Iterator[Label]:
    for event in events().values():
        for gold in event.gold:
            for at in gold.at:
                yield from (Label(event.event, *about, at) for about in about_whom(gold))


def about_whom(gold: Gold) -> Iterator[tuple[str, bool, Traveller]]:
    """Every crossing that the advice names, for every traveller to whom it was given."""
    for direction in gold.directions or tuple(Direction):
        for citizenship in gold.citizens or (None, "UZ"):
            for mode in gold.modes:
                mass = gold.vehicle_mass_t if mode is Mode.TRUCK else None
                who = Traveller(mode, direction, citizenship, mass)
                yield from ((code, True, who) for code in gold.must)
                yield from ((code, False, who) for code in gold.must_not)
            if gold.rail_mode:
                by_train = Traveller(gold.rail_mode, direction, citizenship)
                yield from ((code, True, by_train) for code in gold.rail)


LABELS = list(dict.fromkeys(labels()))


@pytest.mark.parametrize("label", LABELS, ids=str)
def test_what_was_advised_then_follows_from_what_had_been_told_by_then(label: Label) -> None:
    answer = status(real.bulletins(label.at)[label.crossing], label.traveller, label.at)
    assert (answer.verdict is Verdict.OPEN) is label.passes, answer


def test_the_record_advises_for_and_against_on_road_and_rail() -> None:
    kinds = Counter((label.passes, label.traveller.mode.kind) for label in LABELS)
    assert min(kinds.values()) >= 10
    assert len(kinds) == 4
    assert {label.traveller.mode for label in LABELS} == set(Mode)


def test_every_event_with_gold_has_labels() -> None:
    assert {label.event for label in LABELS} == {event.event for event in events().values() if event.gold}
