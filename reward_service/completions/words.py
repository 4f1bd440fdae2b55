"""Words of a short stretch of text, in the normal form in which answers are compared.

Case, punctuation, spelling variants, plurals, the articles "the" and "an", and "a" before another
word do not count; "%", "<", ">", "=", "+" do. The capital "A" is kept: it may be a letter.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from reward_service.text.normalize import normalize_token

_WORD = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+(?:['’]s\b)?|[%<>≤≥=+]")
_POSSESSIVE = ("'s", "’s")
_ARTICLES = frozenset({"the", "an", "The", "An", "THE", "AN"})


class Word(NamedTuple):
    """A word: normal form, as written, and where."""

    norm: str
    raw: str
    start: int
    end: int


def split_words(text: str, start: int, stop: int, limit: int) -> list[Word]:
    """The first `limit` words of text[start:stop], without articles."""
    words: list[Word] = []
    for match in _WORD.finditer(text, start, stop):
        raw = match.group()
        if raw in _ARTICLES or (raw == "a" and _is_article(text, match.end(), stop)):
            continue
        words.append(Word(_norm(raw), raw, match.start(), match.end()))
        if len(words) == limit:
            break
    return words


def normal_words(text: str, limit: int = 400) -> tuple[str, ...]:
    """The normal forms of a text's words.

    >>> normal_words("The Sharpey's fibres, and an anaemia")
    ('sharpey', 'fiber', 'and', 'anemia')
    """
    return tuple(word.norm for word in split_words(text, 0, len(text), limit))


def _is_article(text: str, end: int, stop: int) -> bool:
    return end + 1 < stop and text[end] == " " and text[end + 1].isalnum()


@lru_cache(maxsize=1 << 16)
def _norm(raw: str) -> str:
    if raw.endswith(_POSSESSIVE):
        raw = raw[:-2]
    # Twice, because the singular may be what the spelling rule knows: fibres → fibre → fiber.
    return normalize_token(normalize_token(raw)) or raw.lower()


def word_set(words: str) -> frozenset[str]:
    """A set of normal forms, written with spaces between."""
    return frozenset(_norm(word) for word in words.split())
