"""An illustration of the border for the tests of spill-over.

Access times, shares of groups, booths and volumes are made up. Of the real border they keep the order of
things only: three crossings a quarter of an hour from each other at Tashkent, four an hour and a half away
on the Syrdarya, one a day's drive away in the Ustyurt; two that are open by daylight to cars and people on
foot alone.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from services.core.congestion.fluid import HourlyQueues
from services.core.congestion.grid import Array
from services.core.congestion.spillover import Assignment, Behaviour, Market, calibrated

GK, NAV, SNJ, YAL, SIR, MAL, OQO, DAU = range(8)
NAMES = ("Gʻishtkoʻprik", "Navoiy", "Najimov", "Yallama", "Sirdaryo", "Malik", "Oqoltin", "Dawit-Ata")
TASHKENT = 0
ACCESS_MINUTES = np.array(
    [  # by way of: GK, NAV, SNJ, YAL, SIR, MAL, OQO, DAU
        [40, 45, 45, 110, 130, 135, 165, 1200],  # Tashkent to Saryagash
        [150, 155, 155, 200, 220, 225, 250, 1200],  # Tashkent to Shymkent
        [60, 70, 55, 140, 160, 165, 195, 1200],  # Chirchiq to Shymkent
        [170, 160, 175, 80, 60, 55, 50, 1200],  # Guliston to Maktaaral
        [330, 330, 335, 290, 270, 265, 245, 1000],  # Samarkand to Turkestan
        [1500, 1500, 1500, 1480, 1470, 1470, 1460, 320],  # Nukus to Beyneu
    ],
    dtype=float,
)
HOURS = 24
ARRIVAL_HOURS = 48


def by_the_hour(values: str) -> Array:
    return np.array([float(value) for value in values.split()])


DAY = by_the_hour("1.2 .9 .8 .9 1.3 2.3 3.8 5.1 6 6.4 6.3 6 5.6 5.4 5.6 5.8 6 6.1 5.8 5 4 3 2 1.4")
ROUND_THE_CLOCK = by_the_hour(
    "3.5 3.2 3 3 3 3.3 3.8 4.3 4.7 4.9 5 5 4.9 4.8 4.8 4.8 4.8 4.7 4.6 4.5 4.3 4 3.8 3.6"
)
DAYLIGHT = (np.arange(ARRIVAL_HOURS) % 24 >= 8) & (np.arange(ARRIVAL_HOURS) % 24 < 18)


class Mode:
    """Volumes of a usual day and booths by crossing, both in the order of `NAMES`."""

    def __init__(
        self,
        day: Array,
        group_share: Sequence[float],
        volumes: Sequence[float],
        booths: Sequence[float],
        minutes: float,
        theta: float,
    ) -> None:
        self.volumes, self.booths, self.minutes = np.array(volumes, float), np.array(booths, float), minutes
        self.behaviour = Behaviour(theta=theta, beta=0.3, deferral_minutes=240, informed=0.7)
        share = np.array(group_share) / sum(group_share)
        self.departures = self.volumes.sum() * share[:, None] * (day / day.sum())

    def market(self, booths: Array | None = None) -> Market:
        open_now = np.repeat((self.booths if booths is None else booths)[:, None], ARRIVAL_HOURS, axis=1)
        open_now[[MAL, OQO]] *= DAYLIGHT
        return Market(
            departures=self.departures,
            access_minutes=ACCESS_MINUTES,
            eligible=np.ones(ACCESS_MINUTES.shape, bool),
            feasible=open_now > 0,
            attraction=np.zeros(len(NAMES)),
            queues=HourlyQueues(open_now, np.full(8, self.minutes), np.full(8, 0.45), np.zeros(8)),
        )

    def usual(self) -> tuple[Market, Assignment]:
        return calibrated(self.market(), self.behaviour, self.volumes)

    def changed(self, usual: Market, booths: Array) -> Market:
        """The same people and attractions with other booths; where none are left nobody is sent."""
        return replace(
            self.market(booths),
            departures=usual.departures,
            attraction=usual.attraction,
            eligible=usual.eligible & (booths > 0),
        )


def cars(navoiy_open: bool = False) -> Mode:
    volumes = [1970, 300 if navoiy_open else 0, 690, 600, 600, 120, 120, 60]
    booths = [14.5, 12 if navoiy_open else 0, 7, 7, 6, 3, 3, 2]
    return Mode(DAY, [0.34, 0.22, 0.12, 0.2, 0.1, 0.02], volumes, booths, 7.0, 0.02)


def trucks() -> Mode:
    volumes = [104, 0, 179, 208, 161, 0, 0, 195]
    return Mode(
        ROUND_THE_CLOCK, [0.1, 0.24, 0.16, 0.2, 0.07, 0.23], volumes, [3.2, 0, 6, 6, 5, 0, 0, 6], 30.0, 0.006
    )


def pedestrians() -> Mode:
    volumes = [30000, 7000, 0, 3000, 0, 700, 700, 0]
    booths = [60, 16, 0, 8, 0, 3, 3, 0]
    return Mode(DAY, [0.45, 0.25, 0.1, 0.12, 0.08, 0.0], volumes, booths, 1.5, 0.03)
