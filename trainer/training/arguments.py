"""The run's configuration as the arguments of TRL's config classes.

Only this module knows which section sets which field; `RESERVED` in trainer.config names the same
fields, so that nobody sets one twice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from trainer.config import ConfigError, RunConfig

if TYPE_CHECKING:
    from trl.trainer.sft_config import SFTConfig

    from trainer.crpo import CRPOConfig


def crpo_config(config: RunConfig) -> CRPOConfig:
    """The CRPOConfig of a run of the stage `crpo`. Raises ConfigError for a value it refuses."""
    from trainer.crpo import CRPOConfig

    reward = config.reward
    arguments = _common(config) | {
        "run_dir": str(config.output),
        "objectives": reward.objectives,
        "objective_weights": reward.weights,
        "advantage_method": reward.method,
        "reward_url": reward.url,
        "reward_key_env": reward.key_env,
        "max_failed_share": reward.max_failed_share,
        "expected_fingerprint": reward.fingerprint,
        "allow_scorer_change": reward.allow_scorer_change,
    }
    try:
        return CRPOConfig(**arguments)
    except ValueError as error:
        raise ConfigError(f"training: {error}") from error


def cold_start_config(config: RunConfig) -> SFTConfig:
    """The SFTConfig of a run of the stage `cold_start`. Raises ConfigError for a refused value."""
    from trl.trainer.sft_config import SFTConfig

    arguments = {"completion_only_loss": True} | _common(config)
    try:
        return SFTConfig(**arguments)
    except ValueError as error:
        raise ConfigError(f"training: {error}") from error


def model_arguments(config: RunConfig) -> dict[str, Any]:
    """Keyword arguments with which the model is loaded."""
    arguments: dict[str, Any] = {"dtype": config.model.dtype}
    if config.model.revision is not None:
        arguments["revision"] = config.model.revision
    if config.model.attention is not None:
        arguments["attn_implementation"] = config.model.attention
    return arguments


def lora_config(config: RunConfig) -> Any:
    """peft's LoraConfig, or None."""
    lora = config.model.lora
    if lora is None:
        return None
    from peft import LoraConfig

    return LoraConfig(
        r=lora.r,
        lora_alpha=lora.alpha,
        lora_dropout=lora.dropout,
        target_modules=lora.target_modules,
        task_type="CAUSAL_LM",
    )


def _common(config: RunConfig) -> dict[str, Any]:
    return {
        **config.training,
        "output_dir": str(config.output / "checkpoints"),
        "run_name": config.name,
        "seed": config.seed,
        "data_seed": config.seed,
        "activation_checkpointing": config.model.gradient_checkpointing,
        "model_init_kwargs": model_arguments(config),
    }
