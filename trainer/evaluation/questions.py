"""The questions of an evaluation, from the rows of a test file."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from trainer.data.prompts import Prompt, with_system_prompt
from trainer.evaluation.errors import EvaluationError


@dataclass(frozen=True, slots=True)
class Question:
    """One question. `item` is that of `POST /score` without completions; ids are unique."""

    id: str
    prompt: Prompt
    item: Mapping[str, Any]


def read_questions(
    rows: Sequence[Mapping[str, Any]], *, system_prompt: str | None = None
) -> tuple[Question, ...]:
    """Questions of checked rows (`trainer.data.read_rows`), in their order.

    A question without an id is called `row-<number>`, counted from 1. Raises EvaluationError when
    two have the same id, because completions are matched by it.
    """
    questions: dict[str, Question] = {}
    for number, row in enumerate(rows, 1):
        item = json.loads(row["item"])
        name = item.get("id")
        id = f"row-{number}" if name is None else str(name)
        if id in questions:
            raise EvaluationError(f"row {number}: the id {id!r} stands in an earlier row too")
        prompt: Prompt = row["prompt"]
        if system_prompt is not None:
            prompt = with_system_prompt(prompt, system_prompt)
        questions[id] = Question(id, prompt, {**item, "id": id})
    return tuple(questions.values())


def wrong_options(item: Mapping[str, Any]) -> int | None:
    """How many options of an item are wrong; None without options or a key."""
    options, answer = item.get("options"), item.get("answer")
    if not options or answer is None:
        return None
    keyed = {str(one) for one in answer} if isinstance(answer, list) else {str(answer)}
    return max(0, len(options) - len(keyed))
