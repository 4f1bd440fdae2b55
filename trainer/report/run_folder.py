"""A run's folder, as far as it is there."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from trainer.report.errors import ReportError
from trainer.report.metrics import Series, read_metrics
from trainer.report.rollouts import Rollouts, read_rollouts


@dataclass(frozen=True)
class Run:
    """What a run left behind. `missing` says in words which parts were not found."""

    path: Path
    label: str
    info: Mapping[str, Any]
    config: str | None
    metrics: Mapping[str, Series]
    rollouts: Rollouts | None
    completion_files: tuple[Path, ...]
    evaluations: Mapping[str, Path]
    missing: tuple[str, ...]

    @property
    def fingerprint(self) -> str | None:
        """The fingerprint of the scorer that the run learned from."""
        scorer = self.info.get("scorer")
        value = scorer.get("fingerprint") if isinstance(scorer, Mapping) else None
        return None if value is None else str(value)

    @property
    def objectives(self) -> tuple[str, ...]:
        """Objectives in the run's order, else those that its log or its completions name."""
        named = self.info.get("objectives")
        if isinstance(named, Sequence) and not isinstance(named, str) and named:
            return tuple(str(name) for name in named)
        logged = tuple(
            name.removeprefix("objectives/").removesuffix("/mean")
            for name in self.metrics
            if name.startswith("objectives/") and name.endswith("/mean")
        )
        if logged or self.rollouts is None:
            return logged
        return self.rollouts.objectives


def read_run(path: Path) -> Run:
    """Read a run's folder. Raises ReportError if it is none, or a file in it is damaged."""
    if not path.is_dir():
        raise ReportError(f"{path}: expected the folder of a run, as written by `crpo train`")
    completion_files = tuple(sorted((path / "completions").glob("*.parquet")))
    evaluations = {file.stem: file for file in sorted((path / "evaluation").glob("*.parquet"))}
    config_file, info_file = path / "config.yaml", path / "run.json"
    metrics_file = path / "metrics.jsonl"
    missing = [
        text
        for there, text in (
            (info_file.is_file(), "run.json: name, method, seed and scorer are not known"),
            (config_file.is_file(), "config.yaml: the settings cannot be shown"),
            (metrics_file.is_file(), "metrics.jsonl: no learning curves, no training health"),
            (completion_files, "completions/*.parquet: no lengths and no examples of training"),
            (evaluations, "evaluation/*.parquet: no evaluated scores; run `crpo evaluate`"),
        )
        if not there
    ]
    if len(missing) == 5:
        raise ReportError(f"{path}: holds none of the files that `crpo train` writes")
    info = _read_info(info_file) if info_file.is_file() else {}
    return Run(
        path=path,
        label=str(info.get("name") or path.resolve().name),
        info=info,
        config=config_file.read_text("utf-8") if config_file.is_file() else None,
        metrics=read_metrics(metrics_file) if metrics_file.is_file() else {},
        rollouts=read_rollouts(completion_files),
        completion_files=completion_files,
        evaluations=evaluations,
        missing=tuple(missing),
    )


def read_runs(paths: Sequence[Path]) -> tuple[Run, ...]:
    """Read several runs and give each its own label: its name, with the folder where names meet."""
    runs = [read_run(path) for path in paths]
    names = [run.label for run in runs]
    labels = [
        name if names.count(name) == 1 else f"{name} ({run.path.as_posix()})"
        for name, run in zip(names, runs, strict=True)
    ]
    if len(set(labels)) < len(labels):
        raise ReportError("the same run was given twice")
    return tuple(replace(run, label=label) for run, label in zip(runs, labels, strict=True))


def fingerprints(runs: Sequence[Run]) -> dict[str, list[str]]:
    """Labels of the runs by their scorer's fingerprint, in the runs' order."""
    found: dict[str, list[str]] = {}
    for run in runs:
        found.setdefault(run.fingerprint or "not recorded", []).append(run.label)
    return found


def _read_info(path: Path) -> dict[str, Any]:
    try:
        info = json.loads(path.read_text("utf-8"))
    except ValueError as error:
        raise ReportError(f"{path}: expected a JSON object: {error}") from error
    if not isinstance(info, dict):
        raise ReportError(f"{path}: expected a JSON object")
    return info
