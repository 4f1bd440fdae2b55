"""Settings: the paper's values, and mistakes that are named before anything is loaded."""

from __future__ import annotations

import dataclasses
import warnings
from pathlib import Path
from typing import Any

import pytest
from trl import GRPOConfig

from trainer.crpo import CRPOConfig
from trainer.crpo import config as config_module


def _config(tmp_path: Path, **options: Any) -> CRPOConfig:
    return CRPOConfig(output_dir=str(tmp_path), report_to="none", use_cpu=True, **options)


def test_the_papers_values(tmp_path: Path) -> None:
    config = _config(tmp_path)
    assert (config.num_generations, config.beta, config.loss_type) == (5, 0.001, "bnpo")
    assert (config.learning_rate, config.temperature) == (1e-6, 1.0)
    assert config.max_completion_length == 4096
    assert config.objectives == ("accuracy", "faithfulness", "coverage")
    assert config.objective_weights == (10.0, 1.0, 1.0)
    assert config.reward_weights == [10.0, 1.0, 1.0], "TRL's `reward` metric is ours"
    assert config.advantage_method == "crpo"
    assert config.run_dir == config.output_dir


def test_every_field_is_in_the_docstring(tmp_path: Path) -> None:
    own = {field.name for field in dataclasses.fields(CRPOConfig)} - {
        field.name for field in dataclasses.fields(GRPOConfig)
    }
    assert own, "CRPOConfig adds fields"
    for name in own:
        assert f"        {name} (`" in (CRPOConfig.__doc__ or ""), name


@pytest.mark.parametrize(
    ("available", "fp16", "expected"), [(True, False, True), (False, 0, False)]
)
def test_bf16_where_the_device_has_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, available: bool, fp16: bool, expected: bool
) -> None:
    monkeypatch.setattr(config_module, "is_torch_bf16_gpu_available", lambda: available)
    seen: list[Any] = []
    # Only the choice is of interest: transformers itself would look for the device.
    monkeypatch.setattr(GRPOConfig, "__post_init__", lambda self: seen.append(self.bf16))
    CRPOConfig(output_dir=str(tmp_path), fp16=fp16)
    assert seen == [expected]
    CRPOConfig(output_dir=str(tmp_path), use_cpu=True)
    assert seen[-1] is False
    CRPOConfig(output_dir=str(tmp_path), use_cpu=True, bf16=True)
    assert seen[-1] is True, "what is set stays"


def test_no_deprecation_warning_by_default(tmp_path: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert _config(tmp_path).gradient_checkpointing is True
        assert _config(tmp_path, gradient_checkpointing=False).activation_checkpointing is False
        assert _config(tmp_path, activation_checkpointing=False).gradient_checkpointing is False


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"objectives": ("coverage", "accuracy")}, "objectives: accuracy comes first"),
        ({"objectives": ()}, "objectives: accuracy comes first"),
        ({"objectives": ("accuracy", "accuracy")}, "objectives: each only once"),
        ({"objective_weights": (10, 1)}, "objective_weights: expected 3 numbers, one for each of"),
        ({"objective_weights": (0, 0, 0)}, "objective_weights: expected finite numbers, not all 0"),
        ({"objective_weights": (float("nan"), 1, 1)}, "objective_weights: expected finite"),
        ({"advantage_method": "ppo"}, "advantage_method: expected one of crpo, gdpo, gated, corr"),
        ({"max_failed_share": 1.5}, "max_failed_share: expected a share from 0 to 1, got 1.5"),
        ({"reward_timeout": 0}, "reward_timeout: expected seconds above 0"),
        ({"reward_timeout": 1800.0}, "reward_timeout: .* below ddp_timeout"),
        ({"reward_weights": [1.0, 1.0, 1.0]}, "reward_weights: use objective_weights"),
        ({"multi_objective_aggregation": "normalize_then_sum"}, "use advantage_method instead"),
        ({"remove_unused_columns": True}, "remove_unused_columns: must be False"),
        ({"num_generations": 4}, r"\(5\) must be divisible by num_generations \(4\)"),
        ({"advantage_method": "gdpo", "leave_one_out": True}, "leave_one_out is an option of"),
        ({"process_weight": 0.5}, "process_weight is an option of gated, not of crpo"),
    ],
)
def test_mistakes_are_named(tmp_path: Path, options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        _config(tmp_path, **options)


def test_the_key_comes_from_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = _config(tmp_path, reward_key_env="CRPO_TEST_KEY")
    monkeypatch.delenv("CRPO_TEST_KEY", raising=False)
    with pytest.raises(ValueError, match="the environment variable CRPO_TEST_KEY is not set"):
        config.reward_key()
    monkeypatch.setenv("CRPO_TEST_KEY", "secret")
    assert config.reward_key() == "secret"
    assert "secret" not in str(config.to_dict())
    assert _config(tmp_path).reward_key() is None


@pytest.mark.parametrize("mode", ["server", "colocate"])
def test_vllm_settings_are_trls(tmp_path: Path, mode: str) -> None:
    config = _config(tmp_path, use_vllm=True, vllm_mode=mode, vllm_gpu_memory_utilization=0.2)
    assert (config.use_vllm, config.vllm_mode) == (True, mode)


@pytest.mark.parametrize(("given", "kept"), [(True, "group"), (False, "none"), ("batch", "batch")])
def test_trls_scaling_is_ours(tmp_path: Path, given: Any, kept: str) -> None:
    assert _config(tmp_path, scale_rewards=given).scale_rewards == kept


def test_a_copy_is_the_same_settings(tmp_path: Path) -> None:
    config = _config(tmp_path, objective_weights=(5, 1, 1), steps_per_generation=1)
    fields = {name: getattr(config, name) for name in ("objective_weights", "reward_weights")}
    assert _config(tmp_path, **fields).objective_weights == (5.0, 1.0, 1.0)
