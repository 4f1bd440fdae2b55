from __future__ import annotations

import fcntl
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path
from typing import Any

import psutil
import pytest

from reward_service.files import FileError, FileJob, Finished, Mode, score_file
from reward_service.files.scoring import RowOptions

SUPPORT = Path(__file__).parent / "support"


@pytest.fixture
def source(tmp_path: Path, group_rows: list[dict[str, Any]]) -> Path:
    path = tmp_path / "in.jsonl"
    lines = [json.dumps(row) for row in group_rows * 10]
    lines[700] = "bad"
    path.write_text("\n".join(lines))
    return path


def run(
    source: Path, target: Path, mode: Mode, fingerprint: str = "f0", **options: Any
) -> Finished:
    from counting_scorer import CountingScorer  # type: ignore[import-not-found]

    job = FileJob((str(source),), str(target), 1, RowOptions(**options), mode)
    return score_file(job, partial(CountingScorer, fingerprint=fingerprint), lambda _: None)


def outputs(target: Path) -> list[bytes]:
    return [
        target.with_name(target.name + end).read_bytes() for end in ("", ".bad.jsonl", ".meta.json")
    ]


def kill_once_it_has_begun(source: Path, target: Path, workers: int) -> None:
    state = target.with_name(target.name + ".partial") / "state.json"
    process = subprocess.Popen(
        [sys.executable, str(SUPPORT / "slow_run.py"), str(source), str(target), str(workers)]
    )
    deadline = time.monotonic() + 60
    while not state.exists() and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.01)
    children = psutil.Process(process.pid).children()
    os.kill(process.pid, signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    assert len(children) >= (workers if workers > 1 else 0)
    _, alive = psutil.wait_procs(children, timeout=20)
    assert not alive, "workers must end when the main process is killed"


@pytest.mark.parametrize(("name", "workers"), [("out.jsonl.gz", 1), ("out.parquet", 2)])
def test_a_killed_run_goes_on_to_the_same_bytes(
    tmp_path: Path, source: Path, name: str, workers: int
) -> None:
    whole, killed = tmp_path / f"whole_{name}", tmp_path / f"killed_{name}"
    run(source, whole, Mode.NEW)
    kill_once_it_has_begun(source, killed, workers)
    assert not killed.exists()
    with pytest.raises(FileError, match="--resume goes on"):
        run(source, killed, Mode.NEW)
    finished = run(source, killed, Mode.RESUME)
    assert 256 <= finished.resumed_rows < 1500
    assert outputs(killed) == outputs(whole)
    assert not (tmp_path / f"killed_{name}.partial").exists()


def test_what_was_written_behind_the_checkpoint_is_cut_off(tmp_path: Path, source: Path) -> None:
    whole, torn = tmp_path / "whole.jsonl", tmp_path / "torn.jsonl"
    run(source, whole, Mode.NEW)
    kill_once_it_has_begun(source, torn, 1)
    staging = tmp_path / "torn.jsonl.partial"
    for name in ("rows.jsonl", "bad.jsonl"):
        with (staging / name).open("ab") as stream:
            stream.write(b'{"row": 9999, "half a li')
    run(source, torn, Mode.RESUME)
    assert outputs(torn) == outputs(whole)


def test_killed_while_publishing(tmp_path: Path, source: Path) -> None:
    """All rows are staged, the output is not there yet."""
    target = tmp_path / "out.jsonl"
    staging = tmp_path / "out.jsonl.partial"
    kill_once_it_has_begun(source, target, 1)
    shutil.copytree(staging, tmp_path / "copy")
    run(source, target, Mode.RESUME)
    expected = outputs(target)
    shutil.copytree(tmp_path / "copy", staging)
    run(source, target, Mode.RESUME)  # the output is there, its staging folder too
    assert outputs(target) == expected


def test_resume_of_nothing_and_of_a_finished_run(tmp_path: Path, source: Path) -> None:
    target = tmp_path / "out.jsonl"
    first = run(source, target, Mode.RESUME)
    assert first.resumed_rows == 0
    before = target.stat().st_mtime_ns
    again = run(source, target, Mode.RESUME)
    assert again.resumed_rows == 1500
    assert again.totals == first.totals
    assert target.stat().st_mtime_ns == before
    with pytest.raises(FileError, match="--overwrite replaces it"):
        run(source, target, Mode.NEW)
    with pytest.raises(FileError, match="differs from the one before in: explain"):
        run(source, target, Mode.RESUME, explain=True)
    assert run(source, target, Mode.OVERWRITE, explain=True).totals == first.totals


def test_a_run_that_differs_is_not_mixed_in(tmp_path: Path, source: Path) -> None:
    target = tmp_path / "out.jsonl"
    kill_once_it_has_begun(source, target, 1)
    changes: list[tuple[dict[str, Any], str]] = [
        ({"fingerprint": "f1"}, "scorer"),
        ({"objectives": ("accuracy",)}, "objectives"),
        ({"weights": (("accuracy", 2.0),)}, "weights"),
        ({"keep": ("model",)}, "keep"),
    ]
    for change, name in changes:
        with pytest.raises(FileError, match=f"differs from the one before in: {name}"):
            run(source, target, Mode.RESUME, **change)
    with source.open("ab") as stream:
        stream.write(b"\n{}")
    with pytest.raises(FileError, match="differs from the one before in: input"):
        run(source, target, Mode.RESUME)
    assert run(source, target, Mode.OVERWRITE).totals.rows == 1501


def test_two_processes_do_not_share_a_run(tmp_path: Path, source: Path) -> None:
    target = tmp_path / "out.jsonl"
    staging = tmp_path / "out.jsonl.partial"
    staging.mkdir()
    with (staging / "lock").open("wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(FileError, match="another process is at work"):
            run(source, target, Mode.RESUME)
    assert run(source, target, Mode.RESUME).totals.rows == 1500
