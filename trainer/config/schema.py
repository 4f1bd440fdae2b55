"""The fields of a run's configuration, with their defaults and limits.

Every model is frozen and refuses unknown fields. `load_config` turns what is wrong into sentences.
"""

from __future__ import annotations

import math
import re
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from trainer.advantages import Method

Stage = Literal["crpo", "cold_start"]

# The service refuses variables with its own prefix that it does not know.
SERVICE_PREFIX = "REWARD_"


def _variable_name(value: str) -> str:
    if value.upper().startswith(SERVICE_PREFIX):
        raise ValueError(
            f"variables that begin with {SERVICE_PREFIX} belong to the service, which refuses "
            "unknown ones; expected another name, such as CRPO_REWARD_KEY"
        )
    if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", value):
        raise ValueError("expected the name of an environment variable, never the key itself")
    return value


def _run_name(value: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*", value):
        raise ValueError("expected letters, digits, '.', '_' and '-', as in tiny-crpo")
    return value


def _finite(value: float) -> float:
    if not math.isfinite(value):
        raise ValueError("expected a finite number")
    return value


Weight = Annotated[float, Field(ge=0), AfterValidator(_finite)]
Share = Annotated[float, Field(ge=0, le=1)]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Lora(_Section):
    """Low-rank adapters (peft) instead of training every weight."""

    r: int = Field(16, ge=1, description="Rank of the adapters.")
    alpha: int = Field(32, ge=1, description="Scale: an adapter's output counts alpha / r.")
    dropout: Share = Field(0.0, description="Dropout before an adapter.")
    target_modules: str | list[str] = Field(
        "all-linear",
        description="Names of the linear layers that get one, or `all-linear`.",
    )


class Model(_Section):
    """The policy at the start of the run."""

    path: str = Field(
        min_length=1,
        description="Name on the hub, or a folder: one that begins with `.`, `~` or `/`, or that "
        "is there.",
    )
    revision: str | None = Field(None, description="Commit, tag or branch of a model on the hub.")
    dtype: Literal["float32", "bfloat16", "float16"] = Field(
        "float32", description="Type in which the weights are held."
    )
    lora: Lora | None = Field(None, description="Adapters; null trains every weight.")
    attention: Literal["sdpa", "eager", "flash_attention_2"] | None = Field(
        None, description="Attention kernel; null leaves it to the model."
    )
    gradient_checkpointing: bool = Field(
        False, description="Recompute activations in the backward pass: less memory, more time."
    )


class Data(_Section):
    """Rows made by `crpo data`."""

    train: Path = Field(strict=False, description="JSONL or Parquet file of the training rows.")
    test: Path | None = Field(None, strict=False, description="File of the test rows.")
    train_limit: int | None = Field(None, ge=1, description="Only the first so many rows.")
    test_limit: int | None = Field(None, ge=1, description="Only the first so many rows.")
    max_prompt_tokens: int | None = Field(
        None, ge=1, description="Rows with a longer prompt are left out; null keeps all."
    )
    system_prompt: str | None = Field(
        None, min_length=1, description="Replaces the prompts' system message, or adds one."
    )


class Reward(_Section):
    """The service that scores, and what is made of its scores."""

    url: str = Field("http://127.0.0.1:8000", description="Where the service listens.")
    key_env: Annotated[str, AfterValidator(_variable_name)] | None = Field(
        None, description="Environment variable that holds the service's key; null sends none."
    )
    objectives: tuple[str, ...] = Field(
        ("accuracy", "faithfulness", "coverage"),
        min_length=1,
        strict=False,
        description="Objectives that are paid; accuracy comes first.",
    )
    weights: tuple[Weight, ...] = Field(
        (10.0, 1.0, 1.0), strict=False, description="One weight for each objective."
    )
    method: Method = Field("crpo", description="How advantages are made from the objectives.")
    max_failed_share: Share = Field(
        0.1, description="Share of completions without a score above which training stops."
    )
    fingerprint: str | None = Field(
        None, min_length=1, description="Scorer that is expected; null takes the one it finds."
    )
    allow_scorer_change: bool = Field(
        False, description="Go on when the service's scorer changes during the run."
    )

    @model_validator(mode="after")
    def _consistent(self) -> Reward:
        if not re.match(r"https?://[^/]", self.url):
            raise ValueError(f"url: expected http://host:port or https://…, got {self.url!r}")
        if self.objectives[0] != "accuracy":
            raise ValueError(f"objectives: expected accuracy first, got {self.objectives[0]!r}")
        if len(set(self.objectives)) < len(self.objectives):
            raise ValueError("objectives: expected every objective once")
        if len(self.weights) != len(self.objectives):
            raise ValueError(
                f"weights: expected {len(self.objectives)} numbers, one for each objective, "
                f"got {len(self.weights)}"
            )
        if not any(self.weights):
            raise ValueError("weights: expected at least one above 0")
        return self


class RunConfig(_Section):
    """One run: its start, its data, its reward, its training."""

    name: Annotated[str, AfterValidator(_run_name)] = Field(description="Name of the run.")
    stage: Stage = Field(
        "crpo",
        description="`crpo` learns from the service; `cold_start` imitates the rows' completions.",
    )
    output: Path = Field(strict=False, description="The run's folder.")
    seed: int = Field(0, ge=0, lt=2**32, description="Seed of everything random.")
    model: Model
    data: Data
    reward: Reward = Field(default_factory=Reward, description="Only used by the stage `crpo`.")
    training: dict[str, Any] = Field(
        default_factory=dict,
        description="Fields of CRPOConfig, or of TRL's SFTConfig for a cold start, by name.",
    )
