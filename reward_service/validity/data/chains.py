"""Real chains of thought on MedMCQA questions (Liévin et al. 2022), with the collector's verdicts.

JSONL in the shape of items: id, question, options, answer (may be null), completions, and beside
them labelled_correct and prompt_style, one per completion.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from reward_service.validity.data.question import Question, json_lines
from reward_service.validity.errors import ValidityError

FILE = "gpt_cots_medmcqa.jsonl"
_FIELDS = ("id", "question", "options", "answer", "completions", "labelled_correct")


@dataclass(frozen=True, slots=True, kw_only=True)
class Chains:
    """The chains of one question; `correct` and `styles` are parallel to `completions`."""

    question: Question
    completions: tuple[str, ...]
    correct: tuple[bool, ...]
    styles: tuple[str, ...]

    @property
    def key(self) -> str:
        """The key that the question has in MedMCQA's own file, too."""
        return self.question.key


def read(folder: Path) -> list[Chains]:
    """All questions that have a key. Raises ValidityError for a file of another shape."""
    found = []
    for number, row in enumerate(json_lines(folder / FILE, _FIELDS)):
        if row["answer"] is None:
            continue
        count = len(row["completions"])
        styles = row.get("prompt_style") or [""] * count
        if len(row["labelled_correct"]) != count or len(styles) != count:
            raise ValidityError(
                f"{folder / FILE}, line {number + 1}: expected one label and one style for each "
                f"of the {count} completions"
            )
        question = Question(
            key=f"medmcqa:{row['id'].split(':')[-1]}",
            row=number,
            question=row["question"],
            options=row["options"],
            answer=row["answer"],
        )
        labels = tuple(bool(label) for label in row["labelled_correct"])
        chains = tuple(row["completions"])
        found.append(
            Chains(question=question, completions=chains, correct=labels, styles=tuple(styles))
        )
    return found
