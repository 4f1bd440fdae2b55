"""grpo: accuracy alone, the baseline.

    A_i = (r_i - mean(r)) / std(r),    r_i = w_0 · r_i0

Source: DeepSeekMath (arXiv 2402.03300). It is crpo with every weight but the first set to 0; the
weight of accuracy matters only for scale_rewards="none".
"""

from __future__ import annotations

import numpy as np

from trainer.advantages.crpo import ScaleRewards, crpo
from trainer.advantages.statistics import FloatArray


def grpo(
    rewards_GRK: FloatArray,
    weights_K: FloatArray,
    *,
    scale_rewards: ScaleRewards,
    leave_one_out: bool,
    min_std: float,
) -> FloatArray:
    """Advantages, (G, R); see the module's formula."""
    accuracy_K = np.zeros_like(weights_K)
    accuracy_K[0] = weights_K[0]
    return crpo(
        rewards_GRK,
        accuracy_K,
        scale_rewards=scale_rewards,
        leave_one_out=leave_one_out,
        min_std=min_std,
    )
