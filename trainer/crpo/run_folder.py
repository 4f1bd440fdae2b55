"""The run's folder: run.json, metrics.jsonl, completions/.

Files appear complete or not at all (written beside their place, then renamed); metrics.jsonl is
appended to, one whole line at a time.
"""

from __future__ import annotations

import json
import math
import os
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

from trainer.crpo.errors import RunFolderError

PACKAGES = ("accelerate", "clinical-crpo", "datasets", "peft", "torch", "transformers", "trl")
"""Packages whose versions are recorded in run.json."""

METRICS_FILE = "metrics.jsonl"
RECORD_FILE = "run.json"


def package_versions() -> dict[str, str]:
    """Installed versions of the packages that decide what a run does."""
    return {name: version(name) for name in PACKAGES}


def read_record(run_dir: Path) -> dict[str, Any]:
    """run.json; empty when there is none yet."""
    path = run_dir / RECORD_FILE
    if not path.exists():
        return {}
    record = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(record, dict):
        raise RunFolderError(f"{path}: expected a JSON object")
    return record


def update_record(run_dir: Path, fields: Mapping[str, Any]) -> None:
    """Sets fields of run.json and leaves its others as they are."""
    record = read_record(run_dir) | dict(fields)
    write_whole(run_dir / RECORD_FILE, json.dumps(record, indent=2, ensure_ascii=False) + "\n")


def append_metrics(run_dir: Path, step: int, logs: Mapping[str, Any]) -> None:
    """One line of metrics.jsonl; null stands for values that are not finite."""
    row = {"step": step} | {name: _number(value) for name, value in logs.items()}
    run_dir.mkdir(parents=True, exist_ok=True)
    with (run_dir / METRICS_FILE).open("a", encoding="utf-8") as file:
        file.write(json.dumps(row, allow_nan=False) + "\n")


def rewind_metrics(run_dir: Path, step: int) -> None:
    """Leaves the lines up to `step`, from which a run continues; a torn last line goes too.

    Raises RunFolderError when a run that starts at step 0 would lose the metrics of another.
    """
    path = run_dir / METRICS_FILE
    if not path.exists():
        return
    whole_lines = path.read_text(encoding="utf-8").split("\n")[:-1]
    steps = [_step(line, f"{path}:{number}") for number, line in enumerate(whole_lines, start=1)]
    if step == 0 and any(steps):
        raise RunFolderError(
            f"{path} holds the metrics of an earlier run; continue that run from a checkpoint "
            "(--resume), choose another folder, or remove this one"
        )
    kept = [line for line, at in zip(whole_lines, steps, strict=True) if at <= step]
    write_whole(path, "".join(f"{line}\n" for line in kept))


def _step(line: str, place: str) -> int:
    try:
        return int(json.loads(line)["step"])
    except (ValueError, KeyError, TypeError) as error:
        raise RunFolderError(f'{place}: expected a JSON object with "step": {error!r}') from error


def write_whole(path: Path, text: str) -> None:
    """Writes a text file that is never seen half-written."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    part.write_text(text, encoding="utf-8")
    os.replace(part, path)


def _number(value: Any) -> Any:
    return None if isinstance(value, float) and not math.isfinite(value) else value
