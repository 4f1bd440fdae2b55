"""Labels: what a training stack carries along as the right answer, in whatever shape.

A letter, an option's text, a list of them, JSON with question, options and answer, or the
`ground_truth` dict of a data set. A label is data of the caller, never of the policy.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

_ANSWER_KEYS = (
    "answer",
    "ground_truth",
    "answer_idx",
    "answer_key",
    "correct_answer",
    "expected_answer",
    "target",
    "gold",
    "label",
    "solution",
)
_OPTION_KEYS = ("options", "choices")
_TEXT_KEYS = ("question", "context", "reference", "id")
_WRAPPED = re.compile(
    r"\s*(?:\\boxed\{(?P<box>[^{}]+)\}|<answer>(?P<tag>[^<]+)</answer>|####(?P<hash>[^\n]+))\s*"
)
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_DEEPEST = 4


@dataclass(frozen=True, slots=True)
class Label:
    """What a label says. `unread`: something is there, but no answer could be read from it."""

    answer: str | tuple[str, ...] | None = None
    question: str | None = None
    options: Mapping[str, str] | None = None
    context: str | None = None
    reference: str | None = None
    id: str | None = None
    unread: bool = False


_NONE = Label()
_UNREAD = Label(unread=True)


def read_label(value: object) -> Label:
    """Read a label; never raises. Nothing (null, "", {}) is a label without an answer."""
    return _read(value, _DEEPEST)


def _read(value: object, depth: int) -> Label:
    if value is None or value in ("", [], {}):
        return _NONE
    if depth == 0 or isinstance(value, bool):
        return _UNREAD
    if isinstance(value, str):
        return _read_text(value, depth)
    if isinstance(value, int | float):
        return Label(answer=str(value))
    if isinstance(value, list):
        return _read_list(value, depth)
    return _read_object(value, depth) if isinstance(value, Mapping) else _UNREAD


def _read_text(text: str, depth: int) -> Label:
    stripped = text.strip()
    if not stripped:
        return _NONE
    if stripped[0] in "{[":
        try:
            value = json.loads(stripped)
            if "\\u" in stripped:  # an escape may be half of a surrogate pair, which is no text
                json.dumps(value, ensure_ascii=False).encode()
            return _read(value, depth - 1)
        except (ValueError, RecursionError):
            return _UNREAD if stripped[0] == "{" else Label(answer=stripped)
    wrapped = _WRAPPED.fullmatch(stripped)
    return Label(answer=next(g for g in wrapped.groups() if g).strip() if wrapped else stripped)


def _read_list(values: list[object], depth: int) -> Label:
    if len(values) == 1:
        return _read(values[0], depth - 1)
    answers = [_read(value, 1).answer for value in values if not isinstance(value, list | dict)]
    texts = tuple(answer for answer in answers if isinstance(answer, str))
    return Label(answer=texts) if len(texts) == len(values) else _UNREAD


def _read_object(fields: Mapping[str, object], depth: int) -> Label:
    options = next((fields[key] for key in _OPTION_KEYS if fields.get(key)), None)
    read_options = lettered_options(options)
    label = _answer_of(fields, options, depth)
    texts = {key: fields[key] for key in _TEXT_KEYS if isinstance(fields.get(key), str)}
    label = replace(label, **{key: text for key, text in texts.items()})  # type: ignore[arg-type]
    if read_options is not None:
        label = replace(label, options=MappingProxyType(read_options))
    return label


def _answer_of(fields: Mapping[str, object], options: object, depth: int) -> Label:
    key = next((key for key in _ANSWER_KEYS if fields.get(key) not in (None, "", [], {})), None)
    if key is None:
        return _NONE if fields.keys() & {*_ANSWER_KEYS, *_TEXT_KEYS, *_OPTION_KEYS} else _UNREAD
    value = fields[key]
    # Data sets with a list of choices (MMLU and its kin) count the right one from 0.
    if isinstance(value, int) and not isinstance(value, bool) and isinstance(options, list):
        inside = 0 <= value < min(len(options), len(_LETTERS))
        return Label(answer=_LETTERS[value]) if inside else _UNREAD
    return _read(value, depth - 1)


def lettered_options(options: object) -> dict[str, str] | None:
    """Options by letter out of a mapping, a list of texts, or a list of {label, text} objects."""
    if isinstance(options, Mapping):
        if options.keys() >= {"label", "text"}:  # columns: {"label": ["A", …], "text": ["…", …]}
            labels, texts = options["label"], options["text"]
            if isinstance(labels, list) and isinstance(texts, list) and len(labels) == len(texts):
                return _pairs(zip(labels, texts, strict=True))
            return None
        return _pairs((k, v) for k, v in options.items() if v is not None)
    if not isinstance(options, list) or not options or len(options) > len(_LETTERS):
        return None
    if all(isinstance(option, str) for option in options):
        return dict(zip(_LETTERS, options, strict=False))
    if all(isinstance(option, Mapping) for option in options):
        return _pairs(
            (
                next((o[k] for k in ("label", "key", "letter") if k in o), None),
                next((o[k] for k in ("text", "value", "option") if k in o), None),
            )
            for o in options
        )
    return None


def _pairs(pairs: Iterable[tuple[object, object]]) -> dict[str, str] | None:
    found = list(pairs)
    if not found or not all(isinstance(part, str) for pair in found for part in pair):
        return None
    return {str(label): str(text) for label, text in found}
