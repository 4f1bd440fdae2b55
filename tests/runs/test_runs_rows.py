"""One row with its texts, learning curves, and runs made ready to be compared."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from reward_service.compare import Options, compare_runs, read_run
from reward_service.files import FileJob, score_file
from reward_service.files.scoring import RowOptions
from reward_service.runs import NoSuchRun, RunsError, find_run
from reward_service.runs.curves import read_curves
from reward_service.runs.pairing import paired_run
from reward_service.runs.rows import FoundRow, read_row
from reward_service.runs.source import opened
from reward_service.runs.summary import summary_of


def row_of(folder: Path, name: str, position: int) -> FoundRow:
    with opened(find_run(folder, name)) as source:
        return read_row(source, position)


def test_a_scored_row_is_the_item_that_was_scored(runs_folder: Path) -> None:
    row = row_of(runs_folder, "base.parquet", 3)
    assert row.problem == ""
    assert row.item is not None
    assert row.item.options == {"A": "Gout", "B": "Pneumonia"}
    assert row.item.answer == "B"
    assert str(row.item.completions[0]).endswith("(4)")
    assert row.values["faithfulness"] is None


@pytest.mark.parametrize("completions", ["completions", "completion"])
def test_what_score_writes_is_read_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, completions: str
) -> None:
    monkeypatch.syspath_prepend(str(Path(__file__).parents[1] / "files" / "support"))
    from counting_scorer import CountingScorer  # type: ignore[import-not-found]

    source, target = tmp_path / "in.jsonl", tmp_path / "out.parquet"
    row = {"doc": {"case": "Which?"}, "choices": {"A": "Gout", "B": "Flu"}, "key": ["A", "B"]}
    source.write_text(json.dumps({**row, "completions": ["right", "wrong, null"]}) + "\n")
    mapping = (("question", "doc.case"), ("options", "choices"), ("answer", "key"))
    kept = ("doc.case", "choices", "key", completions)
    job = FileJob((str(source),), str(target), options=RowOptions(keep=kept, mapping=mapping))
    score_file(job, CountingScorer, lambda _: None)
    item = row_of(tmp_path, "out.parquet", 1).item
    assert item is not None
    assert (item.question, item.options) == ("Which?", {"A": "Gout", "B": "Flu"})
    assert item.answer == ["A", "B"]
    assert item.completions == ["wrong, null"]
    with opened(find_run(tmp_path, "out.parquet")) as opened_run:
        assert summary_of(opened_run).abstentions == (("accuracy", "no_answer_key", 1),)


def test_a_row_of_training_and_of_an_evaluation(runs_folder: Path) -> None:
    row = row_of(runs_folder, "experiments/crpo", 4)
    assert row.item is not None
    assert str(row.item.completions[0]).endswith("step 3, rollout 0")
    evaluated = row_of(runs_folder, "experiments/crpo/evaluation/test.parquet", 0)
    assert evaluated.item is not None
    assert evaluated.item.answer == "B"


def test_a_file_without_texts_says_how_to_keep_them(runs_folder: Path) -> None:
    row = row_of(runs_folder, "textless.parquet", 0)
    assert row.item is None
    assert "--keep question" in row.problem


@pytest.mark.parametrize("position", [-1, 8, 10**11])
def test_rows_that_are_not_there(runs_folder: Path, position: int) -> None:
    with pytest.raises(NoSuchRun):
        row_of(runs_folder, "base.parquet", position)


def test_learning_curves_keep_the_later_value(runs_folder: Path) -> None:
    charts = read_curves(runs_folder / "experiments" / "crpo" / "metrics.jsonl")
    assert [chart.title for chart in charts] == ["objectives", "reward"]
    assert charts[0].lines[0].name == "accuracy"
    assert charts[0].lines[0].points == ((1, 0.1), (2, 0.2), (3, 0.9))


def test_a_damaged_line_of_metrics(tmp_path: Path) -> None:
    path = tmp_path / "metrics.jsonl"
    path.write_text('{"step": 1}\n[]\n')
    with pytest.raises(RunsError, match="line 2"):
        read_curves(path)


def test_a_pairing_is_what_the_command_reads(runs_folder: Path, tmp_path: Path) -> None:
    found = []
    for name in ("base.parquet", "other.parquet"):
        shutil.copy(runs_folder / name, tmp_path / name)
        with opened(find_run(runs_folder, name)) as source:
            found.append(paired_run(source, by="subject"))
    read = [read_run(str(tmp_path / n), by="subject") for n in ("base.parquet", "other.parquet")]
    options = Options(resamples=200, most=9, changes_of="coverage")
    ours, theirs = compare_runs(found, options).pairs[0], compare_runs(read, options).pairs[0]
    assert ours.differences == theirs.differences
    assert ours.groups == theirs.groups
    assert [(c.key, c.difference) for c in ours.changes] == [
        (c.key, c.difference) for c in theirs.changes
    ]


def test_keys_that_pair_nothing(runs_folder: Path) -> None:
    with opened(find_run(runs_folder, "base.parquet")) as source:
        with pytest.raises(RunsError, match="has no column 'nope'"):
            paired_run(source, key="nope")
        with pytest.raises(RunsError, match="has no column 'nope'"):
            paired_run(source, by="nope")
