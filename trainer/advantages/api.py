"""`group_advantages`: checks the arrays and hands them to a method."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Literal, get_args

import numpy as np
import numpy.typing as npt

from trainer.advantages.corr import corr
from trainer.advantages.crpo import ScaleRewards, crpo
from trainer.advantages.gated import gated
from trainer.advantages.gdpo import gdpo
from trainer.advantages.grpo import grpo
from trainer.advantages.statistics import MIN_STD, FloatArray

Method = Literal["crpo", "gdpo", "gated", "corr", "grpo"]
METHODS: tuple[Method, ...] = get_args(Method)

DEFAULT_WEIGHTS = (10.0, 1.0, 1.0)
"""Weights of accuracy, faithfulness and coverage in Clinical-R1 (k = 10)."""

# Which methods know which option; any other value than the default is refused elsewhere.
_OPTIONS: dict[str, tuple[Method, ...]] = {
    "scale_rewards": ("crpo", "grpo"),
    "leave_one_out": ("crpo", "grpo"),
    "whiten": ("gdpo", "corr"),
    "process_weight": ("gated",),
}


def group_advantages(
    rewards_NK: npt.ArrayLike,
    group_size: int,
    *,
    method: Method = "crpo",
    weights: Sequence[float] | npt.NDArray[np.floating[Any]] | None = None,
    scale_rewards: ScaleRewards = "group",
    leave_one_out: bool = False,
    whiten: bool = True,
    process_weight: float = 1.0,
    min_std: float = MIN_STD,
) -> FloatArray:
    """Advantage of each rollout relative to the others of its group.

    Args:
        rewards_NK: one row a rollout, one column an objective, in [0, 1]; column 0 is accuracy. NaN
            is an objective that was not judged. Rows of one group stand together.
        group_size: rollouts in a group; N must be a multiple of it.
        method: crpo, gdpo, gated, corr or grpo; formula and source are in the file of that name.
        weights: one finite number an objective; 10, 1, 1 for three objectives if not given.
        scale_rewards: for crpo and grpo: divide by the standard deviation of the group, of the
            batch, or by nothing (then advantages have the size of the weighted rewards).
        leave_one_out: for crpo and grpo: compare with the mean of the other rollouts.
        whiten: for gdpo and corr: divide by the standard deviation over the batch.
        process_weight: for gated: size of the process part next to the outcome part.
        min_std: spreads below this count as this large, so that a tiny one cannot blow up.

    Returns:
        advantages_N, finite. Exactly 0 for rollouts without any judged objective, for groups in
        which nothing varies, and for groups of one. The advantages of a group add up to 0. With the
        default options their standard deviation is about 1 (at most sqrt(2) for gated).

    Raises:
        ValueError: shapes, group size, weights or options that do not fit, infinite rewards.
    """
    rewards = _rewards(rewards_NK)
    rollouts, objectives = rewards.shape
    if isinstance(group_size, bool) or group_size < 1:
        raise ValueError(f"group_size: expected a whole number from 1, got {group_size!r}")
    if rollouts % group_size:
        raise ValueError(
            f"rewards_NK has {rollouts} rows, which is not a multiple of group_size {group_size}; "
            "pass whole groups, rows of one group together"
        )
    if method not in METHODS:
        raise ValueError(f"method: expected one of {', '.join(METHODS)}, got {method!r}")
    _check_options(
        method,
        scale_rewards=scale_rewards,
        leave_one_out=leave_one_out,
        whiten=whiten,
        process_weight=process_weight,
    )
    if not (math.isfinite(min_std) and min_std >= 0.0):
        raise ValueError(f"min_std: expected a finite number from 0, got {min_std!r}")
    weights_K = _weights(weights, objectives, method)
    if rollouts == 0:
        return np.zeros(0)
    rewards_GRK = rewards.reshape(-1, group_size, objectives)
    if method == "gdpo":
        advantages_GR = gdpo(rewards_GRK, weights_K, whiten=whiten, min_std=min_std)
    elif method == "corr":
        advantages_GR = corr(rewards_GRK, weights_K, whiten=whiten, min_std=min_std)
    elif method == "gated":
        advantages_GR = gated(
            rewards_GRK, weights_K, process_weight=process_weight, min_std=min_std
        )
    else:
        summed = crpo if method == "crpo" else grpo
        advantages_GR = summed(
            rewards_GRK,
            weights_K,
            scale_rewards=scale_rewards,
            leave_one_out=leave_one_out,
            min_std=min_std,
        )
    return advantages_GR.reshape(-1)


def _rewards(rewards_NK: npt.ArrayLike) -> FloatArray:
    rewards = np.array(rewards_NK, dtype=np.float64)
    if rewards.ndim != 2 or rewards.shape[1] == 0:
        raise ValueError(
            f"rewards_NK: expected shape (rollouts, objectives), got {rewards.shape}; "
            "a single objective is one column"
        )
    infinite = np.argwhere(np.isinf(rewards))
    if infinite.size:
        row, column = infinite[0]
        raise ValueError(
            f"rewards_NK[{row}, {column}] is {rewards[row, column]}: rewards are finite, and NaN "
            "where an objective was not judged"
        )
    return rewards


def _weights(
    weights: Sequence[float] | npt.NDArray[np.floating[Any]] | None, objectives: int, method: Method
) -> FloatArray:
    if weights is None:
        if objectives == len(DEFAULT_WEIGHTS):
            return np.array(DEFAULT_WEIGHTS)
        if method == "grpo":
            return np.array([DEFAULT_WEIGHTS[0], *[0.0] * (objectives - 1)])
        raise ValueError(
            f"weights: the default {DEFAULT_WEIGHTS} is for accuracy, faithfulness and coverage; "
            f"give one weight for each of the {objectives} columns"
        )
    given = np.array(weights, dtype=np.float64)
    if given.shape != (objectives,):
        raise ValueError(
            f"weights: expected {objectives} numbers, one for each column, got shape {given.shape}"
        )
    if not np.isfinite(given).all() or not given.any():
        raise ValueError(f"weights: expected finite numbers, not all 0, got {given.tolist()}")
    if method == "grpo" and given[0] == 0.0:
        raise ValueError("weights: grpo rewards accuracy alone, so the first weight cannot be 0")
    return given


def _check_options(method: Method, **options: object) -> None:
    defaults: dict[str, object] = {
        "scale_rewards": "group",
        "leave_one_out": False,
        "whiten": True,
        "process_weight": 1.0,
    }
    if options["scale_rewards"] not in get_args(ScaleRewards):
        raise ValueError(
            f"scale_rewards: expected group, batch or none, got {options['scale_rewards']!r}"
        )
    weight = options["process_weight"]
    if not (isinstance(weight, (int, float)) and math.isfinite(weight) and weight >= 0.0):
        raise ValueError(f"process_weight: expected a finite number from 0, got {weight!r}")
    for name, value in options.items():
        if value != defaults[name] and method not in _OPTIONS[name]:
            raise ValueError(
                f"{name} is an option of {' and '.join(_OPTIONS[name])}, not of {method}"
            )
