"""MedMCQA (Pal et al. 2022): entrance-exam questions, about half with an expert's explanation.

JSONL: question, opa … opd, cop (1 to 4), exp (may be null), subject_name, id.
"""

from __future__ import annotations

from pathlib import Path

from reward_service.validity.data.question import LETTERS, Question, json_lines

FILE = "medmcqa_dev.jsonl"
_OPTIONS = ("opa", "opb", "opc", "opd")
_FIELDS = ("id", "question", "cop", "exp", *_OPTIONS)


def read(folder: Path) -> list[Question]:
    """All questions; `explanation` is None where there is none.

    Raises ValidityError for a file of another shape.
    """
    return [
        Question(
            key=f"medmcqa:{row['id']}",
            row=number,
            question=row["question"],
            options={LETTERS[i]: str(row[name]) for i, name in enumerate(_OPTIONS)},
            answer=LETTERS[int(row["cop"]) - 1],
            explanation=(row["exp"] or "").strip() or None,
            subject=row.get("subject_name") or "",
        )
        for number, row in enumerate(json_lines(folder / FILE, _FIELDS))
    ]
