"""Keeps the run's folder and the clock of each step; called by the training loop."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

from transformers import TrainerCallback, TrainerControl, TrainerState, TrainingArguments

from trainer.crpo import run_folder
from trainer.crpo.kept_completions import KeptCompletions
from trainer.crpo.ranks import together
from trainer.crpo.resume import EpochSampler


class Hooks(Protocol):
    """The part of CRPOTrainer that is called from here."""

    kept: KeptCompletions
    train_sampler: EpochSampler | None

    def count_wait(self, step_seconds: float) -> None: ...

    def check_recorded_scorer(self, recorded: Mapping[str, Any]) -> None: ...

    def record(self, recorded: Mapping[str, Any]) -> dict[str, Any]: ...


class RunCallback(TrainerCallback):
    """run.json, metrics.jsonl, completions/, the order of epochs and the share of waiting.

    It goes through the hooks of `trainer` in the order in which transformers calls them.
    """

    def __init__(self, trainer: Hooks, run_dir: Path) -> None:
        self._trainer = trainer
        self._run_dir = run_dir
        self._step_began = 0.0

    def on_train_begin(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: Any
    ) -> None:
        """Goes back to the checkpoint's step, or starts a new record."""
        step = state.global_step
        together(lambda: self._begin(step, main=state.is_world_process_zero))
        self._trainer.kept.rewind(step)

    def on_epoch_begin(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: Any
    ) -> None:
        """Gives a continued run the order of the epoch that it is in."""
        if self._trainer.train_sampler is not None:
            self._trainer.train_sampler.set_epoch(int(state.epoch or 0))

    def on_step_begin(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: Any
    ) -> None:
        """Starts the step's clock."""
        self._step_began = time.perf_counter()

    def on_step_end(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: Any
    ) -> None:
        """Counts the wait for rewards, and writes the step's rollouts."""
        self._trainer.count_wait(time.perf_counter() - self._step_began)
        self._trainer.kept.write("train", state.global_step)

    def on_evaluate(
        self,
        args: TrainingArguments,
        state: TrainerState,
        control: TrainerControl,
        metrics: dict[str, float] | None = None,
        **_: Any,
    ) -> None:
        """Writes the evaluation's rollouts."""
        # With several evaluation sets each has its own prefix, such as eval_easy.
        runtime = next(name for name in metrics or () if name.endswith("_runtime"))
        self._trainer.kept.write("eval", state.global_step, runtime.removesuffix("_runtime"))

    def on_log(
        self,
        args: TrainingArguments,
        state: TrainerState,
        control: TrainerControl,
        logs: dict[str, Any] | None = None,
        **_: Any,
    ) -> None:
        """Appends to metrics.jsonl; the summary of the whole run is no step and stays out."""
        if state.is_world_process_zero and logs and "train_runtime" not in logs:
            run_folder.append_metrics(self._run_dir, state.global_step, logs)

    def _begin(self, step: int, *, main: bool) -> None:
        recorded = run_folder.read_record(self._run_dir) if step else {}
        self._trainer.check_recorded_scorer(recorded)
        if main:
            run_folder.rewind_metrics(self._run_dir, step)
            run_folder.update_record(self._run_dir, self._trainer.record(recorded))
