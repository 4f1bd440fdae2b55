from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from reward_service.cli.app import app

pytestmark = pytest.mark.usefixtures("counting")
ITEM = {"id": "q", "question": "Which?", "completions": ["first one", "second one"]}


def explained(runner: CliRunner, *arguments: str, stdin: str | None = None) -> str:
    result = runner.invoke(app, ["explain", *arguments, "--json"], input=stdin)
    assert result.exit_code == 0, result.output
    text = json.loads(result.stdout)["explanation"]["text"]
    assert isinstance(text, str)
    return text


def test_an_item_from_wherever_it_is(runner: CliRunner, tmp_path: Path) -> None:
    pretty = tmp_path / "item.json"
    pretty.write_text(json.dumps(ITEM, indent=2))
    lines = tmp_path / "items.jsonl"
    flat = {"question": "Which?", "response": "flat one"}
    lines.write_text(json.dumps(ITEM) + "\n" + json.dumps(flat) + "\n")
    listed = tmp_path / "list.json"
    listed.write_text(json.dumps([ITEM, flat]))
    assert explained(runner, json.dumps(ITEM)) == "first one"
    assert explained(runner, str(pretty), "--index", "1") == "second one"
    assert explained(runner, str(lines), "--row", "2") == "flat one"
    assert explained(runner, str(listed), "--row", "2") == "flat one"
    assert explained(runner, "-", stdin=json.dumps(ITEM)) == "first one"


def test_an_item_in_parts(runner: CliRunner, tmp_path: Path) -> None:
    question = tmp_path / "case.txt"
    question.write_text("Which?")
    parts = ["--question-file", str(question), "--option", "A=Gout", "--answer", "A"]
    assert explained(runner, *parts, "--completion", "given") == "given"
    assert explained(runner, *parts, stdin="typed") == "typed"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([json.dumps(ITEM), "--index", "2"], "the row has 2 completions"),
        (["nowhere.jsonl"], "no such file"),
        ([], "--question"),
        (["--question", "q", "--question-file", "f"], "--question"),
        (["--question-file", "nowhere.txt"], "nowhere.txt"),
        (["--question", "q", "--option", "Gout"], "LETTER=TEXT"),
        (["{broken"], "not valid JSON"),
        ([json.dumps(ITEM), "--objectives", "charm"], "charm"),
    ],
)
def test_what_is_wrong_is_one_line(runner: CliRunner, arguments: list[str], words: str) -> None:
    result = runner.invoke(app, ["explain", *arguments], input="text")
    assert result.exit_code == 2
    assert words in result.stderr
    assert result.stderr.startswith("error: ")


def test_there_is_no_such_row(runner: CliRunner, tmp_path: Path) -> None:
    path = tmp_path / "items.jsonl"
    path.write_text(json.dumps(ITEM) + "\n")
    result = runner.invoke(app, ["explain", str(path), "--row", "5"])
    assert result.exit_code == 2
    assert "has no row 5" in result.stderr


def test_a_page(runner: CliRunner, tmp_path: Path) -> None:
    page = tmp_path / "why.html"
    result = runner.invoke(app, ["explain", json.dumps(ITEM), "--html", str(page)])
    assert result.exit_code == 0
    assert "first one" in page.read_text("utf-8")
