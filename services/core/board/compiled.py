"""The board: one immutable value behind every answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import TypeAlias

from services.core import crossings, notices, status
from services.core.advisories import Advisory, Ahead
from services.core.board.inputs import NEVER, BoardInputs
from services.core.board.tables import Told
from services.core.crossings import Direction, Mode, Side, Traveller
from services.core.errors import NotFound
from services.core.notices import Revision

LaneKey: TypeAlias = tuple[str, Direction, Mode]


@dataclass(frozen=True)
class Board:
    """`told_by` is the instant as of which notices count; it is compiled anew at `next_telling`."""

    inputs: BoardInputs
    told_by: datetime
    bulletins: Mapping[str, status.Bulletin]
    advisories: Mapping[LaneKey, Advisory]
    computed: Mapping[str, datetime]
    """When the advisories of each crossing were computed."""
    revisions: tuple[Revision, ...]
    """The newest revision of every notice that was told by then, oldest notice first."""
    next_telling: datetime | None

    @property
    def version(self) -> str:
        """Moves with every change that a reader may see."""
        return f"{self.inputs.ledger_seq}.{self.inputs.run_id}"

    @cached_property
    def edition(self) -> Told:
        published = (one.published_at for one in self.inputs.revisions)
        told = max((at for at in published if at <= self.told_by), default=NEVER)
        return Told(*self.inputs.position, told)

    @property
    def as_of(self) -> datetime:
        return self.inputs.as_of

    @cached_property
    def catalogue(self) -> Mapping[str, crossings.Crossing]:
        return {code: bulletin.crossing for code, bulletin in self.bulletins.items()}

    def bulletin(self, code: str) -> status.Bulletin:
        """Raises NotFound."""
        if code not in self.bulletins:
            raise NotFound(f"there is no crossing {code!r}")
        return self.bulletins[code]

    def status(self, code: str, traveller: Traveller, at: datetime) -> status.Status:
        return status.status(self.bulletin(code), traveller, at)

    def advisory(self, code: str, traveller: Traveller) -> Advisory | None:
        return self.advisories.get((code, traveller.direction, traveller.mode))

    def expected(self, code: str, traveller: Traveller, at: datetime) -> Ahead | None:
        """The wait forecast nearest to `at` for this lane; None outside what is forecast."""
        advisory = self.advisory(code, traveller)
        return advisory.expected(at) if advisory else None


def compile_board(inputs: BoardInputs, told_by: datetime) -> Board:
    """Everything a reader may ask for, from one state of the records."""
    holidays = {side: crossings.public_holidays(side) for side in Side}
    effects = notices.announced(inputs.revisions, told_by)
    return Board(
        inputs=inputs,
        told_by=told_by,
        bulletins={
            entry.document.code: status.bulletin_for(entry.document, effects, holidays)
            for entry in inputs.crossings
        },
        advisories={advisory.lane: advisory for one in inputs.runs for advisory in one.run.advisories},
        computed={advisory.crossing: one.run.at for one in inputs.runs for advisory in one.run.advisories},
        revisions=tuple(notices.current(inputs.revisions, told_by)),
        next_telling=min(
            (revision.published_at for revision in inputs.revisions if revision.published_at > told_by),
            default=None,
        ),
    )
