from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

SUPPORT = str(Path(__file__).parent / "support")

Write = Callable[[str, list[dict[str, Any]]], Path]


@pytest.fixture(autouse=True)
def _support_on_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(SUPPORT)


@pytest.fixture
def write_jsonl(tmp_path: Path) -> Write:
    """Write rows as a plain JSONL file and return its path."""

    def write(name: str, rows: list[dict[str, Any]]) -> Path:
        path = tmp_path / name
        path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
        return path

    return write


@pytest.fixture
def group_rows() -> list[dict[str, Any]]:
    """Items with one to three completions each."""
    return [
        {
            "id": f"q{i}",
            "question": f"Case {i}: which one is it?",
            "options": {"A": "gout", "B": "sepsis"},
            "answer": "A",
            "completions": ["right " + "word " * (i % 7), "wrong", "null and void"][: i % 3 + 1],
            "model": ["m1", "m2"][i % 2],
            "step": i,
        }
        for i in range(150)
    ]
