"""Regression that minimises weighted absolute errors, with a little ridge."""

from __future__ import annotations

import numpy as np

from services.core.congestion.grid import Array

ROUNDS = 6
SMALLEST = 0.1
"""Errors below this count as squares; z is not known more exactly than a tenth."""


def least_absolute(columns: Array, values: Array, weights: Array, ridge: float) -> Array:
    """(P,) coefficients b that make Σ w·|y − Xb| + ridge·|b|² about as small as it gets.

    Solved as a sequence of least squares in which a row of error e weighs w·ε/max(|e|, ε) (iteratively
    reweighted, Schlossmacher 1973).
    """
    weights = weights / weights.mean()
    found = _least_squares(columns, values, weights, ridge)
    for _ in range(ROUNDS):
        errors = np.maximum(np.abs(values - columns @ found), SMALLEST)
        round_weights = weights * SMALLEST / errors
        found = _least_squares(columns, values, round_weights / round_weights.mean(), ridge)
    return found


def _least_squares(columns: Array, values: Array, weights: Array, ridge: float) -> Array:
    weighted = columns * weights[:, None]
    gram = weighted.T @ columns + ridge * np.eye(columns.shape[1])
    solved: Array = np.linalg.solve(gram, weighted.T @ values)
    return solved
