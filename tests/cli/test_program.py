from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from reward_service.cli.app import app
from reward_service.cli.reference import reference

DOCS = Path(__file__).parents[2] / "docs"
COMMANDS = ("serve", "score", "compare", "explain", "doctor", "bench")


def test_the_reference_page_is_up_to_date() -> None:
    assert (DOCS / "cli.md").read_text("utf-8") == reference(), "stale: run `make docs`"


@pytest.mark.parametrize("command", COMMANDS)
def test_help_has_examples(runner: CliRunner, command: str) -> None:
    result = runner.invoke(app, [command, "--help"])
    assert result.exit_code == 0
    assert f"clinical-reward {command}" in result.stdout


def test_version_and_no_arguments(runner: CliRunner) -> None:
    assert runner.invoke(app, ["--version"]).stdout.startswith("clinical-reward ")
    assert "Commands:" in runner.invoke(app, []).output


def test_a_wrong_setting_is_one_line(runner: CliRunner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REWARD_PORT", "high")
    result = runner.invoke(app, ["serve"])
    assert result.exit_code == 2
    assert result.stderr.startswith("error: REWARD_PORT")


def test_help_loads_nothing_heavy() -> None:
    """Help and errors come at once: the language stack is loaded only by what needs it."""
    program = (
        "import sys, reward_service.cli.app; "
        "print([m for m in ('spacy', 'pyarrow', 'fastapi', 'sklearn') if m in sys.modules])"
    )
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60
    )
    assert run.stdout.strip() == "[]"
