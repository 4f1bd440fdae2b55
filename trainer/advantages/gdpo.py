"""gdpo: normalise each objective within its group, then sum, then normalise over the batch.

    z_ik = (r_ik - mean_k) / std_k  (within the group),    s_i = Σ_k w_k · z_ik
    A_i  = (s_i - mean(s)) / std(s)  (over the batch)

Source: GDPO (arXiv 2601.05242), as TRL's multi_objective_aggregation="normalize_then_sum". Summing
before normalising maps different combinations of rewards to one advantage; here each objective
keeps its own, whatever its scale. Every z of a group adds up to 0, so mean(s) is 0 and groups in
which nothing varies stay at exactly 0.

Equal to TRL, abstentions included, unless a spread is below `min_std` or that of s over the batch
below 0.05; those count as this large.
"""

from __future__ import annotations

import numpy as np

from trainer.advantages.statistics import (
    EPSILON,
    MIN_UNIT_STD,
    FloatArray,
    batch_spread,
    total,
    z_scores,
)


def gdpo(
    rewards_GRK: FloatArray, weights_K: FloatArray, *, whiten: bool, min_std: float
) -> FloatArray:
    """Advantages, (G, R); see the module's formula. Without `whiten`: s, of the weights' size."""
    total_GR = total(weights_K * z_scores(rewards_GRK, min_std, epsilon=EPSILON))
    if not whiten:
        return total_GR
    scored_GR = (~np.isnan(rewards_GRK) & (weights_K != 0.0)).any(axis=2)
    return total_GR / (max(batch_spread(total_GR, scored_GR), MIN_UNIT_STD) + EPSILON)
