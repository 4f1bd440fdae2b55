"""MedMCQA: entrance-exam questions, about half of them with an expert's explanation.

What experts wrote of other questions whose answer an option is serves as that option's
encyclopaedia entry.
"""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path

from reward_service.attacks.sources.rows import rows
from reward_service.attacks.subjects import Subject

_LETTERS = "ABCD"
_FIELDS = ("opa", "opb", "opc", "opd")
_ENTRIES = 2  # of one option
# "Ans. is 'c' i.e., ..." says the answer and no reason.
_OPENING = re.compile(r"^\W*ans(?:wer)?\b[^a-z]{0,4}(?:is\b)?\W{0,4}[a-d]?\b\W{0,4}", re.IGNORECASE)


def medmcqa(path: Path) -> list[Subject]:
    """The questions with an explanation. Raises AttackError for a row that lacks a field."""
    explained = [
        (str(row["id"]), row)
        for _, row in rows(path, "id", "question", "cop", "exp", *_FIELDS)
        if row["exp"] and row["cop"] in (1, 2, 3, 4)
    ]
    entries: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
    for name, row in explained:
        entries[_key(row[_FIELDS[row["cop"] - 1]])].append((name, row["exp"]))
    subjects = []
    for name, row in explained:
        options = dict(zip(_LETTERS, (str(row[field]) for field in _FIELDS), strict=True))
        about = [
            text
            for option in options.values()
            for other, text in entries.get(_key(option), [])[:_ENTRIES]
            if other != name
        ]
        subjects.append(
            Subject(
                id=name,
                source="medmcqa",
                question=row["question"],
                options=options,
                answer=_LETTERS[row["cop"] - 1],
                reasoning=_OPENING.sub("", row["exp"]).strip(),
                entries=tuple(about),
            )
        )
    return subjects


def _key(option: object) -> str:
    return re.sub(r"\W+", " ", str(option)).strip().lower()
