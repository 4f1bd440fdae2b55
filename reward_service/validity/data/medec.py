"""MEDEC (Ben Abacha et al. 2025): clinical notes, about half with one medically wrong sentence.

CSV with a header: Text ID, Text, Sentences ("0 …" a line), Error Flag, Error Type,
Error Sentence ID, Error Sentence, Corrected Sentence, Corrected Text.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

from reward_service.validity.errors import ValidityError

FILE = "medec_validation.csv"
_FIELDS = ("Text ID", "Sentences", "Error Flag", "Error Type", "Error Sentence ID")
_CORRECTED = "Corrected Sentence"


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """One note. `wrong` is the index of the wrong sentence and `corrected` what it should say;
    both are None in a note without an error."""

    key: str
    row: int
    sentences: tuple[str, ...]
    wrong: int | None = None
    corrected: str | None = None
    error_type: str = ""


def read(folder: Path) -> list[Note]:
    """All notes, with and without an error. Raises ValidityError for a file of another shape."""
    path = folder / FILE
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file)
        missing = sorted({*_FIELDS, _CORRECTED} - set(rows.fieldnames or ()))
        if missing:
            raise ValidityError(f"{path}: expected the columns of MEDEC; {missing[0]!r} not there")
        return [_note(number, row) for number, row in enumerate(rows)]


def _note(number: int, row: dict[str, str]) -> Note:
    lines = [line.partition(" ") for line in row["Sentences"].splitlines() if line.strip()]
    numbers = [label for label, _, _ in lines]
    # A sentence whose number is not in the list (the notes were split by a machine) has no place.
    wrong = None
    if row["Error Flag"] == "1" and row["Error Sentence ID"] in numbers:
        wrong = numbers.index(row["Error Sentence ID"])
    return Note(
        key=f"medec:{row['Text ID']}",
        row=number,
        sentences=tuple(text.strip() for _, _, text in lines),
        wrong=wrong,
        corrected=None if wrong is None else row[_CORRECTED].strip(),
        error_type="" if wrong is None else row["Error Type"],
    )
