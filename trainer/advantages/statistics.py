"""Masked statistics within groups: NaN is an objective that was not judged.

An unjudged reward is left out of its objective's mean and spread. After centring it is 0, so it
adds nothing to its rollout: neither credit nor blame.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]

EPSILON = 1e-4
"""Added to every standard deviation before dividing by it, as TRL 1.16 does."""

MIN_STD = 1e-3
"""Spreads below this count as this large. Rewards lie in [0, 1]; so small a difference in them is
noise, and dividing by it would let one objective, or one group, swallow the rest."""

MIN_UNIT_STD = 0.05
"""The same for sums of z-scores, which are about 1 where there is something to learn: a second
normalisation must not undo the damping of the first."""

ROUNDING = 1e-12
"""Differences below this share of the numbers they come from are floating-point noise."""


def means(values_GRK: FloatArray) -> FloatArray:
    """Mean over the judged rollouts of each group, (G, K); NaN where none was judged."""
    judged_GRK = ~np.isnan(values_GRK)
    counts_GK = judged_GRK.sum(axis=1)
    sums_GK = np.where(judged_GRK, values_GRK, 0.0).sum(axis=1)
    result: FloatArray = np.where(counts_GK > 0, sums_GK / np.maximum(counts_GK, 1), np.nan)
    return result


def centred(values_GRK: FloatArray) -> FloatArray:
    """Rewards minus the mean of the judged ones of their group, (G, R, K); 0 where not judged.

    Exactly 0 wherever all judged rewards of a group are equal.
    """
    judged_GRK = ~np.isnan(values_GRK)
    highest_G1K = np.where(judged_GRK, values_GRK, -np.inf).max(axis=1, keepdims=True)
    lowest_G1K = np.where(judged_GRK, values_GRK, np.inf).min(axis=1, keepdims=True)
    size_G1K = np.where(judged_GRK, np.abs(values_GRK), 0.0).max(axis=1, keepdims=True)
    varies_G1K = highest_G1K - lowest_G1K > ROUNDING * size_G1K
    deviations_GRK = values_GRK - means(values_GRK)[:, None, :]
    return np.where(judged_GRK & varies_G1K, deviations_GRK, 0.0)


def total(terms_GRK: FloatArray) -> FloatArray:
    """Sum over objectives, (G, R); exactly 0 in groups where the terms cancel in every rollout."""
    total_GR: FloatArray = terms_GRK.sum(axis=2)
    size_G11 = np.abs(terms_GRK).max(axis=(1, 2), keepdims=True)
    noise_G1 = np.abs(total_GR).max(axis=1, keepdims=True) <= ROUNDING * size_G11[:, :, 0]
    return np.where(noise_G1, 0.0, total_GR)


def spreads(centred_GRK: FloatArray, judged_GRK: BoolArray) -> FloatArray:
    """Standard deviation within each group (Bessel's correction, as TRL), (G, K).

    Takes values of mean 0 that are 0 where not judged; fewer than two judged rollouts have
    spread 0.
    """
    degrees_GK = judged_GRK.sum(axis=1) - 1
    squares_GK = np.square(centred_GRK).sum(axis=1)
    result: FloatArray = np.sqrt(squares_GK / np.maximum(degrees_GK, 1))
    return result


def batch_spread(values_GR: FloatArray, counted_GR: BoolArray) -> float:
    """Standard deviation over the counted rollouts of all groups; 0 for fewer than two."""
    values = values_GR[counted_GR]
    return float(values.std(ddof=1)) if values.size > 1 else 0.0


def z_scores(rewards_GRK: FloatArray, min_std: float, *, epsilon: float) -> FloatArray:
    """(reward - group mean) / (group spread + epsilon), (G, R, K); 0 where not judged."""
    centred_GRK = centred(rewards_GRK)
    spreads_GK = spreads(centred_GRK, ~np.isnan(rewards_GRK))
    result: FloatArray = centred_GRK / (np.maximum(spreads_GK, min_std) + epsilon)[:, None, :]
    return result
