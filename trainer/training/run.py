"""A run: checks that cost seconds, then the stage, then the model in its place."""

from __future__ import annotations

from pathlib import Path

from trainer.config import RunConfig
from trainer.training.folder import check_folder, is_main_process, last_checkpoint
from trainer.training.live import LiveTable
from trainer.training.rows import test_rows, training_rows
from trainer.training.service import check_service


def run(config: RunConfig, *, resume: bool = False, live: LiveTable | None = None) -> Path:
    """Train as configured; returns the run's folder, with the final policy in `model/`.

    `resume` goes on from the last checkpoint. `live` shows the run in the terminal, in place of
    transformers' progress bar and printed logs. Under accelerate or torchrun every process calls
    this. Raises ConfigError, DataError, TrainingError, or CRPOError while it trains.
    """
    training_rows(config)
    test_rows(config)
    if is_main_process():  # the others would find the folder that this one makes
        check_folder(config, resume=resume)
        if config.stage == "crpo":
            check_service(config)
    checkpoint = last_checkpoint(config) if resume else None
    # Imports torch; everything above is cheap and comes first.
    from trainer.training.stages import cold_start, crpo

    stage = crpo if config.stage == "crpo" else cold_start
    stage(config, checkpoint, live)
    return config.output
