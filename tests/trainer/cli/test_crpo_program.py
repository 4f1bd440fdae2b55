"""The program as a whole: help, version, its reference page."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from trainer.cli.app import app
from trainer.cli.reference import reference

DOCS = Path(__file__).parents[3] / "docs"
COMMANDS = (
    ["train"],
    ["evaluate"],
    ["report"],
    ["data", "medqa"],
    ["data", "medmcqa"],
    ["data", "medxpertqa"],
    ["data", "world"],
    ["data", "distil"],
)


def test_the_reference_page_is_up_to_date() -> None:
    assert (DOCS / "crpo-cli.md").read_text("utf-8") == reference(), (
        "stale: python -m trainer.cli.reference > docs/crpo-cli.md"
    )


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_help_has_examples(runner: CliRunner, command: list[str]) -> None:
    result = runner.invoke(app, [*command, "--help"])
    assert result.exit_code == 0
    assert f"crpo {' '.join(command)}" in result.stdout


def test_version_and_no_arguments(runner: CliRunner) -> None:
    assert runner.invoke(app, ["--version"]).stdout.startswith("crpo ")
    assert "Commands:" in runner.invoke(app, []).output


def test_help_loads_nothing_heavy() -> None:
    program = (
        "import sys, trainer.cli.app; heavy = ('torch', 'transformers', 'trl', 'datasets', "
        "'sklearn', 'pyarrow', 'matplotlib'); print([m for m in heavy if m in sys.modules])"
    )
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60
    )
    assert run.stdout.strip() == "[]"
