"""SIGKILL at every step of a run over several inputs, each time followed by `--resume`."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from reward_service.files import FileJob, Finished, Mode, score_file

SCRIPT = Path(__file__).parent / "support" / "killed_run.py"


@pytest.fixture(autouse=True)
def _disks_are_slow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "fsync", lambda _: None)


@pytest.fixture
def folder(tmp_path: Path, group_rows: list[dict[str, Any]]) -> Path:
    """Four inputs of four kinds, with a bad row in two of them."""
    folder = tmp_path / "in"
    folder.mkdir()
    group_rows = group_rows[:40]
    lines = [json.dumps(row) for row in group_rows]
    (folder / "a.jsonl").write_text("\n".join([*lines, "{bad", *lines]))
    (folder / "b.json").write_text(json.dumps({"rows": [*group_rows, {"question": "q"}]}, indent=1))
    pq.write_table(pa.Table.from_pylist(group_rows), folder / "c.parquet", row_group_size=15)
    flat = "\n".join(f'q{i},Which one?,A,"right, {i}"' for i in range(40))
    (folder / "d.csv").write_text(f"id,question,answer,completion\n{flat}\n")
    return folder


def resume(folder: Path, target: Path) -> Finished:
    from counting_scorer import CountingScorer  # type: ignore[import-not-found]

    job = FileJob((str(folder),), str(target), mode=Mode.RESUME)
    return score_file(job, partial(CountingScorer), lambda _: None)


def outputs(target: Path) -> list[bytes]:
    ends = ("", ".bad.jsonl", ".meta.json")
    return [target.with_name(target.name + end).read_bytes() for end in ends]


def test_killed_at_every_step(tmp_path: Path, folder: Path) -> None:
    whole = tmp_path / "whole.jsonl"
    totals = resume(folder, whole).totals
    assert (totals.rows, totals.bad_rows) == (81 + 41 + 40 + 40, 2)
    lives = lives_of(folder, str(tmp_path / "killed{step}.jsonl"), range(1, 70))
    died = [step for step, killed in lives if killed]
    assert died == list(range(1, len(died) + 1))
    assert 25 < len(died) < 69, "the steps end within the range that is tried"
    for step in died:
        target = tmp_path / f"killed{step}.jsonl"
        assert resume(folder, target).totals == totals, step
        assert outputs(target) == outputs(whole), step
    assert not list(tmp_path.glob("*.partial*"))


def test_killed_again_and_again_until_it_is_through(tmp_path: Path, folder: Path) -> None:
    whole, target = tmp_path / "whole.parquet", tmp_path / "killed.parquet"
    resume(folder, whole)
    lives = lives_of(folder, str(target), [16] * 20)
    assert [killed for _, killed in lives].count(True) >= 3
    assert not lives[-1][1], "no life gets further than the one before"
    assert outputs(target) == outputs(whole)
    assert not list(tmp_path.glob("*.partial*"))


def lives_of(folder: Path, target: str, steps: Iterable[int]) -> list[tuple[int, bool]]:
    command = [sys.executable, str(SCRIPT), str(folder), target, *map(str, steps)]
    environment = {k: v for k, v in os.environ.items() if not k.startswith("REWARD_")}
    run = subprocess.run(command, capture_output=True, text=True, timeout=600, env=environment)
    assert run.returncode == 0, run.stderr
    lines = [line.split() for line in run.stdout.splitlines()]
    return [(int(step), end == "killed") for step, end in lines]
