from __future__ import annotations

import json
from pathlib import Path

import pytest

from reward_service.files.errors import FileError
from reward_service.files.inputs import Inputs, find_inputs, is_one_file


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "runs"
    for name in ("b/two.jsonl", "a.jsonl", "b/one.csv", "c.parquet.txt", ".hidden.jsonl"):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text('{"question": "q", "completion": "c"}\n' * 3)
    for name in (
        "results_1.json",
        "x.meta.json",
        "x.bad.jsonl",
        "x.partial/rows.jsonl",
        "_a/b.json",
    ):
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("{}")
    return folder


def names(*sources: Path | str, **options: object) -> list[str]:
    found = find_inputs([str(source) for source in sources], **options)  # type: ignore[arg-type]
    return [Path(file.name).name for file in found]


def test_a_folder_stands_for_its_rows_in_order(folder: Path) -> None:
    assert names(folder) == ["a.jsonl", "one.csv", "two.jsonl"]
    assert names(folder, not_these=[str(folder / "a.jsonl")]) == ["one.csv", "two.jsonl"]
    assert "c.parquet.txt" in names(folder, forced_format="jsonl")


def test_globs_and_several_inputs(folder: Path) -> None:
    assert names(folder / "**" / "*.jsonl") == ["a.jsonl", "two.jsonl", "x.bad.jsonl", "rows.jsonl"]
    assert names(folder / "b" / "two.jsonl", folder) == ["two.jsonl", "a.jsonl", "one.csv"]
    assert names("-") == ["-"]


@pytest.mark.parametrize(
    ("source", "words"),
    [("nothing", "no such file or folder"), ("*.nothing", "no file has such a name")],
)
def test_inputs_that_are_not_there(folder: Path, source: str, words: str) -> None:
    with pytest.raises(FileError, match=words):
        names(folder / source)


def test_inputs_that_cannot_be_meant(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(FileError, match="without files of a known type"):
        names(tmp_path / "empty")
    with pytest.raises(FileError, match="together with other inputs"):
        names("-", folder)


def test_only_a_single_file_goes_without_its_name(folder: Path) -> None:
    assert is_one_file(["-"])
    assert is_one_file([str(folder / "a.jsonl")])
    assert not is_one_file([str(folder)])
    assert not is_one_file([str(folder / "*.jsonl")])
    assert not is_one_file([str(folder / "a.jsonl")] * 2)


def test_rows_go_on_behind_any_place(tmp_path: Path) -> None:
    for name, count in (("a.jsonl", 40), ("b.jsonl", 0), ("c.jsonl", 33)):
        lines = [json.dumps({"n": f"{name}{i}"}) + "\n" for i in range(count)]
        (tmp_path / name).write_text("".join(lines))
    inputs = Inputs(find_inputs([str(tmp_path)]))
    rows = [row for batch in inputs.batches() for row in batch]
    assert [(row.file, row.number) for row in rows] == [
        *((0, n) for n in range(1, 41)),
        *((2, n) for n in range(1, 34)),
    ]
    assert inputs.position.done == inputs.position.total
    for place, (file, number) in enumerate(((0, 1), (0, 40), (1, 0), (2, 5)), 0):
        behind = [row for batch in inputs.batches(file, number) for row in batch]
        assert behind == [r for r in rows if (r.file, r.number) > (file, number)], place
