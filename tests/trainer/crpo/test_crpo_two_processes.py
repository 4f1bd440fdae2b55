"""Two processes on one CPU (gloo), with groups that span both."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest

from trainer.advantages import group_advantages

SCRIPT = Path(__file__).with_name("two_ranks.py")


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """A port that nobody else is given before the processes, seconds later, listen on it.

    While a socket is bound to it and does not listen, it is free for those alone that name it and
    set SO_REUSEADDR, as PyTorch does.
    """
    with socket.socket() as kept:
        kept.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        kept.bind(("127.0.0.1", 0))
        yield kept.getsockname()[1]


@pytest.fixture(scope="module")
def run(policy: str, port: int, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder in which both processes left what they saw."""
    folder = tmp_path_factory.mktemp("two")
    shared = {
        "WORLD_SIZE": "2",
        "MASTER_ADDR": "127.0.0.1",
        "MASTER_PORT": str(port),
        "ACCELERATE_USE_CPU": "true",
        "OMP_NUM_THREADS": "1",
        "HF_HUB_OFFLINE": "1",
    }
    processes = []
    for rank in ("0", "1"):
        with (folder / f"rank{rank}.log").open("w") as log:
            processes.append(
                subprocess.Popen(
                    [sys.executable, str(SCRIPT), policy, str(folder)],
                    env=os.environ | shared | {"RANK": rank, "LOCAL_RANK": rank},
                    stdout=log,
                    stderr=subprocess.STDOUT,
                )
            )
    try:
        codes = [process.wait(timeout=240) for process in processes]
    finally:
        for process in processes:
            process.kill()
            process.wait()
    logs = "\n".join((folder / f"rank{rank}.log").read_text()[-3000:] for rank in "01")
    assert codes == [0, 0], logs
    return folder


@pytest.fixture(scope="module")
def seen(run: Path) -> list[dict[str, Any]]:
    """What each process wrote."""
    return [json.loads((run / f"rank{rank}.json").read_text()) for rank in "01"]


def test_both_processes_end_with_the_same_policy(seen: list[dict[str, Any]]) -> None:
    assert seen[0]["straight"]["ranks"] == 2
    assert seen[0]["straight"] == seen[1]["straight"]


def test_a_continued_run_ends_as_an_uninterrupted_one(seen: list[dict[str, Any]]) -> None:
    for rank in (0, 1):
        assert seen[rank]["continued"]["weights"] == seen[rank]["straight"]["weights"]


@pytest.mark.parametrize("step", [1, 2, 3, 4])
def test_advantages_are_those_of_one_process(run: Path, step: int) -> None:
    folder = run / "straight" / "completions"
    parts = [
        pq.read_table(folder / f"step-{step:06d}-rank{rank}.parquet").to_pylist() for rank in (0, 1)
    ]
    rows = [row for part in parts for row in part]
    assert [(row["group"], row["rollout"]) for row in rows] == [(0, n) for n in range(4)]
    assert len({row["id"] for row in rows}) == 1, "the group spans both processes"
    names = ("accuracy", "faithfulness", "coverage")
    rewards_NK = np.array([[row[name] for name in names] for row in rows])
    expected = group_advantages(rewards_NK, 4, weights=(10, 1, 1))
    assert [row["advantage"] for row in rows] == expected.tolist()


def test_one_log_for_both(run: Path) -> None:
    lines = (run / "straight" / "metrics.jsonl").read_text().splitlines()
    rows = [json.loads(line) for line in lines]
    assert [row["step"] for row in rows] == [1, 2, 3, 4, 4]
    assert "eval_objectives/accuracy/mean" in rows[-1]


def test_an_error_of_one_process_reaches_the_other(seen: list[dict[str, Any]]) -> None:
    assert "no route to the service" in seen[1]["service"]
    assert seen[0]["service"].startswith("RewardError: process 1: the call to the reward service")
    assert seen[0]["folder"].startswith("RunFolderError") and "earlier run" in seen[0]["folder"]
    assert seen[1]["folder"].startswith("RunFolderError: process 0: ")
    assert seen[0]["scorer"].startswith("ScorerError") and "f-0" in seen[0]["scorer"]
    assert seen[1]["scorer"].startswith("ScorerError") and "f-1" in seen[1]["scorer"]


def test_no_thread_outlives_the_process_group(seen: list[dict[str, Any]]) -> None:
    """One that lets go of a tensor while Python shuts down would abort the process."""
    for rank in (0, 1):
        assert [name for name in seen[rank]["threads"] if "gloo" in name] == []
