"""Priors: every figure has an origin, holds for its dates, and turns into rates and booths as documented."""

import tomllib
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from services.core import congestion
from services.core.congestion.demand import DayClass, Phase, arrivals_per_hour, day_factor, holiday_factor
from services.core.congestion.grid import STEPS_PER_HOUR, LaneKey
from services.core.congestion.priors import DEFAULT_FILE, Priors
from services.core.congestion.stated import Figure

CATALOGUE = Path(congestion.__file__).parents[1] / "crossings" / "catalogue"
PRIORS = Priors.read()
MONDAY = datetime(2026, 9, 13, 19, tzinfo=UTC)
"""Local midnight at the beginning of 14 September 2026."""

EID = DayClass("kurban-hayit", Phase.DAY)


def lane(crossing: str, mode: str, direction: str = "to-kz") -> LaneKey:
    return LaneKey(crossing, direction, mode)


def test_priors_speak_of_the_crossings_of_the_catalogue() -> None:
    known = {file.stem for file in CATALOGUE.glob("*.toml")}
    spoken_of = {figure.crossing for figure in PRIORS.levels}
    spoken_of |= {figure.crossing for figure in PRIORS.capacities} | {yard.crossing for yard in PRIORS.yards}
    assert known
    assert spoken_of <= known


def test_every_source_has_a_title_and_is_used() -> None:
    text = DEFAULT_FILE.read_text()
    for key, source in PRIORS.sources.items():
        assert source.title
        assert text.count(key) >= 2, key


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"source": "hearsay", "confidence": "B"}, "no source is called 'hearsay'"),
        ({"source": "prior", "confidence": "A"}, "confidence"),
        ({"low": 9.0}, "between low and high"),
    ],
)
def test_a_figure_without_an_origin_or_in_disorder_is_refused(change: dict[str, Any], complaint: str) -> None:
    document = tomllib.loads(DEFAULT_FILE.read_text())
    document["modes"]["car"]["service_minutes"] |= change
    with pytest.raises(ValueError, match=complaint):
        Priors.model_validate(document)


def test_low_and_high_are_ten_and_ninety_per_cent() -> None:
    assert Figure(value=2, low=1, high=4, source="prior").log_sd == pytest.approx(
        np.log(2) / 1.2816, rel=1e-3
    )
    assert Figure(value=2, source="prior").log_sd == 0


@pytest.mark.parametrize(
    ("on", "per_day"), [(date(2022, 5, 1), 1350), (date(2025, 1, 26), 1350), (date(2025, 1, 27), 5000)]
)
def test_a_dated_level_holds_from_its_day_on(on: date, per_day: float) -> None:
    found = PRIORS.daily(lane("navoiy-kaplanbek", "pedestrian"), on)
    assert found is not None
    assert found[1] == per_day


@pytest.mark.parametrize(
    ("crossing", "mode", "side", "on", "servers"),
    [
        # 30,000 persons a day in both directions, 1 in 15 in the busiest hour, 1.5 minutes each
        ("gishtkoprik-zhibek-zholy", "pedestrian", "uz", date(2024, 1, 1), 30000 / 2 * 6.6 / 99 * 1.5 / 60),
        ("gishtkoprik-zhibek-zholy", "pedestrian", "uz", date(2026, 9, 1), 50000 / 2 * 6.6 / 99 * 1.5 / 60),
        # 15.5 trucks an hour in one direction, 30 minutes each
        ("yallama-konysbayev", "truck", "kz", date(2026, 1, 1), 15.5 * 30 / 60),
        # 12 cars at once in both directions
        ("gishtkoprik-zhibek-zholy", "car", "uz", date(2026, 9, 1), 6),
    ],
)
def test_stated_capacities_become_servers(
    crossing: str, mode: str, side: str, on: date, servers: float
) -> None:
    found = PRIORS.servers(lane(crossing, mode), side, on)
    assert found is not None
    assert found[1] == pytest.approx(servers, rel=1e-2)


