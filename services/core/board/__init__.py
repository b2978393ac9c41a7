"""Everything a reader needs, compiled from the database into one value that never changes."""

from services.core.board.asof import read_inputs_of
from services.core.board.compiled import Board, LaneKey, compile_board
from services.core.board.editions import (
    Answered,
    NotKept,
    Showing,
    etags,
    forget_editions,
    note,
    shown_at,
)
from services.core.board.files import inputs_from_files
from services.core.board.inputs import BoardInputs, Catalogued, Computed, Position, position, read_inputs
from services.core.board.kept import keep_on_disk, kept_on_disk
from services.core.board.tables import Edition, Served, Told

__all__ = [
    "Answered",
    "Board",
    "BoardInputs",
    "Catalogued",
    "Computed",
    "Edition",
    "LaneKey",
    "NotKept",
    "Position",
    "Served",
    "Showing",
    "Told",
    "compile_board",
    "etags",
    "forget_editions",
    "inputs_from_files",
    "keep_on_disk",
    "kept_on_disk",
    "note",
    "position",
    "read_inputs",
    "read_inputs_of",
    "shown_at",
]
