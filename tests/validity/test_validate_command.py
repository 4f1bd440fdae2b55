from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from reward_service.cli.app import app
from reward_service.validity.registry import registered
from reward_service.validity.scoring import MakeScorer


@pytest.fixture
def runner(monkeypatch: pytest.MonkeyPatch, counting: MakeScorer) -> CliRunner:
    """Runs the command in process, with a scorer without text analysis."""
    module = sys.modules["reward_service.cli.validate"]
    monkeypatch.setattr(module, "scorer_factory", lambda settings: counting)
    for name in list(os.environ):
        if name.startswith("REWARD_") or name == "CLINICAL_DATA_DIR":
            monkeypatch.delenv(name)
    return CliRunner()


def test_a_table_and_two_files(runner: CliRunner, data_folder: Path, tmp_path: Path) -> None:
    saved, page = tmp_path / "out.json", tmp_path / "out.md"
    command = ["validate", "--half", "all", "--tests", "answers", "--workers", "1"]
    files = ["--output", str(saved), "--markdown", str(page)]
    result = runner.invoke(
        app, [*command, *files], env={"CLINICAL_DATA_DIR": str(data_folder), "COLUMNS": "250"}
    )
    assert result.exit_code == 0, result.output
    assert "always wrong 0.500" in result.stdout
    data = json.loads(saved.read_text())
    assert [row["test"] for row in data["rows"]] == [
        "answers: all",
        "answers: one letter",
    ]
    assert list(data["files"]) == ["gpt_cots_medmcqa.jsonl"]
    assert data["scorer"]["fingerprint"] == "f0"
    assert "`f0`" in page.read_text()
    assert "| answers: all | chains of thought | 4 | agreement | 1.000 |" in page.read_text()


def test_missing_files_are_no_error(runner: CliRunner, tmp_path: Path) -> None:
    command = ["validate", "--data", str(tmp_path), "--tests", "mistakes", "--workers", "1"]
    result = runner.invoke(app, command)
    assert result.exit_code == 0, result.output
    assert "mistakes: skipped: medec_validation.csv not in" in result.stdout.replace("\n", " ")


def test_a_missed_goal_is_an_exit_status_when_asked(
    runner: CliRunner, data_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dataclasses import replace

    from reward_service.validity import registry

    (test,) = registry.named(("answers",))
    strict = replace(test, run=lambda c: [replace(row, goal=1.01) for row in test.run(c)])
    monkeypatch.setattr(registry, "registered", lambda: (strict,))
    command = ["validate", "--data", str(data_folder), "--half", "all", "--workers", "1"]
    result = runner.invoke(app, command)
    assert result.exit_code == 0, result.output
    assert "2 goals missed" in result.stdout
    assert runner.invoke(app, [*command, "--check"]).exit_code == 1


def test_the_list_of_tests(runner: CliRunner) -> None:
    result = runner.invoke(app, ["validate", "--list"])
    assert result.exit_code == 0
    assert [line.split(":")[0] for line in result.stdout.splitlines()] == [
        t.name for t in registered()
    ]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--half", "third"], "expected one of tune, report, all"),
        (["--tests", "nothing"], "no test named 'nothing'"),
    ],
)
def test_wrong_options(runner: CliRunner, options: list[str], message: str) -> None:
    result = runner.invoke(app, ["validate", *options])
    assert result.exit_code == 2
    assert message in result.stderr
