"""The run's folder: refused when it holds something, found again when a run goes on."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

from trainer.config import ConfigError, RunConfig, dump_config, load_config
from trainer.training.errors import TrainingError

CONFIG_FILE = "config.yaml"
CHECKPOINTS = "checkpoints"
MODEL = "model"

# What may change when a run goes on: where the service listens, how long, and what is logged.
_MAY_CHANGE = re.compile(
    r"reward\.(url|key_env)|training\.(max_steps|num_train_epochs|report_to|(save|logging|eval)_\w+)"
)


def is_main_process() -> bool:
    """Whether this process writes the folder; torchrun and accelerate set RANK for each."""
    return os.environ.get("RANK", "0") == "0"


def check_folder(config: RunConfig, *, resume: bool) -> None:
    """Raises TrainingError when the folder holds something and the run is a new one, or when the
    run is to go on and was configured otherwise.
    """
    folder = config.output
    if resume:
        _check_same_run(config)
    elif folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise TrainingError(
            f"{folder} is not empty; --resume goes on with the run that is there, output=… takes "
            "another folder"
        )


def write_config(config: RunConfig) -> None:
    """Make the folder with its config.yaml: the last thing before training begins."""
    config.output.mkdir(parents=True, exist_ok=True)
    (config.output / CONFIG_FILE).write_text(dump_config(config), encoding="utf-8")


def last_checkpoint(config: RunConfig) -> Path:
    """The last complete checkpoint. Raises TrainingError when there is none."""
    folder = config.output / CHECKPOINTS
    # Transformers writes trainer_state.json last: without it the save was cut off.
    complete = {
        int(path.parent.name.removeprefix("checkpoint-")): path.parent
        for path in folder.glob("checkpoint-*/trainer_state.json")
    }
    if not complete:
        raise TrainingError(
            f"{folder} has no complete checkpoint to go on from; remove {config.output} to start "
            "again, and save more often with training.save_steps"
        )
    return complete[max(complete)]


def _check_same_run(config: RunConfig) -> None:
    path = config.output / CONFIG_FILE
    if not path.is_file():
        raise TrainingError(
            f"{config.output} holds no run to go on with ({CONFIG_FILE} is missing)"
        )
    try:
        before = load_config(path)
    except ConfigError as error:
        raise TrainingError(f"the run's own configuration cannot be read: {error}") from error
    old, new = _flat(before.model_dump(mode="json")), _flat(config.model_dump(mode="json"))
    changed = [
        f"{name}: {old.get(name)!r} → {new.get(name)!r}"
        for name in sorted(old.keys() | new.keys())
        if old.get(name) != new.get(name) and not _MAY_CHANGE.fullmatch(name)
    ]
    if changed:
        raise TrainingError(
            "the run was configured otherwise, so going on would not continue it:\n  "
            + "\n  ".join(changed)
        )


def _flat(fields: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    """Dotted name → value, without the nesting."""
    flat: dict[str, Any] = {}
    for name, value in fields.items():
        if isinstance(value, dict):
            flat |= _flat(value, f"{prefix}{name}.")
        else:
            flat[f"{prefix}{name}"] = value
    return flat
