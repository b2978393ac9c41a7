"""The words in which every question about a crossing is asked."""

from dataclasses import dataclass
from enum import StrEnum

HEAVY_TRUCK_T = 3.5
"""Above this mass a goods vehicle is counted with trucks, up to it with light traffic: the line that
the authorities of both states draw in their notices (docs/adr/0008)."""


class Side(StrEnum):
    """The state whose post it is."""

    UZ = "uz"
    KZ = "kz"


class Kind(StrEnum):
    ROAD = "road"
    RAIL = "rail"


class Mode(StrEnum):
    PEDESTRIAN = "pedestrian"
    CAR = "car"
    BUS = "bus"
    TRUCK = "truck"
    PASSENGER_TRAIN = "passenger-train"
    FREIGHT_TRAIN = "freight-train"

    @property
    def kind(self) -> Kind:
        return Kind.RAIL if self in (Mode.PASSENGER_TRAIN, Mode.FREIGHT_TRAIN) else Kind.ROAD


class Direction(StrEnum):
    TO_KZ = "to-kz"
    TO_UZ = "to-uz"

    @property
    def exit_side(self) -> Side:
        """The side whose post a traveller meets first."""
        return Side.UZ if self is Direction.TO_KZ else Side.KZ

    @property
    def entry_side(self) -> Side:
        return Side.KZ if self is Direction.TO_KZ else Side.UZ


class Goods(StrEnum):
    """What is carried, as far as it decides who may pass."""

    PERSONAL = "personal"
    COMMERCIAL = "commercial"
    PERISHABLE = "perishable"


@dataclass(frozen=True, slots=True)
class Traveller:
    """For whom a question is asked. None means "not said", and is never guessed.

    `citizenship` and `plate` are ISO 3166-1 alpha-2. `transit` is true for somebody who passes through
    without a stay. A truck whose mass is not said is taken to be over 3.5 t.
    """

    mode: Mode
    direction: Direction
    citizenship: str | None = None
    vehicle_mass_t: float | None = None
    plate: str | None = None
    goods: Goods | None = None
    transit: bool | None = None


class Verdict(StrEnum):
    """An answer in three values. `unconfirmed` is an honest answer, not a failure to give one."""

    OPEN = "open"
    UNCONFIRMED = "unconfirmed"
    CLOSED = "closed"

    @staticmethod
    def strictest(*verdicts: "Verdict") -> "Verdict":
        """Closed if any is closed, else unconfirmed if any is, else open. With none: open."""
        for verdict in (Verdict.CLOSED, Verdict.UNCONFIRMED):
            if verdict in verdicts:
                return verdict
        return Verdict.OPEN
