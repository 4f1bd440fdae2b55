"""The commands with the real scorer."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from reward_service.bundled import load_cases
from reward_service.cli.app import app
from reward_service.scoring.scorer import Scorer
from reward_service.wire import ScoreRequest

QUESTION = "A 40-year-old man has had fever and a cough for 3 days. He has no rash."
OPTIONS = ["--option", "A=Pneumonia", "--option", "B=Gout", "--answer", "A"]


@pytest.fixture(scope="module")
def scorer() -> Scorer:
    return Scorer()


@pytest.fixture
def shared(scorer: Scorer, monkeypatch: pytest.MonkeyPatch) -> None:
    """One scorer for the commands that run in this process."""
    module = sys.modules["reward_service.cli.explain"]
    monkeypatch.setattr(module, "scorer_factory", lambda settings: lambda: scorer)


def test_a_file_gets_the_scores_of_the_core(tmp_path: Path, scorer: Scorer) -> None:
    cases = load_cases()[:4]
    source, target = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_text("\n".join(case.item().model_dump_json() for case in cases), "utf-8")
    run = subprocess.run(
        [sys.executable, "-m", "reward_service.cli", "score", source, target, "--workers", "2"],
        capture_output=True,
        text=True,
        timeout=120,
        env={k: v for k, v in os.environ.items() if not k.startswith("REWARD_")},
    )
    assert run.returncode == 0, run.stderr
    rows = [json.loads(line) for line in target.read_text("utf-8").splitlines()]
    response = scorer.score(ScoreRequest(items=[case.item() for case in cases]))
    scores = [score for item in response.items for score in item.scores]
    assert len(rows) == len(scores)
    for row, score in zip(rows, scores, strict=True):
        assert row["reward"] == score.reward
        assert {name: row[name] for name in score.objectives} == score.objectives
        assert {name: row[f"metric_{name}"] for name in score.metrics} == score.metrics


@pytest.mark.usefixtures("shared")
def test_explanations_add_up(runner: CliRunner) -> None:
    for case in load_cases()[:3]:
        run = runner.invoke(app, ["explain", case.item().model_dump_json(), "--json"])
        assert run.exit_code == 0, run.output
        for name, objective in json.loads(run.stdout)["explanation"]["objectives"].items():
            earned = sum(evidence["earned"] for evidence in objective["evidence"])
            assert earned == pytest.approx(objective["score"], abs=1e-5), name


@pytest.mark.usefixtures("shared")
def test_what_the_case_says_and_denies_is_marked(runner: CliRunner) -> None:
    run = runner.invoke(
        app,
        ["explain", "--question", QUESTION, *OPTIONS],
        input="He has fever and a rash. The answer is A.",
    )
    assert run.exit_code == 0, run.output
    assert "fever✓" in run.stdout
    assert "rash✗" in run.stdout
    assert "reward" in run.stdout


@pytest.mark.usefixtures("shared")
def test_a_text_that_is_too_long_is_said_to_be(runner: CliRunner) -> None:
    run = runner.invoke(
        app, ["explain", "--question", QUESTION, *OPTIONS], input="He has fever. " * 20_000
    )
    assert run.exit_code == 0, run.output
    assert "too_long" in run.stdout
