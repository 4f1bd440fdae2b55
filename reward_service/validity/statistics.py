"""Figures with intervals: AUC, shares of pairs, rank correlations, bootstrap by question.

Intervals are percentile intervals of the cluster bootstrap: questions are drawn with replacement,
each with all of its rows (Davison and Hinkley, Bootstrap Methods, 1997, section 3.8). Differences
from a baseline are resampled together with it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from reward_service.validity.base import Context, Row

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Statistic = Callable[[Floats, Ints], float]
"""A figure of the chosen rows: (values of all rows, indices of the chosen ones) → figure."""

LEVEL = 0.95
DIGITS = 4


class Estimate(NamedTuple):
    """A figure with its interval."""

    value: float
    low: float
    high: float


def auc(scores_N: Floats, positive_N: NDArray[np.bool_]) -> float:
    """Area under the ROC curve: the chance that a positive row scores higher, ties counting half.

    From the rank sum (Hanley and McNeil 1982). NaN unless there are rows of both kinds.
    """
    positives = int(positive_N.sum())
    negatives = len(positive_N) - positives
    if not positives or not negatives:
        return float("nan")
    ranks_N = rankdata(scores_N)
    excess = float(ranks_N[positive_N].sum()) - positives * (positives + 1) / 2
    return excess / (positives * negatives)


def auc_of_pairs(pairs_N2: Floats) -> float:
    """AUC of all first scores against all second ones."""
    positive_M = np.repeat([True, False], len(pairs_N2))
    return auc(np.concatenate([pairs_N2[:, 0], pairs_N2[:, 1]]), positive_M)


def spearman(x_N: Floats, y_N: Floats) -> float:
    """Rank correlation with average ranks for ties; NaN if either is constant."""
    return _pearson(rankdata(x_N), rankdata(y_N))


def partial_spearman(x_N: Floats, y_N: Floats, fixed_N: Floats) -> float:
    """Rank correlation of x and y with a third number held fixed.

    The correlation of the residuals of both ranks on the rank of `fixed_N` (Kendall 1942). NaN if
    nothing is left of either.
    """
    fixed = rankdata(fixed_N)
    return _pearson(_residual(rankdata(x_N), fixed), _residual(rankdata(y_N), fixed))


def mean(values_N: Floats, rows: Ints) -> float:
    """Statistic: the mean of the chosen values, as of hits (1) and misses (0)."""
    return float(values_N[rows].mean())


def share_of_pairs(pairs_N2: Floats, rows: Ints) -> float:
    """Statistic: share of the chosen pairs whose first score is higher, a tie counting half."""
    gaps_N = pairs_N2[rows, 0] - pairs_N2[rows, 1]
    return float((gaps_N > 0).mean() + (gaps_N == 0).mean() / 2)


def held_fixed(columns_N3: Floats, rows: Ints) -> float:
    """Statistic: `partial_spearman` of the columns x, y and what is held fixed."""
    return partial_spearman(*columns_N3[rows].T)


def measured(
    context: Context,
    *,
    test: str,
    data: str,
    figure: str,
    statistic: Statistic,
    ours: Floats,
    clusters: Sequence[str],
    baselines: Mapping[str, Floats] | None = None,
    goal: float | None = None,
    note: str = "",
) -> list[Row]:
    """One row with intervals; no row without values, or where the figure is not defined.

    ours, baselines: one value (or one row of values, as in honest and changed) per case of n, all
    of one length; `statistic` makes the figure of them. clusters: the question of each; whole ones
    are resampled, and resamples whose figure is NaN are left out.
    """
    if not len(clusters):
        return []
    every = np.arange(len(clusters))
    value = statistic(ours, every)
    if np.isnan(value):
        return []
    others = baselines or {}
    figures = {name: statistic(values, every) for name, values in others.items()}
    best = max(sorted(figures), key=lambda name: figures[name]) if figures else None
    ours_R, best_R = [], []
    for rows in _resamples(clusters, context.resamples, context.seed):
        ours_R.append(statistic(ours, rows))
        if best is not None:
            best_R.append(statistic(others[best], rows))
    own = _estimate(value, np.array(ours_R))
    found: dict[str, float] = {}
    if best is not None:
        gap = _estimate(value - figures[best], np.array(ours_R) - np.array(best_R))
        found = {
            "difference": _rounded(gap.value),
            "difference_low": _rounded(gap.low),
            "difference_high": _rounded(gap.high),
        }
    return [
        Row(
            test=test,
            data=data,
            half=context.half,
            n=len(clusters),
            figure=figure,
            ours=_rounded(own.value),
            low=_rounded(own.low),
            high=_rounded(own.high),
            baselines={name: _rounded(value) for name, value in figures.items()},
            goal=goal,
            note=note,
            **found,
        )
    ]


def _resamples(clusters: Sequence[str], resamples: int, seed: int) -> Iterator[Ints]:
    """Row indices of each resample: as many clusters as there are, each with all of its rows."""
    rows: dict[str, list[int]] = {}
    for i, cluster in enumerate(clusters):
        rows.setdefault(cluster, []).append(i)
    members = [np.array(found) for found in rows.values()]
    chance = np.random.default_rng(seed)
    for _ in range(resamples):
        drawn = chance.integers(0, len(members), len(members))
        yield np.concatenate([members[i] for i in drawn])


def _estimate(value: float, figures_R: Floats) -> Estimate:
    defined = figures_R[~np.isnan(figures_R)]
    if not len(defined):
        return Estimate(value, value, value)
    low, high = np.quantile(defined, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return Estimate(value, float(low), float(high))


def _pearson(x_N: Floats, y_N: Floats) -> float:
    x, y = x_N - x_N.mean(), y_N - y_N.mean()
    scale = float(np.sqrt((x @ x) * (y @ y)))
    return float(x @ y) / scale if scale > 1e-9 else float("nan")


def _residual(y_N: Floats, x_N: Floats) -> Floats:
    x = x_N - x_N.mean()
    spread = float(x @ x)
    y = y_N - y_N.mean()
    residual_N: Floats = y - x * (float(x @ y) / spread) if spread else y
    return residual_N


def _rounded(value: float) -> float:
    return round(float(value), DIGITS)
