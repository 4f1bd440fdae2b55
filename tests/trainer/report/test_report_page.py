from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from types import ModuleType

import pytest
import typer
from typer.testing import CliRunner

from trainer.cli.report import report
from trainer.report import ReportError, write_report

HOSTILE = (
    "</div></details><script>alert(1)</script><img src=x onerror=alert(2)> "
    "</style> {{ 7 * 7 }} {% raw %} \" onload=alert(3) ' & <!-- "
)


class Page(HTMLParser):
    """Which elements a page has, where it points to, and what is not closed."""

    VOID = ("meta", "img", "line", "link", "br")

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.fixture
def undrawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Figures without drawing, which takes most of a report's time."""
    monkeypatch.setattr("trainer.report.plot.svg", lambda figure: "<svg/>")
    monkeypatch.setattr("trainer.report.plot.png", lambda figure: b"")
    monkeypatch.setattr("matplotlib.figure.Figure.draw_without_rendering", lambda self: None)


def test_one_page_that_loads_nothing(run: Path, tmp_path: Path) -> None:
    page, *figures = write_report([run], tmp_path / "a" / "report.html")
    text = page.read_text("utf-8")
    names = {path.name for path in figures}
    assert {"objective-accuracy.svg", "objective-coverage.png", "accuracy-faithfulness.svg"} < names
    assert {"length-reward.png", "zero-variance.svg", "kl.svg", "waiting.svg"} < names
    for words in ("Learning curves", "Evaluation on test", "Before and after", "f00d", "method: "):
        assert words in text
    assert "Not found" not in text
    assert "No completion was left without scores" in text

    parsed = Page(text)
    assert parsed.open == []
    assert not {"script", "link", "iframe", "object", "base", "form"} & set(parsed.tags)
    sources = [value for name, value in parsed.attributes if name in ("src", "href", "srcset")]
    assert sources and all(value.startswith("data:image/svg+xml;base64,") for value in sources)
    assert "url(" not in text and "@import" not in text
    assert all(value for name, value in parsed.attributes if name == "alt")


@pytest.mark.usefixtures("undrawn")
def test_the_same_run_gives_the_same_page(run: Path, tmp_path: Path) -> None:
    first, again = (write_report([run], tmp_path / name / "report.html")[0] for name in "ab")
    assert first.read_bytes() == again.read_bytes()


@pytest.mark.usefixtures("undrawn")
def test_hostile_texts_cannot_inject(made: ModuleType, tmp_path: Path) -> None:
    folder = made.write_run(tmp_path / "run", steps=2, questions=1, fingerprint=HOSTILE)
    (folder / "config.yaml").write_text(HOSTILE)
    for path in [*(folder / "completions").iterdir(), folder / "evaluation" / "test.parquet"]:
        content = made.rows(quality=0.5, questions=1, samples=5, seed=1, step=2)
        item = made.item(0) | {"id": HOSTILE, "question": HOSTILE, "options": {HOSTILE: HOSTILE}}
        changed = {"completion": HOSTILE, "id": HOSTILE, "item": json.dumps(item)}
        made.write_parquet(path, [row | changed | {"failure": HOSTILE} for row in content])
    info = json.loads((folder / "run.json").read_text())
    info |= {"name": HOSTILE, HOSTILE: HOSTILE}
    (folder / "run.json").write_text(json.dumps(info))
    lines = (folder / "metrics.jsonl").read_text().splitlines()
    hostile = {f"objectives/{HOSTILE}/abstained": 0.5, f"objectives/{HOSTILE}/mean": 0.5}
    (folder / "metrics.jsonl").write_text(
        "".join(json.dumps(json.loads(line) | hostile) + "\n" for line in lines)
    )
    info["objectives"] = ["accuracy", HOSTILE]
    (folder / "run.json").write_text(json.dumps(info))
    clean = made.write_run(tmp_path / "clean", name="clean", steps=2, questions=1)
    for runs in ([folder, clean], [folder]):
        write_report(runs, tmp_path / "report.html")
        text = (tmp_path / "report.html").read_text("utf-8")
        page = Page(text)
        assert page.open == []
        assert not {"script", "link", "iframe"} & set(page.tags)
        assert not [name for name, _ in page.attributes if name.startswith("on")]
        assert "&lt;script&gt;alert(1)" in text
        assert "{{ 7 * 7 }}" in text and "49 }}" not in text
    figures = list((tmp_path / "figures").iterdir())
    assert figures and all(re.fullmatch(r"[a-z0-9-]+\.(svg|png)", path.name) for path in figures)


@pytest.mark.usefixtures("undrawn")
def test_different_fingerprints_are_warned_of(made: ModuleType, tmp_path: Path) -> None:
    runs = [
        made.write_run(tmp_path / name, name=name, steps=2, questions=1, fingerprint=fingerprint)
        for name, fingerprint in (("one", "f1"), ("two", "f2"), ("three", "f1"))
    ]
    write_report(runs[:2], tmp_path / "differ.html")
    assert "not scored alike" in (tmp_path / "differ.html").read_text("utf-8")
    write_report([runs[0], runs[2]], tmp_path / "same.html")
    assert "not scored alike" not in (tmp_path / "same.html").read_text("utf-8")


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("run.json", "run.json: name, method"),
        ("config.yaml", "config.yaml: the settings"),
        ("metrics.jsonl", "metrics.jsonl: no learning curves"),
        ("evaluation/test.parquet", "evaluation/*.parquet: no evaluated scores"),
    ],
)
@pytest.mark.usefixtures("undrawn")
def test_a_missing_file_is_named_and_the_rest_is_shown(
    run: Path, tmp_path: Path, path: str, said: str
) -> None:
    (run / path).unlink()
    write_report([run], tmp_path / "report.html")
    text = (tmp_path / "report.html").read_text("utf-8")
    assert said in text
    assert "Before and after" in text


@pytest.mark.usefixtures("undrawn")
def test_a_run_that_has_only_a_log(run: Path, tmp_path: Path) -> None:
    log = (run / "metrics.jsonl").read_text()
    alone = tmp_path / "alone"
    alone.mkdir()
    (alone / "metrics.jsonl").write_text(log)
    write_report([alone], tmp_path / "report.html")
    text = (tmp_path / "report.html").read_text("utf-8")
    assert "Learning curves" in text and "Before and after" not in text


@pytest.mark.usefixtures("undrawn")
def test_the_start_leads_the_evaluation_table(made: ModuleType, run: Path, tmp_path: Path) -> None:
    start = tmp_path / "start" / "test.parquet"
    made.write_parquet(start, made.rows(quality=0.2, questions=40, samples=1, seed=3))
    write_report([run], tmp_path / "report.html", start=start)
    text = (tmp_path / "report.html").read_text("utf-8")
    assert '<th scope="col">start</th><th scope="col">made</th>' in text


def program() -> typer.Typer:
    app = typer.Typer()
    app.command()(report)
    return app


@pytest.mark.usefixtures("undrawn")
def test_the_command_writes_into_the_run(run: Path) -> None:
    result = CliRunner().invoke(program(), [str(run)])
    assert result.exit_code == 0, result.output
    assert (run / "report.html").is_file()
    assert (run / "figures" / "reward.svg").is_file()


def test_several_runs_need_an_output(run: Path) -> None:
    result = CliRunner().invoke(program(), [str(run), str(run)])
    assert result.exit_code == 2
    assert "--output" in result.output


def test_no_run_is_an_expected_error(tmp_path: Path) -> None:
    result = CliRunner().invoke(program(), [str(tmp_path)])
    assert isinstance(result.exception, ReportError)
