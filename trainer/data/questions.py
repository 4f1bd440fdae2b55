"""A multiple-choice question, whatever set it comes from, and the rules that make it usable."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

_NOT_WORD = re.compile(r"[^\w%+<>≥≤=./-]+")


@dataclass(frozen=True)
class Question:
    """One question with its options and its key.

    Attributes:
        id: Unique within its set.
        text: Stem, without the options.
        options: Letter → text, in the order shown.
        answer: The keyed letter.
        reference: An expert's explanation, where the set has one.
        extra: Further columns of the row, such as the subject.
    """

    id: str
    text: str
    options: Mapping[str, str]
    answer: str
    reference: str | None = None
    extra: Mapping[str, str] = field(default_factory=dict)


def problem(question: Question) -> str | None:
    """Why a question cannot be used, or None."""
    if not question.text:
        return "no question text"
    if len(question.options) < 2:
        return "fewer than two options"
    if any(not text for text in question.options.values()):
        return "an empty option"
    if not question.answer:
        return "no answer key"
    if question.answer not in question.options:
        return "answer key is none of the options"
    if len({normalised(text) for text in question.options.values()}) < len(question.options):
        return "two options with the same text"
    return None


def normalised(text: str) -> str:
    """Text for comparison: NFKC, lower case, and no punctuation but that of quantities.

    `+` and `-` stay because they are the difference between two options (Na+ and Na-), and so do
    `.`, `%`, `/` and comparisons inside a number; at the edge of a word they go.
    """
    words = _NOT_WORD.sub(" ", unicodedata.normalize("NFKC", text).casefold()).split()
    stripped = (word.strip("./=") for word in words)
    return " ".join(word for word in stripped if word not in ("", "-"))


def identity(question: Question) -> str:
    """Equal for two copies of a question, in whatever order their options stand.

    The options belong to it: a stem such as "Which of the following is true?" is shared by
    questions that have nothing in common.
    """
    options = sorted(normalised(text) for text in question.options.values())
    return "\n".join([normalised(question.text), *options])


def keyed_text(question: Question) -> str:
    """The keyed option's text for comparison."""
    return normalised(question.options[question.answer])
