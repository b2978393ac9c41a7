"""The practice border: made-up crossings in a database of their own, where officials practise what they do.

It is the same code on another database, signed by another key. Nothing leads from there to travellers: what
they are told is made of the real database alone, and no relay or worker is ever given the other. What is
promised in its outbox is therefore kept by nobody.
"""

from services.core.practice.acting import taking_part
from services.core.practice.actions import load
from services.core.practice.queries import NotPractice, board_at

__all__ = ["NotPractice", "board_at", "load", "taking_part"]
