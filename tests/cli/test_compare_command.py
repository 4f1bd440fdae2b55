from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from reward_service.cli import compare as command
from reward_service.cli.app import app
from reward_service.files import FileJob, score_file
from reward_service.files.scoring import RowOptions

Score = Callable[..., str]


@pytest.fixture
def score(tmp_path: Path, counting: None) -> Score:
    def make(name: str, text: str, fingerprint: str = "f0", **options: Any) -> str:
        from counting_scorer import CountingScorer  # type: ignore[import-not-found]

        rows = [
            {
                "id": f"q{i}",
                "question": f"<i>Which {i}?</i>",
                "subject": "heart",
                "completion": text,
            }
            for i in range(5)
        ]
        (tmp_path / f"{name}.jsonl").write_text("\n".join(map(json.dumps, rows)))
        target = tmp_path / f"{name}.parquet"
        job = FileJob(
            (str(tmp_path / f"{name}.jsonl"),), str(target), options=RowOptions(**options)
        )
        score_file(job, partial(CountingScorer, fingerprint=fingerprint), lambda _: None)
        return str(target)

    return make


def test_a_table_in_the_terminal(runner: CliRunner, score: Score) -> None:
    runs = [score("base", "wrong"), score("run", "right [bold]now[/bold]", keep=())]
    result = runner.invoke(app, ["compare", *runs], env={"COLUMNS": "200"})
    assert result.exit_code == 0, result.output
    assert "5 questions in both" in result.stdout
    accuracy = next(line for line in result.stdout.splitlines() if line.startswith("accuracy"))
    assert accuracy.split()[:4] == ["accuracy", "0.0000", "1.0000", "+1.0000"]
    assert "largest changes of reward" in result.stdout
    assert "seed 0" in result.stdout


def test_texts_from_the_inputs(runner: CliRunner, score: Score) -> None:
    runs = [score("base", "wrong"), score("run", "right [bold]now[/bold]")]
    texts = [word for run in runs for word in ("--texts", run.replace(".parquet", ".jsonl"))]
    result = runner.invoke(app, ["compare", *runs, *texts], env={"COLUMNS": "200"})
    assert "question: <i>Which 0?</i>" in result.stdout
    assert "run: right [bold]now[/bold]" in result.stdout
    wrong = runner.invoke(app, ["compare", *runs, *texts[:2], *texts[:2]])
    assert wrong.exit_code == 2
    assert "is not what" in wrong.stderr
    assert "one for each" in runner.invoke(app, ["compare", *runs, *texts[:2]]).stderr


def test_json(runner: CliRunner, score: Score) -> None:
    runs = [score("base", "wrong", keep=("subject",)), score("run", "right", keep=("subject",))]
    result = runner.invoke(app, ["compare", *runs, "--json", "--by", "subject", "--most", "1"])
    data = json.loads(result.stdout)
    (pair,) = data["pairs"]
    accuracy = pair["differences"][1]
    assert (accuracy["difference"], accuracy["interval"], accuracy["wins"]) == (1.0, [1.0, 1.0], 5)
    assert list(pair["groups"]) == ["heart"]
    assert len(pair["changes"]) == 1


class Tags(HTMLParser):
    """All tags, and whatever would be loaded from elsewhere."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.loaded: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.loaded += [value or "" for name, value in attrs if name in ("src", "href")]


def test_html_is_escaped_and_needs_nothing_else(
    runner: CliRunner, score: Score, tmp_path: Path
) -> None:
    keep = ("question", "completion")
    runs = [score("base", "wrong", keep=keep), score("run", "right <script>x</script>", keep=keep)]
    target = tmp_path / "report.html"
    result = runner.invoke(app, ["compare", *runs, "--html", str(target)])
    assert result.exit_code == 0, result.output
    html = target.read_text("utf-8")
    parser = Tags()
    parser.feed(html)
    assert not parser.loaded
    assert not parser.tags & {"script", "i", "link", "img"}
    assert "&lt;i&gt;Which 0?&lt;/i&gt;" in html
    assert "+1.0000 ▲" in html


def test_other_scorers_are_refused_or_scored_anew(
    runner: CliRunner, score: Score, monkeypatch: pytest.MonkeyPatch
) -> None:
    from counting_scorer import CountingScorer  # type: ignore[import-not-found]

    monkeypatch.setattr(command, "scorer_factory", lambda settings: partial(CountingScorer))
    runs = [score("base", "wrong", fingerprint="f9"), score("run", "right")]
    refused = runner.invoke(app, ["compare", *runs])
    assert refused.exit_code == 2
    assert "different scorers" in refused.stderr
    assert "--texts" in runner.invoke(app, ["compare", *runs, "--rescore"]).stderr
    texts = [word for run in runs for word in ("--texts", run.replace(".parquet", ".jsonl"))]
    options = ["--rescore", *texts, "--workers", "1", "--json"]
    result = runner.invoke(app, ["compare", *runs, *options])
    assert result.exit_code == 0, result.output
    data = json.loads(result.stdout)
    assert data["scorer"]["fingerprint"] == "f0"
    assert data["pairs"][0]["differences"][1]["difference"] == 1.0
