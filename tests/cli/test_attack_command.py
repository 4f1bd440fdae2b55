from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from reward_service.attacks.suite import attacks
from reward_service.cli.app import app

SUPPORT = str(Path(__file__).parents[1] / "attacks" / "support")
SMALL = ["attack", "--limit", "2", "--workers", "1"]


@pytest.fixture(autouse=True)
def paying(monkeypatch: pytest.MonkeyPatch) -> None:
    """A scorer that pays for "beer" and "fever" in place of the real one; no data."""
    monkeypatch.syspath_prepend(SUPPORT)
    from paying_scorer import PayingScorer  # type: ignore[import-not-found]

    module = sys.modules["reward_service.cli.attack"]
    monkeypatch.setattr(module, "scorer_factory", lambda settings: PayingScorer)
    monkeypatch.delenv("CLINICAL_DATA_DIR", raising=False)


def test_the_table_names_attacks_and_goals(runner: CliRunner) -> None:
    result = runner.invoke(app, [*SMALL, "--attacks", "guess_findings,vague"])
    assert result.exit_code == 0, result.output
    assert "guess_findings" in result.stdout
    assert "copy_case" not in result.stdout
    assert "scorer ffffffffffffffff, seed 0" in result.stdout
    assert "largest gains over an honest completion" in result.stdout


def test_json_has_every_figure_and_the_fingerprint(runner: CliRunner) -> None:
    result = runner.invoke(app, [*SMALL, "--json", "--search", "30"])
    assert result.exit_code == 0, result.output
    report = json.loads(result.stdout)
    assert report["scorer"]["fingerprint"] == "f" * 16
    assert report["sources"] == {"bundled": 2}
    assert [o["attack"] for o in report["outcomes"]] == list(attacks())
    guess = next(o for o in report["outcomes"] if o["attack"] == "guess_findings")
    assert guess["comparisons"]["coverage"]["ahead"] == 0.5
    assert guess["examples"]["bundled"]["cheat"]["coverage"] == 0.1
    assert {(s["goal"], s["kind"]) for s in report["searches"]} >= {
        ("without_answer", "reward"),
        ("without_reasoning", "coverage"),
    }
    assert report["failures"]


def test_markdown_holds_the_tables_and_only_bundled_texts(
    runner: CliRunner, tmp_path: Path
) -> None:
    page = tmp_path / "attacks.md"
    options = ["--markdown", str(page), "--search", "30", "--attacks", "guess_findings,vague"]
    assert runner.invoke(app, [*SMALL, *options]).exit_code == 0
    text = page.read_text("utf-8")
    assert "| **`guess_findings`** | common findings" in text
    assert "| `vague` |" in text
    assert "## The adaptive search" in text
    assert "scored completions for each" in text
    for line in text.splitlines():
        if line.startswith("|"):
            assert line.endswith("|")


def test_a_page_with_marks_keeps_what_stands_around_them(runner: CliRunner, tmp_path: Path) -> None:
    page = tmp_path / "gaming.md"
    begin, end = "<!-- attacks: begin -->", "<!-- attacks: end -->"
    page.write_text(f"# Mine\n{begin}\nstale\n{end}\nafter\n")
    options = [*SMALL, "--attacks", "guess_findings,vague", "--markdown", str(page)]
    assert runner.invoke(app, options).exit_code == 0
    text = page.read_text("utf-8")
    assert text.startswith(f"# Mine\n{begin}\n\n2 bundled; scorer `ffffffffffffffff`. 1 of 2 ")
    assert text.endswith(f"{end}\nafter\n")
    assert "| **`guess_findings`** |" in text
    assert "stale" not in text
    assert runner.invoke(app, options).exit_code == 0
    assert page.read_text("utf-8") == text
    page.write_text(begin)
    result = runner.invoke(app, options)
    assert result.exit_code == 2
    assert "expected '<!-- attacks: begin -->' and then" in result.stderr


def test_check_fails_with_the_goals_that_are_missed(runner: CliRunner) -> None:
    result = runner.invoke(app, [*SMALL, "--check", "--attacks", "guess_findings"])
    assert result.exit_code == 1
    assert "missed: guess_findings: ahead in coverage on 50.0% of 2 items" in result.stderr
    passed = runner.invoke(app, [*SMALL, "--check", "--attacks", "vague"])
    assert passed.exit_code == 0, passed.output


def test_an_unknown_attack_or_folder_is_one_line(runner: CliRunner, tmp_path: Path) -> None:
    result = runner.invoke(app, [*SMALL, "--attacks", "copying"])
    assert result.exit_code == 2
    assert result.stderr.startswith("error: there is no attack named 'copying'; known: ")
    result = runner.invoke(app, [*SMALL, "--data", str(tmp_path / "none")])
    assert result.exit_code == 2
    assert "there is no such folder" in result.stderr


def test_missing_files_are_named(runner: CliRunner, tmp_path: Path) -> None:
    row = {"id": "1", "question": "x", "cop": 1, "exp": None}
    row |= dict.fromkeys(("opa", "opb", "opc", "opd"), "y")
    (tmp_path / "medmcqa_dev.jsonl").write_text(json.dumps(row))
    result = runner.invoke(app, [*SMALL, "--data", str(tmp_path), "--attacks", "vague"])
    assert result.exit_code == 0, result.output
    assert "left out: casimedicos/train.tsv is not in" in result.stderr


def test_the_list_of_attacks(runner: CliRunner) -> None:
    result = runner.invoke(app, ["attack", "--list"])
    assert result.exit_code == 0
    for name, attack in attacks().items():
        assert name in result.stdout
        assert attack.meaning.split()[0] in result.stdout
