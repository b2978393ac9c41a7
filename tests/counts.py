"""How often a proof that is run by hand tries what it proves."""

from __future__ import annotations

import argparse


def at_least_one(written: str) -> int:
    """For `type=` of an argument: a proof that tries nothing would pass. Raises ArgumentTypeError."""
    number = int(written)
    if number < 1:
        raise argparse.ArgumentTypeError(f"must be 1 or more, not {number}")
    return number
