"""A question with its options, as every adapter of question data returns it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from reward_service.validity.errors import ValidityError

LETTERS = "ABCDEFGHIJ"


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question. `row` is its line in the file, from 0; `key` names it in every file.

    options: by label, which is a letter or a number. answer: the key's label. explanation: an
    expert's, or None. subject: "" where none is given.
    """

    key: str
    row: int
    question: str
    options: dict[str, str]
    answer: str
    explanation: str | None = None
    subject: str = ""

    def item(self, completions: Sequence[str]) -> dict[str, Any]:
        """An item of a request with these completions."""
        return {
            "id": self.key,
            "question": self.question,
            "options": self.options,
            "answer": self.answer,
            "completions": list(completions),
        }


def json_lines(path: Path, needed: Sequence[str]) -> list[dict[str, Any]]:
    """The objects of a JSONL file. Raises ValidityError for a line that is none, or lacks a field.

    Lines are numbered from 1 in the message; the list has one object per line.
    """
    rows = []
    for number, line in enumerate(path.read_bytes().splitlines(), start=1):
        try:
            row = orjson.loads(line)
        except orjson.JSONDecodeError as error:
            raise ValidityError(f"{path}, line {number}: not JSON: {error}") from error
        missing = [n for n in needed if n not in row] if isinstance(row, dict) else list(needed)
        if missing:
            raise ValidityError(
                f"{path}, line {number}: expected an object with {', '.join(needed)}; "
                f"{', '.join(missing)} not there"
            )
        rows.append(row)
    return rows
