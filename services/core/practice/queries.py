"""Reading the practice border."""

from datetime import datetime

from sqlmodel import Session

from services.core.board import Board, compile_board, read_inputs
from services.core.database import is_practice
from services.core.errors import Conflict


class NotPractice(Conflict):
    """What was taken for the practice border is the real one."""


def board_at(session: Session, now: datetime) -> Board:
    """Compiled whenever somebody asks, and kept nowhere: there is little on it, and few ask. It has no
    advisories, for nobody computes any. Raises NotPractice."""
    only_practice(session)
    return compile_board(read_inputs(session), now)


def only_practice(session: Session) -> None:
    """Raises NotPractice for a session with any other database."""
    if not is_practice(session.connection().engine.url):
        raise NotPractice("this is the real border: nobody practises here")
