"""Whole evaluations: files, resuming, what is never overwritten."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from evaluation_helpers import SCORER, StubClient, questions

import trainer.evaluation.run as run
from trainer.client import ScorerIdentity
from trainer.evaluation import (
    Bootstrap,
    EvaluationError,
    Sampling,
    Task,
    evaluate_completions,
    evaluate_policy,
    find_policy,
    read_rows,
    summarise,
)

SAMPLING = Sampling(max_new_tokens=6, temperature=1.0, samples=2, batch_size=1)
TASK = Task(questions=questions(), split="test", bootstrap=Bootstrap(resamples=100))


def evaluate(policy: Path, folder: Path, task: Task = TASK, **changes: Any) -> run.Evaluation:
    client = changes.pop("client", StubClient())
    return evaluate_policy(
        find_policy(str(policy)),
        task,
        changes.pop("sampling", SAMPLING),
        client,
        folder=folder,
        device="cpu",
        **changes,
    )


def test_files_hold_rows_and_table(policy_folder: Path, tmp_path: Path) -> None:
    evaluation = evaluate(policy_folder, tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["test.json", "test.parquet"]
    rows = read_rows(tmp_path / "test.parquet")
    assert len(rows) == 6
    assert [row["sample"] for row in rows] == [0, 1] * 3
    assert summarise(rows, bootstrap=TASK.bootstrap) == evaluation.table
    record = json.loads((tmp_path / "test.json").read_text())
    assert record["scorer"]["fingerprint"] == "f1"
    assert record["plan"]["sampling"]["samples"] == 2
    accuracy = evaluation.table["accuracy"].interval
    assert accuracy is not None
    assert record["table"]["accuracy"] == {
        "interval": [accuracy.value, accuracy.low, accuracy.high],
        "judged": 6,
    }


def test_the_same_evaluation_gives_the_same_bytes(policy_folder: Path, tmp_path: Path) -> None:
    for folder in ("one", "two"):
        evaluate(policy_folder, tmp_path / folder)
    for name in ("test.json", "test.parquet"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_an_interrupted_evaluation_goes_on_with_the_same_result(
    policy_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = evaluate(policy_folder, tmp_path / "whole")
    generate, batches = run.generate, []

    def interrupted(*arguments: Any, batch: int) -> Any:
        batches.append(batch)
        if batches == [0, 1]:
            raise KeyboardInterrupt
        return generate(*arguments, batch=batch)

    monkeypatch.setattr(run, "generate", interrupted)
    with pytest.raises(KeyboardInterrupt):
        evaluate(policy_folder, tmp_path / "cut")
    with pytest.raises(EvaluationError, match="an unfinished evaluation with another sampling"):
        evaluate(policy_folder, tmp_path / "cut", sampling=Sampling(max_new_tokens=5))
    resumed = evaluate(policy_folder, tmp_path / "cut")
    assert batches == [0, 1, 1, 2]
    assert resumed.rows == whole.rows
    assert sorted(path.name for path in (tmp_path / "cut").iterdir()) == [
        "test.json",
        "test.parquet",
    ]


def test_a_finished_evaluation_is_read_back_and_never_overwritten_unasked(
    policy_folder: Path, tmp_path: Path
) -> None:
    first = evaluate(policy_folder, tmp_path)
    client = StubClient()
    again = evaluate(policy_folder, tmp_path, client=client)
    assert (again.rows, again.table, client.scored) == (first.rows, first.table, 0)
    with pytest.raises(EvaluationError, match="an evaluation with another sampling is there"):
        evaluate(policy_folder, tmp_path, sampling=Sampling(max_new_tokens=5))
    other = StubClient(ScorerIdentity("2", "rules", "words", "f2"))
    with pytest.raises(EvaluationError, match="another scorer is there"):
        evaluate(policy_folder, tmp_path, client=other)
    replacing = Task(questions=TASK.questions, split="test", overwrite=True)
    replaced = evaluate(
        policy_folder, tmp_path, replacing, sampling=Sampling(max_new_tokens=5), client=other
    )
    assert len(replaced.rows) == 3 and replaced.scorer is not None
    assert replaced.scorer["fingerprint"] == "f2" != SCORER.fingerprint


def test_completions_that_could_not_be_scored_are_scored_again_without_generating(
    policy_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Broken(StubClient):
        def _score(self, text: str) -> Any:
            return super()._score(f"{text} broken")

    failed = evaluate(policy_folder, tmp_path, client=Broken())
    assert failed.table.failures == {"timeout": 6}
    monkeypatch.delattr(run, "generate")
    mended = evaluate(policy_folder, tmp_path)
    assert mended.table.failures == {}
    assert [row["completion"] for row in mended.rows] == [r["completion"] for r in failed.rows]
    assert [r["metric_truncated"] for r in mended.rows] == [
        r["metric_truncated"] for r in failed.rows
    ]
    assert read_rows(tmp_path / "test.parquet") == mended.rows


def test_progress_is_reported(policy_folder: Path, tmp_path: Path) -> None:
    seen: list[tuple[str, int, int]] = []
    evaluate(policy_folder, tmp_path, report=lambda *update: seen.append(update))
    assert seen == [
        ("generating", 0, 3),
        ("generating", 1, 3),
        ("generating", 2, 3),
        ("generating", 3, 3),
        ("scoring", 6, 6),
    ]


def test_given_completions_are_scored_as_they_are(tmp_path: Path) -> None:
    given = tmp_path / "given.jsonl"
    given.write_text(
        '{"id": "q2", "completion": "A fever"}\n{"id": "q1", "completion": "broken"}\n'
    )
    evaluation = evaluate_completions(given, TASK, StubClient(), folder=tmp_path / "out")
    assert [(row["id"], row["accuracy"]) for row in evaluation.rows] == [("q1", None), ("q2", 1.0)]
    assert evaluation.rows[0]["failure"].startswith("timeout")
    assert evaluation.label == "given"
    kept = read_rows(tmp_path / "out" / "test.parquet")
    assert kept == evaluation.rows
