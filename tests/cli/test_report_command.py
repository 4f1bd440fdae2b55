"""`clinical-reward report`: files that need nothing else, and the same bytes every time."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from typer.testing import CliRunner

from reward_service.cli.app import app

SUPPORT = str(Path(__file__).parents[1] / "runs" / "support")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.syspath_prepend(SUPPORT)
    from sample_runs import sample_folder  # type: ignore[import-not-found]

    return sample_folder(tmp_path)


def test_a_scored_file(runner: CliRunner, folder: Path) -> None:
    page, card, figures = folder / "r.html", folder / "card.md", folder / "figures"
    command = ["report", str(folder / "base.parquet"), str(page)]
    command += ["--card", str(card), "--figures", str(figures)]
    found = runner.invoke(app, command)
    assert found.exit_code == 0, found.output
    text = page.read_text("utf-8")
    assert not re.search(r'(?:src|href)="(?!#|data:)', text)
    assert "Suspected gaming: 3" in text
    assert "wrong answer, process in the top tenth" in text
    assert "<script>alert" not in text
    assert "fingerprint <code>f0</code>" in text
    said = card.read_text("utf-8")
    assert "fingerprint `f0`" in said
    assert "| faithfulness | 0.600 |" in said
    assert "accuracy 10, faithfulness 1, coverage 1" in said
    names = sorted(path.name for path in figures.iterdir())
    assert names[:2] == ["distribution-accuracy.svg", "distribution-coverage.svg"]
    assert "length-reward.svg" in names
    for path in figures.iterdir():
        ElementTree.fromstring(path.read_text("utf-8"))
    assert runner.invoke(app, command).exit_code == 0
    assert page.read_text("utf-8") == text


def test_a_training_run_has_its_curves(runner: CliRunner, folder: Path) -> None:
    page, figures = folder / "r.html", folder / "figures"
    run = folder / "experiments" / "crpo"
    found = runner.invoke(app, ["report", str(run), str(page), "--figures", str(figures)])
    assert found.exit_code == 0, found.output
    assert "Learning curves" in page.read_text("utf-8")
    assert (figures / "curve-objectives.svg").is_file()
    assert ">accuracy</text>" in (figures / "curve-objectives.svg").read_text("utf-8")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("none.parquet", "no such file"),
        ("notes.txt", "no readable Parquet"),
        ("else.parquet", "expected a Parquet file of clinical-reward score"),
    ],
)
def test_what_is_no_run(runner: CliRunner, folder: Path, name: str, words: str) -> None:
    found = runner.invoke(app, ["report", str(folder / name), str(folder / "r.html")])
    assert found.exit_code == 2
    assert words in found.output
    assert not (folder / "r.html").exists()
