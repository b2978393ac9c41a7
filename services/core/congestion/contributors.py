"""How far one contributor can move a lane, whatever is said and however often.

What somebody has said of a lane favours some of its particles over others. The favour is kept particle by
particle, between 1/`most_odds` and 1 for the one that is favoured most, and a report weighs by how much it
changes the favour. The weights of all reports of a contributor so multiply to the favour, and as particles
are drawn anew with their favours, no past of the lane gains more than `most_odds` on another by one voice.

A bound on the single report would not do: six of them an hour, of waits, queues and stops, multiply. Nor
would one that is used up: who said that nothing moves must be heard when it moves again. Here the last word
counts, for the bound is on all of them. Independent voices multiply: two who agree move the square of it.

Nor can one voice that says again and again that nobody waits keep others from telling what nobody foresaw:
it shortens the silence that others break to 1/`most_odds` at most.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from services.core.congestion.evidence import Evidence
from services.core.congestion.grid import STEP_HOURS, Array
from services.core.congestion.knowledge import NEVER


@dataclass(slots=True)
class _Lane:
    """`favour` (N,) and the step of the last report by contributors; `office` that of the last by others."""

    office: int
    favour: dict[str, Array] = field(default_factory=dict)
    spoke: dict[str, int] = field(default_factory=dict)


class Contributors:
    """Of L lanes, with the steps `observed` (L,) of their last reports before the run. An office is no
    contributor, and bound report by report alone."""

    def __init__(self, most_odds: float, observed: Array) -> None:
        self.most_odds = most_odds
        self._lanes = [_Lane(int(step)) for step in observed]

    def weights(self, one: Evidence, likelihood: Array, changed: float) -> tuple[Array, Array]:
        """What a report weighs, both (N,): for particles as they are, under which it has the probability
        `likelihood` (N,), and for those which it changes, under which it has the probability `changed`."""
        if not one.contributor:
            return likelihood, np.full(len(likelihood), changed)
        favours = self._lanes[one.lane].favour
        before = favours.get(one.contributor, np.ones(len(likelihood)))
        as_is, other = before * likelihood, before * changed
        most = max(float(as_is.max()), float(other.max()))
        as_is, other = (np.maximum(each / most, 1 / self.most_odds) for each in (as_is, other))
        favours[one.contributor] = as_is
        return as_is / before, other / before

    def keep(self, lane: int, chosen: Array) -> None:
        """Follow the particles of a lane."""
        favours = self._lanes[lane].favour
        favours.update({name: favour[chosen] for name, favour in favours.items()})

    def change(self, one: Evidence, ratio: Array) -> None:
        """The last particles (K,) are changed by a report, which then weighs so many times as much there."""
        if one.contributor:
            self._lanes[one.lane].favour[one.contributor][-len(ratio) :] *= ratio

    def note(self, one: Evidence) -> None:
        """Somebody has spoken."""
        lane = self._lanes[one.lane]
        if one.contributor:
            lane.spoke[one.contributor] = one.step
        else:
            lane.office = one.step

    def silent_hours(self, one: Evidence) -> float:
        """Before a report: since the last one, or longer if that was a single voice other than its own."""
        lane = self._lanes[one.lane]
        others = (step for name, step in lane.spoke.items() if name != one.contributor)
        second, last = sorted([NEVER, NEVER, *others])[-2:]
        certain = max(lane.office, lane.spoke.get(one.contributor, NEVER), second)
        return max(one.step - max(certain, last), (one.step - certain) / self.most_odds) * STEP_HOURS
