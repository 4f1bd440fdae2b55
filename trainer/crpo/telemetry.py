"""Metrics of a generation batch, by the names that loggers and metrics.jsonl show."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from trainer.advantages import group_diagnostics, zero_advantage_share
from trainer.crpo.rewards import Rewards


def reward_metrics(
    rewards: Rewards,
    advantages_N: npt.NDArray[np.float64],
    *,
    group_size: int,
    learned: Sequence[str],
) -> dict[str, float]:
    """Means, spreads, abstentions and correlations of the objectives, and of the advantages.

    All objectives of the service are measured, those `learned` from first. A rollout that failed is
    no abstention: it counts in `reward/failed_share` (see `trainer.crpo.rewards`) alone. What
    cannot be measured, as the mean of an objective that nothing was judged on, is left out.
    """
    names = (*learned, *(name for name in rewards.objectives if name not in learned))
    rewards_NK = rewards.rewards_NK(names)
    found = group_diagnostics(rewards_NK, group_size, names=names).metrics()
    scored_N = ~rewards.failed_N
    for k, name in enumerate(names):
        found[f"objectives/{name}/abstained"] = (
            float(np.isnan(rewards_NK[scored_N, k]).mean()) if scored_N.any() else np.nan
        )
    for name in rewards.metrics:
        judged = rewards.metric_N(name)
        judged = judged[~np.isnan(judged)]
        found[f"metrics/{name}/mean"] = float(judged.mean()) if judged.size else np.nan
    found["advantages/zero_variance_groups"] = zero_advantage_share(advantages_N, group_size)
    found["advantages/abs_mean"] = float(np.abs(advantages_N).mean())
    return {name: value for name, value in found.items() if np.isfinite(value)}
