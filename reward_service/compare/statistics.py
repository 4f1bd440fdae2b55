"""Paired bootstrap over questions."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
# Resampled indices that are held at a time.
_BLOCK = 1 << 22


class Interval(NamedTuple):
    """A confidence interval."""

    low: float
    high: float


def bootstrap_interval(
    values_Q: Floats, *, resamples: int = 2000, level: float = 0.95, seed: int = 0
) -> Interval | None:
    """Percentile interval of the mean over questions; None without any question.

    Questions are drawn with replacement, `resamples` times as many as there are (Efron and
    Tibshirani, An Introduction to the Bootstrap, 1993, section 13.3). For a paired comparison
    `values_Q` are the differences of a question's two means: what the question itself contributes
    to both cancels. Equal input and seed give equal intervals.
    """
    count = len(values_Q)
    if not count:
        return None
    chance = np.random.default_rng(seed)
    means_R = np.empty(resamples)
    step = max(1, _BLOCK // count)
    for start in range(0, resamples, step):
        stop = min(resamples, start + step)
        drawn = chance.integers(0, count, size=(stop - start, count))
        means_R[start:stop] = values_Q[drawn].mean(axis=1)
    low, high = np.quantile(means_R, [(1 - level) / 2, (1 + level) / 2])
    return Interval(float(low), float(high))
