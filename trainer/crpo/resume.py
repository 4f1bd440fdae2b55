"""What a checkpoint needs beyond TRL's, so that a continued run ends as an uninterrupted one.

Transformers keeps weights, optimizer, schedule, random states and the place in the data. Lost
without the two things of this file would be:

- the order of later epochs: TRL's sampler draws a new order each epoch from a generator that starts
  again when a run is continued;
- what is half-done at the checkpoint: rollouts that wait for their gradient steps
  (steps_per_generation, num_iterations) and metrics that wait for their log line.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from trl.trainer.utils import RepeatSampler

from trainer.crpo.errors import ResumeError


class EpochSampler(RepeatSampler):
    """TRL's sampler, which can begin in a later epoch with the order that it would have there."""

    def set_epoch(self, epoch: int) -> None:
        """Makes the next pass that of `epoch`, counted from 0."""
        if not self.shuffle or self.seed is None:
            return
        self.generator.manual_seed(self.seed)
        for _ in range(epoch):
            torch.randperm(self.num_samples, generator=self.generator)


@dataclass
class HalfDone:
    """State of one process between two checkpointed steps.

    micro_step: forward and backward passes so far; TRL generates when it is a multiple of
        steps_per_generation · num_iterations.
    buffered: TRL's rollouts for the coming micro-steps, None when the next one generates.
    metrics: values that were collected since the last log.
    loss: loss added up since the last log, which was at `last_logged`.
    """

    micro_step: int
    buffered: list[dict[str, Any]] | None
    metrics: dict[str, list[float]]
    loss: float
    last_logged: int


def save(checkpoint: str, state: HalfDone, *, rank: int, ranks: int) -> None:
    """Writes the state of this process into a checkpoint folder that exists."""
    torch.save({"ranks": ranks} | vars(state), _path(checkpoint, rank))


def load(checkpoint: str, *, rank: int, ranks: int, device: torch.device) -> HalfDone:
    """The state of this process. Raises ResumeError when the checkpoint has none that fits."""
    path = _path(checkpoint, rank)
    if not path.exists():
        raise ResumeError(
            f"{checkpoint} has no {path.name}: it was not written by CRPOTrainer with "
            f"{ranks} processes and save_only_model=False, so the run would not continue as it "
            "was. Start a new run with its weights as the model instead"
        )
    state = torch.load(path, map_location=device, weights_only=True)
    written_by = state.pop("ranks")
    if written_by != ranks:
        raise ResumeError(
            f"{checkpoint} was written by {written_by} processes, this run has {ranks}; continue "
            "with as many, or start a new run with its weights as the model"
        )
    return HalfDone(**state)


def _path(checkpoint: str, rank: int) -> Path:
    return Path(checkpoint) / f"crpo_state_{rank}.pt"
