"""Naive scores that ours have to beat: words shared with the source, and length alone."""

from __future__ import annotations

import re

from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

OVERLAP = "token overlap"
RECALL = "token recall"
LENGTH = "length"

_WORD = re.compile(r"[^\W_]+(?:[.,]\d+)*")


def content_words(text: str) -> frozenset[str]:
    """Lower-case words and numbers without scikit-learn's English stop words."""
    found: list[str] = _WORD.findall(text.lower())
    return frozenset(word for word in found if word not in ENGLISH_STOP_WORDS)


def token_overlap(text: str, source: str) -> float:
    """Share of the text's content words that stand in the source; 0 without any. In [0, 1]."""
    words = content_words(text)
    return len(words & content_words(source)) / len(words) if words else 0.0


def token_recall(text: str, source: str) -> float:
    """Share of the source's content words that stand in the text; 0 without any. In [0, 1]."""
    return token_overlap(source, text)


def length(text: str) -> float:
    """Number of words, split at white space."""
    return float(len(text.split()))
