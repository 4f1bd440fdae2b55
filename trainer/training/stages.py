"""The two stages on their trainers: CRPO through the service, and the cold start on TRL's SFT."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from datasets import Dataset
from transformers import (
    AutoTokenizer,
    TrainerCallback,
    TrainerControl,
    TrainerState,
    TrainingArguments,
    set_seed,
)
from trl.trainer.sft_trainer import SFTTrainer

from trainer.config import RunConfig
from trainer.crpo import CRPOTrainer
from trainer.crpo.run_folder import (
    append_metrics,
    package_versions,
    rewind_metrics,
    update_record,
)
from trainer.data import Row
from trainer.training import arguments
from trainer.training.folder import MODEL, write_config
from trainer.training.live import LiveTable
from trainer.training.plan import model_error
from trainer.training.rows import prompt_tokens, short_enough, test_rows, training_rows
from trainer.training.watching import watched


def crpo(config: RunConfig, checkpoint: Path | None, live: LiveTable | None) -> None:
    """Learn from the service's rewards; `checkpoint` is where to go on, `live` what shows it."""
    settings = arguments.crpo_config(config)
    train, test, tokenizer = _data(config, evaluates=settings.eval_strategy != "no")
    set_seed(config.seed)
    trainer = CRPOTrainer(
        model=config.model.path,
        args=settings,
        train_dataset=train,
        eval_dataset=test,
        processing_class=tokenizer,
        peft_config=arguments.lora_config(config),
    )
    try:
        if trainer.accelerator.is_main_process:
            write_config(config)
            update_record(config.output, _record(config))
        with watched(trainer, live):
            trainer.train(resume_from_checkpoint=str(checkpoint) if checkpoint else None)
        trainer.save_model(str(config.output / MODEL))
    finally:
        trainer.close()


def cold_start(config: RunConfig, checkpoint: Path | None, live: LiveTable | None) -> None:
    """Imitate the rows' completions; only their tokens count in the loss."""
    settings = arguments.cold_start_config(config)
    train, test, tokenizer = _data(config, evaluates=settings.eval_strategy != "no")
    set_seed(config.seed)
    trainer = SFTTrainer(
        model=config.model.path,
        args=settings,
        train_dataset=train,
        eval_dataset=test,
        processing_class=tokenizer,
        peft_config=arguments.lora_config(config),
        callbacks=[_RunFolder(config.output)],
    )
    if trainer.accelerator.is_main_process:
        write_config(config)
        update_record(config.output, _record(config) | {"packages": package_versions()})
    with watched(trainer, live):
        trainer.train(resume_from_checkpoint=str(checkpoint) if checkpoint else None)
    trainer.save_model(str(config.output / MODEL))


class _RunFolder(TrainerCallback):
    """Keeps metrics.jsonl of a cold start."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def on_train_begin(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: Any
    ) -> None:
        """Forgets what was logged after the checkpoint."""
        if state.is_world_process_zero:
            rewind_metrics(self._folder, state.global_step)

    def on_log(
        self,
        args: TrainingArguments,
        state: TrainerState,
        control: TrainerControl,
        logs: dict[str, Any] | None = None,
        **_: Any,
    ) -> None:
        """Appends a line; the summary of the whole run is no step and stays out."""
        if state.is_world_process_zero and logs and "train_runtime" not in logs:
            append_metrics(self._folder, state.global_step, logs)


def _record(config: RunConfig) -> dict[str, Any]:
    return {
        "name": config.name,
        "stage": config.stage,
        "seed": config.seed,
        "model": config.model.path,
    }


def _data(config: RunConfig, *, evaluates: bool) -> tuple[Dataset, Dataset | None, Any]:
    try:
        tokenizer = AutoTokenizer.from_pretrained(
            config.model.path, revision=config.model.revision or "main"
        )
    except (OSError, ValueError) as error:
        raise model_error(config, error) from error
    rows = short_enough(config, training_rows(config), tokenizer)
    prompt_tokens(rows[:1], tokenizer)  # a chat template that is missing is reported here
    train = _dataset(config, rows)
    if not evaluates or config.data.test is None:
        return train, None, tokenizer
    tests = test_rows(config, completions=config.stage == "cold_start")
    return train, _dataset(config, short_enough(config, tests, tokenizer)), tokenizer


def _dataset(config: RunConfig, rows: list[Row]) -> Dataset:
    names = ("prompt", "completion") if config.stage == "cold_start" else ("prompt", "item")
    return Dataset.from_list([{name: row[name] for name in names} for row in rows])
