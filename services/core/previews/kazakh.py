"""The endings that a time of day takes in Kazakh, which go by the sound of its last word."""

from __future__ import annotations

FROM_AND_TO = {
    **dict.fromkeys((0, 1, 2, 7, 8, 50), ("ден", "ге")),
    **dict.fromkeys((3, 4, 5), ("тен", "ке")),
    **dict.fromkeys((6, 9, 20, 30), ("дан", "ға")),
    10: ("нан", "ға"),
    40: ("тан", "қа"),
}
"""Of the number words: нөлден, нөлге; үштен, үшке; алтыдан, алтыға; оннан, онға; қырықтан, қырыққа."""


def endings(minute: int) -> tuple[str, str]:
    """Of a time with so many minutes past the hour: the endings for "from" and for "to"."""
    return FROM_AND_TO[minute % 10 or minute]
