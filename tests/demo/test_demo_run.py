"""The demonstration from start to end against a service that is a function."""

from __future__ import annotations

import io
import json
import re
import shlex
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from reward_service.bundled import load_cases
from reward_service.demo.run import demonstrate, find_shown
from reward_service.demo.scoring import DemoError
from reward_service.wire import ScoreRequest

CASES = load_cases()
SHOWN = (CASES[2], CASES[2].completion("good"))


def run(service: Any, json_path: Path | None = None) -> str:
    console = Console(file=io.StringIO(), width=110, highlight=False)
    with service.client() as client:
        demonstrate(
            console,
            client,
            CASES,
            shown=SHOWN,
            curl_url="http://demo.test",
            json_path=json_path,
        )
    output: str = console.file.getvalue()  # type: ignore[attr-defined]
    return output


def test_everything_is_shown(fake: Any) -> None:
    output = run(fake(lambda text: {"faithfulness": None} if "xanthochromia" in text else {}))
    assert f"{sum(len(c.completions) for c in CASES)} completions of {len(CASES)} cases" in output
    for kind in ("good", "wrong", "unfaithful", "gappy", "gaming", "untagged"):
        assert re.search(rf"{kind} .* {len(CASES)} .* 1\.00", output)
    assert "no_findings_in_case" in output
    assert CASES[2].title in output
    assert "A man has no fever." in output


def test_numbers_follow_the_scores(fake: Any) -> None:
    lower = run(fake(lambda text: {"coverage": 0.125}))
    assert "0.12" in lower and "0.25" not in lower


def test_curl_can_be_pasted_and_was_really_sent(fake: Any) -> None:
    service = fake()
    output = run(service)
    command = output[output.index("curl -s") :]
    words = shlex.split(command[: command.index("\n{")])
    assert words[2] == "http://demo.test/score"
    body = json.loads(words[words.index("-d") + 1])
    assert ScoreRequest.model_validate(body)
    assert body == service.bodies[-1]


def test_json_file_holds_every_score(fake: Any, tmp_path: Path) -> None:
    path = tmp_path / "scores.json"
    run(fake(), path)
    report = json.loads(path.read_text("utf-8"))
    assert len(report["scores"]) == sum(len(case.completions) for case in CASES)
    assert report["scores"][0]["case"] == CASES[0].id
    assert report["scorer"]["pipeline"] == "fake"
    assert {row["kind"] for row in report["kinds"]} == {c.kind for c in CASES[0].completions}


def test_a_json_file_that_cannot_be_written_is_said(fake: Any, tmp_path: Path) -> None:
    with pytest.raises(DemoError, match="cannot write"):
        run(fake(), tmp_path / "missing" / "scores.json")


def test_find_shown() -> None:
    case, completion = find_shown(CASES, f"{CASES[3].id}:gappy")
    assert (case.id, completion.kind) == (CASES[3].id, "gappy")
    with pytest.raises(DemoError, match="no completion 'best'"):
        find_shown(CASES, f"{CASES[3].id}:best")
    with pytest.raises(DemoError, match="there is no case 'nothing'"):
        find_shown(CASES, "nothing:good")
