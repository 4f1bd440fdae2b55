"""crpo: the weighted sum of the objectives, normalised within the group.

    A_i = (r_i - mean(r)) / std(r),    r_i = Σ_k w_k · r_ik,    w = 10, 1, 1

Source: Clinical-R1 (arXiv 2512.00601), GRPO's normalisation (arXiv 2402.03300) of the sum of
rewards. Computed as

    s_i = Σ_k w_k · (r_ik - mean_k),    A_i = s_i / (max(std(s), min_std) + 1e-4)

where mean_k is the mean over the rollouts of the group whose objective k was judged, and an
objective that was not judged adds 0 to s_i. With nothing abstained this is the formula above. The
s_i of a group always add up to 0, so an abstention never tilts the group.

Variants, each equal to TRL's where nothing abstains:
- scale_rewards="none": A_i = s_i (Dr. GRPO, arXiv 2503.20783). Its size is that of the rewards.
- scale_rewards="batch": the standard deviation of r over the whole batch (arXiv 2508.08221). An
  objective that was not judged counts with its mean in the group, or else in the batch.
- leave_one_out: the mean is that of the other rollouts (RLOO, arXiv 2402.14740), which multiplies
  each term by n_k / (n_k - 1); with "batch" the divisor is the standard deviation of the advantages
  over the batch, as in TRL's RLOOTrainer.
"""

from __future__ import annotations

from typing import Literal

import numpy as np

from trainer.advantages.statistics import (
    EPSILON,
    BoolArray,
    FloatArray,
    batch_spread,
    centred,
    means,
    spreads,
    total,
)

ScaleRewards = Literal["group", "batch", "none"]


def crpo(
    rewards_GRK: FloatArray,
    weights_K: FloatArray,
    *,
    scale_rewards: ScaleRewards,
    leave_one_out: bool,
    min_std: float,
) -> FloatArray:
    """Advantages, (G, R); see the module's formula."""
    judged_GRK = ~np.isnan(rewards_GRK) & (weights_K != 0.0)
    terms_GRK = weights_K * centred(rewards_GRK)
    total_GR = total(terms_GRK)
    advantages_GR = total(terms_GRK * _leave_one_out(judged_GRK)) if leave_one_out else total_GR
    if scale_rewards == "none":
        return advantages_GR
    if scale_rewards == "group":
        spread = spreads(total_GR[:, :, None], judged_GRK.any(axis=2)[:, :, None])
    elif leave_one_out:
        compared_GRK = judged_GRK & (judged_GRK.sum(axis=1, keepdims=True) > 1)
        spread = np.array(batch_spread(advantages_GR, compared_GRK.any(axis=2)))
    else:
        rewards_GR = total_GR + _baselines(rewards_GRK, weights_K)
        spread = np.array(batch_spread(rewards_GR, judged_GRK.any(axis=2)))
    result: FloatArray = advantages_GR / (np.maximum(spread, min_std) + EPSILON)
    return result


def _leave_one_out(judged_GRK: BoolArray) -> FloatArray:
    """n / (n - 1), (G, 1, K): turns a distance from the mean into one from the others' mean."""
    counts_G1K = judged_GRK.sum(axis=1, keepdims=True)
    result: FloatArray = counts_G1K / np.maximum(counts_G1K - 1, 1)
    return result


def _baselines(rewards_GRK: FloatArray, weights_K: FloatArray) -> FloatArray:
    """Each group's weighted mean reward, (G, 1); an objective unjudged there has the batch's."""
    means_GK = means(rewards_GRK)
    batch_K = means(rewards_GRK.reshape(1, -1, weights_K.size))[0]
    filled_GK = np.nan_to_num(np.where(np.isnan(means_GK), batch_K, means_GK), nan=0.0)
    result: FloatArray = (filled_GK @ weights_K)[:, None]
    return result
