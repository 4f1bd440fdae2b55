"""What must hold for every batch of rewards; each property names the methods it holds for."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from trainer.advantages import METHODS, group_advantages

ALL = pytest.mark.parametrize("method", METHODS)
# crpo and corr weigh objectives by their scale; the others normalise each objective first.
SCALE_FREE = pytest.mark.parametrize("method", ["gdpo", "gated", "grpo"])
# gdpo and corr divide by a spread over the batch.
INDEPENDENT = pytest.mark.parametrize("method", ["crpo", "gated", "grpo"])
QUICK = settings(max_examples=40, deadline=None)

# Steps of a twentieth: spreads are 0 or well above the floor and TRL's epsilon.
steps = st.integers(0, 20).map(lambda n: n / 20)
judged_or_not = st.one_of(steps, steps, steps, st.just(np.nan))


@st.composite
def batches(draw: st.DrawFn, *, abstentions: bool = True) -> tuple[np.ndarray, int]:
    """rewards_NK with accuracy of 0 or 1 in column 0, and the group size."""
    group_size, groups = draw(st.integers(2, 6)), draw(st.integers(1, 4))
    elements = judged_or_not if abstentions else steps
    rewards = draw(arrays(np.float64, (groups * group_size, 3), elements=elements))
    rewards[:, 0] = np.where(np.isnan(rewards[:, 0]), np.nan, rewards[:, 0] > 0.5)
    return rewards, group_size


def close(one: np.ndarray, other: np.ndarray, tolerance: float = 1e-7) -> None:
    np.testing.assert_allclose(one, other, rtol=tolerance, atol=tolerance)


@ALL
@QUICK
@given(batch=batches())
def test_finite_bounded_and_zero_sum(method: Any, batch: tuple[np.ndarray, int]) -> None:
    rewards, group_size = batch
    advantages = group_advantages(rewards, group_size, method=method)
    assert advantages.shape == (len(rewards),)
    assert np.isfinite(advantages).all()
    bound = 2 * np.sqrt(len(rewards))  # a z-score over n values is below sqrt(n)
    assert np.abs(advantages).max() <= bound
    close(advantages.reshape(-1, group_size).sum(axis=1), np.zeros(len(rewards) // group_size))


@ALL
@QUICK
@given(batch=batches())
def test_rows_without_any_judged_objective_get_exactly_zero_and_move_nothing(
    method: Any, batch: tuple[np.ndarray, int]
) -> None:
    rewards, group_size = batch
    before = group_advantages(rewards, group_size, method=method).reshape(-1, group_size)
    groups = rewards.reshape(-1, group_size, 3)
    padded = np.concatenate([groups, np.full((len(groups), 1, 3), np.nan)], axis=1)
    after = group_advantages(padded.reshape(-1, 3), group_size + 1, method=method)
    after = after.reshape(-1, group_size + 1)
    assert (after[:, -1] == 0.0).all()
    close(after[:, :-1], before)


@ALL
@QUICK
@given(batch=batches(), random=st.randoms(use_true_random=False))
def test_permuting_the_rollouts_of_a_group_permutes_advantages(
    method: Any, batch: tuple[np.ndarray, int], random: Any
) -> None:
    rewards, group_size = batch
    order = []
    for start in range(0, len(rewards), group_size):
        rows = list(range(start, start + group_size))
        random.shuffle(rows)
        order += rows
    before = group_advantages(rewards, group_size, method=method)
    close(group_advantages(rewards[order], group_size, method=method), before[order])


@ALL
@QUICK
@given(batch=batches())
def test_reversing_the_groups_reverses_advantages(
    method: Any, batch: tuple[np.ndarray, int]
) -> None:
    rewards, group_size = batch
    flipped = rewards.reshape(-1, group_size, 3)[::-1].reshape(-1, 3)
    before = group_advantages(rewards, group_size, method=method).reshape(-1, group_size)
    after = group_advantages(flipped, group_size, method=method).reshape(-1, group_size)
    close(after[::-1], before)


@INDEPENDENT
@QUICK
@given(batch=batches())
def test_groups_do_not_touch_each_other(method: Any, batch: tuple[np.ndarray, int]) -> None:
    rewards, group_size = batch
    together = group_advantages(rewards, group_size, method=method)
    alone = [
        group_advantages(rewards[start : start + group_size], group_size, method=method)
        for start in range(0, len(rewards), group_size)
    ]
    close(together, np.concatenate(alone))


@pytest.mark.parametrize("method", ["gdpo", "corr"])
@QUICK
@given(batch=batches())
def test_whitening_couples_groups_by_one_factor_only(
    method: Any, batch: tuple[np.ndarray, int]
) -> None:
    rewards, group_size = batch
    whitened = group_advantages(rewards, group_size, method=method)
    plain = group_advantages(rewards, group_size, method=method, whiten=False)
    alone = group_advantages(rewards[:group_size], group_size, method=method, whiten=False)
    close(plain[:group_size], alone)
    largest = np.abs(plain).argmax()
    if plain[largest] != 0.0:
        close(whitened, plain * (whitened[largest] / plain[largest]))


@ALL
@QUICK
@given(batch=batches(), column=st.integers(1, 2), shift=st.integers(-8, 8))
def test_shifting_an_objective_changes_nothing(
    method: Any, batch: tuple[np.ndarray, int], column: int, shift: int
) -> None:
    rewards, group_size = batch
    before = group_advantages(rewards, group_size, method=method)
    rewards[:, column] += shift / 4
    close(group_advantages(rewards, group_size, method=method), before, 1e-6)


@pytest.mark.parametrize("method", ["crpo", "gdpo", "corr", "grpo"])
@QUICK
@given(batch=batches(), shift=st.integers(-8, 8))
def test_shifting_accuracy_changes_nothing_but_the_gate(
    method: Any, batch: tuple[np.ndarray, int], shift: int
) -> None:
    rewards, group_size = batch
    before = group_advantages(rewards, group_size, method=method)
    rewards[:, 0] += shift / 4
    close(group_advantages(rewards, group_size, method=method), before, 1e-6)


@SCALE_FREE
@QUICK
@given(batch=batches(), column=st.integers(1, 2), scale=st.floats(1.0, 50.0))
def test_scaling_an_objective_changes_next_to_nothing(
    method: Any, batch: tuple[np.ndarray, int], column: int, scale: float
) -> None:
    """Not exactly nothing: 1e-4 is added to the spread, as in TRL."""
    rewards, group_size = batch
    before = group_advantages(rewards, group_size, method=method)
    rewards[:, column] *= scale
    after = group_advantages(rewards, group_size, method=method)
    close(after, before, 0.02)


@pytest.mark.parametrize("method", ["crpo", "corr"])
@QUICK
@given(batch=batches(), scale=st.floats(1.0, 50.0))
def test_scaling_all_objectives_together_changes_next_to_nothing(
    method: Any, batch: tuple[np.ndarray, int], scale: float
) -> None:
    rewards, group_size = batch
    before = group_advantages(rewards, group_size, method=method)
    close(group_advantages(scale * rewards, group_size, method=method), before, 0.02)


@QUICK
@given(batch=batches(abstentions=False))
def test_corr_divisor_ignores_the_scale_of_an_objective(batch: tuple[np.ndarray, int]) -> None:
    """Multiplying one objective adds its centred reward once more, over the same divisor."""
    rewards, group_size = batch

    def advantages(weights: tuple[float, ...]) -> np.ndarray:
        return group_advantages(rewards, group_size, method="corr", weights=weights, whiten=False)

    once, twice, thrice = advantages((1, 1, 1)), advantages((1, 2, 1)), advantages((1, 3, 1))
    close(thrice - twice, twice - once)


@pytest.mark.parametrize("method", ["crpo", "corr"])
@QUICK
@given(batch=batches())
def test_direction_is_that_of_the_centred_total(method: Any, batch: tuple[np.ndarray, int]) -> None:
    """Both only choose the size of a group's advantages."""
    rewards, group_size = batch
    raw = group_advantages(rewards, group_size, scale_rewards="none")
    scaled = group_advantages(rewards, group_size, method=method)
    for start in range(0, len(rewards), group_size):
        group = slice(start, start + group_size)
        size = np.linalg.norm(raw[group]) * np.linalg.norm(scaled[group])
        close(np.array(raw[group] @ scaled[group]), np.array(size))
