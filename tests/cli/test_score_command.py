from __future__ import annotations

import gzip
import json
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from reward_service.cli.app import app

pytestmark = pytest.mark.usefixtures("counting")


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "in.jsonl"
    rows = [
        {"question": "q", "completions": ["right", "wrong"], "model": "m"},
        {"question": "q", "completion": "null"},
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def test_a_clean_run_ends_with_0_and_a_summary(
    runner: CliRunner, source: Path, tmp_path: Path
) -> None:
    target = tmp_path / "out.jsonl.gz"
    result = runner.invoke(
        app, ["score", str(source), str(target), "--workers", "1", "--keep", "model"]
    )
    assert result.exit_code == 0, result.output
    rows = [json.loads(line) for line in gzip.decompress(target.read_bytes()).splitlines()]
    assert [row["accuracy"] for row in rows] == [1.0, 0.0, None]
    assert [row["model"] for row in rows] == ["m", "m", None]
    assert result.stdout == ""
    assert "2 rows, 3 completions" in result.stderr
    assert "1 no_answer_key" in result.stderr


@pytest.mark.parametrize("line", ["no JSON", '{"question": "q", "completion": "fail"}'])
def test_something_wrong_ends_with_1(
    runner: CliRunner, source: Path, tmp_path: Path, line: str
) -> None:
    with source.open("a") as stream:
        stream.write(line + "\n")
    result = runner.invoke(app, ["score", str(source), str(tmp_path / "o.jsonl"), "--workers", "1"])
    assert result.exit_code == 1
    assert (tmp_path / "o.jsonl").exists()
    assert "bad rows, in" in result.stderr or "scorer_error" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["IN", "out.xlsx"], "unknown file type"),
        (["nowhere.jsonl", "OUT"], "no such file"),
        (["IN", "OUT", "--resume", "--overwrite"], "exclude each other"),
        (["IN", "OUT", "--ray-address", "auto"], "are for --engine ray"),
        (["IN", "OUT", "--objectives", "charm"], "charm"),
        (["IN", "OUT", "--weights", "accuracy=much"], "weights: expected name=number"),
        (["IN", "OUT", "--keep", "reward"], "--keep reward"),
        (["IN"], "OUTPUT"),
    ],
)
def test_what_cannot_be_done_ends_with_2_and_one_line(
    runner: CliRunner, source: Path, tmp_path: Path, arguments: list[str], words: str
) -> None:
    names = {"IN": str(source), "OUT": str(tmp_path / "out.jsonl")}
    arguments = [names.get(word, word) for word in arguments]
    result = runner.invoke(app, ["score", *arguments, "--workers", "1"])
    assert result.exit_code == 2
    assert words in result.stderr
    assert "Traceback" not in result.stderr
    assert not (tmp_path / "out.jsonl").exists()


def test_an_output_is_not_overwritten_unasked(
    runner: CliRunner, source: Path, tmp_path: Path
) -> None:
    command = ["score", str(source), str(tmp_path / "o.parquet"), "--workers", "1", "--quiet"]
    assert runner.invoke(app, command).exit_code == 0
    before = (tmp_path / "o.parquet").read_bytes()
    assert runner.invoke(app, command).exit_code == 2
    assert runner.invoke(app, [*command, "--resume"]).exit_code == 0
    again = runner.invoke(app, [*command, "--overwrite"])
    assert again.exit_code == 0
    assert again.output == ""
    assert (tmp_path / "o.parquet").read_bytes() == before


def test_weights_and_objectives_reach_the_scorer(
    runner: CliRunner, source: Path, tmp_path: Path
) -> None:
    target = tmp_path / "o.jsonl"
    options = ["--objectives", "coverage", "--weights", "coverage=2", "--workers", "1"]
    assert runner.invoke(app, ["score", str(source), str(target), *options]).exit_code == 0
    meta = json.loads((tmp_path / "o.jsonl.meta.json").read_text())
    assert meta["job"]["objectives"] == ["coverage"]
    assert meta["job"]["weights"] == {"coverage": 2.0}
    assert "accuracy" not in json.loads(target.read_text().splitlines()[0])


def test_folders_maps_and_formats(runner: CliRunner, source: Path, tmp_path: Path) -> None:
    folder = tmp_path / "runs"
    folder.mkdir()
    (folder / "a.csv").write_text("stem,reply\nWhich?,right\n")
    (folder / "b.txt").write_text("passed over")
    command = ["score", str(folder), str(source), "-", "--output-format", "csv", "--workers", "1"]
    maps = ["--map", "question=stem", "--map", "completion=reply"]
    result = runner.invoke(app, [*command, *maps, "--keep", "stem"])
    assert result.exit_code == 1, "the rows of the other file have no such columns"
    header, row = result.stdout.splitlines()
    assert header.startswith("file,row,id,completion_index,stem,reward,accuracy")
    assert row.startswith(f"{folder / 'a.csv'},1,,0,Which?,")
    assert "the row has no 'stem'" in result.stderr


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--map", "stem"], "expected FIELD=COLUMN"),
        (["--source-format", "mystery"], "expected one of auto"),
        (["--format", "xlsx"], "format 'xlsx'"),
        (["--output-format", "eval"], "not written"),
    ],
)
def test_options_that_cannot_be_meant(
    runner: CliRunner, source: Path, tmp_path: Path, options: list[str], words: str
) -> None:
    result = runner.invoke(app, ["score", str(source), str(tmp_path / "o.jsonl"), *options])
    assert result.exit_code == 2
    assert words in result.stderr


def test_without_ray_the_engine_says_what_to_install(
    runner: CliRunner, source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    result = runner.invoke(
        app, ["score", str(source), str(tmp_path / "o.jsonl"), "--engine", "ray"]
    )
    assert result.exit_code == 2
    assert 'pip install "clinical-crpo[ray]"' in " ".join(result.stderr.split())
