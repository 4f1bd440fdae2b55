"""A training loop that shows a live table instead of transformers' bars and printed logs."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from datasets.utils import are_progress_bars_disabled, disable_progress_bars, enable_progress_bars
from transformers import (
    PrinterCallback,
    ProgressCallback,
    Trainer,
    TrainerCallback,
    TrainerControl,
    TrainerState,
    TrainingArguments,
)
from transformers.utils import logging

from trainer.training.live import LiveTable


@contextmanager
def watched(trainer: Trainer, live: LiveTable | None) -> Iterator[None]:
    """Whatever `trainer` logs inside goes to `live`; with None all stays as transformers has it."""
    if live is None:
        yield
        return
    print_no_logs(trainer)
    trainer.add_callback(_Feed(live))
    with live, quiet_libraries():
        yield


def print_no_logs(trainer: Trainer) -> None:
    """Takes transformers' progress bar and printed logs away."""
    trainer.remove_callback(ProgressCallback)
    trainer.remove_callback(PrinterCallback)


@contextmanager
def quiet_libraries() -> Iterator[None]:
    """Turns the bars of transformers and datasets off inside, and on again where they were on.

    One warning is silenced, too; all others are shown.
    """
    loading, mapping = logging.is_progress_bar_enabled(), not are_progress_bars_disabled()
    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    disable_progress_bars()
    try:
        with warnings.catch_warnings():
            # TRL 1.16 still uses the older name of transformers' activation checkpointing.
            message = r".*gradient_checkpointing.* is deprecated"
            warnings.filterwarnings("ignore", message, FutureWarning)
            yield
    finally:
        if loading:
            logging.enable_progress_bar()  # type: ignore[no-untyped-call]
        if mapping:
            enable_progress_bars()


class _Feed(TrainerCallback):
    """Hands the main process's logs on."""

    def __init__(self, live: LiveTable) -> None:
        self._live = live

    def on_train_begin(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: Any
    ) -> None:
        """Opens the table."""
        if state.is_world_process_zero:
            self._live.begin(state.global_step, state.max_steps)

    def on_log(
        self,
        args: TrainingArguments,
        state: TrainerState,
        control: TrainerControl,
        logs: Mapping[str, Any] | None = None,
        **_: Any,
    ) -> None:
        """Takes a step's metrics in."""
        if state.is_world_process_zero and logs:
            self._live.take(state.global_step, logs)
