"""What the trainer relies on in TRL, transformers and accelerate.

Most of it is private there. When one of these fails after an upgrade, compare the named method with
trainer/crpo/trainer.py (its docstring shows the order of calls) before the version is raised.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections import deque
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
import torch
import trl.trainer.grpo_trainer as grpo
from transformers import Trainer, TrainerState
from trl import GRPOConfig, GRPOTrainer
from trl.trainer.utils import RepeatSampler

from trainer.crpo import CRPOTrainer

LOOK = "TRL changed: compare {} with trainer/crpo/trainer.py"


def _parameters(method: Any) -> list[str]:
    return list(inspect.signature(method).parameters)


def _source(method: Any) -> str:
    return textwrap.dedent(inspect.getsource(inspect.unwrap(method)))


def _calls_in_order(method: Any, names: tuple[str, ...]) -> list[str]:
    calls = [
        (node.lineno, node.func.attr)
        for node in ast.walk(ast.parse(_source(method)))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    ]
    return [name for _, name in sorted(calls) if name in names]


def test_the_version_that_was_read() -> None:
    assert version("trl").startswith("1.16."), (
        "trainer/crpo extends private methods of TRL 1.16. Read the changes of grpo_trainer.py, "
        "run tests/trainer/crpo, then raise the version here and in pyproject.toml"
    )


@pytest.mark.parametrize(
    ("method", "parameters"),
    [
        (GRPOTrainer._generate_and_score_completions, ["self", "inputs"]),
        (GRPOTrainer._generate, ["self", "prompts"]),
        (
            GRPOTrainer._calculate_rewards,
            ["self", "inputs", "prompts", "completions", "completion_ids_list"],
        ),
        (GRPOTrainer._get_train_sampler, ["self", "dataset"]),
        (Trainer._save_rng_state, ["self", "output_dir"]),
        (Trainer._load_rng_state, ["self", "checkpoint"]),
    ],
)
def test_extended_methods(method: Any, parameters: list[str]) -> None:
    assert _parameters(method) == parameters, LOOK.format(method.__qualname__)
    assert _parameters(getattr(CRPOTrainer, method.__name__)) == parameters


def test_order_within_a_generation_batch() -> None:
    order = _calls_in_order(
        GRPOTrainer._generate_and_score_completions,
        ("_generate", "_get_per_token_logps_and_entropies", "_calculate_rewards"),
    )
    assert order[0] == "_generate" and order[-1] == "_calculate_rewards", LOOK.format(
        "_generate_and_score_completions"
    )
    assert order.count("_calculate_rewards") == 1
    assert "_get_per_token_logps_and_entropies" in order[1:-1], "rewards are fetched meanwhile"


def test_what_generate_returns() -> None:
    returned = [
        n for n in ast.walk(ast.parse(_source(GRPOTrainer._generate))) if isinstance(n, ast.Return)
    ]
    names = [ast.unparse(element) for element in returned[-1].value.elts]  # type: ignore[union-attr]
    assert names[1] == "completion_ids" and names[3] == "completions", LOOK.format("_generate")


def test_what_a_generation_batch_returns() -> None:
    source = _source(GRPOTrainer._generate_and_score_completions)
    for name in ("completion_mask", "advantages", "num_items_in_batch"):
        assert f'"{name}": {name},' in source, LOOK.format("the output of " + name)
    assert '_metrics[mode]["frac_reward_zero_std"].append(' in source
    assert 'self._logs["advantages"].extend(all_process_advantages.tolist())' in source
    assert "self.accelerator.process_index * len(prompts)" in source, "order of gathered rollouts"
    rewards = _source(GRPOTrainer._calculate_rewards)
    assert "rewards_per_func = gather(rewards_per_func)" in rewards, "it returns all processes'"


def test_when_it_generates() -> None:
    source = _source(GRPOTrainer._prepare_inputs)
    assert "generate_every = self.args.steps_per_generation * self.num_iterations" in source
    assert "if self._step % generate_every == 0 or self._buffered_inputs is None:" in source
    assert "self._buffered_inputs[self._step % self.args.steps_per_generation]" in source


def test_attributes(make_trainer: Any) -> None:
    trainer = make_trainer()
    assert trainer.reward_func_names == ["accuracy", "faithfulness", "coverage"]
    assert trainer._step == 0 and trainer._buffered_inputs is None
    assert set(trainer._metrics) == {"train", "eval"}
    assert isinstance(trainer._logs["advantages"], deque)
    assert trainer.num_generations == trainer.num_generations_eval == 2


def test_metrics_that_are_not_measured_are_left_out_of_the_mean() -> None:
    assert "valid = [v for v in val if not math.isnan(v)]" in _source(GRPOTrainer.log)


def test_the_sampler_draws_an_epoch_from_a_generator_of_its_own() -> None:
    sampler = RepeatSampler(range(5), mini_repeat_count=1, seed=4)
    generator = torch.Generator().manual_seed(4)
    for _ in range(2):
        order = torch.randperm(5, generator=generator).tolist()
        assert list(sampler) == order, LOOK.format("RepeatSampler (and trainer/crpo/resume.py)")
    assert not hasattr(sampler, "set_epoch"), (
        "TRL's sampler can be set to an epoch now: EpochSampler of trainer/crpo/resume.py may go"
    )


def test_the_order_of_the_training_loop() -> None:
    loop = _source(Trainer._run_epoch)
    assert loop.index("self.callback_handler.on_step_end") < loop.index(
        "self._maybe_log_save_evaluate("
    ), "metrics of a step are added in on_step_end, before they are logged"
    for name in ("_tr_loss", "_globalstep_last_logged"):
        assert f"self.{name}" in _source(Trainer._inner_training_loop), name
    whole = _source(Trainer._inner_training_loop)
    assert whole.index("self._globalstep_last_logged =") < whole.index("self._run_epoch("), (
        "_load_rng_state, which runs in _run_epoch, restores what the loop sets before"
    )
    assert TrainerState().epoch in (0, None)


def test_low_variance_kl_and_token_mean() -> None:
    loss = _source(GRPOTrainer._compute_loss)
    assert "(per_token_loss * mask).sum() / mask.sum().clamp(min=1.0)" in loss, "bnpo, as verl's"
    assert "torch.exp(ref_per_token_logps - per_token_logps) - (" in loss, "low-variance KL"
    fields = GRPOConfig.__dataclass_fields__
    assert fields["multi_objective_aggregation"].default == "sum_then_normalize"
    assert fields["scale_rewards"].default == "group"
    assert Path(grpo.__file__).name == "grpo_trainer.py"
