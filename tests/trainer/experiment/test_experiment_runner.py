from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from rich.console import Console

from trainer.experiment.config import load_experiment
from trainer.experiment.jobs import jobs
from trainer.experiment.live import Board, last_logged
from trainer.experiment.runner import Status, run_jobs

PROGRAM = (sys.executable, str(Path(__file__).parent / "support" / "fake_program.py"))
Run = Callable[[], dict[str, Status]]


@pytest.fixture
def run(config_file: Path) -> Run:
    """Runs the experiment with the fake program; gives each job's last status by name."""

    def run_all() -> dict[str, Status]:
        config = load_experiment(config_file)
        statuses = run_jobs(
            jobs(config, program=PROGRAM), output=config.output, processes=2, threads=3
        )
        return {status.job.name: status for status in statuses}

    return run_all


def states(statuses: dict[str, Status]) -> list[str]:
    return [f"{name} {status.state}" for name, status in statuses.items()]


def test_everything_runs_once_and_is_skipped_afterwards(run: Run, tmp_path: Path) -> None:
    names = ["start", "grpo-seed-0", "crpo-seed-0", "grpo-seed-1", "crpo-seed-1"]
    assert states(run()) == [f"{name} finished" for name in names]
    assert (tmp_path / "out" / "start" / "evaluation" / "test.parquet").is_file()
    assert (tmp_path / "out" / "crpo" / "seed-1" / "model").is_dir()
    log = (tmp_path / "out" / "logs" / "crpo-seed-1.log").read_text()
    assert "threads 3" in log and "--samples" in log
    assert states(run()) == [f"{name} skipped" for name in names]
    assert (tmp_path / "out" / "logs" / "crpo-seed-1.log").read_text() == log


def test_a_failure_stops_no_other_and_is_tried_again(run: Run, tmp_path: Path) -> None:
    reason = tmp_path / "fail-small-crpo-0"
    reason.touch()
    statuses = run()
    assert statuses["crpo-seed-0"].state == "failed"
    assert statuses["crpo-seed-0"].what == "train"
    assert "told to fail" in statuses["crpo-seed-0"].message
    assert [s.state for n, s in statuses.items() if n != "crpo-seed-0"] == ["finished"] * 4
    reason.unlink()
    again = run()
    assert again["crpo-seed-0"].state == "finished"
    assert [s.state for n, s in again.items() if n != "crpo-seed-0"] == ["skipped"] * 4


def test_an_interrupted_run_goes_on_from_its_checkpoint(run: Run, tmp_path: Path) -> None:
    checkpoint = tmp_path / "out" / "grpo" / "seed-0" / "checkpoints" / "checkpoint-5"
    checkpoint.mkdir(parents=True)
    (checkpoint / "trainer_state.json").write_text("{}")
    assert run()["grpo-seed-0"].state == "finished"
    assert "'--resume'" in (tmp_path / "out" / "logs" / "grpo-seed-0.log").read_text()


def test_one_without_a_checkpoint_is_moved_aside(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "out" / "grpo" / "seed-0"
    folder.mkdir(parents=True)
    (folder / "metrics.jsonl").write_text("kept")
    assert run()["grpo-seed-0"].state == "finished"
    assert (folder.with_name("seed-0.unfinished-1") / "metrics.jsonl").read_text() == "kept"


def test_another_evaluation_replaces_and_another_training_refuses(
    run: Run, config_file: Path
) -> None:
    run()
    text = config_file.read_text()
    config_file.write_text(text.replace("samples: 2", "samples: 3"))
    assert {status.state for status in run().values()} == {"finished"}
    config_file.write_text(text.replace("1e-4", "1e-5"))
    statuses = run()
    assert statuses["crpo-seed-0"].state == "failed"
    assert "other settings" in statuses["crpo-seed-0"].message
    assert statuses["grpo-seed-0"].state == "finished"


def test_the_board_shows_state_and_last_scores(config_file: Path, tmp_path: Path) -> None:
    config = load_experiment(config_file)
    todo = jobs(config, program=PROGRAM)
    board = Board(todo)
    board.update(Status(todo[1], "running", "train"))
    folder = config.run_folder("grpo", 0)
    folder.mkdir(parents=True)
    line = {"step": 7, "objectives/accuracy/mean": 0.625}
    (folder / "metrics.jsonl").write_text(json.dumps(line) + '\n{"step": 8')
    console = Console(width=120, record=True, file=(tmp_path / "screen").open("w"))
    console.print(board)
    console.file.close()
    text = console.export_text()
    assert "running: train" in text and "0.625" in text and "waiting" in text
    assert last_logged(tmp_path / "nothing") == {}
