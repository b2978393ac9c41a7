"""Three experts on waits in the street, each with quantiles of z at the target.

persistence   the latest report stays
fading        the usual week, and a share ρ of the latest residual that falls with the lead
regression    the usual week plus the columns times coefficients

At lead 0 all of them repeat the report.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from services.core.congestion.grid import Array
from services.core.congestion.series.clock import Clock
from services.core.congestion.series.columns import (
    COLUMNS,
    LAST,
    LOOK_BACK,
    SPREAD_COLUMNS,
    Questions,
    columns,
    setting_of,
    spread_columns,
)
from services.core.congestion.series.errors import Between, Errors
from services.core.congestion.series.history import History
from services.core.congestion.series.residuals import Residuals
from services.core.congestion.series.tuning import HOUR_SLOTS

FADING_HOURS = 6.0
"""Before anything is fitted a residual has lost 1/e after this long: an episode lasts about half a day."""


@dataclass(frozen=True, slots=True)
class Experts:
    """What was fitted: usual, spread (672, L); at the leads of the errors coefficients (A, P) and fading
    (A,)."""

    usual: Array
    spread: Array
    coefficients: Array
    fading: Array
    errors: Errors

    @classmethod
    def unfitted(cls, usual: Array, spread: Array, leads: tuple[int, ...]) -> Experts:
        """As good as it gets without evidence: residuals fade, errors are normal and wide."""
        errors = Errors.unfitted(leads, SPREAD_COLUMNS, usual.shape[1])
        fading = np.exp(-errors.leads / (FADING_HOURS * HOUR_SLOTS))
        coefficients = np.zeros((len(fading), COLUMNS))
        coefficients[:, LAST] = fading
        return cls(usual, spread, coefficients, fading, errors)

    def at(self, places: Array) -> Experts:
        """At some of the leads only."""
        coefficients, fading = self.coefficients[places], self.fading[places]
        return Experts(self.usual, self.spread, coefficients, fading, self.errors.at(places))

    def quantiles(self, history: History, clock: Clock, asked: Questions) -> Array:
        """(E, R, Q) in z, ascending along the last axis; nan where nothing is usual."""
        newest = int(asked.now.max())
        residuals = Residuals(history, clock, self.usual, newest - LOOK_BACK, newest)
        setting = setting_of(self.usual, self.spread, clock, asked)
        near = Between.of(self.errors.leads, asked.lead)
        last = residuals.value(asked.origin, asked.lane)
        regressed = np.einsum("rp,rp->r", columns(residuals, asked, setting), near(self.coefficients))
        centres = np.stack(
            [setting.before + last, setting.usual + near(self.fading) * last, setting.usual + regressed]
        )
        return self.errors.around(centres, near, asked.lane, spread_columns(residuals, asked, setting))

    def known(self) -> Array:
        """(L,) whether anything is usual there."""
        known: Array = np.asarray(np.isfinite(self.usual).any(axis=0))
        return known

    def export(self) -> dict[str, Array]:
        own = {name: getattr(self, name) for name in ("usual", "spread", "coefficients", "fading")}
        return own | {name: getattr(self.errors, name) for name in Errors.__slots__}

    @classmethod
    def restore(cls, state: Mapping[str, Array]) -> Experts:
        errors = Errors(*(state[name] for name in Errors.__slots__))
        return cls(state["usual"], state["spread"], state["coefficients"], state["fading"], errors)
