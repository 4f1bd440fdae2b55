from __future__ import annotations

import json
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from trainer.report import ReportError, read_run, read_runs
from trainer.report.rollouts import read_rollouts, read_scored
from trainer.report.run_folder import fingerprints


def test_a_whole_run(run: Path) -> None:
    found = read_run(run)
    assert found.label == "made"
    assert found.missing == ()
    assert found.objectives == ("accuracy", "faithfulness", "coverage")
    assert found.fingerprint == "f00d"
    assert found.rollouts is not None
    assert len(found.rollouts) == 6 * 3 * 5
    assert list(found.evaluations) == ["test"]


def test_what_is_missing_is_said(run: Path) -> None:
    for name in ("run.json", "config.yaml", "metrics.jsonl"):
        (run / name).unlink()
    found = read_run(run)
    assert [text.split(":")[0] for text in found.missing] == [
        "run.json",
        "config.yaml",
        "metrics.jsonl",
    ]
    assert found.fingerprint is None
    assert found.objectives == ("accuracy", "structure", "faithfulness", "coverage")


def test_no_run_at_all(tmp_path: Path) -> None:
    with pytest.raises(ReportError, match="none of the files"):
        read_run(tmp_path)
    with pytest.raises(ReportError, match="expected the folder"):
        read_run(tmp_path / "nothing")


def test_a_damaged_run_json_is_named(run: Path) -> None:
    (run / "run.json").write_text("[]")
    with pytest.raises(ReportError, match=r"run\.json: expected a JSON object"):
        read_run(run)


def test_a_damaged_parquet_file_is_named(run: Path) -> None:
    (run / "completions" / "step-000001.parquet").write_bytes(b"not parquet")
    with pytest.raises(ReportError, match=r"step-000001\.parquet: expected a Parquet file"):
        read_run(run)


def test_runs_of_one_name_are_told_apart(made: ModuleType, tmp_path: Path) -> None:
    paths = [made.write_run(tmp_path / name, steps=2, questions=2) for name in ("a", "b")]
    labels = [run.label for run in read_runs(paths)]
    assert labels == [f"made ({path.as_posix()})" for path in paths]
    with pytest.raises(ReportError, match="twice"):
        read_runs([paths[0], paths[0]])


def test_fingerprints_group_the_runs(made: ModuleType, tmp_path: Path) -> None:
    paths = [
        made.write_run(tmp_path / name, name=name, steps=1, questions=1, fingerprint=fingerprint)
        for name, fingerprint in (("a", "f1"), ("b", "f2"), ("c", "f1"))
    ]
    assert fingerprints(read_runs(paths)) == {"f1": ["a", "c"], "f2": ["b"]}


def test_rollouts_keep_null_apart_from_zero(made: ModuleType, tmp_path: Path) -> None:
    path = tmp_path / "one.parquet"
    row = made.rows(quality=0.5, questions=1, samples=1, seed=0, step=1)[0]
    content = [
        row | {"faithfulness": 0.0},
        row | {"faithfulness": None, "abstentions": json.dumps({"faithfulness": "x"})},
        row | {"reward": None, "faithfulness": None, "failure": "timeout"},
    ]
    made.write_parquet(path, content)
    rollouts = read_rollouts([path])
    assert rollouts is not None
    np.testing.assert_array_equal(rollouts.numbers["faithfulness"], [0.0, np.nan, np.nan])
    assert rollouts.abstained_N.tolist() == [False, True, False]
    assert rollouts.failed_N.tolist() == [False, False, True]
    assert rollouts.length_unit == "tokens"


def test_files_with_other_columns_are_joined(made: ModuleType, tmp_path: Path) -> None:
    row = made.rows(quality=0.5, questions=1, samples=1, seed=0, step=1)[0]
    made.write_parquet(tmp_path / "a.parquet", [row])
    made.write_parquet(tmp_path / "b.parquet", [row | {"harmlessness": 0.5, "coverage": None}])
    rollouts = read_rollouts([tmp_path / "a.parquet", tmp_path / "b.parquet"])
    assert rollouts is not None
    assert "harmlessness" in rollouts.objectives
    assert np.isnan(rollouts.numbers["harmlessness"][0])
    assert np.isnan(rollouts.numbers["coverage"][1])


def test_scored_completions_for_showing(made: ModuleType, tmp_path: Path) -> None:
    made.write_parquet(
        tmp_path / "a.parquet", made.rows(quality=0.5, questions=1, samples=1, seed=0, step=4)
    )
    (one,) = read_scored(tmp_path / "a.parquet")
    assert one.step == 4
    assert one.id == "case-000"
    assert one.question.startswith("A 30-year-old woman")
    assert list(one.objectives) == list(made.OBJECTIVES)
    assert "words" in one.metrics
