"""A policy to be evaluated: where its weights are, and where its results go."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from trainer.evaluation.errors import EvaluationError

_CHECKPOINT = re.compile(r"checkpoint-\d+")


@dataclass(frozen=True, slots=True)
class PolicySource:
    """One policy.

    path: folder of a model or adapter, or a name on the hub.
    label: what tables call it.
    run: folder of the run that it is from; None for any other model.
    suffix: what its files' names add to the split, for checkpoints of one run.
    """

    path: str
    label: str
    run: Path | None
    suffix: str = ""


def find_policy(name: str) -> PolicySource:
    """The policy that a command line names.

    RUN is the run's final model, RUN/checkpoints/checkpoint-N that checkpoint; any other folder, or
    a name on the hub, is a model that belongs to no run. Raises EvaluationError for a run without a
    model and for a path that is not there.
    """
    path = Path(name)
    if not path.is_dir():
        # A name on the hub is one or two words; everything else is meant as a path.
        if name.startswith((".", "/", "~")) or name.count("/") > 1:
            raise EvaluationError(f"{name}: no such folder")
        return PolicySource(path=name, label=name, run=None)
    if (path / "model").is_dir():
        return PolicySource(str(path / "model"), path.resolve().name, path)
    if _is_run(path):
        raise EvaluationError(
            f"{name}: the run has no finished model; name one of its checkpoints, as in "
            f"{path / 'checkpoints' / 'checkpoint-100'}"
        )
    if not any((path / file).is_file() for file in ("config.json", "adapter_config.json")):
        raise EvaluationError(
            f"{name}: expected a run's folder, or a model with config.json or adapter_config.json"
        )
    if path.resolve().name == "model" and _is_run(path.resolve().parent):
        return PolicySource(name, path.resolve().parent.name, path.resolve().parent)
    if _CHECKPOINT.fullmatch(path.resolve().name) and path.resolve().parent.name == "checkpoints":
        run, checkpoint = path.resolve().parent.parent, path.resolve().name
        return PolicySource(name, f"{run.name}/{checkpoint}", run, f"-{checkpoint}")
    return PolicySource(name, path.resolve().name, None)


def _is_run(path: Path) -> bool:
    return (path / "run.json").is_file() or (path / "checkpoints").is_dir()
