"""The border in parts that have nothing to say about each other.

Lanes belong together if they are of one crossing, or if a group of travellers may choose between them, and so
on from lane to lane. What happens in one such component does not touch another, so each can be reckoned by
itself: at any time, in any order, on any machine, and no slower in a large border than in a small one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from services.core.congestion.diversion import Travellers
from services.core.congestion.grid import Array, LaneKey


@dataclass(frozen=True, slots=True)
class Component:
    """Some lanes of a border.

    name       the smallest of its crossings' codes: the same however large the border is
    rows (C,)  of its lanes among those of the border, ascending
    markets    of travellers who choose between them; they count lanes from the component's first
    numbers    which of the border's markets these are
    """

    name: str
    rows: Array
    markets: tuple[Travellers, ...]
    numbers: tuple[int, ...]

    def generator(self, seed: int) -> np.random.Generator:
        """All the chance of this component in a run: the same alone as among others."""
        return np.random.Generator(np.random.SFC64([seed, *self.name.encode()]))

    def markets_among(self, rows: Array) -> dict[int, Travellers]:
        """By number, the markets among some of its lanes, given by their `rows` of the border."""
        places = np.searchsorted(self.rows, rows)
        numbered = zip(self.numbers, self.markets, strict=True)
        found = {number: among(market, places) for number, market in numbered}
        return {number: market for number, market in found.items() if market}


NOWHERE = Component("", np.empty(0, int), (), ())
"""A border without lanes has no component; this one stands for it."""


def components(keys: Sequence[LaneKey], markets: Sequence[Travellers]) -> list[Component]:
    """The components of the lanes `keys`, by name. Every lane is in exactly one.

    A market falls apart if some of its groups choose between other lanes than the rest.
    """
    codes, crossing = np.unique(np.array([key.crossing for key in keys], dtype=str), return_inverse=True)
    links = np.concatenate([np.empty((2, 0), int), *(_links(market, crossing) for market in markets)], axis=1)
    label = _least_connected(len(codes), *links)[crossing]
    rows = _by_label(label)
    numbered: dict[int, list[tuple[int, Travellers]]] = {least: [] for least in rows}
    for number, market in enumerate(markets):
        for least in np.unique(label[market.lanes]):
            if part := among(market, rows[int(least)]):
                numbered[int(least)].append((number, part))
    return [
        Component(
            name=str(codes[least]),
            rows=own,
            markets=tuple(market for _, market in numbered[least]),
            numbers=tuple(number for number, _ in numbered[least]),
        )
        for least, own in rows.items()
    ]


def among(travellers: Travellers, rows: Array) -> Travellers | None:
    """A market among the lanes `rows` only, which it then counts from the first of them, without the groups
    that may use none of these; None if nobody is left."""
    place = np.searchsorted(rows, travellers.lanes)
    here = place < len(rows)
    here[here] = rows[place[here]] == travellers.lanes[here]
    eligible = travellers.eligible[:, here]
    groups = eligible.any(axis=1)
    if not groups.any():
        return None
    return Travellers(
        lanes=place[here],
        group_share=travellers.group_share[groups],
        access_minutes=travellers.access_minutes[groups][:, here],
        eligible=eligible[groups],
    )


def _links(market: Travellers, crossing: Array) -> Array:
    """(2, …) pairs of crossings between which a group of a market may choose: its first and each other."""
    group, column = np.nonzero(market.eligible)
    first = market.eligible.argmax(axis=1)
    links: Array = crossing[market.lanes[np.stack([first[group], column])]]
    return links


def _least_connected(count: int, one: Array, other: Array) -> Array:
    """(count,) for every node the least that it is connected with, by way of the links `one`–`other`.

    In every round the links pull their ends' labels down to the lesser of the two, and each node takes over
    the label of its label; the rounds needed grow with the logarithm of the longest way.
    """
    label: Array = np.arange(count)
    while True:
        pulled = label.copy()
        lesser = np.minimum(label[one], label[other])
        for end in (one, other):
            np.minimum.at(pulled, label[end], lesser)
        while (pulled[pulled] != pulled).any():
            pulled = pulled[pulled]
        if (pulled == label).all():
            return label
        label = pulled


def _by_label(label: Array) -> dict[int, Array]:
    """The places of each label, both ascending."""
    order = np.argsort(label, kind="stable")
    labels, first = np.unique(label[order], return_index=True)
    places = np.split(order, first[1:]) if len(labels) else []
    return dict(zip(labels.tolist(), places, strict=True))
