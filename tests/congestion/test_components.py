"""Components: every lane in one of them, together with all it has to do with and with nothing else."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.core.congestion.components import Component, among, components
from services.core.congestion.diversion import Travellers
from services.core.congestion.grid import LaneKey


def lane(crossing: str, mode: str = "car", direction: str = "to-kz") -> LaneKey:
    return LaneKey(crossing, direction, mode)


def market(rows: list[int], *groups: str) -> Travellers:
    """A group may pass where its letters are not dots: `market([0, 2, 5], "xx.", ".xx")`."""
    eligible = np.array([[letter != "." for letter in group] for group in groups or ("x" * len(rows),)])
    access = 10.0 * np.arange(1, eligible.size + 1).reshape(eligible.shape)
    return Travellers(np.array(rows), np.arange(1.0, len(eligible) + 1), access, eligible)


def names(found: list[Component]) -> dict[str, list[int]]:
    return {part.name: part.rows.tolist() for part in found}


@pytest.mark.parametrize(
    ("keys", "markets", "expected"),
    [
        ([], [], {}),
        ([lane("b"), lane("a"), lane("b", "truck")], [], {"a": [1], "b": [0, 2]}),
        ([lane("a"), lane("b"), lane("c")], [market([0, 2])], {"a": [0, 2], "b": [1]}),
        ([lane("a"), lane("b"), lane("c")], [market([0, 1]), market([1, 2])], {"a": [0, 1, 2]}),
        # by way of the trucks of b, which a's cars have nothing to do with
        ([lane("a"), lane("b"), lane("b", "truck"), lane("c", "truck")], [market([0, 1]), market([2, 3])],
         {"a": [0, 1, 2, 3]}),
        # nobody may choose between the first two and the last two
        ([lane("a"), lane("b"), lane("c"), lane("d")], [market([0, 1, 2, 3], "xx..", "..xx")],
         {"a": [0, 1], "c": [2, 3]}),
        # where nobody may pass nobody chooses
        ([lane("a"), lane("b")], [market([0, 1], "x.", "x.")], {"a": [0], "b": [1]}),
        ([lane("rail", "freight-train"), lane("a"), lane("b")], [market([1, 2])], {"a": [1, 2], "rail": [0]}),
    ],
)  # fmt: skip
def test_lanes_belong_together_by_their_crossing_and_by_those_who_choose(
    keys: list[LaneKey], markets: list[Travellers], expected: dict[str, list[int]]
) -> None:
    assert names(components(keys, markets)) == expected


def test_a_market_falls_apart_where_its_groups_do() -> None:
    keys = [lane(code) for code in "dcba"]
    first, second = components(keys, [market([1, 3]), market([0, 1, 2, 3], "x.x.", ".x.x", ".x..")])
    assert (first.name, first.rows.tolist(), first.numbers) == ("a", [1, 3], (0, 1))
    assert (second.name, second.rows.tolist(), second.numbers) == ("b", [0, 2], (1,))
    whole, part = first.markets
    assert whole.lanes.tolist() == [0, 1]
    assert part.lanes.tolist() == [0, 1]
    assert part.group_share.tolist() == [2, 3]
    assert part.access_minutes.tolist() == [[60, 80], [100, 120]]
    assert part.eligible.tolist() == [[True, True], [True, False]]


def test_a_market_among_lanes_of_others_is_none() -> None:
    assert among(market([0, 2]), np.array([1, 3])) is None
    assert among(market([0, 2], "x."), np.array([2])) is None


def test_a_component_has_the_same_chance_under_the_same_name_and_seed_only() -> None:
    one, other = components([lane("a"), lane("b")], [])
    (renumbered,) = components([lane("b")], [])
    drawn = {name: part.generator(7).random(4).tolist() for name, part in (("a", one), ("b", other))}
    assert renumbered.generator(7).random(4).tolist() == drawn["b"]
    assert drawn["a"] != drawn["b"]
    assert other.generator(8).random(4).tolist() != drawn["b"]


@st.composite
def borders(draw: st.DrawFn) -> tuple[list[LaneKey], list[Travellers]]:
    codes = draw(st.lists(st.sampled_from("abcdefghij"), min_size=1, max_size=24))
    keys = [LaneKey(code, "to-kz", str(number)) for number, code in enumerate(codes)]
    markets = []
    for _ in range(draw(st.integers(0, 4))):
        rows = sorted(draw(st.sets(st.integers(0, len(keys) - 1), min_size=1, max_size=6)))
        group = st.text(".x", min_size=len(rows), max_size=len(rows))
        markets.append(market(rows, *draw(st.lists(group, min_size=1, max_size=3))))
    return keys, markets


def slowly(keys: list[LaneKey], markets: list[Travellers]) -> set[frozenset[int]]:
    """The same partition by joining sets until nothing is left to join."""
    ties = [{row for row, key in enumerate(keys) if key.crossing == one.crossing} for one in keys]
    ties += [set(each.lanes[group].tolist()) for each in markets for group in each.eligible]
    parts = [{row} for row in range(len(keys))]
    for tie in ties:
        touched = [part for part in parts if part & tie]
        parts = [part for part in parts if not part & tie]
        parts += [set().union(*touched)] if touched else []
    return {frozenset(part) for part in parts}


@settings(max_examples=100, deadline=None)
@given(border=borders())
def test_components_are_what_ties_leave_connected(border: tuple[list[LaneKey], list[Travellers]]) -> None:
    keys, markets = border
    found = components(keys, markets)
    assert {frozenset(part.rows.tolist()) for part in found} == slowly(keys, markets)
    assert sorted(row for part in found for row in part.rows) == list(range(len(keys)))
    assert [part.name for part in found] == sorted(part.name for part in found)
    for part in found:
        assert part.name == min(keys[row].crossing for row in part.rows)
        for number, own in zip(part.numbers, part.markets, strict=True):
            assert set(part.rows[own.lanes].tolist()) <= set(markets[number].lanes.tolist())
            assert own.eligible.any(axis=1).all()
    choosing = sum(int(each.eligible.sum()) for each in markets)
    assert choosing == sum(int(own.eligible.sum()) for part in found for own in part.markets)
