"""Input that does not fit is refused with what was expected; inputs are never changed."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from trainer.advantages import DEFAULT_WEIGHTS, METHODS, group_advantages

REWARDS = np.array([[1.0, 0.5, 0.2], [0.0, 0.4, 0.3], [1.0, 0.3, np.nan], [0.0, 0.2, 0.4]])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"rewards_NK": [1.0, 0.0]}, "a single objective is one column"),
        ({"rewards_NK": np.zeros((4, 0))}, "expected shape"),
        ({"rewards_NK": np.full((4, 3), np.inf)}, r"rewards_NK\[0, 0\] is inf"),
        ({"group_size": 3}, "4 rows, which is not a multiple of group_size 3"),
        ({"group_size": 0}, "group_size: expected a whole number from 1"),
        ({"method": "ppo"}, "expected one of crpo, gdpo, gated, corr, grpo, got 'ppo'"),
        ({"weights": (10, 1)}, "expected 3 numbers, one for each column"),
        ({"weights": (10, 1, np.nan)}, "expected finite numbers"),
        ({"weights": (0, 0, 0)}, "not all 0"),
        ({"rewards_NK": np.zeros((4, 2))}, "give one weight for each of the 2 columns"),
        ({"method": "grpo", "weights": (0, 1, 1)}, "the first weight cannot be 0"),
        ({"scale_rewards": "row"}, "expected group, batch or none"),
        ({"method": "gdpo", "scale_rewards": "none"}, "option of crpo and grpo, not of gdpo"),
        ({"method": "gated", "leave_one_out": True}, "option of crpo and grpo, not of gated"),
        ({"whiten": False}, "whiten is an option of gdpo and corr, not of crpo"),
        ({"process_weight": 2.0}, "process_weight is an option of gated, not of crpo"),
        ({"method": "gated", "process_weight": -1.0}, "expected a finite number from 0"),
        ({"min_std": -1.0}, "min_std: expected a finite number from 0"),
    ],
)
def test_refused(arguments: dict[str, Any], message: str) -> None:
    call = {"rewards_NK": REWARDS, "group_size": 2, **arguments}
    with pytest.raises(ValueError, match=message):
        group_advantages(call.pop("rewards_NK"), call.pop("group_size"), **call)


@pytest.mark.parametrize("method", METHODS)
def test_input_is_not_changed_and_any_float_type_is_taken(method: Any) -> None:
    rewards = REWARDS.copy()
    first = group_advantages(rewards, 2, method=method)
    np.testing.assert_array_equal(rewards, REWARDS)
    single = group_advantages(rewards.astype(np.float32), 2, method=method)
    assert single.dtype == np.float64
    np.testing.assert_allclose(single, first, atol=1e-4)


@pytest.mark.parametrize("method", METHODS)
def test_default_weights_are_the_papers(method: Any) -> None:
    given = group_advantages(REWARDS, 2, method=method, weights=DEFAULT_WEIGHTS)
    np.testing.assert_array_equal(given, group_advantages(REWARDS, 2, method=method))