def test_what_nobody_stated_is_not_known() -> None:
    assert PRIORS.servers(lane("malik-syrdarya", "car"), "uz", date(2026, 1, 1)) is None
    assert PRIORS.daily(lane("keles-saryagash", "passenger-train"), date(2026, 1, 1)) is None
    assert PRIORS.daily(lane("sirdaryo-maktaaral", "freight-train"), date(2026, 1, 1)) is None


def test_a_lane_without_its_own_level_has_that_of_its_mode_marked_as_a_prior() -> None:
    found = PRIORS.daily(lane("sirdaryo-atameken", "truck"), date(2026, 1, 1))
    assert found is not None
    assert found[0].confidence == "prior"
    assert found[1] == PRIORS.modes["truck"].daily.value  # type: ignore[union-attr]


def test_the_usual_servers_carry_the_busiest_hour_at_the_usual_load() -> None:
    key, on = lane("najimov-kazygurt", "pedestrian"), date(2026, 1, 1)
    servers = PRIORS.usual_servers(key, on)
    mode = PRIORS.modes["pedestrian"]
    busiest = 500 * mode.busiest_hour * mode.service_minutes.value / 60
    assert busiest / servers == pytest.approx(PRIORS.common.usual_load.value)
    assert PRIORS.usual_servers(key, on, open_share=0.5) == pytest.approx(2 * servers)
    assert PRIORS.usual_servers(lane("malik-syrdarya", "car"), on) >= 1


def test_the_yard_of_dawit_ata_holds_trucks_into_uzbekistan_only() -> None:
    assert PRIORS.yard(lane("dawit-ata-tazhen", "truck", "to-uz")) == 350
    assert PRIORS.yard(lane("dawit-ata-tazhen", "truck", "to-kz")) is None
    assert PRIORS.yard(lane("dawit-ata-tazhen", "car", "to-uz")) is None


def test_a_year_of_arrivals_adds_up_to_the_daily_level() -> None:
    keys = [lane("gishtkoprik-zhibek-zholy", "car"), lane("yallama-konysbayev", "truck")]
    rates = arrivals_per_hour(keys, MONDAY, 364 * 24 * STEPS_PER_HOUR, {}, PRIORS)
    assert rates.mean(axis=1) * 24 == pytest.approx([829 / 2, 250], rel=0.01)


