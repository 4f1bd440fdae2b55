"""The label that a training stack carries beside a prompt: a key, or a whole question."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from reward_service.files.sources.options import read_options

# The columns that hold a label, in the order in which they are looked at.
LABELS = ("answer", "gts", "ground_truth", "solution", "label", "labels", "target")
_CASE_FIELDS = ("id", "question", "context", "reference")


def read_label(row: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of an item that a row's label holds, with those in columns of their own.

    A label is a letter, a text, a list of them, or an object (also as JSON text) with `answer` (or
    another of the names above), `question`, `options`, `context`, `reference`.
    """
    label = next((row[name] for name in LABELS if row.get(name) is not None), None)
    if isinstance(label, str) and label.lstrip().startswith(("{", "[")):
        try:
            label = orjson.loads(label)
        except orjson.JSONDecodeError:
            return {**_case_fields(row), "answer": label}
    if isinstance(label, Mapping):
        return {**_case_fields(row), **_case_fields(label), "answer": _answer(label)}
    if isinstance(label, list) and len(label) == 1:
        label = label[0]
    return {**_case_fields(row), "answer": label}


def _answer(label: Mapping[str, Any]) -> Any:
    return next((label[name] for name in LABELS if label.get(name) is not None), None)


def _case_fields(row: Mapping[str, Any]) -> dict[str, Any]:
    fields = {name: row[name] for name in _CASE_FIELDS if row.get(name) is not None}
    if row.get("options"):
        fields["options"] = read_options(row["options"])
    return fields
