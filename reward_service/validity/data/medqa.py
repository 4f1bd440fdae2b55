"""MedQA (Jin et al. 2021): USMLE vignettes with options. JSONL: question, options, answer_idx."""

from __future__ import annotations

from pathlib import Path

from reward_service.validity.data.question import Question, json_lines

FILE = "medqa_dev.jsonl"


def read(folder: Path) -> list[Question]:
    """All questions. Raises ValidityError for a file of another shape."""
    rows = json_lines(folder / FILE, ("question", "options", "answer_idx"))
    return [
        Question(
            key=f"medqa:{number}",
            row=number,
            question=row["question"],
            options=row["options"],
            answer=row["answer_idx"],
        )
        for number, row in enumerate(rows)
    ]
