"""Options and keys in the shapes in which data sets keep them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from string import ascii_uppercase
from typing import Any

import orjson

from reward_service.wire.errors import RequestError

_PAIR_NAMES = (("key", "value"), ("label", "text"), ("letter", "text"))


def read_options(value: Any) -> Any:
    """Options by letter, from any of these; anything else comes back as it is, to be refused.

        {"A": "gout", "B": "sepsis", "C": null}          null options are left out
        '{"A": "gout"}', '["gout", "sepsis"]'            JSON text, as in a CSV cell
        ["gout", "sepsis"]                               A, B … in their order
        [{"key": "A", "value": "gout"}, …]               also label/text, letter/text
        {"label": ["A", "B"], "text": ["gout", "…"]}
        [("A", "gout"), …]                               an Arrow map

    Raises RequestError for text that begins like JSON and is none.
    """
    if isinstance(value, str) and value.lstrip().startswith(("{", "[")):
        try:
            value = orjson.loads(value)
        except orjson.JSONDecodeError as error:
            raise RequestError(f"not valid JSON: {error}", "options") from error
    if isinstance(value, list) and value:
        return _from_list(value)
    if isinstance(value, Mapping):
        for names in (("label", "text"), ("key", "value")):
            labels, texts = (value.get(name) for name in names)
            if isinstance(labels, list) and isinstance(texts, list) and len(labels) == len(texts):
                return dict(zip(labels, texts, strict=True))
        return {letter: text for letter, text in value.items() if text is not None}
    return value or None


def lettered(texts: Sequence[str]) -> dict[str, str]:
    """Texts as options A, B …"""
    return dict(zip(ascii_uppercase, texts, strict=False))


def _from_list(values: list[Any]) -> Any:
    if all(isinstance(v, str) for v in values) and len(values) <= len(ascii_uppercase):
        return lettered(values)
    if all(isinstance(v, tuple) and len(v) == 2 for v in values):
        return {letter: text for letter, text in values if text is not None}
    for label, text in _PAIR_NAMES:
        if all(isinstance(v, Mapping) and label in v and text in v for v in values):
            return {v[label]: v[text] for v in values}
    return values


def read_key(target: Any, options: Mapping[str, str] | None) -> Any:
    """The answer key that a harness wrote as a letter, an option's text, or an index from 0.

    Several alternative texts are no key that can be judged (the set would have to match): null.
    Raises RequestError if a number is the text of one option and the index of another.
    """
    if isinstance(target, list):
        return read_key(target[0], options) if len(target) == 1 else None
    if isinstance(target, bool) or not isinstance(target, str | int):
        return None
    text = str(target).strip()
    if not options or not text:
        return text or None
    by_label = next((label for label in options if label.casefold() == text.casefold()), None)
    if by_label is not None:
        return by_label
    by_text = next((k for k, v in options.items() if v.strip().casefold() == text.casefold()), None)
    labels = list(options)
    by_index = labels[int(text)] if text.isdecimal() and int(text) < len(labels) else None
    if by_text is not None and by_index is not None and by_text != by_index:
        raise RequestError(
            f"the key {text!r} is the text of option {by_text} and the index of option {by_index}; "
            "say which letter is meant with --map answer=…",
            "answer",
        )
    return by_text or by_index or text
