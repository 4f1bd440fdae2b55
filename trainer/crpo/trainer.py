"""CRPOTrainer: TRL's GRPOTrainer with rewards from the service and advantages of our own.

Three of TRL's methods are extended, in the order in which TRL calls them for a generation batch:

    _generate_and_score_completions
      ├── _generate              ours: the rewards are asked for, in a thread
      │   (TRL: log-probabilities of the old and the reference policy, meanwhile)
      ├── _calculate_rewards     ours: waits for the rewards, joins those of all processes
      │   (TRL: advantages, metrics and logs of its own)
      └── then ours: advantages, masks of failed rollouts, metrics and logs are put in their place

and two of transformers', for checkpoints: _save_rng_state and _load_rng_state. What is relied on is
pinned by tests/trainer/crpo/test_crpo_trl_pins.py.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import numpy.typing as npt
import torch
from datasets import Dataset
from trl.trainer.grpo_trainer import GRPOTrainer

from trainer.advantages import zero_advantage_share
from trainer.client import RewardClient, ScorerIdentity, Timeouts
from trainer.crpo import resume
from trainer.crpo.config import CRPOConfig
from trainer.crpo.kept_completions import KeptCompletions, LocalRollouts, rollout_rows
from trainer.crpo.ranks import from_all_ranks, together
from trainer.crpo.resume import EpochSampler, HalfDone
from trainer.crpo.rewards import PendingRewards, Rewards, RewardSource, check_failures
from trainer.crpo.rows import AnyDataset, Completion, EvalDataset, check_rows
from trainer.crpo.run_callback import RunCallback
from trainer.crpo.run_folder import package_versions, read_record, update_record
from trainer.crpo.scorer import changed_scorer, find_scorer
from trainer.crpo.telemetry import reward_metrics

if TYPE_CHECKING:
    from peft import PeftConfig
    from transformers import (
        BitsAndBytesConfig,
        PreTrainedModel,
        PreTrainedTokenizerBase,
        TrainerCallback,
    )

Row = dict[str, Any]


@dataclass
class _Batch:
    """A generation batch of this process; filled while TRL works on it."""

    rows: Sequence[Row]
    completions: Sequence[Completion] = ()
    tokens: Sequence[int] = ()
    pending: PendingRewards | None = None
    rewards: Rewards | None = None


class CRPOTrainer(GRPOTrainer):
    """Trains a policy with Clinical-R1's objectives, scored by a reward service over HTTP.

    Args:
        model: name on the hub, folder, or model, as GRPOTrainer takes it. With beta above 0 the
            reference model is loaded from the model's name or folder.
        args: CRPOConfig.
        train_dataset: rows with `prompt` (text or chat messages) and `item`, the service's scoring
            item as JSON text. Other columns are ignored.
        eval_dataset: the same, one or several by name.
        processing_class: tokenizer; the model's own if not given.
        peft_config: adapters to train instead of all weights.
        callbacks: further callbacks.
        reward_client: what scores; a RewardClient for args.reward_url if not given. It is not
            closed; one made here is closed by `close`.
        optimizers, quantization_config: as GRPOTrainer takes them.

    Raises ValueError for settings and CRPOError for rows, service and folder; with several
    processes in all of them.
    """

    # Narrower than TRL declares them.
    args: CRPOConfig
    model: Any
    num_generations: int
    num_generations_eval: int
    _buffered_inputs: Any

    _tag_names = ["trl", "crpo"]  # noqa: RUF012 - TRL's attribute
    _name = "CRPO"
    _paper = {  # noqa: RUF012 - TRL's attribute
        "title": "Clinical-R1: Empowering Large Language Models for Faithful and Comprehensive "
        "Reasoning with Clinical Objective Relative Policy Optimization",
        "id": "2512.00601",
    }

    def __init__(
        self,
        model: str | PreTrainedModel,
        args: CRPOConfig,
        train_dataset: AnyDataset,
        eval_dataset: EvalDataset | None = None,
        processing_class: PreTrainedTokenizerBase | None = None,
        peft_config: PeftConfig | None = None,
        callbacks: list[TrainerCallback] | None = None,
        reward_client: RewardSource | None = None,
        optimizers: tuple[Any, Any] = (None, None),
        quantization_config: BitsAndBytesConfig | None = None,
    ) -> None:
        # Rows and service are checked before the model is loaded, which can take minutes.
        together(lambda: check_rows(train_dataset, eval_dataset))
        self._own_client: RewardClient | None = None
        if reward_client is None:
            reward_client = self._own_client = _client(args)
        self.reward_client = reward_client
        self.scorer = self._first_scorer(args)
        self._reward_thread = ThreadPoolExecutor(1, thread_name_prefix="rewards")
        self._batch = _Batch(rows=())
        self._step_waited = 0.0
        self.train_sampler: EpochSampler | None = None
        super().__init__(
            model=model,
            reward_funcs=[_column(name) for name in args.objectives],
            args=args,
            train_dataset=train_dataset,
            eval_dataset=eval_dataset,
            processing_class=processing_class,
            callbacks=callbacks,
            optimizers=optimizers,
            quantization_config=quantization_config,
            peft_config=peft_config,
        )
        self._run_dir = Path(cast(str, args.run_dir))
        self.kept = KeptCompletions(
            self._run_dir,
            rank=self.accelerator.process_index,
            ranks=self.accelerator.num_processes,
        )
        self.add_callback(RunCallback(self, self._run_dir))

    def close(self) -> None:
        """Ends the thread and the connections that the trainer made."""
        self._reward_thread.shutdown()
        if self._own_client is not None:
            self._own_client.close()

    # -- one generation batch, in TRL's order

    def _generate_and_score_completions(self, inputs: list[Row]) -> dict[str, Any]:
        batch = self._batch = _Batch(rows=inputs)
        output: dict[str, Any] = super()._generate_and_score_completions(inputs)
        rewards = batch.rewards
        assert rewards is not None  # set by _calculate_rewards
        group_size = self.num_generations if self.model.training else self.num_generations_eval
        rewards_NK = rewards.rewards_NK(self.args.objectives)
        advantages_N = self.args.advantages(rewards_NK, group_size)
        first = self.accelerator.process_index * len(inputs)
        local = slice(first, first + len(inputs))
        trl_advantages = output["advantages"]
        output["advantages"] = torch.as_tensor(
            advantages_N[local], dtype=trl_advantages.dtype, device=trl_advantages.device
        )
        self._mask_failed(output, rewards.failed_N, local)
        self._log_batch(rewards, advantages_N, group_size)
        if self.args.keep_completions:
            self.kept.add(
                self._mode,
                rollout_rows(
                    LocalRollouts(inputs, batch.completions, batch.tokens, first),
                    rewards,
                    advantages_N,
                    group_size=group_size,
                    weights=dict(
                        zip(self.args.objectives, self.args.objective_weights, strict=True)
                    ),
                ),
                groups=len(rewards.scores) // group_size,
            )
        return output

    def _generate(self, prompts: list[Any]) -> Any:
        generated = super()._generate(prompts)
        batch = self._batch
        batch.tokens = [len(ids) for ids in generated[1]]
        batch.completions = generated[3]
        batch.pending = PendingRewards(
            self._reward_thread, self.reward_client, batch.rows, batch.completions
        )
        return generated

    def _calculate_rewards(
        self,
        inputs: list[Row],
        prompts: list[Any],
        completions: list[Completion],
        completion_ids_list: list[list[int]],
    ) -> torch.Tensor:
        """(N, K) of all processes, as TRL's own returns it."""
        assert self._batch.pending is not None  # set by _generate
        rewards = self._batch.rewards = self._batch.pending.collect()
        # The same on every process from here on, so that all of them raise.
        failed_share = check_failures(rewards, self.args.objectives, self.args.max_failed_share)
        self._follow_scorer(rewards)
        metrics = self._metrics[self._mode]
        metrics["reward/failed_share"].append(failed_share)
        metrics["reward/request_seconds"].append(rewards.request_seconds)
        if self.model.training:
            self._step_waited += rewards.wait_seconds
        else:
            metrics["reward/wait_seconds"].append(rewards.wait_seconds)
        return torch.as_tensor(
            rewards.rewards_NK(self.args.objectives),
            dtype=torch.float32,
            device=self.accelerator.device,
        )

    @property
    def _mode(self) -> str:
        return "train" if self.model.training else "eval"

    def _mask_failed(
        self, output: dict[str, Any], failed_N: npt.NDArray[np.bool_], local: slice
    ) -> None:
        """No loss from rollouts without scores: with advantage 0 their KL term would remain."""
        if not failed_N.any():
            return
        mask = output["completion_mask"]
        scored = torch.as_tensor(~failed_N[local], dtype=mask.dtype, device=mask.device)
        output["completion_mask"] = mask * scored[:, None]
        tokens = output["completion_mask"].sum()
        output["num_items_in_batch"] = self.accelerator.gather(tokens).sum()

    def _log_batch(
        self, rewards: Rewards, advantages_N: npt.NDArray[np.float64], group_size: int
    ) -> None:
        """Our metrics, and our advantages where TRL has logged its own."""
        metrics = self._metrics[self._mode]
        found = reward_metrics(
            rewards, advantages_N, group_size=group_size, learned=self.args.objectives
        )
        for name, value in found.items():
            metrics[name].append(value)
        metrics["frac_reward_zero_std"][-1] = zero_advantage_share(advantages_N, group_size)
        logged: Any = self._logs["advantages"]
        for _ in range(min(len(advantages_N), len(logged))):
            logged.pop()
        logged.extend(advantages_N.tolist())

    def count_wait(self, step_seconds: float) -> None:
        """Logs what a step of `step_seconds` waited for rewards."""
        metrics = self._metrics["train"]
        metrics["reward/wait_seconds"].append(self._step_waited)
        metrics["reward/wait_share"].append(self._step_waited / step_seconds)
        self._step_waited = 0.0

    # -- the scorer's identity

    def check_recorded_scorer(self, recorded: Mapping[str, Any]) -> None:
        """Raises ScorerError when a continued run began with another scorer than the present."""
        if "scorer" in recorded:
            began_with = ScorerIdentity(**recorded["scorer"])
            allow = self.args.allow_scorer_change
            changed_scorer(began_with, [self.scorer], allow_change=allow)

    def record(self, recorded: Mapping[str, Any]) -> dict[str, Any]:
        """What run.json says of this run; `recorded` is what it says of it already."""
        args = self.args
        scorers = recorded.get("scorers", [])
        if not scorers or scorers[-1]["fingerprint"] != self.scorer.fingerprint:
            scorers = [*scorers, {"step": self.state.global_step, **asdict(self.scorer)}]
        return {
            "method": args.advantage_method,
            "seed": args.seed,
            "model": self.model.config._name_or_path,
            "objectives": list(args.objectives),
            "weights": list(args.objective_weights),
            "scorer": asdict(self.scorer),
            "scorers": scorers,
            "packages": package_versions(),
        }

    def _first_scorer(self, args: CRPOConfig) -> ScorerIdentity:
        found = together(
            lambda: find_scorer(self.reward_client, args.objectives, args.expected_fingerprint)
        )
        scorers = from_all_ranks(found)
        changed_scorer(scorers[0], scorers, allow_change=args.allow_scorer_change)
        return scorers[0]

    def _follow_scorer(self, rewards: Rewards) -> None:
        changed = changed_scorer(
            self.scorer, rewards.scorers, allow_change=self.args.allow_scorer_change
        )
        if changed is not None:
            self.scorer = changed
            together(self._update_record)

    def _update_record(self) -> None:
        if self.accelerator.is_main_process:
            update_record(self._run_dir, self.record(read_record(self._run_dir)))

    # -- data and checkpoints

    def _get_train_sampler(self, dataset: Dataset | None = None) -> EpochSampler:
        """TRL's sampler with the same arguments, made able to begin in a later epoch."""
        plain: Any = super()._get_train_sampler(dataset)
        self.train_sampler = EpochSampler(
            data_source=plain.data_source,
            mini_repeat_count=plain.mini_repeat_count,
            batch_size=plain.batch_size,
            repeat_count=plain.repeat_count,
            shuffle=plain.shuffle,
            seed=plain.seed,
        )
        return self.train_sampler

    def _save_rng_state(self, output_dir: str) -> None:
        super()._save_rng_state(output_dir)
        # As TRL computes it; it fills steps_per_generation in when the settings are made.
        generate_every = cast(int, self.args.steps_per_generation) * self.num_iterations
        half_done = HalfDone(
            micro_step=self._step,
            buffered=self._buffered_inputs if self._step % generate_every else None,
            metrics=dict(self._metrics["train"]),
            loss=self._tr_loss.item(),
            last_logged=self._globalstep_last_logged,
        )
        resume.save(
            output_dir,
            half_done,
            rank=self.accelerator.process_index,
            ranks=self.accelerator.num_processes,
        )

    def _load_rng_state(self, checkpoint: str | None) -> None:
        super()._load_rng_state(checkpoint)
        if checkpoint is None:
            return
        half_done = together(
            lambda: resume.load(
                checkpoint,
                rank=self.accelerator.process_index,
                ranks=self.accelerator.num_processes,
                device=self.accelerator.device,
            )
        )
        self._step = half_done.micro_step
        self._buffered_inputs = half_done.buffered
        self._metrics["train"].update(half_done.metrics)
        self._tr_loss += half_done.loss
        self._globalstep_last_logged = half_done.last_logged


def _client(args: CRPOConfig) -> RewardClient:
    return RewardClient(
        args.reward_url,
        api_key=args.reward_key(),
        timeouts=Timeouts(total=args.reward_timeout),
        # The limit holds for the batch of all processes together; see check_failures.
        max_failed_share=1.0,
    )


def _column(objective: str) -> Any:
    """A reward function by that name, which gives TRL the column's name and is never called."""

    def column(**_: Any) -> list[float | None]:
        raise NotImplementedError(f"{objective} is scored by the reward service")

    column.__name__ = objective
    return column
