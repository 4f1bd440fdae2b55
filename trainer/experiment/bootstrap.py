"""Means over seeds and questions, with intervals from a two-level bootstrap.

Scores of an arm are `values_SQ`: one row a seed, one column a question, NaN where nothing was
judged. Seeds and questions are resampled independently of each other and with replacement
(the pigeonhole bootstrap for crossed factors: Owen, 2007, Annals of Applied Statistics 1(2)), so
that the interval covers both a new training run and new questions. With few seeds it is rough:
three seeds give ten different resamples. With one seed it is the bootstrap over questions of
`trainer.evaluation`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trainer.evaluation.bootstrap import Bootstrap, Interval

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class Draw:
    """How often each seed and each question counts: `seeds_BS` and `questions_BQ`.

    Row 0 counts everything once: it gives the value itself.
    """

    seeds_BS: FloatArray
    questions_BQ: FloatArray
    level: float


def draw(seeds: int, questions: int, bootstrap: Bootstrap) -> Draw:
    """The resamples of so many seeds and questions; the same arguments, the same draw."""
    generator = np.random.default_rng([bootstrap.seed, seeds, questions])
    return Draw(
        seeds_BS=_counts(generator, seeds, bootstrap.resamples),
        questions_BQ=_counts(generator, questions, bootstrap.resamples),
        level=bootstrap.level,
    )


def means_B(values_SQ: FloatArray, drawn: Draw) -> FloatArray:
    """Mean of the judged values in each resample, shape (B,); NaN where none was judged."""
    judged_SQ = np.isfinite(values_SQ)
    sums_BQ = drawn.seeds_BS @ np.where(judged_SQ, values_SQ, 0.0)
    weights_BQ = drawn.seeds_BS @ judged_SQ.astype(np.float64)
    sums_B = np.sum(sums_BQ * drawn.questions_BQ, axis=1)
    weights_B = np.sum(weights_BQ * drawn.questions_BQ, axis=1)
    undefined_B = np.full(len(sums_B), np.nan)
    result: FloatArray = np.divide(sums_B, weights_B, out=undefined_B, where=weights_B > 0)
    return result


def mean(values_SQ: FloatArray, drawn: Draw) -> Interval | None:
    """Mean score of an arm; None if nothing was judged."""
    return _interval(means_B(values_SQ, drawn), drawn)


def difference(values_SQ: FloatArray, baseline_SQ: FloatArray, drawn: Draw) -> Interval | None:
    """Arm less baseline. Paired: rows and columns must be the same seeds and questions."""
    return _interval(means_B(values_SQ, drawn) - means_B(baseline_SQ, drawn), drawn)


def relative_difference(
    values_SQ: FloatArray, baseline_SQ: FloatArray, drawn: Draw
) -> Interval | None:
    """(Arm less baseline) / baseline, paired as `difference`; None where the baseline is 0."""
    baseline_B = means_B(baseline_SQ, drawn)
    gain_B = means_B(values_SQ, drawn) - baseline_B
    relative_B = np.divide(
        gain_B, baseline_B, out=np.full_like(gain_B, np.nan), where=baseline_B > 0
    )
    return _interval(relative_B, drawn)


def _interval(estimates_B: FloatArray, drawn: Draw) -> Interval | None:
    """Row 0 with percentile bounds of the others; None where row 0 is not defined."""
    resampled = estimates_B[1:][np.isfinite(estimates_B[1:])]
    if not np.isfinite(estimates_B[0]) or not len(resampled):
        return None
    low, high = np.quantile(resampled, [(1 - drawn.level) / 2, (1 + drawn.level) / 2])
    return Interval(float(estimates_B[0]), float(low), float(high))


def _counts(generator: np.random.Generator, size: int, count: int) -> FloatArray:
    drawn = generator.multinomial(size, np.full(size, 1 / size), size=count)
    return np.vstack([np.ones(size), drawn]).astype(np.float64)