def test_an_hour_of_the_day_is_local() -> None:
    """The busiest hours of cars are from 9 to 11 at the border, 4 to 6 UTC."""
    rates = arrivals_per_hour([lane("yallama-konysbayev", "car")], MONDAY, 24 * STEPS_PER_HOUR, {}, PRIORS)[0]
    assert set(np.nonzero(rates == rates.max())[0] // STEPS_PER_HOUR) == {9, 10}
    assert rates.min() < 0.2 * rates.max()


def test_a_holiday_brings_what_was_measured_at_kaplanbek() -> None:
    keys = [lane("navoiy-kaplanbek", "car"), lane("navoiy-kaplanbek", "pedestrian")]
    steps = 24 * STEPS_PER_HOUR
    usual = arrivals_per_hour(keys, MONDAY, steps, {}, PRIORS)
    holiday = arrivals_per_hour(keys, MONDAY, steps, {date(2026, 9, 14): EID}, PRIORS)
    other = arrivals_per_hour(keys, MONDAY, steps, {date(2026, 9, 15): EID}, PRIORS)
    assert holiday / usual == pytest.approx(1.4)
    assert (other == usual).all()


def test_days_before_and_after_a_holiday_have_factors_of_their_own() -> None:
    factors = [
        holiday_factor("car", each, PRIORS)
        for each in (None, *(DayClass("kurban-hayit", phase) for phase in Phase))
    ]
    assert factors == [1.0, 1.25, 1.4, 1.3]
    assert holiday_factor("passenger-train", EID, PRIORS) == 1.0


def test_trucks_have_their_season() -> None:
    truck = PRIORS.modes["truck"]
    autumn, winter = (day_factor(truck, date(2026, month, 14)) for month in (9, 2))
    assert autumn > 1.1 * winter


def test_lanes_that_are_not_modelled_have_no_arrivals_rather_than_none() -> None:
    rates = arrivals_per_hour([lane("keles-saryagash", "passenger-train")], MONDAY, 6, {}, PRIORS)
    assert np.isnan(rates).all()


@pytest.mark.parametrize(
    ("path", "change"),
    [
        ("common.demand_sd", {"value": -0.1}),
        ("common.demand_tau_hours", {"value": 0}),
        ("common.capacity_sd", {"value": -0.1}),
        ("common.capacity_tau_hours", {"value": 0}),
        ("common.capacity_mean", {"value": "-0.1"}),
        ("common.inspection_sd", {"value": -0.1}),
        ("common.inspection_tau_hours", {"value": 0}),
        ("common.stop_every_hours", {"value": 0}),
        ("common.stop_hours", {"value": 0, "low": 0}),
        ("common.near_correlation", {"value": 1.1, "high": 1.2}),
        ("common.near_correlation", {"value": 0.05, "low": 0.05}),
        ("common.wide_correlation", {"value": -0.1, "low": -0.1}),
        ("common.reliability_premium", {"value": -0.1}),
        ("common.informed_share", {"value": 1.1, "high": 1.1}),
        ("common.deferral_minutes", {"value": -1}),
        ("common.usual_load", {"value": 0, "low": 0}),
        ("modes.car.service_minutes", {"value": 0, "low": 0}),
        ("modes.car.service_scv", {"value": -1, "low": -1}),
        ("modes.car.party", {"value": 0.5}),
        ("modes.car.held", {"value": 1}),
        ("modes.car.comes_when_shut", {"value": "no"}),
        ("modes.car.walk_minutes", {"value": -1}),
        ("modes.car.balking", {"value": 0}),
        ("modes.car.daily", {"value": 0, "low": 0}),
        ("modes.car.theta", {"value": 0.031, "high": 0.04}),
        ("modes.car.theta", {"value": 0, "low": 0}),
        ("modes.car.thresholds_minutes", {"values": [27, 108, 55]}),
        ("modes.car.thresholds_minutes", {"values": [0, 55, 108]}),
        ("modes.car.thresholds_minutes", {"values": [27, 55]}),
        ("modes.car.hours", {"values": [0] * 24}),
        ("modes.car.hours", {"values": [1] * 23}),
        ("modes.car.weekdays", {"values": [1, 1, 1, 1, 1, 1, -1]}),
        ("modes.car.months", {"values": [True] * 12}),
    ],
)
def test_a_value_that_makes_no_sense_is_refused_by_its_name(path: str, change: dict[str, Any]) -> None:
    document = tomllib.loads(DEFAULT_FILE.read_text(encoding="utf-8"))
    of: Any = document
    for name in path.split("."):
        of = of[name]
    of |= change
    with pytest.raises(ValueError, match=path.rpartition(".")[2]):
        Priors.model_validate(document)


@pytest.mark.parametrize(
    ("table", "change"),
    [
        ("levels", {"mode": "passenger-train"}),
        ("levels", {"mode": "lorry"}),
        ("levels", {"directions": 3}),
        ("levels", {"per_day": {"value": 0, "source": "prior"}}),
        ("capacities", {"side": "ru"}),
        ("capacities", {"per_hour": {"value": 1, "source": "prior"}}),
        ("yards", {"direction": "north"}),
        ("yards", {"units": {"value": -1, "source": "prior"}}),
        ("occasions", {"days_before": 15}),
    ],
)
def test_an_entry_that_makes_no_sense_is_refused(table: str, change: dict[str, Any]) -> None:
    document = tomllib.loads(DEFAULT_FILE.read_text(encoding="utf-8"))
    document[table][0] |= change
    with pytest.raises(ValueError, match=rf"{next(iter(change))}|modes|per_day, per_hour"):
        Priors.model_validate(document)
