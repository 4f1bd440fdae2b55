from __future__ import annotations

import importlib.metadata
import json
import sys

import pytest
from typer.testing import CliRunner

from reward_service.cli.app import app


def test_all_is_well(runner: CliRunner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REWARD_TAGS", "think,answer")
    result = runner.invoke(app, ["doctor", "--json"])
    checks = {check["name"]: check for check in json.loads(result.stdout)}
    # How large this very process is depends on what else runs here.
    failed = {name for name, check in checks.items() if check["ok"] is False}
    assert failed <= {"memory"}
    assert result.exit_code == (1 if failed else 0)
    assert {"load time", "memory"} <= checks.keys()
    assert checks["REWARD_TAGS"]["value"] == "think,answer"
    assert checks["REWARD_PORT"]["value"] == "8000 (default)"
    assert checks["self-score"]["ok"]
    assert "concepts" in checks["vocabulary"]["value"]
    assert checks["scispacy"]["value"] == importlib.metadata.version("scispacy")


def test_a_machine_that_loads_slowly_is_warned_of(
    runner: CliRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.modules["reward_service.cli.doctor"], "_LOAD_SECONDS", 0.0)
    result = runner.invoke(app, ["doctor"])
    assert "warn load time" in result.stdout and "on an idle machine" in result.stdout
    failed = [line.split()[1] for line in result.stdout.splitlines() if line.startswith("FAIL")]
    assert set(failed) <= {"memory"} and result.exit_code == (1 if failed else 0)


def test_a_missing_model_is_a_failing_line(runner: CliRunner) -> None:
    result = runner.invoke(app, ["doctor", "--pipeline", "no_such_model"])
    assert result.exit_code == 1
    (line,) = (line for line in result.stdout.splitlines() if line.startswith("FAIL"))
    assert "no_such_model" in line


def test_a_wrong_setting_is_a_failing_line(
    runner: CliRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REWARD_WORKRS", "2")
    result = runner.invoke(app, ["doctor"])
    assert result.exit_code == 1
    assert "did you mean REWARD_WORKERS?" in result.stdout


@pytest.mark.usefixtures("counting")
def test_a_scorer_that_scores_wrongly_is_a_failing_line(runner: CliRunner) -> None:
    result = runner.invoke(app, ["doctor"])
    assert result.exit_code == 1
    assert "FAIL self-score" in result.stdout


def test_without_pyarrow_it_serves_and_says_so(
    runner: CliRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    result = runner.invoke(app, ["doctor", "--json"])
    checks = {check["name"]: check for check in json.loads(result.stdout)}
    assert checks["Parquet"]["ok"] is None
    assert "not installed" in checks["Parquet"]["value"]
