"""One of two processes of a run; started by test_crpo_two_processes.py with torchrun's variables.

    python two_ranks.py POLICY FOLDER

Trains four groups of four rollouts, each of which spans both processes, then lets the service fail
for process 1 alone. Each writes what it saw to FOLDER/rankN.json.
"""

from __future__ import annotations

import gc
import hashlib
import json
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import crpo_tiny
import torch
from transformers import TrainerCallback

from trainer.client import ScoredBatch
from trainer.crpo import CRPOError, CRPOTrainer
from trainer.training.processes import leave_processes

RANK = int(os.environ["RANK"])


class FailsOnRankOne(crpo_tiny.WordService):
    """A service that process 1 cannot reach."""

    def score(self, items: Sequence[Mapping[str, Any]]) -> ScoredBatch:
        if RANK == 1:
            raise OSError("no route to the service")
        return super().score(items)


def main(policy: str, folder: Path) -> None:
    torch.set_num_threads(1)
    gc.freeze()  # what was imported is no garbage
    options: dict[str, Any] = {
        "num_generations": 4,
        "per_device_train_batch_size": 2,
        "per_device_eval_batch_size": 2,
        "save_strategy": "steps",
        "save_steps": 3,
        "max_steps": 4,
    }
    found: dict[str, Any] = {}
    found["straight"] = _train(policy, folder / "straight", options)
    found["continued"] = _train(policy, folder / "killed", options, stop_after=3)
    found["service"] = _error(policy, folder / "failing", options, service=FailsOnRankOne())
    found["folder"] = _error(policy, folder / "straight", options)
    scorer = crpo_tiny.WordService(fingerprints=(f"f-{RANK}",))
    found["scorer"] = _error(policy, folder / "scorers", options, service=scorer)
    leave_processes()
    found["threads"] = _thread_names()
    (folder / f"rank{RANK}.json").write_text(json.dumps(found))


def _thread_names() -> list[str]:
    """Native threads of this process, Gloo's among them; known on Linux only."""
    return sorted(file.read_text().strip() for file in Path("/proc/self/task").glob("*/comm"))


def _trainer(policy: str, folder: Path, service: Any, options: dict[str, Any]) -> CRPOTrainer:
    settings = crpo_tiny.settings(folder, **options)
    return CRPOTrainer(
        policy,
        settings,
        crpo_tiny.rows(6),
        eval_dataset=crpo_tiny.rows(2),
        reward_client=service or crpo_tiny.WordService(),
    )


def _train(
    policy: str, folder: Path, options: dict[str, Any], stop_after: int | None = None
) -> dict[str, Any]:
    trainer = _trainer(policy, folder, None, options)
    if stop_after is not None:
        trainer.add_callback(_Stop(stop_after))
    trainer.train()
    if stop_after is not None:
        trainer.close()
        trainer = _trainer(policy, folder, None, options)
        trainer.train(resume_from_checkpoint=True)
    trainer.evaluate()
    trainer.close()
    weights = [p.detach().numpy().tobytes() for p in trainer.model.parameters()]
    history = [e for e in trainer.state.log_history if "objectives/accuracy/mean" in e]
    return {
        "ranks": trainer.accelerator.num_processes,
        "weights": hashlib.sha256(b"".join(weights)).hexdigest(),
        "accuracy": [entry["objectives/accuracy/mean"] for entry in history],
    }


class _Stop(TrainerCallback):
    """Stops a run early, with its schedule as if it went on."""

    def __init__(self, step: int) -> None:
        self._step = step

    def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        control.should_training_stop = state.global_step == self._step


def _error(policy: str, folder: Path, options: dict[str, Any], service: Any = None) -> str:
    try:
        trainer = _trainer(policy, folder, service, options)
        trainer.train()
    except CRPOError as error:
        return f"{type(error).__name__}: {error}"
    return "no error"


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
