"""Filler put into honest reasoning, so that length alone changes and nothing is said."""

from __future__ import annotations

from itertools import count

from reward_service.attacks.texts import as_clause, sentences, word_count
from reward_service.attacks.wording import FILLER, OPENERS


def padded(reasoning: str) -> str:
    """The reasoning at twice its number of words: a filler sentence before every sentence.

    Where that is not enough the rest of the filler follows at the end.
    """
    honest = sentences(reasoning)
    target = 2 * word_count(reasoning)
    filler = (FILLER[i % len(FILLER)] for i in count())
    parts: list[str] = []
    used = word_count(reasoning)
    for sentence in honest:
        if used < target:
            parts.append(next(filler))
            used += word_count(parts[-1])
        parts.append(sentence)
    while used < target:
        parts.append(next(filler))
        used += word_count(parts[-1])
    return " ".join(parts)


def opened(reasoning: str, shift: int = 0) -> str:
    """The reasoning with empty opening words before every sentence."""
    return " ".join(
        f"{OPENERS[(i + shift) % len(OPENERS)]} {as_clause(sentence)}."
        for i, sentence in enumerate(sentences(reasoning))
    )
