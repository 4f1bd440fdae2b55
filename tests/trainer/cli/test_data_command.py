"""`crpo data`: files of the real layouts in, parts and a report out."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from trainer.cli.app import app
from trainer.data import read_rows

FORMS = (
    "{}\n\nThe answer is {}.",
    "<dx>{}</dx>\n<conclusion>So it is {}</conclusion>",
)
SITES = ("knee", "hip", "wrist", "ankle", "elbow", "shoulder", "jaw", "spine", "thumb", "heel")


def questions(count: int, *, start: int = 0) -> list[dict]:
    """MedQA records that have little in common."""
    return [
        {
            "question": f"Patient {i} limps since week {i * 7} after hurting the {SITES[i % 10]} "
            f"on road {i * 13}; which of these {SITES[-1 - i % 10]} rules applies to row {i}?",
            "options": {"A": f"rule {i}", "B": f"law {i}", "C": f"sign {i}", "D": f"test {i}"},
            "answer_idx": "ABCD"[i % 4],
        }
        for i in range(start, start + count)
    ]


def write(path: Path, records: list[dict]) -> str:
    path.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    return str(path)


def ids(path: Path) -> set[str]:
    return {json.loads(row["item"])["id"] for row in read_rows(path)}


def test_one_file_becomes_parts(runner: CliRunner, tmp_path: Path) -> None:
    records = questions(30)
    source = write(tmp_path / "all.jsonl", [*records, records[4], {**records[5], "answer_idx": ""}])
    out = tmp_path / "out"
    sizes = ["--test-size", "6", "--cold-start-size", "5", "--train-size", "10"]
    result = runner.invoke(app, ["data", "medqa", source, str(out), *sizes])
    assert result.exit_code == 0, result.output
    parts = [ids(out / f"{name}.jsonl") for name in ("train", "test", "cold_start_questions")]
    assert [len(part) for part in parts] == [10, 6, 5]
    assert len(set.union(*parts)) == 21
    report = json.loads((out / "report.json").read_text())
    assert report["records"] == 32
    assert report["unusable"] == {"no answer key": 1}
    assert [pair["second"] for pair in report["exact_copies"]] == ["medqa-train-31"]
    assert report["leaks"] == []

    again = runner.invoke(app, ["data", "medqa", source, str(out), *sizes])
    assert again.exit_code == 2
    assert "exists; --overwrite replaces it" in again.stderr
    before = (out / "train.jsonl").read_bytes()
    runner.invoke(app, ["data", "medqa", source, str(out), *sizes, "--overwrite"])
    assert (out / "train.jsonl").read_bytes() == before


@pytest.mark.parametrize("remove", [True, False])
def test_leaks_into_a_test_set_are_reported(
    runner: CliRunner, tmp_path: Path, remove: bool
) -> None:
    test = questions(5, start=100)
    source = write(tmp_path / "train.jsonl", [*questions(10), test[2]])
    options = ["--test", write(tmp_path / "test.jsonl", test), "--plain", "--parquet"]
    options += ["--remove-leaks"] * remove
    result = runner.invoke(app, ["data", "medqa", source, str(tmp_path / "out"), *options])
    assert result.exit_code == 0, result.output
    assert "medqa-train-11 ~ medqa-test-3  1.00" in result.stdout
    rows = read_rows(tmp_path / "out" / "train.parquet")
    assert len(rows) == 11 - remove
    assert isinstance(rows[0]["prompt"], str)
    assert len(ids(tmp_path / "out" / "test.parquet")) == 5


def test_medmcqa_with_references(runner: CliRunner, tmp_path: Path) -> None:
    records = [
        {
            "id": f"m{i}",
            "question": record["question"],
            **dict(zip(("opa", "opb", "opc", "opd"), record["options"].values(), strict=True)),
            "cop": i % 4 + 1,
            "exp": f"Because of rule {i}.",
            "subject_name": "Surgery",
            "choice_type": "single",
        }
        for i, record in enumerate(questions(8))
    ]
    source = write(tmp_path / "train.json", records)
    result = runner.invoke(
        app, ["data", "medmcqa", source, str(tmp_path / "out"), "--reference", "--test-size", "2"]
    )
    assert result.exit_code == 0, result.output
    items = [json.loads(row["item"]) for row in read_rows(tmp_path / "out" / "train.jsonl")]
    assert all(item["reference"].startswith("Because of rule") for item in items)


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (["--reference"], "--reference and --key-base are for medmcqa"),
        (["--test-size", "2", "--test", "x.jsonl"], "--test-size splits a test part off"),
        (["--tags", "dx"], "--tags: expected two names"),
        (["--train-size", "99"], "99 for train were asked for"),
    ],
)
def test_what_cannot_be_carried_out(
    runner: CliRunner, tmp_path: Path, options: list[str], expected: str
) -> None:
    source = write(tmp_path / "all.jsonl", questions(10))
    result = runner.invoke(app, ["data", "medqa", source, str(tmp_path / "out"), *options])
    assert result.exit_code == 2
    assert expected in result.stderr


def test_a_teachers_right_completions_become_cold_start_rows(
    runner: CliRunner, tmp_path: Path, service: str
) -> None:
    source = write(tmp_path / "all.jsonl", questions(6))
    out = tmp_path / "out"
    made = runner.invoke(
        app, ["data", "medqa", source, str(out), "--test-size", "1", "--cold-start-size", "2"]
    )
    assert made.exit_code == 0, made.output
    path = out / "cold_start_questions.jsonl"
    items = [json.loads(row["item"]) for row in read_rows(path)]
    reasoning = "The patient limps and the joint was hurt, so the rule fits and the rest do not."
    teacher = [
        {"id": item["id"], "completion": form.format(reasoning, f"\\boxed{{{letter}}}")}
        for item, form in zip(items, FORMS, strict=True)
        for letter in ("A", "B", "C", "D")
    ]
    completions = write(tmp_path / "teacher.jsonl", teacher)
    target, words = out / "cold_start.jsonl", ("--min-words", "5")
    result = runner.invoke(
        app,
        ["data", "distil", str(path), completions, str(target), "--url", service, *words],
    )
    assert result.exit_code == 0, result.output
    rows = read_rows(target, completions=True)
    assert len(rows) == 2
    for row, item in zip(rows, items, strict=True):
        (message,) = row["completion"]
        assert message["content"].startswith(f"<dx>\n{reasoning}\n</dx>\n<conclusion>")
        assert f"\\boxed{{{item['answer']}}}" in message["content"]
