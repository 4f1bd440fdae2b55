"""Which runs a folder holds, and what never becomes one."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from reward_service.runs import Kind, NoSuchRun, RunsError, entry_at, find_run, list_runs
from reward_service.runs.listing import job_of


def test_the_folder_is_listed_by_name(runs_folder: Path) -> None:
    listing = list_runs(runs_folder)
    assert [(entry.name, entry.kind) for entry in listing.entries] == [
        ("base.parquet", Kind.SCORED),
        ("experiments/crpo", Kind.TRAINING),
        ("experiments/crpo/evaluation/test.parquet", Kind.EVALUATION),
        ("other.parquet", Kind.SCORED),
        ("textless.parquet", Kind.SCORED),
    ]
    assert listing.unreadable == ("damaged.parquet",)


def test_a_training_run_has_its_steps_in_order(runs_folder: Path) -> None:
    run = find_run(runs_folder, "experiments/crpo")
    assert [file.stem for file in run.files] == ["step-000001", "step-000002", "step-000003"]
    evaluated = find_run(runs_folder, "experiments/crpo/evaluation/test.parquet")
    assert job_of(evaluated) == job_of(run)
    assert job_of(run)["scorer"]["fingerprint"] == "f0"


@pytest.mark.parametrize(
    "name",
    ["", "..", "../base.parquet", "/etc/passwd", "./base.parquet", "else.parquet", "base.parque?"],
)
def test_a_name_is_only_looked_up(runs_folder: Path, name: str) -> None:
    with pytest.raises(NoSuchRun):
        find_run(runs_folder, name)


def test_links_hidden_files_and_patterns_are_no_runs(runs_folder: Path, tmp_path: Path) -> None:
    base = runs_folder / "base.parquet"
    inner = tmp_path / "inner"
    inner.mkdir()
    (inner / "link.parquet").symlink_to(base)
    (inner / "folder").symlink_to(runs_folder)
    for name in (".hidden.parquet", "step*.parquet", "kept.parquet"):
        shutil.copy(base, inner / name)
    listing = list_runs(inner)
    assert [entry.name for entry in listing.entries] == ["kept.parquet"]
    assert listing.unreadable == ("step*.parquet",)


def test_a_changed_file_has_another_version(runs_folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "run.parquet"
    shutil.copy(runs_folder / "base.parquet", path)
    before = entry_at(path)
    shutil.copy(runs_folder / "textless.parquet", path)
    after = entry_at(path)
    assert before is not None
    assert after is not None
    assert before.version != after.version


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(RunsError, match="REWARD_RUNS"):
        list_runs(tmp_path / "none")
