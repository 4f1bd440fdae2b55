from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from reward_service.files import FileJob, score_file
from reward_service.files.scoring import RowOptions

SUPPORT = str(Path(__file__).parents[1] / "files" / "support")

Scored = Callable[..., Path]


@pytest.fixture(autouse=True)
def _support_on_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(SUPPORT)


@pytest.fixture
def scored(tmp_path: Path) -> Scored:
    """Score rows by `counting_scorer`: "right" in a completion is accurate, "null" not judged."""

    def score(
        name: str, rows: list[dict[str, Any]], fingerprint: str = "f0", **options: Any
    ) -> Path:
        from counting_scorer import CountingScorer  # type: ignore[import-not-found]

        target = tmp_path / name
        source = tmp_path / f"{target.stem}_in.jsonl"
        source.write_text("".join(json.dumps(row) + "\n" for row in rows))
        job = FileJob((str(source),), str(target), options=RowOptions(**options))
        score_file(job, partial(CountingScorer, fingerprint=fingerprint), lambda _: None)
        return target

    return score


@pytest.fixture
def base_rows() -> list[dict[str, Any]]:
    """Eight questions with two completions each, of which "right" ones are accurate."""
    return [
        {
            "id": f"q{i}",
            "question": f"<b>Case {i}</b>: which one?",
            "completions": ["right" if i < 4 else "wrong", "wrong"],
            "subject": ["heart", "lung"][i % 2],
        }
        for i in range(8)
    ]


@pytest.fixture
def better_rows(base_rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The same questions: five better, one worse, one the same, one not judged, one more."""
    texts = [
        ["wrong"],
        ["right"],
        ["right"],
        ["right"],
        *[["right", "wrong"]] * 2,
        ["wrong"],
        ["null"],
    ]
    rows = [{**row, "completions": t} for row, t in zip(base_rows, texts, strict=True)]
    return [*rows, {**base_rows[0], "id": "q99"}]
