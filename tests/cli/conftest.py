from __future__ import annotations

import os
import sys
from functools import partial
from pathlib import Path

import pytest
from typer.testing import CliRunner

SUPPORT = str(Path(__file__).parents[1] / "files" / "support")


@pytest.fixture
def runner(monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    """Runs commands in process, without the settings of whoever runs the tests."""
    for name in list(os.environ):
        if name.startswith("REWARD_"):
            monkeypatch.delenv(name)
    return CliRunner()


@pytest.fixture
def counting(monkeypatch: pytest.MonkeyPatch) -> None:
    """A scorer without text analysis in place of the real one."""
    monkeypatch.syspath_prepend(SUPPORT)
    from counting_scorer import CountingScorer  # type: ignore[import-not-found]

    for command in ("score", "explain", "doctor"):
        module = sys.modules[f"reward_service.cli.{command}"]
        monkeypatch.setattr(module, "scorer_factory", lambda settings: partial(CountingScorer))
