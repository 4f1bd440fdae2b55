"""Equal to TRL where TRL defines the same thing, by TRL's own statements.

TRL computes advantages in the middle of long methods. The statements that do it are cut out of the
installed source and run as they are, so that a change of TRL's arithmetic fails here.
"""

from __future__ import annotations

import ast
import importlib.util
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from trainer.advantages import group_advantages

torch = pytest.importorskip("torch")

WEIGHTS = (10.0, 1.0, 1.0)


def _trl_source(name: str) -> ast.Module:
    spec = importlib.util.find_spec("trl")  # finds the package without importing it
    if spec is None or spec.origin is None:
        pytest.skip("trl is not installed")
    return ast.parse((Path(spec.origin).parent / "trainer" / name).read_text(encoding="utf-8"))


def _names(node: ast.stmt) -> list[str]:
    return [ast.unparse(t) for t in node.targets] if isinstance(node, ast.Assign) else []


def _trl_statements(file: str) -> list[ast.stmt]:
    """From the mask of unscorable rows to the last step before the slice for this process."""
    for node in ast.walk(_trl_source(file)):
        if isinstance(node, ast.FunctionDef) and node.name == "_generate_and_score_completions":
            names = [_names(statement) for statement in node.body]
            start = names.index(["unscorable_mask"])
            stop = names.index(["process_slice"])
            return node.body[start:stop]
    raise AssertionError(f"{file} has no _generate_and_score_completions any more")


def _nanstd() -> Callable[..., Any]:
    functions = [
        node
        for node in _trl_source("utils.py").body
        if isinstance(node, ast.FunctionDef) and node.name == "nanstd"
    ]
    namespace: dict[str, Any] = {"torch": torch}
    exec(compile(ast.Module(functions, []), "trl/trainer/utils.py", "exec"), namespace)
    found: Callable[..., Any] = namespace["nanstd"]
    return found


def trl_advantages(
    file: str, rewards: np.ndarray, group_size: int, weights: tuple[float, ...], **settings: object
) -> np.ndarray:
    tensor = torch.tensor(rewards, dtype=torch.float64)
    trainer = SimpleNamespace(
        reward_weights=torch.tensor(weights, dtype=torch.float64),
        reward_funcs=list(weights),
        reward_clip_range=None,
        **settings,
    )
    namespace: dict[str, Any] = {
        "torch": torch,
        "nanstd": _nanstd(),
        "self": trainer,
        "rewards_per_func": tensor,
        "num_generations": group_size,
        "device": tensor.device,
    }
    if file == "rloo_trainer.py":  # no KL term in the reward
        trainer.beta = 0.0
    code = compile(ast.Module(_trl_statements(file), []), file, "exec")
    exec(code, namespace)
    result: np.ndarray = namespace["advantages"].numpy()
    return result


def rewards(seed: int, groups: int = 6, group_size: int = 5) -> np.ndarray:
    """Binary accuracy (one group of it constant) and two continuous objectives."""
    random = np.random.default_rng(seed)
    accuracy = (random.random((groups, group_size)) < 0.5).astype(float)
    accuracy[0] = 1.0
    columns = [accuracy, random.random(accuracy.shape), 0.3 * random.random(accuracy.shape)]
    return np.stack([column.reshape(-1) for column in columns], axis=1)


def with_unscored(table: np.ndarray) -> np.ndarray:
    """Some rows that no objective judged, which TRL leaves out as well."""
    table = table.copy()
    table[[1, 7, 8]] = np.nan
    return table


def assert_equal(ours: np.ndarray, expected: np.ndarray) -> None:
    """To single precision, in which TRL computes Bessel's correction."""
    np.testing.assert_allclose(ours, expected, rtol=1e-6, atol=1e-7)


SEEDS = pytest.mark.parametrize("seed", range(4))
TABLES = pytest.mark.parametrize("change", [lambda t: t, with_unscored], ids=["full", "unscored"])


@SEEDS
@TABLES
@pytest.mark.parametrize("scale", ["group", "batch", "none"])
def test_crpo_is_trls_sum_then_normalize(
    seed: int, change: Callable[[np.ndarray], np.ndarray], scale: Any
) -> None:
    table = change(rewards(seed))
    expected = trl_advantages(
        "grpo_trainer.py",
        table,
        5,
        WEIGHTS,
        multi_objective_aggregation="sum_then_normalize",
        scale_rewards=scale,
    )
    ours = group_advantages(table, 5, method="crpo", scale_rewards=scale)
    assert_equal(ours, expected)


@SEEDS
@TABLES
@pytest.mark.parametrize("scale", ["group", "batch", "none"])
def test_grpo_is_trls_with_accuracy_alone(
    seed: int, change: Callable[[np.ndarray], np.ndarray], scale: Any
) -> None:
    table = change(rewards(seed))
    expected = trl_advantages(
        "grpo_trainer.py",
        table[:, :1],
        5,
        (10.0,),
        multi_objective_aggregation="sum_then_normalize",
        scale_rewards=scale,
    )
    ours = group_advantages(table, 5, method="grpo", scale_rewards=scale)
    assert_equal(ours, expected)


def partly_judged(table: np.ndarray) -> np.ndarray:
    table = with_unscored(table)
    table[[2, 11], 1] = np.nan
    table[15:20, 2] = np.nan
    table[20:24, 1] = np.nan  # one judged rollout left in this group
    return table


@SEEDS
@pytest.mark.parametrize("change", [lambda t: t, with_unscored, partly_judged])
@pytest.mark.parametrize("weights", [WEIGHTS, (1.0, 1.0, 1.0), (1.0, 0.5, 3.0)])
def test_gdpo_is_trls_normalize_then_sum_with_any_abstentions(
    seed: int, change: Callable[[np.ndarray], np.ndarray], weights: tuple[float, ...]
) -> None:
    table = change(rewards(seed))
    expected = trl_advantages(
        "grpo_trainer.py",
        table,
        5,
        weights,
        multi_objective_aggregation="normalize_then_sum",
        scale_rewards="group",
    )
    ours = group_advantages(table, 5, method="gdpo", weights=weights)
    assert_equal(ours, expected)


@SEEDS
@TABLES
@pytest.mark.parametrize(("scale", "normalize"), [("none", False), ("batch", True)])
def test_leave_one_out_is_trls_rloo(
    seed: int, change: Callable[[np.ndarray], np.ndarray], scale: Any, normalize: bool
) -> None:
    table = change(rewards(seed))
    expected = trl_advantages("rloo_trainer.py", table, 5, WEIGHTS, normalize_advantages=normalize)
    ours = group_advantages(table, 5, method="crpo", scale_rewards=scale, leave_one_out=True)
    assert_equal(ours, expected)
