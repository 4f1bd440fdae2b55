"""Questions, given completions, and the names of policies."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from evaluation_helpers import questions, rows

from trainer.evaluation import EvaluationError, find_policy, read_completions, read_questions
from trainer.evaluation.questions import wrong_options


def test_questions_without_an_id_get_their_rows_number() -> None:
    row = {"prompt": "fever :", "item": json.dumps({"question": "fever"})}
    (question,) = read_questions([row], system_prompt="Answer.")
    assert question.id == question.item["id"] == "row-1"
    assert question.prompt == "Answer.\n\nfever :"


def test_an_id_that_stands_twice_is_refused() -> None:
    with pytest.raises(EvaluationError, match="row 4: the id 'q1' stands in an earlier row too"):
        read_questions([*rows(), rows()[0]])


@pytest.mark.parametrize(
    ("item", "count"),
    [
        ({"options": {"A": "x", "B": "y"}, "answer": "B"}, 1),
        ({"options": {"A": "x", "B": "y", "C": "z"}, "answer": ["A", "C"]}, 1),
        ({"options": {"A": "x", "B": "y"}}, None),
        ({"answer": "B"}, None),
    ],
)
def test_wrong_options(item: dict[str, Any], count: int | None) -> None:
    assert wrong_options(item) == count


def test_completions_of_a_file_come_in_the_questions_order(tmp_path: Path) -> None:
    path = tmp_path / "given.jsonl"
    records = [
        {"id": "q3", "completion": "A", "completion_tokens": 7},
        {"id": "q1", "completions": ["B", [{"role": "assistant", "content": "A fever"}]]},
        {"id": "q3", "completion": "B"},
    ]
    path.write_text("".join(json.dumps(record) + "\n" for record in records))
    found = read_completions(path, questions())
    assert [(c.id, c.sample, c.text, c.tokens) for c in found] == [
        ("q1", 0, "B", None),
        ("q1", 1, "A fever", None),
        ("q3", 0, "A", 7),
        ("q3", 1, "B", None),
    ]


def test_completions_of_parquet(tmp_path: Path) -> None:
    path = tmp_path / "given.parquet"
    pq.write_table(pa.table({"id": ["q2"], "completion": ["A"]}), path)
    (found,) = read_completions(path, questions())
    assert (found.id, found.text) == ("q2", "A")


@pytest.mark.parametrize(
    ("record", "message"),
    [
        ({"id": "q9", "completion": "A"}, "record 1: no question .* has the id 'q9'"),
        ({"completion": "A"}, "has the id 'None'"),
        ({"id": "q1"}, "record 1: completion: expected text or a list of chat messages, got None"),
        ({"id": "q1", "completions": []}, "holds no completions"),
    ],
)
def test_records_that_do_not_fit(tmp_path: Path, record: dict[str, Any], message: str) -> None:
    path = tmp_path / "given.jsonl"
    path.write_text(json.dumps(record) + "\n")
    with pytest.raises(EvaluationError, match=message):
        read_completions(path, questions())


def test_policies_by_name(tmp_path: Path) -> None:
    run = tmp_path / "tiny"
    (run / "model").mkdir(parents=True)
    checkpoint = run / "checkpoints" / "checkpoint-20"
    checkpoint.mkdir(parents=True)
    for folder in (run / "model", checkpoint):
        (folder / "config.json").write_text("{}")
    final = find_policy(str(run))
    assert (final.path, final.label, final.run, final.suffix) == (
        str(run / "model"), "tiny", run, ""
    )  # fmt: skip
    assert find_policy(str(run / "model")).run == run
    middle = find_policy(str(checkpoint))
    assert (middle.label, middle.run, middle.suffix) == (
        "tiny/checkpoint-20", run, "-checkpoint-20"
    )  # fmt: skip
    elsewhere = tmp_path / "other"
    elsewhere.mkdir()
    (elsewhere / "adapter_config.json").write_text("{}")
    assert (find_policy(str(elsewhere)).label, find_policy(str(elsewhere)).run) == ("other", None)
    assert find_policy("someone/some-model").path == "someone/some-model"


def test_policies_that_are_none(tmp_path: Path) -> None:
    (tmp_path / "run" / "checkpoints").mkdir(parents=True)
    with pytest.raises(EvaluationError, match="no finished model; name one of its checkpoints"):
        find_policy(str(tmp_path / "run"))
    with pytest.raises(EvaluationError, match="no such folder"):
        find_policy(str(tmp_path / "nothing"))
    (tmp_path / "empty").mkdir()
    with pytest.raises(EvaluationError, match=r"expected a run's folder, or a model"):
        find_policy(str(tmp_path / "empty"))
