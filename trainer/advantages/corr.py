"""corr: the centred total reward over a sum of correlations instead of covariances.

    A_i = Σ_k (R_ik - mean_k) / (sqrt(Σ_l Σ_m ρ_lm) + 1e-4),    R_ik = w_k · r_ik

Source: CorrGRPO (arXiv 2609.36820, equation 2). GRPO's divisor is the root of the sum of the
covariances of all pairs of objectives, in which the one of the largest scale dominates; Pearson's ρ
lets every objective that varies count alike. Rows and columns of objectives that do not vary are 0.

With z_k the k-th term divided by its standard deviation, Σ_l Σ_m ρ_lm is the variance of Σ_k z_ik
over the group; it is computed so. An objective that was not judged has z = 0, which keeps the
matrix positive semidefinite (correlations over pairs of judged rollouts would not) and changes
nothing when nothing abstains.

Two things are added to the paper's formula:
- The root is at least 0.5, half of what one objective alone has. Objectives that run exactly
  against each other would otherwise divide by 1e-4.
- The divisor has no units, so A has the size of the weighted rewards (10 for accuracy). With
  `whiten` (the default) all advantages are divided by their standard deviation over the batch:
  their sizes relative to each other, which are the method's point, stay.
"""

from __future__ import annotations

import numpy as np

from trainer.advantages.statistics import (
    EPSILON,
    ROUNDING,
    BoolArray,
    FloatArray,
    batch_spread,
    centred,
    spreads,
    total,
)

MIN_ROOT = 0.5
"""Least root of the sum of correlations; 1 is that of a single objective."""


def corr(
    rewards_GRK: FloatArray, weights_K: FloatArray, *, whiten: bool, min_std: float
) -> FloatArray:
    """Advantages, (G, R); see the module's formula."""
    scored_GR = (~np.isnan(rewards_GRK) & (weights_K != 0.0)).any(axis=2)
    centred_GRK = centred(rewards_GRK)
    roots_G1 = _correlation_roots(centred_GRK * np.sign(weights_K), scored_GR[:, :, None], min_std)
    advantages_GR = total(weights_K * centred_GRK) / (np.maximum(roots_G1, MIN_ROOT) + EPSILON)
    if not whiten:
        return advantages_GR
    return advantages_GR / (max(batch_spread(advantages_GR, scored_GR), min_std) + EPSILON)


def _correlation_roots(
    centred_GRK: FloatArray, scored_GR1: BoolArray, min_std: float
) -> FloatArray:
    """sqrt(Σ_l Σ_m ρ_lm) for each group, (G, 1); weights change a correlation by their sign."""
    spreads_GK = np.maximum(spreads(centred_GRK, scored_GR1), max(min_std, ROUNDING))
    units_GRK = centred_GRK / spreads_GK[:, None, :]
    return spreads(total(units_GRK)[:, :, None], scored_GR1)
