"""The two diversions of this border that are on record, and what advice does to the queues.

`python -m benchmarks.spillover` needs no data. It asks the service what it would have said on 10 February
2023 (works at Najimov and Sirdaryo, Navoiy shut) and on 10 February 2025 (Gʻishtkoʻprik shut, Navoiy just
opened) from its own catalogue, roads, priors and history, and on the same days without any notice. Nobody
counted who went where: only directions are on record, and the limits are hardly more than directions.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import numpy as np

from benchmarks import herding
from benchmarks.herding import Scene
from benchmarks.replayed import CATALOGUE, ROADS, Choosing, Day, choosing
from services.core import notices
from services.core.advisories import Wait
from services.core.alternatives import Way, alternatives
from services.core.alternatives.advising import foresee
from services.core.alternatives.odds import odds
from services.core.board import inputs_from_files
from services.core.congestion.grid import Array
from services.core.congestion.layout import spin_up
from services.core.congestion.waits import quantiles
from services.core.crossings import Direction, Mode, Traveller

GISHTKOPRIK, NAVOIY, NAJIMOV = "gishtkoprik-zhibek-zholy", "navoiy-kaplanbek", "najimov-kazygurt"
YALLAMA, ATAMEKEN, TAZHEN = "yallama-konysbayev", "sirdaryo-atameken", "dawit-ata-tazhen"
FEBRUARY_2023 = datetime.fromisoformat("2023-02-10T12:00:00+05:00")
FEBRUARY_2025 = datetime.fromisoformat("2025-02-10T12:00:00+05:00")
HISTORY = tuple(notices.events().values())
LIMITS_OF_2023 = "2023-02-najimov-sirdaryo-limits"
QUIET_HOUR = 4
"""When the days of `herding` begin: hardly anybody is on the road."""
FOLLOWERS = 0.8
MOST_SWING = 0.10
TENTH = 1.2816
"""Standard deviations from the median to P10 or P90."""

Check = dict[str, float | bool | None]


def at_least(value: float, limit: float) -> Check:
    return {"value": _rounded(value), "limit": limit, "pass": bool(value >= limit)}


def at_most(value: float, limit: float) -> Check:
    return {"value": _rounded(value), "limit": limit, "pass": bool(value <= limit)}


def more_than(value: float, limit: float) -> Check:
    return {"value": _rounded(value), "limit": limit, "pass": bool(value > limit)}


def only_told(value: float) -> Check:
    """For what nothing is asked of; its name begins with "info_"."""
    return {"value": _rounded(value), "limit": None, "pass": None}


def _rounded(value: float) -> float | None:
    return round(float(value), 4) if np.isfinite(value) else None


def february_2023(day: Day, without: Day) -> dict[str, Check]:
    """S1. The wait is what the service publishes for those who join at that instant, the median."""
    print("February 2023: Najimov and Sirdaryo limited, Navoiy shut")
    _print_table(day, without, (Mode.CAR, Mode.TRUCK, Mode.PEDESTRIAN))
    only_navoiy = Day(FEBRUARY_2023, tuple(event for event in HISTORY if event.slug != LIMITS_OF_2023))
    print("by car from Tashkent to Saryagash, fastest first")
    orders = {
        name: one.by_time("tashkent", "saryagash")
        for name, one in (("usually", without), ("with Navoiy shut", only_navoiy), ("limited too", day))
    }
    for name, order in orders.items():
        print(f"  {name:20}{', '.join(order[:4])}")
    print()
    return {
        "S1_car": at_least(_ratio(day, without, Mode.CAR), 2.0),
        "S1_truck": at_least(_ratio(day, without, Mode.TRUCK), 2.0),
        "S1_najimov_place_before": at_most(orders["with Navoiy shut"].index(NAJIMOV) + 1, 2),
        "S1_najimov_place": more_than(orders["limited too"].index(NAJIMOV) + 1, 2),
        "S1_yallama_place": at_most(_place_of_yallama(), 1),
        "info_S1_car_mean_of_a_day": only_told(_ratio_of_means(day, without, Mode.CAR)),
    }


def _ratio(day: Day, without: Day, mode: Mode) -> float:
    now, usual = (np.median(one.waits(GISHTKOPRIK, mode)[0]) for one in (day, without))
    return float(now / usual)


def _ratio_of_means(day: Day, without: Day, mode: Mode) -> float:
    """Over all who join within a day, and all particles: most of it is made in few bad ones."""
    return float(day.waits(GISHTKOPRIK, mode).mean() / without.waits(GISHTKOPRIK, mode).mean())


def _place_of_yallama() -> int:
    """Its place among the alternatives to Gʻishtkoʻprik for a driver from Tashkent to Saryagash."""
    board = foresee(inputs_from_files(CATALOGUE, HISTORY, FEBRUARY_2023), {}, FEBRUARY_2023)
    start, end = (ROADS.gazetteer.find(name)[0] for name in ("tashkent", "saryagash"))
    driver = Traveller(Mode.CAR, Direction.TO_KZ, "UZ")
    ranking = alternatives(board, ROADS, driver, FEBRUARY_2023, Way(GISHTKOPRIK, start, end))
    return [one.code for one in ranking.items].index(YALLAMA) + 1


def february_2025(day: Day, without: Day, markets: Sequence[Choosing]) -> dict[str, Check]:
    """S2."""
    print("February 2025: Gʻishtkoʻprik shut, Navoiy opened, trucks limited there")
    _print_table(day, without, (Mode.PEDESTRIAN, Mode.CAR, Mode.TRUCK))
    on_foot = Mode.PEDESTRIAN
    moved = without.coming(GISHTKOPRIK, on_foot) - day.coming(GISHTKOPRIK, on_foot)
    gained = day.coming(NAVOIY, on_foot) - without.coming(NAVOIY, on_foot)
    trucks = {
        code: day.coming(code, Mode.TRUCK) / without.coming(code, Mode.TRUCK)
        for code in (YALLAMA, NAJIMOV, ATAMEKEN, TAZHEN)
    }
    return {
        "S2_flow_at_the_closed": at_most(max(one.most_at(GISHTKOPRIK) for one in markets), 0.0),
        "S2_moved_to_navoiy": at_least(gained / moved, 0.4),
        "S2_trucks_konysbayev": more_than(trucks[YALLAMA], 1.0),
        "S2_trucks_kazygurt": more_than(trucks[NAJIMOV], 1.0),
        "S2_trucks_atameken": more_than(trucks[ATAMEKEN], 1.0),
        "S2_trucks_tazhen": at_most(abs(trucks[TAZHEN] - 1), 0.02),
    }


def _print_table(day: Day, without: Day, modes: Sequence[Mode]) -> None:
    print(f"  {'':36}coming a day      wait at that instant: usually and then, minutes")
    print(f"  {'to Kazakhstan':35}usual   then      median (P10–P90)")
    for mode in modes:
        for code in day.codes(mode):
            usual, then = (_told(one.waits(code, mode)[0]) for one in (without, day))
            print(
                f"  {mode:11}{code:24}{without.coming(code, mode):6.0f}{day.coming(code, mode):7.0f}"
                f"    {usual:20}{then:20}"
                f"{'capacity unknown' if day.is_capacity_unknown(code, mode) else ''}"
            )
    print()


def _told(waits: Array) -> str:
    low, middle, high = quantiles(waits, (0.1, 0.5, 0.9))
    return f"{middle:.0f} ({low:.0f}–{high:.0f})" if np.isfinite(low) else "shut"


def solving(year: int, markets: Sequence[Choosing]) -> dict[str, Check]:
    """How near the equilibria are, after how many steps, and that nobody gets lost."""
    for one in markets:
        gaps = [found.gap for found in one.found]
        steps = [found.iterations for found in one.found]
        print(
            f"  {year} {one.mode:11} gap {max(gaps):.2%} at worst, {np.mean(steps):4.1f} steps,"
            f" {max(steps)} at most; put off {one.found[0].deferred_share:.1%},"
            f" usually {one.usual.assignment.deferred_share:.1%}"
        )
    every = [found for one in markets for found in one.found]
    return {
        f"gap_{year}": at_most(max(found.gap for found in every), 0.01),
        f"lost_{year}": at_most(max(one.lost() for one in markets), 1e-6),
    }


def unknown_capacity(day: Day, markets: Sequence[Choosing]) -> dict[str, Check]:
    """What it means for the wait at a post that receives others' travellers if what it can pass is not as
    thought, but at either end of its range."""
    print("\nMean wait of a day where the capacity is unknown, if it is at P90, as thought, at P10")
    widest = 1.0
    for one in markets:
        for code in one.codes:
            if day.is_capacity_unknown(code, Mode(one.mode)):
                large, thought, small = (one.if_sized(code, z) for z in (TENTH, 0.0, -TENTH))
                print(f"  {one.mode:11}{code:24}{large:8.0f}{thought:8.0f}{small:8.0f} minutes")
                widest = max(widest, (small + 10) / (large + 10))
    return {"info_unknown_capacity_times": only_told(widest)}


def odds_told(days: Sequence[Day]) -> dict[str, Check]:
    """How far the probabilities of being the fastest that are told from quantiles lie from those that the
    particles have together, where every particle is one state of the whole border."""
    off = []
    for day in days:
        for mode in (Mode.CAR, Mode.TRUCK):
            for start, end in (("tashkent", "saryagash"), ("tashkent", "shymkent"), ("guliston", "zhetisay")):
                for hour in range(0, 20, 4):
                    ways = day.ways(start, end, mode, hour)
                    open_ways = [way for way in ways if np.isfinite(np.median(way.waits))]
                    told = odds(
                        [way.road for way in open_ways],
                        [_as_told(way.waits) for way in open_ways],
                        [CATALOGUE[way.code].cluster for way in open_ways],
                    )
                    whole = np.array([way.road + way.waits for way in open_ways])
                    best = (whole == whole.min(axis=0)).mean(axis=1)
                    off += [abs(one.best - float(share)) for one, share in zip(told, best, strict=True)]
    print(f"\nProbability of being the fastest, told beside that in the particles: {np.mean(off):.3f} off on")
    print(f"average, {np.quantile(off, 0.95):.3f} in 19 cases of 20, of {len(off)}")
    return {"odds_off": at_most(float(np.mean(off)), 0.05)}


def _as_told(waits: Array) -> Wait:
    p10, p50, p90 = (
        float(value) if np.isfinite(value) else None for value in quantiles(waits, (0.1, 0.5, 0.9))
    )
    return Wait(p10=p10, p50=p50, p90=p90)


def ten_days(februaries: Sequence[tuple[datetime, Sequence[Choosing]]]) -> dict[str, Check]:
    """S3 in every turn of events: the largest change at any crossing. The naive service has to fail the same
    limit in every mode and turn, and naming the same first in some, or the check could not fail."""
    print("\nTen days of publishing and following, change of the highest wait from day to day after day 5")
    print(f"  {'':16}     ours   without turns   yesterday's waits (least of all turns of events)")
    found = []
    for at, markets in februaries:
        for one in markets:
            swings = np.array([_swings(one, turn, at) for turn in range(len(one.shares))])
            ours, same, naive = swings[:, 0].max(), swings[:, 1].max(), swings[:, 2].min()
            print(f"  {at.year} {one.mode:11}{ours:9.1%}{same:16.1%}{naive:20.1%}")
            found.append((ours, same, naive))
    columns = np.array(found)
    return {
        "S3_ours": at_most(columns[:, 0].max(), MOST_SWING),
        "S3_naive_swings": more_than(columns[:, 2].min(), MOST_SWING),
        "S3_without_turns_swings": more_than(columns[:, 1].max(), MOST_SWING),
    }


def _swings(one: Choosing, turn: int, at: datetime) -> tuple[float, ...]:
    """Of what the service publishes; of the same with all sent to the best; of yesterday's waits."""
    market = one.usual.under(one.shares[turn], one.as_thought)
    begins = spin_up() // timedelta(hours=1) - at.hour + QUIET_HOUR
    scene = Scene.of(market, one.usual.assignment.waits, slice(begins, begins + herding.DAY))
    led = replace(one.usual.behaviour, informed=FOLLOWERS)
    used = scene.feasible.any(axis=1)
    return tuple(
        herding.swing(herding.lived(scene, led, publish, follow)[0][used])
        for publish, follow in (
            (herding.predicted(scene, led), herding.in_turns),
            (herding.predicted(scene, led), herding.always_the_best),
            (herding.yesterday(scene), herding.as_they_like),
        )
    )


def main() -> int:
    day_2023, usual_2023 = Day(FEBRUARY_2023, HISTORY), Day(FEBRUARY_2023, ())
    day_2025, usual_2025 = Day(FEBRUARY_2025, HISTORY), Day(FEBRUARY_2025, ())
    of_2023, of_2025 = list(choosing(day_2023, usual_2023)), list(choosing(day_2025, usual_2025))
    checks = february_2023(day_2023, usual_2023) | february_2025(day_2025, usual_2025, of_2025)
    print("Equilibria over all turns of events")
    checks |= solving(2023, of_2023) | solving(2025, of_2025)
    checks |= unknown_capacity(day_2025, of_2025) | odds_told((day_2023, usual_2023, day_2025, usual_2025))
    checks |= ten_days(((FEBRUARY_2023, of_2023), (FEBRUARY_2025, of_2025)))
    print()
    for name, found in checks.items():
        print(f"{name:26} {found['value']} (limit {found['limit']}) pass: {found['pass']}")
    print(json.dumps(checks, allow_nan=False))
    return 1 if any(found["pass"] is False for found in checks.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
