"""A run that is killed and continued ends as one that was not."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import crpo_tiny
import pyarrow.parquet as pq
import pytest
import torch
from transformers import TrainerCallback

from trainer.crpo import CRPOTrainer, ResumeError, RunFolderError

Make = Callable[..., CRPOTrainer]

TIMES = ("step_time", "reward/wait_seconds", "reward/wait_share", "reward/request_seconds")


class Killed(Exception):
    """Stands for a kill: nothing after it runs."""


class KillAt(TrainerCallback):
    """Ends the run when it has logged `step`."""

    def __init__(self, step: int) -> None:
        self._step = step

    def on_log(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        if state.global_step == self._step:
            raise Killed


def _metrics(run: Path) -> list[dict[str, Any]]:
    lines = [json.loads(line) for line in (run / "metrics.jsonl").read_text().splitlines()]
    timed = ("runtime", "per_second")
    return [{k: v for k, v in line.items() if not k.endswith((*TIMES, *timed))} for line in lines]


def _completions(run: Path) -> dict[str, Any]:
    files = sorted((run / "completions").rglob("*.parquet"))
    return {str(file.relative_to(run)): pq.read_table(file).to_pylist() for file in files}


def _weights(trainer: CRPOTrainer) -> dict[str, torch.Tensor]:
    return {name: p.detach().clone() for name, p in trainer.model.named_parameters()}


CASES = {
    "in a later epoch": {"prompts": 6, "save_steps": 4},
    "at the end of an epoch": {"prompts": 6, "save_steps": 3},
    "between generations": {
        "save_steps": 2,
        "steps_per_generation": 2,
        "num_iterations": 2,
        "logging_steps": 3,
        "log_completions": True,
    },
    "with accumulation and evaluation": {
        "save_steps": 2,
        "gradient_accumulation_steps": 2,
        "eval_dataset": crpo_tiny.rows(2),
        "eval_strategy": "steps",
        "eval_steps": 1,
    },
}


@pytest.mark.parametrize("case", CASES)
def test_killed_and_continued(
    make_trainer: Make, tmp_path: Path, case: str, capsys: pytest.CaptureFixture[str]
) -> None:
    options = {"max_steps": 6, "save_strategy": "steps", "optim": "adamw_torch"} | CASES[case]
    checkpoint_at = options["save_steps"]
    killed_at = 6 if options.get("logging_steps") else checkpoint_at + 1
    straight = make_trainer(folder=tmp_path / "straight", **options)
    straight.train()

    folder = tmp_path / "killed"
    killed = make_trainer(folder=folder, callbacks=[KillAt(killed_at)], **options)
    with pytest.raises(Killed):
        killed.train()
    for later in range(checkpoint_at + 1, 7):  # what the kill left behind is the one to go on from
        shutil.rmtree(folder / "checkpoints" / f"checkpoint-{later}", ignore_errors=True)
    with (folder / "metrics.jsonl").open("a") as file:
        file.write('{"step": 5, "torn')
    continued = make_trainer(folder=folder, **options)
    continued.train(resume_from_checkpoint=True)

    assert _metrics(folder) == _metrics(tmp_path / "straight")
    assert _completions(folder) == _completions(tmp_path / "straight")
    expected = _weights(straight)
    for name, weights in _weights(continued).items():
        assert torch.equal(weights, expected[name]), name


def test_later_epochs_have_their_own_order(make_trainer: Make, tmp_path: Path) -> None:
    make_trainer(prompts=6, max_steps=6).train()
    files = sorted((tmp_path / "run" / "completions").glob("*.parquet"))
    asked = [tuple(pq.read_table(file)["id"].to_pylist()) for file in files]
    assert sorted(asked[0] + asked[1] + asked[2]) == sorted(asked[3] + asked[4] + asked[5])
    assert asked[:3] != asked[3:]


def test_a_new_run_does_not_replace_an_earlier_one(make_trainer: Make, tmp_path: Path) -> None:
    make_trainer(max_steps=1).train()
    before = (tmp_path / "run" / "metrics.jsonl").read_text()
    with pytest.raises(RunFolderError, match=r"earlier run; continue .*--resume"):
        make_trainer(max_steps=1).train()
    assert (tmp_path / "run" / "metrics.jsonl").read_text() == before


def test_a_checkpoint_without_our_state_is_refused(make_trainer: Make, tmp_path: Path) -> None:
    make_trainer(save_strategy="steps", save_steps=1, max_steps=1).train()
    (tmp_path / "run" / "checkpoints" / "checkpoint-1" / "crpo_state_0.pt").unlink()
    with pytest.raises(ResumeError, match=r"checkpoint-1 has no crpo_state_0\.pt"):
        make_trainer(max_steps=2).train(resume_from_checkpoint=True)


def test_a_checkpoint_of_more_processes_is_refused(make_trainer: Make, tmp_path: Path) -> None:
    make_trainer(save_strategy="steps", save_steps=1, max_steps=1).train()
    path = tmp_path / "run" / "checkpoints" / "checkpoint-1" / "crpo_state_0.pt"
    torch.save(torch.load(path) | {"ranks": 2}, path)
    with pytest.raises(ResumeError, match="written by 2 processes, this run has 1"):
        make_trainer(max_steps=2).train(resume_from_checkpoint=True)
