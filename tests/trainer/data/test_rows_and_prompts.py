"""Rows go to files and come back; a bad one is named."""

from __future__ import annotations

import json
from pathlib import Path

import datasets
import pytest
import question_files

from trainer.data import DataError, PromptStyle, make_row, read_rows, write_rows
from trainer.data.prompts import make_prompt, with_system_prompt
from trainer.data.sets import read_medmcqa
from trainer.data.sources import load_records
from trainer.data.teacher import join_completions

QUESTIONS = read_medmcqa(question_files.medmcqa()).usable


def test_a_chat_prompt_asks_for_the_form() -> None:
    system, user = make_prompt(QUESTIONS[0])
    assert (system["role"], user["role"]) == ("system", "user")
    for part in ("<dx>", "</dx>", "<conclusion>", "</conclusion>", "\\boxed{X}"):
        assert part in system["content"]
    assert user["content"].startswith(question_files.STEMS[0])
    assert "\nA. doxycycline\nB. vancomycin" in user["content"]


def test_a_plain_prompt_with_other_tags() -> None:
    prompt = make_prompt(QUESTIONS[0], PromptStyle("plain", ("think", "answer")))
    assert isinstance(prompt, str)
    assert "<think>" in prompt and "<dx>" not in prompt
    assert prompt.endswith("D. fluconazole\n\n")


@pytest.mark.parametrize("tags", [("dx", "dx"), ("d x", "y"), ("<dx>", "c")])
def test_tags_that_cannot_be(tags: tuple[str, str]) -> None:
    with pytest.raises(DataError, match="expected two different names"):
        PromptStyle(tags=tags)


def test_a_system_prompt_replaces_or_is_added() -> None:
    chat = make_prompt(QUESTIONS[0])
    assert with_system_prompt(chat, "Be brief.") == [
        {"role": "system", "content": "Be brief."},
        chat[1],
    ]
    assert with_system_prompt("Why?", "Be brief.") == "Be brief.\n\nWhy?"


@pytest.mark.parametrize("name", ["rows.jsonl", "rows.parquet"])
@pytest.mark.parametrize("form", ["chat", "plain"])
def test_rows_come_back_as_they_went(tmp_path: Path, name: str, form: str) -> None:
    rows = [make_row(question, PromptStyle(form)) for question in QUESTIONS]
    write_rows(tmp_path / name, rows)
    assert read_rows(tmp_path / name) == rows
    assert read_rows(tmp_path / name, limit=2) == rows[:2]
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_the_item_is_what_the_service_takes() -> None:
    row = make_row(QUESTIONS[1])
    assert json.loads(row["item"]) == {
        "id": "mc-1",
        "question": question_files.STEMS[1],
        "options": dict(zip("ABCD", question_files.CHOICES[1], strict=False)),
        "answer": "B",
        "reference": "It is uric acid.",
    }
    assert row["subject"] == "Medicine"


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ({"item": "{}"}, "row 1: prompt: expected text or a list of messages"),
        ({"prompt": "", "item": "{}"}, "row 1: prompt: expected text"),
        ({"prompt": [{"role": "user"}], "item": "{}"}, "row 1: prompt: expected text or a list"),
        ({"prompt": "x", "item": {"id": 1}}, "row 1: item: expected the JSON text"),
        ({"prompt": "x", "item": "[1]"}, "row 1: item: expected an object, got list"),
        ({"prompt": "x", "item": "{"}, "row 1: item: not JSON"),
        ({"prompt": "x", "item": '{"anwser": 1}'}, "row 1: item: unknown field anwser"),
    ],
)
def test_a_bad_row_is_named(tmp_path: Path, row: dict, expected: str) -> None:
    path = question_files.write_jsonl(tmp_path / "rows.jsonl", [row])
    with pytest.raises(DataError) as error:
        read_rows(path)
    assert str(error.value).startswith(f"{path}: {expected}")


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no such file"):
        read_rows(tmp_path / "none.jsonl")
    (tmp_path / "rows.txt").write_text("x")
    with pytest.raises(DataError, match=r"ends in \.jsonl, \.json, \.csv, \.parquet"):
        read_rows(tmp_path / "rows.txt")
    (tmp_path / "empty.jsonl").write_text("\n")
    with pytest.raises(DataError, match="holds no rows"):
        read_rows(tmp_path / "empty.jsonl")
    (tmp_path / "rows.parquet").write_bytes(b"no parquet")
    with pytest.raises(DataError, match="not Parquet"):
        read_rows(tmp_path / "rows.parquet")


def test_cold_start_rows_need_completions(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    write_rows(path, [make_row(QUESTIONS[0])])
    with pytest.raises(DataError, match="row 1: completion: expected text"):
        read_rows(path, completions=True)


def test_records_from_files_and_from_a_folder_of_the_hubs_layout(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", tmp_path / "cache")
    records = question_files.medmcqa(3)
    folder = tmp_path / "set"
    folder.mkdir()
    train = question_files.write_jsonl(folder / "train.jsonl", records)
    as_json = tmp_path / "train.json"
    as_json.write_text(json.dumps(records))
    assert load_records(str(train)) == load_records(str(as_json)) == records
    assert load_records(str(folder), split="train") == records
    with pytest.raises(DataError, match=r"(?s)cannot be loaded \(split test\).*give the set's own"):
        load_records(str(folder), split="test")


def test_a_source_that_is_not_there() -> None:
    with pytest.raises(DataError, match=r"\./none\.jsonl: no such file or folder"):
        load_records("./none.jsonl")


def test_a_teachers_completions_join_their_questions(tmp_path: Path) -> None:
    rows = [make_row(question) for question in QUESTIONS[:3]]
    answers = [{"id": "mc-2", "completion": "b"}, {"id": "mc-0", "completion": "a"}]
    answers.append({"id": "mc-2", "completion": "c"})
    path = question_files.write_jsonl(tmp_path / "teacher.jsonl", answers)
    joined = join_completions(rows, path)
    assert [(item["id"], item["completions"]) for item in joined] == [
        ("mc-0", ["a"]),
        ("mc-2", ["b", "c"]),
    ]
    with pytest.raises(DataError, match="row 1: no question has the id mc-2"):
        join_completions(rows[:1], path)
