"""`CRPOConfig`: TRL's GRPOConfig with the paper's values and where rewards come from."""

from __future__ import annotations

import math
import os
from dataclasses import dataclass, field
from typing import Any, cast

import numpy as np
import numpy.typing as npt
from transformers.utils.import_utils import is_torch_bf16_gpu_available
from trl.trainer.grpo_config import GRPOConfig

from trainer.advantages import METHODS, Method, ScaleRewards, group_advantages


def _option(default: Any, help_text: str) -> Any:
    return field(default=default, metadata={"help": help_text})


@dataclass
class CRPOConfig(GRPOConfig):
    r"""Settings of a CRPO run: every field of TRL's GRPOConfig, and those below.

    Values that differ from TRL's follow Clinical-R1 (arXiv 2512.00601) and its public verl run:

        num_generations (`int`, defaults to `5`):
            Rollouts in a group.
        beta (`float`, defaults to `0.001`):
            Weight of the KL divergence from the reference model (verl: kl_loss_coef, low_var_kl,
            which is the estimator that TRL uses).
        loss_type (`str`, defaults to `"bnpo"`):
            Mean over the tokens of a micro-batch, which is what verl's loss_agg_mode "token-mean"
            computed at the time. TRL's default "dapo" takes the mean over the whole batch; the
            two agree when there is one micro-batch.
        learning_rate (`float`, defaults to `1e-6`), temperature (`float`, defaults to `1.0`):
            As in that run (and in TRL); written out so that a change in TRL does not reach us.
        max_completion_length (`int`, defaults to `4096`):
            Tokens of a rollout.
        per_device_train_batch_size, per_device_eval_batch_size (`int`, defaults to `5`):
            One group; the paper's batch of 1024 prompts needs gradient_accumulation_steps.
        bf16 (`bool`, *optional*):
            Unset: on where the accelerator has it, off on a CPU.
        activation_checkpointing (`bool`, *optional*):
            Unset: as gradient_checkpointing, its older name, says; TRL's default there is True.

    Parameters:
        objectives (`tuple[str, ...]`, defaults to `("accuracy", "faithfulness", "coverage")`):
            Objectives of the service that are learned from, accuracy first. All others that the
            service reports are logged and kept, not learned from.
        objective_weights (`tuple[float, ...]`, defaults to `(10.0, 1.0, 1.0)`):
            One weight for each objective; the paper's k = 10 for accuracy.
        advantage_method (`str`, defaults to `"crpo"`):
            crpo, gdpo, gated, corr or grpo: see `trainer.advantages`. TRL's scale_rewards (group,
            batch, none) goes with crpo and grpo.
        leave_one_out (`bool`, defaults to `False`):
            For crpo and grpo: compare a rollout with the mean of the others of its group.
        whiten_advantages (`bool`, defaults to `True`):
            For gdpo and corr: divide by the standard deviation over the batch.
        process_weight (`float`, defaults to `1.0`):
            For gated: weight of the process part next to the outcome part.
        reward_url (`str`, defaults to `"http://127.0.0.1:8000"`):
            Where the reward service listens. Unused when the trainer is given a client.
        reward_key_env (`str`, *optional*):
            Environment variable that holds the service's key.
        reward_timeout (`float`, defaults to `600.0`):
            Seconds for the rewards of one generation batch, all retries included. Must be below
            ddp_timeout, so that the other processes still wait when one has given up.
        max_failed_share (`float`, defaults to `0.1`):
            Share of a generation batch that may go without a score. Rollouts that failed are
            masked: they change no advantage and get no gradient. Above it training stops.
        expected_fingerprint (`str`, *optional*):
            Fingerprint that the service's scorer must have. Unset: the one found at the start.
        allow_scorer_change (`bool`, defaults to `False`):
            Go on when the scorer changes during the run, or between a run and its continuation;
            the change is recorded in run.json.
        keep_completions (`bool`, defaults to `True`):
            Write all rollouts with their scores to completions/*.parquet in the run's folder.
        run_dir (`str`, *optional*):
            The run's folder (run.json, metrics.jsonl, completions/). Unset: output_dir.
    """

    num_generations: int | None = _option(5, "Rollouts in a group.")
    beta: float = _option(0.001, "Weight of the KL divergence from the reference model.")
    loss_type: str = _option("bnpo", "How the loss is averaged; bnpo is verl's token-mean.")
    learning_rate: float = _option(1e-6, "Learning rate of AdamW at its peak.")
    temperature: float = _option(1.0, "Sampling temperature of rollouts.")
    max_completion_length: int | None = _option(4096, "Tokens of a rollout.")
    per_device_train_batch_size: int = _option(5, "Rollouts in a micro-batch, for each device.")
    per_device_eval_batch_size: int = _option(5, "Rollouts in an evaluation batch, each device.")

    activation_checkpointing: bool | None = _option(None, "New name of gradient_checkpointing.")

    objectives: tuple[str, ...] = _option(
        ("accuracy", "faithfulness", "coverage"), "Objectives learned from, accuracy first."
    )
    objective_weights: tuple[float, ...] = _option((10.0, 1.0, 1.0), "One for each objective.")
    advantage_method: str = _option("crpo", "crpo, gdpo, gated, corr or grpo.")
    leave_one_out: bool = _option(False, "crpo, grpo: compare with the mean of the others.")
    whiten_advantages: bool = _option(True, "gdpo, corr: divide by the batch's spread.")
    process_weight: float = _option(1.0, "gated: weight of the process part.")
    reward_url: str = _option("http://127.0.0.1:8000", "Where the reward service listens.")
    reward_key_env: str | None = _option(None, "Environment variable with the service's key.")
    reward_timeout: float = _option(600.0, "Seconds for the rewards of one generation batch.")
    max_failed_share: float = _option(0.1, "Share of a batch that may go without a score.")
    expected_fingerprint: str | None = _option(None, "Fingerprint that the scorer must have.")
    allow_scorer_change: bool = _option(False, "Go on when the scorer changes.")
    keep_completions: bool = _option(True, "Write rollouts with their scores as Parquet.")
    run_dir: str | None = _option(None, "The run's folder; output_dir if unset.")

    def __post_init__(self) -> None:
        self.objectives = tuple(self.objectives)
        self.objective_weights = tuple(float(weight) for weight in self.objective_weights)
        self._check_objectives()
        self._check_rewards()
        self._check_trl_fields()
        # TRL's own `reward` metric is the weighted sum of the columns.
        self.reward_weights = list(self.objective_weights)
        if self.bf16 is None:
            self.bf16 = not self.fp16 and not self.use_cpu and is_torch_bf16_gpu_available()
        if self.activation_checkpointing is None:
            # Transformers warns of the older name, which TRL's own default sets.
            self.activation_checkpointing = self.gradient_checkpointing
        super().__post_init__()  # type: ignore[no-untyped-call]
        self.run_dir = self.run_dir or self.output_dir
        self.advantages(np.zeros((2, len(self.objectives))), 2)  # refuses options that do not fit

    def reward_key(self) -> str | None:
        """The service's key. Raises ValueError when its variable is named but not set."""
        if self.reward_key_env is None:
            return None
        key = os.environ.get(self.reward_key_env)
        if not key:
            raise ValueError(
                f"reward_key_env: the environment variable {self.reward_key_env} is not set; put "
                "the service's key in it, or leave reward_key_env out for a service without keys"
            )
        return key

    def advantages(
        self, rewards_NK: npt.NDArray[np.float64], group_size: int
    ) -> npt.NDArray[np.float64]:
        """`group_advantages` with these settings: advantages_N."""
        return group_advantages(
            rewards_NK,
            group_size,
            method=cast(Method, self.advantage_method),
            weights=self.objective_weights,
            scale_rewards=cast(ScaleRewards, self.scale_rewards),
            leave_one_out=self.leave_one_out,
            whiten=self.whiten_advantages,
            process_weight=self.process_weight,
        )

    def _check_objectives(self) -> None:
        if not self.objectives or self.objectives[0] != "accuracy":
            raise ValueError(
                f"objectives: accuracy comes first (methods gated and grpo build on column 0), "
                f"got {self.objectives}"
            )
        if len(set(self.objectives)) != len(self.objectives):
            raise ValueError(f"objectives: each only once, got {self.objectives}")
        if len(self.objective_weights) != len(self.objectives):
            raise ValueError(
                f"objective_weights: expected {len(self.objectives)} numbers, one for each of "
                f"{', '.join(self.objectives)}, got {self.objective_weights}"
            )
        usable = all(math.isfinite(weight) for weight in self.objective_weights)
        if not usable or not any(self.objective_weights):
            raise ValueError(
                f"objective_weights: expected finite numbers, not all 0, "
                f"got {self.objective_weights}"
            )
        if self.advantage_method not in METHODS:
            raise ValueError(
                f"advantage_method: expected one of {', '.join(METHODS)}, "
                f"got {self.advantage_method!r}"
            )

    def _check_rewards(self) -> None:
        if not 0.0 <= self.max_failed_share <= 1.0:
            raise ValueError(
                f"max_failed_share: expected a share from 0 to 1, got {self.max_failed_share}"
            )
        if not 0.0 < self.reward_timeout < self.ddp_timeout:
            raise ValueError(
                f"reward_timeout: expected seconds above 0 and below ddp_timeout "
                f"({self.ddp_timeout}), got {self.reward_timeout}; otherwise the other processes "
                "stop waiting before this one gives up"
            )

    def _check_trl_fields(self) -> None:
        if self.reward_weights is not None and tuple(self.reward_weights) != self.objective_weights:
            raise ValueError("reward_weights: use objective_weights instead")
        if self.multi_objective_aggregation != "sum_then_normalize":
            raise ValueError(
                'multi_objective_aggregation: use advantage_method instead; "gdpo" is TRL\'s '
                '"normalize_then_sum"'
            )
        if self.remove_unused_columns:
            raise ValueError("remove_unused_columns: must be False, rewards need the column `item`")
