"""Advantages of rollouts from their per-objective rewards; pure functions on numpy arrays.

`group_advantages(rewards_NK, group_size, method=...)` is the whole interface; each method is one
file with its formula and source. Shapes: N rollouts, K objectives, G groups of R rollouts each.
"""

from trainer.advantages.api import (
    DEFAULT_WEIGHTS,
    METHODS,
    Method,
    group_advantages,
)
from trainer.advantages.crpo import ScaleRewards
from trainer.advantages.diagnostics import (
    GroupDiagnostics,
    group_diagnostics,
    zero_advantage_share,
)

__all__ = [
    "DEFAULT_WEIGHTS",
    "METHODS",
    "GroupDiagnostics",
    "Method",
    "ScaleRewards",
    "group_advantages",
    "group_diagnostics",
    "zero_advantage_share",
]
