"""Everything a reader needs, compiled from the database into one value that never changes."""

from services.core.board.compiled import Board, LaneKey, compile_board
from services.core.board.files import inputs_from_files
from services.core.board.inputs import BoardInputs, Catalogued, Computed, Position, position, read_inputs
from services.core.board.kept import keep_on_disk, kept_on_disk

__all__ = [
    "Board",
    "BoardInputs",
    "Catalogued",
    "Computed",
    "LaneKey",
    "Position",
    "compile_board",
    "inputs_from_files",
    "keep_on_disk",
    "kept_on_disk",
    "position",
    "read_inputs",
]
