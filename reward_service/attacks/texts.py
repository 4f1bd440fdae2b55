"""Plain cutting and joining of texts, as a cheat would do it: without any analysis."""

from __future__ import annotations

import re

_SENTENCE_END = re.compile(r"(?<=[.!?])[\"')\]]*\s+(?=[A-Z0-9\"(<\[-])|\n+")
_CLAUSE_END = re.compile(r"[,;:]\s+|\s+(?:and|with|but|or)\s+|\.$")
_ASKS = re.compile(r"\?|\bfollowing\b|:\s*$|^(?:which|what|who|how|why)\b", re.IGNORECASE)
_LEADING = re.compile(
    r"^(?:and|but|or|with|she|he|it|they|the patient|there|which|who|that)\s+"
    r"(?:is|was|are|were|has|had|have|shows?|showed|reveals?|reports?)?\s*",
    re.IGNORECASE,
)
_COMMITS = re.compile(
    r"\\boxed|\banswer (?:is|follows)\b"
    r"|\b(?:answer|option|choice)s?(?: number)?\s?:?\s?\(?(?:[A-J]|\d)\b",
    re.IGNORECASE,
)
_MIN_CLAUSE = 2  # words


def sentences(text: str) -> tuple[str, ...]:
    """The sentences of a text, without empty ones."""
    return tuple(part.strip() for part in _SENTENCE_END.split(text) if part.strip())


def without_last(text: str) -> str:
    """A text up to its last sentence, its lines as they are; empty where there is one sentence."""
    bare = text.strip()
    ends = [match.end() for match in _SENTENCE_END.finditer(bare)]
    return bare[: ends[-1]].rstrip() if ends else ""


def commits(sentence: str) -> bool:
    """Whether a sentence says which answer is right, or names one by its label: "option C: …"."""
    return _COMMITS.search(sentence) is not None


def case_sentences(question: str) -> tuple[str, ...]:
    """The sentences of a question that tell the case, without those that ask.

    All of them when every sentence asks, as in "A 3-year-old with stridor most likely has:".
    """
    every = sentences(question)
    return tuple(s for s in every if not _ASKS.search(s)) or every


def clauses(told: tuple[str, ...]) -> tuple[str, ...]:
    """Distinct clauses of at least two words: the pieces that a cheat can list or glue."""
    parts = (part.strip(" .") for sentence in told for part in _CLAUSE_END.split(sentence))
    return tuple(dict.fromkeys(part for part in parts if len(part.split()) >= _MIN_CLAUSE))


def as_noun(clause: str) -> str:
    """A clause without its subject and verb: "she has a rash" → "a rash"."""
    bare = _LEADING.sub("", clause).strip() or clause
    return bare[0].lower() + bare[1:]


def as_clause(sentence: str) -> str:
    """A sentence ready to follow a joining word: no final stop, small first letter."""
    bare = sentence.strip().rstrip(".!?")
    return bare[:1].lower() + bare[1:]


def ended(text: str) -> str:
    """A text whose last sentence ends, so that what is added to it is a sentence of its own."""
    return text if text.rstrip("\"”’')]* ").endswith((".", "!", "?")) else f"{text.rstrip()}."


def tagged(analysis: str, conclusion: str) -> str:
    """A completion with both sections."""
    return f"<dx>{analysis}</dx><conclusion>{conclusion}</conclusion>"


def boxed(letter: str) -> str:
    """The usual conclusion."""
    return f"The answer is \\boxed{{{letter}}}."


def word_count(text: str) -> int:
    return len(text.split())
