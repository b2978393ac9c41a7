"""What was reported, in the order in which it was observed, for as long as the forecaster looks back."""

from __future__ import annotations

import numpy as np

from services.core.congestion.grid import Array
from services.core.congestion.series.tuning import (
    DAY_SLOTS,
    HOUR_SLOTS,
    SLOT_MINUTES,
    WEEK_SLOTS,
    Roster,
    Tuning,
    slot_of,
)

NEVER = -(10**9)


class History:
    """The last report of every slot and lane. A late report is put in its place; of two reports of one slot
    the one observed later stays, whichever came first. Row i of the arrays is slot `first` + i.

    waits (K, L)    minutes, nan where nothing was reported
    minute (K, L)   minute of the slot at which it was observed, 1 to 15, or 0
    carried (K, L)  z of the latest report, for as long as it stands; otherwise nan
    newest (K, L)   row of the latest report, however old
    """

    def __init__(self, roster: Roster, tuning: Tuning, first: int) -> None:
        rows = (tuning.weeks + 2) * WEEK_SLOTS
        self.roster, self.tuning, self.first = roster, tuning, first
        self.waits = np.full((rows, roster.count), np.nan, np.float32)
        self.minute = np.zeros((rows, roster.count), np.uint8)
        self.carried = np.full((rows, roster.count), np.nan)
        self.newest = np.full((rows, roster.count), NEVER, np.int64)
        self.through = -1

    def reach(self, slot: int) -> None:
        """Carry on to `slot`; the oldest weeks make room."""
        if slot - self.first >= len(self.waits):
            self._forget(-(-(slot - self.first - len(self.waits) + 1) // WEEK_SLOTS) * WEEK_SLOTS)
        last = slot - self.first
        if last > self.through:
            before = self.newest[self.through] if self.through >= 0 else np.full(self.roster.count, NEVER)
            self.newest[self.through + 1 : last + 1] = before
            self._carry(self.through + 1, last)
            self.through = last

    def put(self, lanes: Array, observed: Array, waits: Array) -> None:
        """Reports (n,) observed at `observed` (minutes); those before the history are of no use any more."""
        slots = slot_of(observed)
        self.reach(int(slots.max()))
        rows = slots - self.first
        minutes = (observed - (slots - 1) * SLOT_MINUTES).astype(np.uint8)
        good = np.flatnonzero((rows >= 0) & np.isfinite(waits))
        for n in good[np.argsort(observed[good], kind="stable")]:
            self._put_one(int(rows[n]), int(lanes[n]), int(minutes[n]), float(waits[n]))

    def nearest(self, rows: Array, lanes: Array, until: Array | int) -> Array:
        """z of the report nearest to each row: the latest before, or the next if it is nearer, within an hour
        and not after row `until`. What was shown between two reports is as likely the one as the other."""
        found = self.carried[rows, lanes]
        before = rows - self.newest[rows, lanes]
        for away in range(min(HOUR_SLOTS, len(self.waits) - 1), 0, -1):
            later = np.minimum(rows + away, len(self.waits) - 1)
            nearer = (self.minute[later, lanes] > 0) & (away < before) & (later <= until)
            found = np.where(nearer, self.carried[later, lanes], found)
        return found

    def enough(self) -> Array:
        """(L,) whether a lane's reports reach the floors of evidence."""
        reported = self.minute > 0
        days = len(reported) // DAY_SLOTS
        on_days = reported[: days * DAY_SLOTS].reshape(days, DAY_SLOTS, -1).any(axis=1).sum(axis=0)
        many = reported.sum(axis=0) >= self.tuning.fewest_reports
        enough: Array = many & (on_days >= self.tuning.fewest_days)
        return enough

    def ceiling(self) -> Array:
        """(L,) the highest z that is believed; nan where nothing was reported."""
        longest = np.fmax.reduce(self.waits, axis=0).astype(float)
        return self.roster.logarithm(self.tuning.ceiling * longest)

    def _put_one(self, row: int, lane: int, minute: int, wait: float) -> None:
        if minute < self.minute[row, lane]:
            return
        self.waits[row, lane], self.minute[row, lane] = wait, minute
        later = np.flatnonzero(self.minute[row + 1 : self.through + 1, lane])
        end = row + 1 + int(later[0]) if later.size else self.through + 1
        self.newest[row:end, lane] = row
        stands = min(end, row + self.tuning.carry + 1)
        self.carried[row:stands, lane] = np.log(np.float64(np.float32(wait)) + self.roster.shift[lane])
        self.carried[stands:end, lane] = np.nan

    def _carry(self, start: int, last: int) -> None:
        """Fill `carried` of rows in which nothing has been reported yet."""
        rows = np.arange(start, last + 1)[:, None]
        newest = self.newest[start : last + 1]
        stands = rows - newest <= self.tuning.carry
        waits = np.take_along_axis(self.waits, np.maximum(newest, 0), axis=0).astype(np.float64)
        self.carried[start : last + 1] = np.where(stands, self.roster.logarithm(waits), np.nan)

    def _forget(self, rows: int) -> None:
        kept = max(len(self.waits) - rows, 0)
        gone = len(self.waits) - kept
        for array, empty in ((self.waits, np.nan), (self.minute, 0), (self.carried, np.nan)):
            array[:kept] = array[gone:]
            array[kept:] = empty
        self.newest[:kept] = np.maximum(self.newest[gone:] - rows, NEVER)
        self.newest[kept:] = NEVER
        self.newest[self.newest < 0] = NEVER
        self.carried[self.newest == NEVER] = np.nan
        self.first += rows
        self.through = max(self.through - rows, -1)

    def export(self) -> dict[str, Array]:
        return {
            "first": np.array(self.first),
            "through": np.array(self.through),
            "waits": self.waits.copy(),
            "minute": self.minute.copy(),
        }

    @classmethod
    def restore(cls, roster: Roster, tuning: Tuning, state: dict[str, Array]) -> History:
        history = cls(roster, tuning, int(state["first"]))
        history.waits[:], history.minute[:] = state["waits"], state["minute"]
        history.through = last = int(state["through"])
        if last >= 0:
            rows = np.arange(last + 1)[:, None]
            found = np.where(history.minute[: last + 1] > 0, rows, NEVER)
            history.newest[: last + 1] = np.maximum.accumulate(found, axis=0)
            history._carry(0, last)
        return history
