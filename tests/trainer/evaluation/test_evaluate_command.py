"""`crpo evaluate` in process, with a scorer without a service."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer
from evaluation_helpers import StubClient, save_policy, write_rows
from typer.testing import CliRunner

import trainer.cli.evaluate as command
from trainer.evaluation import EvaluationError


@pytest.fixture
def app(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> typer.Typer:
    monkeypatch.setattr(command, "_client", lambda url, key_env: StubClient())
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.chdir(tmp_path)
    from trainer.cli.app import app

    return app


def make_run(folder: Path, *, seed: int) -> Path:
    save_policy(folder / "model", seed=seed)
    return folder


def test_two_runs_side_by_side(app: typer.Typer, tmp_path: Path) -> None:
    runs = [str(make_run(tmp_path / f"run-{seed}", seed=seed)) for seed in (0, 1)]
    data = str(write_rows(tmp_path / "test.jsonl"))
    options = ["--data", data, "--max-new-tokens", "8", "--resamples", "50", "--device", "cpu"]
    result = CliRunner().invoke(app, ["evaluate", *runs, *options])
    assert result.exit_code == 0, result.output
    for shown in ("run-0", "run-1", "accuracy", "CECD (by rules)", "lexical: backtracking", "Δ"):
        assert shown in result.output
    first = json.loads((tmp_path / "run-0" / "evaluation" / "test.json").read_text())
    second = json.loads((tmp_path / "run-1" / "evaluation" / "test.json").read_text())
    assert first["differences"] is None
    assert second["differences"]["baseline"] == "run-0"
    expected = (
        second["table"]["accuracy"]["interval"][0] - first["table"]["accuracy"]["interval"][0]
    )
    assert second["differences"]["columns"]["accuracy"][0] == pytest.approx(expected)


def test_given_completions_and_exit_status(app: typer.Typer, tmp_path: Path) -> None:
    data = str(write_rows(tmp_path / "rows.jsonl"))
    given = tmp_path / "answers.jsonl"
    given.write_text('{"id": "q1", "completion": "A"}\n{"id": "q2", "completion": "broken"}\n')
    result = CliRunner().invoke(app, ["evaluate", "--completions", str(given), "--data", data])
    assert result.exit_code == 1, result.output
    assert "answers: not scored: timeout ×1" in result.output
    assert "answers: 1 of 3 questions have no completion" in result.output
    assert (tmp_path / "evaluation" / "answers" / "test.parquet").is_file()


def test_settings_come_from_the_run(app: typer.Typer, tmp_path: Path) -> None:
    folder = make_run(tmp_path / "run", seed=0)
    write_rows(tmp_path / "t.jsonl")
    (folder / "config.yaml").write_text(
        f"name: run\noutput: {folder}\nmodel: {{path: ./model}}\n"
        f"data: {{train: {tmp_path}/t.jsonl, test: {tmp_path}/t.jsonl, test_limit: 2}}\n"
        "training: {max_completion_length: 5}\n"
    )
    result = CliRunner().invoke(app, ["evaluate", str(folder), "--quiet", "--device", "cpu"])
    assert result.exit_code == 0, result.output
    assert result.output == ""
    record = json.loads((folder / "evaluation" / "test.json").read_text())
    assert record["questions"] == 2
    assert record["plan"]["sampling"]["max_new_tokens"] == 5
    # A model that belongs to no run may stand before the run whose settings are taken.
    save_policy(tmp_path / "start", seed=1)
    names = [str(tmp_path / "start"), str(folder)]
    result = CliRunner().invoke(app, ["evaluate", *names, "--quiet", "--device", "cpu"])
    assert result.exit_code == 0, result.output
    record = json.loads((tmp_path / "evaluation" / "start" / "test.json").read_text())
    assert record["plan"]["sampling"]["max_new_tokens"] == 5


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "expected a POLICY to evaluate, or --completions"),
        (["nobody/model"], "expected --data"),
        (["./missing"], "no such folder"),
        (["nobody/model", "--data", "rows.jsonl", "--samples", "2"], "greedy decoding"),
    ],
)
def test_mistakes_are_one_line(
    app: typer.Typer, tmp_path: Path, arguments: list[str], message: str
) -> None:
    write_rows(tmp_path / "rows.jsonl")
    result = CliRunner().invoke(app, ["evaluate", *arguments])
    assert result.exit_code == 2
    assert result.output.startswith("error: ") and message in result.output


def test_a_key_that_is_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CRPO_KEY", raising=False)
    with pytest.raises(EvaluationError, match="CRPO_KEY: expected the service's key"):
        command._client("http://127.0.0.1:8000", "CRPO_KEY")
