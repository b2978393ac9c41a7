"""The registry of sources: every figure has an origin, and rounding is undone as far as it can be."""

import tomllib
from math import inf
from typing import Any

import pytest

from services.core.congestion.priors import Priors
from services.core.congestion.sources import DEFAULT_FILE, Sources
from tests.congestion.reporting import SOURCES


def changed(path: str, value: Any) -> dict[str, Any]:
    """The registry as a document with one entry changed."""
    document = tomllib.loads(DEFAULT_FILE.read_text(encoding="utf-8"))
    *tables, name = path.split("/")
    inner = document
    for table in tables:
        inner = inner[table]
    inner[name] = value
    return document


def test_every_source_has_a_title_and_is_used() -> None:
    text = DEFAULT_FILE.read_text(encoding="utf-8")
    for key, source in SOURCES.sources.items():
        assert source.title
        assert text.count(key) >= 2, key


def test_lengths_are_known_for_modes_of_the_priors_alone() -> None:
    assert set(SOURCES.units_per_km) <= set(Priors.read().modes)
    assert SOURCES.units("pedestrian", 1, 2) is None
    trucks = SOURCES.units_per_km["truck"].value
    assert SOURCES.units("truck", 2, 3) == (2 * trucks, 3 * trucks)
    assert SOURCES.units("truck", 2, inf) == (2 * trucks, inf)


@pytest.mark.parametrize(
    ("path", "value", "complaint"),
    [
        ("figures/crowd-wait/log_sd/source", "hearsay", "source"),
        ("figures/crowd-wait/garbage/value", 0, "nobody is always right"),
        ("signals/crowd-moving/garbage/value", 1, "nobody is always right"),
        ("figures/crowd-count/delay", "served", "delay"),
        ("figures/crowd-wait/largest/value", 1, "smallest"),
        ("figures/crowd-wait/rounding/values", [15, 5], "ascending"),
        ("figures/crowd-wait/hunch", 3, "hunch"),
        ("contributor/most_odds/value", 1, "nobody is heard"),
    ],
)
def test_a_registry_that_makes_no_sense_is_refused(path: str, value: Any, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        Sources.model_validate(changed(path, value))


@pytest.mark.parametrize(
    ("kind", "value", "interval"),
    [
        ("crowd-wait", 0, (0, 2.5)),
        ("crowd-wait", 7, (6.5, 7.5)),
        ("crowd-wait", 10, (7.5, 12.5)),
        ("crowd-wait", 30, (22.5, 37.5)),
        ("crowd-wait", 45, (37.5, 52.5)),
        ("crowd-wait", 60, (45, 75)),
        ("crowd-wait", 120, (90, 150)),
        ("official-count", 400, (350, 450)),
        ("official-count", 3, (2.5, 3.5)),
        ("official-length", 0.3, (0.25, 0.35)),
        ("official-length", 2, (1.5, 2.5)),
        ("official-length", 10, (7.5, 12.5)),
    ],
)
def test_a_figure_may_have_been_rounded_the_more_the_larger_it_is(
    kind: str, value: float, interval: tuple[float, float]
) -> None:
    assert SOURCES.figures[kind].interval(value) == pytest.approx(interval)
