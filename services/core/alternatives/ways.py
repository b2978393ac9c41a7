"""What a ranking is made of: from where to where, the crossings that pass and those that do not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from services.core.advisories import Basis, Wait
from services.core.alternatives.odds import Odds, counted
from services.core.alternatives.roads import Origin
from services.core.crossings import Mode, Verdict


@dataclass(frozen=True, slots=True)
class Way:
    """From where to where. `instead_of` is the crossing that the traveller meant to use."""

    instead_of: str | None = None
    origin: Origin | None = None
    destination: Origin | None = None


@dataclass(frozen=True, slots=True)
class Alternative:
    """A crossing that passes at `arrive_at`. Road figures are from the origin to the post one leaves by.

    `detour_km` is what the whole way is longer than by the crossing one meant to use, where the destination
    is known; else it is the way from there to here. `reasons` are sentences.
    """

    code: str
    mode: Mode
    verdict: Verdict
    road_minutes: float
    road_km: float
    detour_km: float
    approximate: bool
    arrive_at: datetime
    wait: Wait | None
    basis: Basis | None
    reasons: tuple[str, ...]
    observed_at: datetime | None = None
    """When the last report was seen on which the wait builds."""
    onward_minutes: float = 0
    idle_minutes: float = 0
    """Between the end of the drive and the opening of the post."""
    coming: float | None = None
    """Travellers expected there in the next 24 hours."""
    doubts: tuple[str, ...] = ()
    """Why of the wait only the range is to be told: see `Advisory.doubts`."""
    odds: Odds | None = None
    """Beside the others that surely pass by the same mode; None where the wait of any of them is unknown."""
    as_good_as_first: bool = False
    """It takes no more than a tenth longer than the best, or is the best of several such."""

    @property
    def told_wait(self) -> Wait | None:
        """The wait as it is told: without its median where there are doubts."""
        return self.wait.model_copy(update={"p50": None}) if self.wait and self.doubts else self.wait

    @property
    def without_wait(self) -> float:
        return self.road_minutes + self.idle_minutes + self.onward_minutes

    @property
    def cost_minutes(self) -> float:
        """Road and expected wait; a wait that nobody can estimate counts as none and is called unknown."""
        return self.without_wait + (counted(self.wait.p50) if self.wait else 0)


@dataclass(frozen=True, slots=True)
class Refused:
    """A crossing that does not pass, and why."""

    code: str
    mode: Mode
    verdict: Verdict
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ranking:
    """Best first, but that those as good as the best take turns in standing first. `advice` says in a
    sentence what remains where the list is empty or everything is far."""

    items: tuple[Alternative, ...]
    refused: tuple[Refused, ...]
    advice: str | None
