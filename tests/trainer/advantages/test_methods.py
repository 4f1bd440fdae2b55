"""Each method on groups that can be worked out by hand."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from trainer.advantages import DEFAULT_WEIGHTS, METHODS, group_advantages
from trainer.advantages.corr import MIN_ROOT

NAN = math.nan
EPSILON = 1e-4


def close(ours: np.ndarray, expected: Any) -> None:
    np.testing.assert_allclose(ours, expected, rtol=1e-9, atol=1e-12)


def test_crpo_by_hand() -> None:
    rewards = [[1, 0.5, 0.2], [0, 0.5, 0.4]]
    total = np.array([10 + 0.5 + 0.2, 0.5 + 0.4])
    std = (total[0] - total[1]) / math.sqrt(2)
    expected = (total - total.mean()) / (std + EPSILON)
    close(group_advantages(rewards, 2), expected)


def test_crpo_abstention_is_left_out_of_mean_and_spread() -> None:
    rewards = [[1, 0.9, 0.5], [1, NAN, 0.5], [1, 0.3, 0.5]]
    # faithfulness has the mean 0.6 of its two judged rollouts; the other gets neither sign
    std = math.sqrt((0.3**2 + 0 + 0.3**2) / 2)
    close(group_advantages(rewards, 3), np.array([0.3, 0, -0.3]) / (std + EPSILON))


def test_an_abstention_does_not_hide_the_other_objectives() -> None:
    advantages = group_advantages([[1, NAN, 0.5], [0, 0.5, 0.5], [0, 0.7, 0.5]], 3)
    assert advantages[0] > 0 > advantages[2] > advantages[1]


def test_grpo_sees_accuracy_alone() -> None:
    rewards = np.array([[1, 0.1, 0.9], [0, 0.8, 0.2], [1, 0.5, 0.5], [1, 0.5, 0.5]])
    std = rewards[:, 0].std(ddof=1)
    expected = 10 * (rewards[:, 0] - 0.75) / (10 * std + EPSILON)
    close(group_advantages(rewards, 4, method="grpo"), expected)
    close(group_advantages(rewards[:, :1], 4, method="grpo"), expected)


def test_gdpo_tells_apart_what_the_sum_cannot() -> None:
    """(1, 0) and (0, 1) have one sum; the rarer success earns more after normalising first."""
    rewards = [[1, 0], [0, 1], [0, 1], [0, 1], [0, 0]]
    summed = group_advantages(rewards, 5, method="crpo", weights=(1, 1))
    decoupled = group_advantages(rewards, 5, method="gdpo", weights=(1, 1))
    assert summed[0] == pytest.approx(summed[1])
    assert decoupled[0] > decoupled[1] + 0.3


def test_gdpo_by_hand_without_whitening() -> None:
    rewards = [[1, 0.2], [0, 0.4]]
    std = 1 / math.sqrt(2)
    accuracy = 0.5 / (std + EPSILON)
    style = 0.1 / (0.2 * std + EPSILON)
    ours = group_advantages(rewards, 2, method="gdpo", weights=(10, 1), whiten=False)
    close(ours, [10 * accuracy - style, style - 10 * accuracy])


def test_gated_wrong_rollouts_earn_nothing_by_style() -> None:
    plain = [[1, 0.5, 0.5], [1, 0.7, 0.6], [0, 0.0, 0.0], [0, 0.0, 0.0]]
    stylish = [[1, 0.5, 0.5], [1, 0.7, 0.6], [0, 1.0, 1.0], [0, 0.2, 0.9]]
    close(group_advantages(plain, 4, method="gated"), group_advantages(stylish, 4, method="gated"))
    advantages = group_advantages(stylish, 4, method="gated")
    assert advantages[1] > advantages[0] > 0 > advantages[2] == advantages[3]


def test_gated_by_hand() -> None:
    rewards = np.array([[1, 0.2], [1, 0.6], [0, 0.9]])
    outcome = (rewards[:, 0] - 2 / 3) / rewards[:, 0].std(ddof=1)
    process = 1 / math.sqrt(2)  # two values, 0.2 above and below their mean
    ours = group_advantages(rewards, 3, method="gated", weights=(10, 1))
    close(ours, outcome + np.array([-process, process, 0]))
    half = group_advantages(rewards, 3, method="gated", weights=(10, 1), process_weight=0.5)
    close(half, outcome + np.array([-process, process, 0]) / 2)


def test_gated_still_learns_where_all_are_correct_and_needs_two_of_them() -> None:
    correct = group_advantages([[1, 0.2, 0], [1, 0.8, 0], [1, 0.5, 0]], 3, method="gated")
    assert correct[1] > correct[2] > correct[0]
    alone = [[1, 0.2, 0.4], [0, 0.8, 0.1]]
    close(
        group_advantages(alone, 2, method="gated"),
        group_advantages([row[:1] for row in alone], 2, method="gated", weights=(1,)),
    )


def test_gated_unjudged_accuracy_is_not_correct() -> None:
    rewards = [[1, 0.2, 0.1], [1, 0.8, 0.9], [NAN, 1.0, 1.0], [0, 0.5, 0.5]]
    assert group_advantages(rewards, 4, method="gated")[2] == 0.0


def test_gated_without_weight_on_the_process_is_the_outcome() -> None:
    rewards = [[1, 0.2, 0.1], [1, 0.8, 0.9], [0, 0.5, 0.5]]
    outcome = group_advantages(np.array(rewards)[:, :1], 3, method="gated", weights=(1,))
    close(group_advantages(rewards, 3, method="gated", weights=(1, 0, 0)), outcome)
    close(outcome, [1 / math.sqrt(3), 1 / math.sqrt(3), -2 / math.sqrt(3)])


def test_corr_is_the_papers_formula() -> None:
    random = np.random.default_rng(5)
    rewards = random.random((12, 3))
    weighted = rewards * DEFAULT_WEIGHTS
    expected = []
    for group in weighted.reshape(-1, 4, 3):
        correlations = np.corrcoef(group, rowvar=False)
        centred = group.sum(axis=1) - group.sum(axis=1).mean()
        expected.extend(centred / (max(math.sqrt(correlations.sum()), MIN_ROOT) + EPSILON))
    close(group_advantages(rewards, 4, method="corr", whiten=False), expected)
    whitened = group_advantages(rewards, 4, method="corr")
    close(whitened, np.array(expected) / (np.std(expected, ddof=1) + EPSILON))


def test_corr_leaves_out_objectives_that_do_not_vary() -> None:
    one = group_advantages([[1, 0.5], [0, 0.5]], 2, method="corr", weights=(1, 1), whiten=False)
    close(one, np.array([0.5, -0.5]) / (1 + EPSILON))


def test_corr_objectives_against_each_other_do_not_blow_up() -> None:
    rewards = [[1, 0.0], [0, 0.5]]
    opposed = group_advantages(rewards, 2, method="corr", weights=(1, 1), whiten=False)
    close(opposed, np.array([0.25, -0.25]) / (MIN_ROOT + EPSILON))


def test_leave_one_out_compares_with_the_mean_of_the_others() -> None:
    advantages = group_advantages(
        [[1.0], [0.0], [0.5]], 3, weights=(2,), scale_rewards="none", leave_one_out=True
    )
    close(advantages, [2 * (1 - 0.25), 2 * (0 - 0.75), 0])


def test_batch_scale_counts_an_abstention_with_its_mean() -> None:
    rewards = [[1, 0.4], [0, NAN], [0, NAN], [0, NAN]]
    totals = np.array([1.4, 0.4, 0.4, 0.4])  # group means: 0.4, and 0.4 of the batch
    centred = np.array([0.5, -0.5, 0, 0])
    ours = group_advantages(rewards, 2, weights=(1, 1), scale_rewards="batch")
    close(ours, centred / (totals.std(ddof=1) + EPSILON))


@pytest.mark.parametrize("method", METHODS)
def test_nothing_varies_gives_exactly_zero(method: Any) -> None:
    third = 0.1 + 0.2  # not exactly representable, so that sums round
    same = np.full((6, 3), third)
    assert group_advantages(same, 3, method=method).tolist() == [0.0] * 6
    assert group_advantages(np.full((4, 3), NAN), 2, method=method).tolist() == [0.0] * 4
    assert (
        group_advantages(np.random.default_rng(0).random((3, 3)), 1, method=method).tolist()
        == [0.0] * 3
    )
    assert group_advantages(np.zeros((0, 3)), 4, method=method).tolist() == []


@pytest.mark.parametrize("method", ["crpo", "corr"])
def test_terms_that_cancel_give_exactly_zero(method: Any) -> None:
    rewards = np.array([[0.1, 0.9], [0.4, 0.6], [0.7, 0.3]])
    assert group_advantages(rewards, 3, method=method, weights=(1, 1)).tolist() == [0.0] * 3


@pytest.mark.parametrize("method", METHODS)
def test_a_tiny_spread_does_not_blow_up(method: Any) -> None:
    rewards = [[1, 0.5, 0.5], [1, 0.5, 0.5 + 1e-6], [1, 0.5, 0.5], [1, 0.5, 0.5]]
    assert np.abs(group_advantages(rewards, 4, method=method)).max() < 0.02


def test_a_tiny_spread_does_not_drown_the_other_objectives_in_gdpo() -> None:
    rewards = [[1, 0.5, 0.5], [0, 0.5, 0.5 + 1e-5], [1, 0.5, 0.5], [0, 0.5, 0.5]]
    advantages = group_advantages(rewards, 4, method="gdpo", weights=(1, 1, 1))
    assert advantages[0] == pytest.approx(-advantages[3], rel=0.02)


@pytest.mark.parametrize("method", METHODS)
def test_sizes_are_comparable(method: Any) -> None:
    random = np.random.default_rng(3)
    accuracy = (random.random(200) < 0.5).astype(float)
    rewards = np.stack([accuracy, random.random(200), 0.2 * random.random(200)], axis=1)
    advantages = group_advantages(rewards, 5, method=method)
    assert 0.7 < advantages.std() < math.sqrt(2)
    assert np.abs(advantages).max() < 4
