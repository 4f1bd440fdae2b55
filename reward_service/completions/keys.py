"""The answer key: what the right answer is, in the terms of the options where there are any."""

from __future__ import annotations

import re
from collections.abc import Sequence

from reward_service.completions.options import Options
from reward_service.completions.words import normal_words

_LETTERED = re.compile(
    r"(?:option\s|choice\s)?[(\[]?([A-Za-z]|\d{1,2})(?:[)\].:]{1,2}\s*(.*))?", re.I | re.S
)


def key_parts(key: str | Sequence[str] | None) -> tuple[str, ...]:
    """The key's answers, trimmed; empty when there is no key."""
    parts = (key,) if isinstance(key, str) else key or ()
    return tuple(part.strip() for part in parts if part.strip())


def key_labels(key: str | Sequence[str] | None, options: Options) -> frozenset[str] | None:
    """The labels of the keyed options (of options with the same words, the first one).

    A part of the key is a label ("B", "(b)"), an option's text, or both ("B. nifedipine"). None
    when there is no key, or a part of it is no option.
    """
    labels = [_label(part, options) for part in key_parts(key)]
    if not labels or any(label is None for label in labels):
        return None
    return frozenset(options.same[label] for label in labels if label is not None)


def _label(part: str, options: Options) -> str | None:
    label = options.label(part) or options.find_text(part)
    if label is not None:
        return label
    lettered = _LETTERED.fullmatch(part)
    if lettered is None:
        return None
    label = options.label(lettered[1])
    rest = lettered[2]
    if label is None or not rest:
        return label
    return label if normal_words(rest) == options.words[label] else None


def is_same_answer(stated: str, key: str) -> bool:
    """Whether a free-text answer is the key, when there are no options.

    Both are compared by their normal words. The answer's head counts: what follows a bracket, a
    colon, a semicolon, or a comma with an article or a word like "because" is comment. The head
    must have exactly the key's words. A leading letter ("C) nifedipine") may be the key, or is
    left out, and so is a lead such as "It is".
    """
    wanted = normal_words(key)
    if not wanted:
        return stated.strip() == key.strip()
    lettered = _LETTERED.fullmatch(stated.strip())
    if lettered is not None and normal_words(lettered[1]) == wanted:
        return True
    texts = [stated, lettered[2]] if lettered is not None and lettered[2] else [stated]
    texts += [text[lead.end() :] for text in texts if (lead := _LEAD.match(text)) is not None]
    return any(wanted in (normal_words(t), normal_words(_head(t))) for t in texts)


_COMMENT = re.compile(
    r"\s[(\[]|[;:]\s|\s[-–—]\s|,?\s(?:because|since|as|given|due|which|who|that|based|for)\b"
    r"|,\s(?:an?|the)\s|[.!?](?:\s|$)",
    re.IGNORECASE,
)


_LEAD = re.compile(
    r"\s*(?:(?:so|thus|hence|therefore),?\s)?(?:it|this|that|he|she|the patient)\s"
    r"(?:is|was|has|had|must be|must have|would be)\s",
    re.IGNORECASE,
)


def _head(text: str) -> str:
    comment = _COMMENT.search(text)
    return text[: comment.start()] if comment else text
