"""Completions to be scored: generated ones, or given ones from a file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from trainer.data.rows import read_records
from trainer.evaluation.errors import EvaluationError
from trainer.evaluation.questions import Question


@dataclass(frozen=True, slots=True)
class Completion:
    """One completion of one question.

    `sample` counts a question's completions from 0. `tokens` is the length in the policy's tokens,
    `truncated` whether it was cut off before it ended by itself; None where that is not known.
    """

    id: str
    sample: int
    text: str
    tokens: int | None = None
    truncated: bool | None = None


def read_completions(path: Path, questions: Sequence[Question]) -> tuple[Completion, ...]:
    """Completions of a JSONL or Parquet file, in the questions' order.

    A record has `id` (the item's) and either `completion` or a list `completions`; each is text or
    chat messages. `completion_tokens` and, from an earlier evaluation, `metric_truncated` are taken
    over. Questions may lack completions. Raises EvaluationError for a record that does not fit,
    DataError for a file that cannot be read.
    """
    found: dict[str, list[Completion]] = {question.id: [] for question in questions}
    for number, record in enumerate(read_records(path), 1):
        where = f"{path}: record {number}"
        id = str(record.get("id"))
        if id not in found:
            raise EvaluationError(
                f"{where}: no question of the test file has the id {id!r}; completions are "
                "matched by `id`"
            )
        texts = record.get("completions")
        if not isinstance(texts, list):
            texts = [record.get("completion")]
        tokens, truncated = record.get("completion_tokens"), record.get("metric_truncated")
        for text in texts:
            sample = len(found[id])
            found[id].append(
                Completion(
                    id=id,
                    sample=sample,
                    text=_text(text, where),
                    tokens=tokens if isinstance(tokens, int) else None,
                    truncated=None if truncated is None else bool(truncated),
                )
            )
    completions = tuple(one for several in found.values() for one in several)
    if not completions:
        raise EvaluationError(f"{path}: holds no completions")
    return completions


def _text(value: object, where: str) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, list) and value and all(isinstance(part, Mapping) for part in value):
        return message_text(value)
    raise EvaluationError(
        f"{where}: completion: expected text or a list of chat messages, got {value!r:.60}"
    )


def message_text(messages: Sequence[Mapping[str, Any]]) -> str:
    """The contents of chat messages with blank lines between them."""
    return "\n\n".join(str(message.get("content") or "") for message in messages)
