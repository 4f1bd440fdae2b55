"""`clinical-reward score` as a process that is killed, interrupted, or has a hasty reader."""

from __future__ import annotations

import json
import os
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

PROGRAM = [sys.executable, str(Path(__file__).parent / "support" / "counting_program.py")]
ENVIRONMENT = {k: v for k, v in os.environ.items() if not k.startswith("REWARD_")}


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "in.jsonl"
    rows = [json.dumps({"question": "q", "completion": "right " * (i % 9)}) for i in range(2000)]
    rows[5] = "{broken"
    path.write_text("\n".join(rows))
    return path


def call(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [*PROGRAM, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=90, env=ENVIRONMENT)


def start_and_wait_for(
    path: Path, *arguments: str | Path, stops: str = "running"
) -> subprocess.Popen[str]:
    """A process that stops by itself: while it runs, behind a checkpoint, or while it loads."""
    process = subprocess.Popen(
        [*PROGRAM, *map(str, arguments)],
        stderr=subprocess.PIPE,
        text=True,
        env=ENVIRONMENT | {"STOPS": stops, "LOADING": str(path)},
        start_new_session=True,
    )
    deadline = time.monotonic() + 60
    while not path.exists() and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.01)
    return process


def test_a_killed_run_goes_on_to_the_same_bytes(tmp_path: Path, source: Path) -> None:
    whole, killed = tmp_path / "whole.parquet", tmp_path / "killed.parquet"
    run = call("score", source, whole, "--workers", "1")
    assert run.returncode == 1, run.stderr
    assert "1 bad rows" in run.stderr
    state = tmp_path / "killed.parquet.partial" / "state.json"
    process = start_and_wait_for(state, "score", source, killed, "--workers", "2")
    process.kill()
    process.communicate()
    assert process.returncode == -signal.SIGKILL
    assert not killed.exists()
    resumed = call("score", source, killed, "--workers", "2", "--resume")
    assert resumed.returncode == 1, resumed.stderr
    assert "rows were done before" in resumed.stderr
    for suffix in ("", ".bad.jsonl", ".meta.json"):
        first, second = (tmp_path / f"{n}.parquet{suffix}" for n in ("whole", "killed"))
        assert first.read_bytes() == second.read_bytes(), suffix


@pytest.mark.parametrize("stops", ["running", "loading"])
def test_ctrl_c_says_how_to_go_on(tmp_path: Path, source: Path, stops: str) -> None:
    target = tmp_path / "out.jsonl"
    begun = tmp_path / ("out.jsonl.partial" if stops == "running" else "loading")
    process = start_and_wait_for(begun, "score", source, target, "--workers", "2", stops=stops)
    os.killpg(process.pid, signal.SIGINT)  # the whole group, as a terminal does
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130, errors
    assert "--resume goes on" in errors
    assert "Traceback" not in errors


def test_a_reader_that_has_enough_is_no_error(source: Path) -> None:
    command = shlex.join([*PROGRAM, "score", str(source), "-", "--workers", "1", "--quiet"])
    run = subprocess.run(
        ["bash", "-c", f"{command} | head -n 1"],
        capture_output=True,
        text=True,
        timeout=90,
        env=ENVIRONMENT,
    )
    assert json.loads(run.stdout)["row"] == 1
    assert "Traceback" not in run.stderr
