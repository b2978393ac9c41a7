"""What is contradicted at a crossing, whomever it concerns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import product

from services.core.crossings import Direction, Goods, Kind, Mode, Traveller
from services.core.notices import Selector
from services.core.status.bulletin import Bulletin
from services.core.status.disagreement import Disagreement, disagreements, meeting

ELSEWHERE = "XX"
"""Of none of the states that a notice names: ISO 3166 gives this to nobody."""


def contradictions(bulletin: Bulletin, at: datetime) -> list[Disagreement]:
    """Every disagreement that some traveller meets at `at`; of two notices about one thing, one."""
    selectors = [one.effect.selector for pair in meeting(bulletin, at) for one in pair]
    found = {
        (one.about, one.uz.notice, one.kz.notice): one
        for traveller in (_everybody(bulletin.crossing.kind, selectors) if selectors else ())
        for one in disagreements(bulletin, traveller, at)
    }
    return list(found.values())


def _everybody(kind: Kind, selectors: Sequence[Selector]) -> Iterator[Traveller]:
    """Somebody of every sort that the selectors tell apart."""
    states = {state for one in selectors for state in (*one.citizens, *one.citizens_except)}
    limits = {
        limit for one in selectors for limit in (one.mass_over_t, one.mass_up_to_t) if limit is not None
    }
    goods = tuple(Goods) if any(one.goods for one in selectors) else (None,)
    transit = (True, False) if any(one.transit is not None for one in selectors) else (None,)
    for mode, direction, state, mass, carried, passing in product(
        [mode for mode in Mode if mode.kind is kind],
        Direction,
        [ELSEWHERE, *sorted(states)],
        [*sorted(limits), max(limits) + 1] if limits else [None],
        goods,
        transit,
    ):
        yield Traveller(mode, direction, state, mass, goods=carried, transit=passing)
