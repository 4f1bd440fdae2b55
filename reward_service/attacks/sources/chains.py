"""Real chains of thought: several completions a question, each labelled right or wrong."""

from __future__ import annotations

from pathlib import Path

from reward_service.attacks.sources.rows import rows
from reward_service.attacks.subjects import Subject
from reward_service.attacks.texts import without_last, word_count


def chains(path: Path) -> list[Subject]:
    """One subject a question with a right chain: the longest of them, without its last sentence.

    The last sentence only commits to the answer, as every completion of an attack does in its
    conclusion. Raises AttackError for a row that lacks a field.
    """
    subjects = []
    needed = ("id", "question", "options", "answer", "completions", "labelled_correct")
    for _, row in rows(path, *needed):
        right = [
            text
            for text, correct in zip(row["completions"], row["labelled_correct"], strict=True)
            if correct
        ]
        if not right or row["answer"] not in row["options"]:
            continue
        reasoning = without_last(max(right, key=word_count))
        if not reasoning:
            continue
        subjects.append(
            Subject(
                id=row["id"],
                source="chains",
                question=row["question"],
                options=row["options"],
                answer=row["answer"],
                reasoning=reasoning,
            )
        )
    return subjects
