"""gated: the outcome over all rollouts, the process among the correct ones only.

    A_i       = outcome_i + process_weight · process_i
    outcome_i = (a_i - mean(a)) / std(a)                             over the group
    process_i = (p_i - mean_C(p)) / std_C(p)  if i ∈ C and |C| ≥ 2, else 0
    C         = the group's correct rollouts

Source: PAPO (arXiv 2603.26535, equations 3 to 5): a wrong answer earns nothing by good style, and
groups that are correct throughout still learn. The paper has one process reward. Several objectives
are joined here as p_i = Σ_k w_k · z_ik, with z normalised over C for each objective, so that no
objective drowns the others. Outcome and process stand on an equal footing (process_weight = 1, as
in the paper): the weight of accuracy is not used, the others say how the process objectives mix.

Spreads are floored as in the paper, max(std, min_std), not added to as in TRL; that of p at 0.05.
A rollout whose accuracy was not judged is not known to be correct: it gets 0.
"""

from __future__ import annotations

import numpy as np

from trainer.advantages.statistics import (
    MIN_UNIT_STD,
    ROUNDING,
    FloatArray,
    spreads,
    total,
    z_scores,
)

CORRECT = 0.5
"""Accuracy above this is a correct answer (the service gives 0 or 1)."""


def gated(
    rewards_GRK: FloatArray, weights_K: FloatArray, *, process_weight: float, min_std: float
) -> FloatArray:
    """Advantages, (G, R); see the module's formula."""
    floor = max(min_std, ROUNDING)
    outcome_GR = z_scores(rewards_GRK[:, :, :1], floor, epsilon=0.0)[:, :, 0]
    if rewards_GRK.shape[2] == 1:
        return outcome_GR
    correct_GR1 = rewards_GRK[:, :, :1] > CORRECT
    process_GRK = np.where(correct_GR1, rewards_GRK[:, :, 1:], np.nan)
    shares_K = weights_K[1:] / (np.abs(weights_K[1:]).sum() or 1.0)
    joined_GR = total(shares_K * z_scores(process_GRK, floor, epsilon=0.0))
    judged_GR = (~np.isnan(process_GRK) & (shares_K != 0.0)).any(axis=2)
    spread_G1 = spreads(joined_GR[:, :, None], judged_GR[:, :, None])
    process_GR = joined_GR / np.maximum(spread_G1, MIN_UNIT_STD)
    result: FloatArray = outcome_GR + process_weight * process_GR
    return result
