"""Readers of published question sets: a record in the set's own columns → a Question.

A reader takes all records at once, because MedMCQA's keys can only be understood together. What
cannot be used comes back with its reason, so that nothing is lost silently.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from trainer.data.errors import DataError
from trainer.data.questions import LETTERS, Question, normalised, problem

Record = Mapping[str, Any]

_CHOICES_IN_TEXT = re.compile(r"\s*Answer Choices\s*:\s*\(A\).*\Z", re.DOTALL | re.IGNORECASE)
_MEDMCQA_OPTIONS = ("opa", "opb", "opc", "opd")


@dataclass(frozen=True)
class Unusable:
    """A record that is left out: its number (from 1), its id where it has one, and the reason."""

    row: int
    id: str | None
    reason: str


@dataclass(frozen=True)
class Questions:
    """What a reader made of a set's records."""

    usable: tuple[Question, ...]
    unusable: tuple[Unusable, ...]


def read_medqa(records: Sequence[Record], *, name: str = "medqa") -> Questions:
    """MedQA, with five or four options: question, options, answer_idx (or answer, as text).

    `options` is an object letter → text, or a list of {"key", "value"}. The set has no ids: a row's
    id is its number.
    """

    def read(record: Record, number: int) -> Question:
        options = _options(_column(record, "options", number), number)
        return Question(
            id=f"{name}-{number}",
            text=_text(_column(record, "question", number)),
            options=options,
            answer=_letter(record.get("answer_idx"), record.get("answer"), options),
            extra=_extra(record, step="meta_info"),
        )

    return _collect(records, read)


def read_medmcqa(
    records: Sequence[Record],
    *,
    name: str = "medmcqa",
    key_base: Literal["detect", "0", "1"] = "detect",
    reference: bool = True,
) -> Questions:
    """MedMCQA: question, opa … opd, cop (0- or 1-based), exp, subject_name, choice_type.

    `cop` counts from 0 on the hub and from 1 in the original files. "detect" looks for a 0 or a 4;
    DataError if there is neither, or both. -1 or null is a question without a key (the test split).
    `reference` turns the expert's explanation into the item's reference.
    """
    base = _key_base(records) if key_base == "detect" else int(key_base)

    def read(record: Record, number: int) -> Question:
        texts = [_text(_column(record, column, number)) for column in _MEDMCQA_OPTIONS]
        key = _integer(record.get("cop"))
        index = -1 if key is None else key - base
        return Question(
            id=str(record.get("id") or f"{name}-{number}"),
            text=_text(_column(record, "question", number)),
            options=dict(zip(LETTERS, texts, strict=False)),
            answer=LETTERS[index] if 0 <= index < len(texts) else "",
            reference=(_text(record.get("exp")) or None) if reference else None,
            extra=_extra(record, subject="subject_name", choice_type="choice_type"),
        )

    return _collect(records, read)


def read_medxpertqa(records: Sequence[Record], *, name: str = "medxpertqa") -> Questions:
    """MedXpertQA, the text part: id, question, options (A … J), label.

    The published question text repeats the options at its end; they are taken off, because the
    prompt shows them itself.
    """

    def read(record: Record, number: int) -> Question:
        options = _options(_column(record, "options", number), number)
        text = _text(_column(record, "question", number))
        return Question(
            id=str(record.get("id") or f"{name}-{number}"),
            text=_CHOICES_IN_TEXT.sub("", text),
            options=options,
            answer=_letter(_column(record, "label", number), None, options),
            extra=_extra(
                record, task="medical_task", system="body_system", question_type="question_type"
            ),
        )

    return _collect(records, read)


def _collect(records: Sequence[Record], read: Callable[[Record, int], Question]) -> Questions:
    usable: list[Question] = []
    unusable: list[Unusable] = []
    seen: dict[str, int] = {}
    for number, record in enumerate(records, 1):
        question = read(record, number)
        if reason := problem(question):
            unusable.append(Unusable(number, question.id, reason))
            continue
        copies = seen[question.id] = seen.get(question.id, 0) + 1
        usable.append(question if copies == 1 else replace(question, id=f"{question.id}#{copies}"))
    return Questions(tuple(usable), tuple(unusable))


def _column(record: Record, name: str, number: int) -> Any:
    if name not in record:
        columns = ", ".join(sorted(record)) or "none"
        raise DataError(f"row {number}: no column {name}; the columns are {columns}")
    return record[name]


def _text(value: object) -> str:
    return "" if value is None else str(value).strip()


def _options(value: object, number: int) -> dict[str, str]:
    """Letter → text; letters that a table filled with nulls for other rows are left out."""
    match value:
        case dict():
            pairs = [(_text(key), text) for key, text in value.items() if text is not None]
        case list():
            pairs = [(_text(option.get("key")), option.get("value")) for option in value]
        case _:
            raise DataError(
                f"row {number}: options: expected letter → text or a list of key and value, "
                f"got {value!r:.60}"
            )
    return {key: _text(text) for key, text in sorted(pairs)}


def _letter(key: object, text: object, options: Mapping[str, str]) -> str:
    """The keyed letter: given as such, or by the option's text; "" if there is none."""
    letter = _text(key).upper()
    if letter:
        return letter
    wanted = normalised(_text(text))
    matching = [letter for letter, option in options.items() if normalised(option) == wanted]
    return matching[0] if len(matching) == 1 else ""


def _extra(record: Record, **columns: str) -> dict[str, str]:
    """The same columns for every row, as tables want it."""
    return {name: _text(record.get(column)) for name, column in columns.items()}


def _integer(value: object) -> int | None:
    text = _text(value)
    return int(text) if re.fullmatch(r"-?\d+", text) else None


def _key_base(records: Sequence[Record]) -> int:
    keys = {_integer(record.get("cop")) for record in records}
    if 0 in keys and 4 not in keys:
        return 0
    if 4 in keys and 0 not in keys:
        return 1
    if not keys & {0, 1, 2, 3, 4}:
        return 0  # no row has a key; each is reported as such
    found = "both 0 and 4" if 0 in keys else "neither 0 nor 4"
    raise DataError(f"cop: holds {found}, so it is not clear from what it counts; say --key-base")
