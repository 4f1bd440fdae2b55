from __future__ import annotations

import json
from pathlib import Path
from types import ModuleType

import pytest
from typer.testing import CliRunner

from trainer.experiment import markdown
from trainer.experiment.__main__ import experiment
from trainer.experiment.config import load_experiment
from trainer.experiment.results import write_results


@pytest.fixture
def filled(config_file: Path, made: ModuleType, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The experiment with all runs but one; figures are not drawn."""
    monkeypatch.setattr("trainer.report.plot.svg", lambda figure: "<svg/>")
    monkeypatch.setattr("trainer.report.plot.png", lambda figure: b"")
    monkeypatch.setattr("matplotlib.figure.Figure.draw_without_rendering", lambda self: None)
    output = config_file.parent / "out"
    made.write_parquet(
        output / "start" / "evaluation" / "test.parquet",
        made.rows(quality=0.35, questions=40, samples=2, seed=9),
    )
    for arm, seed, quality in (("grpo", 0, 0.5), ("grpo", 1, 0.55), ("crpo", 0, 0.85)):
        made.write_run(output / arm / f"seed-{seed}", seed=seed, end=quality, steps=3, questions=2)
    return config_file


def test_results_of_what_is_there(filled: Path) -> None:
    config = load_experiment(filled)
    page = write_results(config)
    text = page.read_text("utf-8")
    assert "**Not finished, so not counted:** crpo, seed 1." in text
    assert text.index("| start | 1 |") < text.index("| grpo | 2 |") < text.index("| crpo | 1 |")
    assert "## Differences from grpo" in text
    assert "| crpo | hallucination rate lower |" in text
    assert "![accuracy](figures/accuracy.svg)" in text
    assert (config.output / "figures" / "accuracy-faithfulness.svg").is_file()
    data = json.loads((config.output / "results.json").read_text("utf-8"))
    assert data["table"]["start"]["accuracy"]["value"] < data["table"]["crpo"]["accuracy"]["value"]
    assert data["comparisons"]["crpo"]["seeds"] == [0]
    assert {one["outcome"] for one in data["verdicts"]} <= {"met", "met, uncertain", "not met"}
    assert data["missing"] == ["crpo, seed 1"]


def test_the_same_runs_give_the_same_bytes(filled: Path) -> None:
    config = load_experiment(filled)
    names = ("results.json", "results.md", "samples.md")
    first = [write_results(config).with_name(name).read_bytes() for name in names]
    assert [write_results(config).with_name(name).read_bytes() for name in names] == first


def test_samples_and_examples(filled: Path) -> None:
    config = load_experiment(filled)
    text = write_results(config).read_text("utf-8")
    assert text.count("### case-") == config.examples
    assert text.count("**start**: reward") == config.examples
    samples = (config.output / "samples.md").read_text("utf-8")
    assert samples.count("### grpo ") == samples.count("### crpo ") == config.samples
    assert "## start" not in samples


def test_other_scorers_are_warned_of(filled: Path) -> None:
    config = load_experiment(filled)
    path = config.run_folder("crpo", 0) / "run.json"
    path.write_text(path.read_text().replace("f00d", "beef"))
    assert "not scored alike" in write_results(config).read_text("utf-8")


def test_nothing_evaluated_is_an_error(config_file: Path) -> None:
    with pytest.raises(ValueError, match="no policy was evaluated"):
        write_results(load_experiment(config_file))


def test_a_completion_cannot_leave_its_block() -> None:
    text = "``` end\n````\n# heading"
    lines = markdown.block(text).splitlines()
    assert lines[0] == "`````text" and lines[-1] == "`````"
    assert markdown.inline("a|b\n*c* <i>") == r"a\|b \*c\* \<i\>"


def test_the_command_aggregates_and_plans(filled: Path) -> None:
    import typer

    app = typer.Typer()
    app.command()(experiment)
    done = CliRunner().invoke(app, [str(filled), "--aggregate-only"])
    assert done.exit_code == 0, done.output
    planned = CliRunner().invoke(app, [str(filled), "--dry-run"])
    assert planned.exit_code == 0
    assert len(planned.stdout.splitlines()) == 9
    wrong = CliRunner().invoke(app, [str(filled.with_name("nothing.yaml"))])
    assert wrong.exit_code == 2
