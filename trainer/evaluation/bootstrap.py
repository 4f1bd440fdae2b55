"""Means over questions with intervals from resampled questions.

A score's value is the mean over questions of each question's mean over its judged completions, so
that every question counts alike however many completions it has. The interval is the percentile
bootstrap over questions (Efron and Tibshirani, 1993): samples of one question are not independent,
questions are. All scores of one table, and both sides of a difference, see the same resamples.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

_BLOCK = 256  # resamples at a time, to bound memory


@dataclass(frozen=True, slots=True)
class Interval:
    """A value with the bounds of its interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Bootstrap:
    """How intervals are made: `resamples` of the questions, from `seed`, at `level` (0 to 1)."""

    resamples: int = 2000
    seed: int = 0
    level: float = 0.95

    def __post_init__(self) -> None:
        if self.resamples < 1:
            raise ValueError(f"resamples: expected a whole number from 1, got {self.resamples}")
        if not 0.0 < self.level < 1.0:
            raise ValueError(f"level: expected a number between 0 and 1, got {self.level}")


def intervals(values_QC: FloatArray, bootstrap: Bootstrap) -> list[Interval | None]:
    """Mean and interval of each column; NaN is not judged, None a column without judged values."""
    means_BC = _means(values_QC, bootstrap)
    return [_interval(means_BC[:, c], bootstrap.level) for c in range(values_QC.shape[1])]


def differences(
    values_QC: FloatArray, baseline_QC: FloatArray, bootstrap: Bootstrap
) -> list[Interval | None]:
    """The same for values less baseline. Paired: row q is the same question in both."""
    difference_BC = _means(values_QC, bootstrap) - _means(baseline_QC, bootstrap)
    return [_interval(difference_BC[:, c], bootstrap.level) for c in range(values_QC.shape[1])]


def _means(values_QC: FloatArray, bootstrap: Bootstrap) -> FloatArray:
    """Mean of the judged questions in each resample, (1 + resamples, C); row 0 is all questions."""
    questions = len(values_QC)
    generator = np.random.default_rng([bootstrap.seed, questions])
    blocks = [_weighted(values_QC, np.ones((1, questions)))]
    for start in range(0, bootstrap.resamples, _BLOCK):
        size = min(_BLOCK, bootstrap.resamples - start)
        drawn = generator.multinomial(questions, np.full(questions, 1 / questions), size=size)
        blocks.append(_weighted(values_QC, drawn.astype(np.float64)))
    return np.vstack(blocks)


def _weighted(values_QC: FloatArray, counts_BQ: FloatArray) -> FloatArray:
    judged_QC = ~np.isnan(values_QC)
    sums_BC = counts_BQ @ np.where(judged_QC, values_QC, 0.0)
    weights_BC = counts_BQ @ judged_QC.astype(np.float64)
    return np.divide(sums_BC, weights_BC, out=np.full_like(sums_BC, np.nan), where=weights_BC > 0)


def _interval(means_B: FloatArray, level: float) -> Interval | None:
    if np.isnan(means_B[0]):
        return None
    drawn = means_B[1:][~np.isnan(means_B[1:])]
    low, high = np.quantile(drawn, [(1 - level) / 2, (1 + level) / 2])
    return Interval(float(means_B[0]), float(low), float(high))
