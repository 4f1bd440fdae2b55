"""Which sentences of a text are copies of the case.

A finding in a copied sentence is not used, only repeated, so it earns nothing. Quoting a phrase is
fine; carrying over a sentence is not.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from reward_service.text.document import Document


@dataclass(frozen=True, slots=True)
class CopyingConfig:
    """When a sentence counts as copied.

    ngram: length in tokens of the runs that are looked up in the case.
    share: a sentence is copied when at least this share of its tokens lies in such runs.
    """

    ngram: int = 5
    share: float = 0.75


class CaseText:
    """The case's word runs, for asking whether a sentence was copied from it."""

    def __init__(self, documents: Iterable[Document], config: CopyingConfig) -> None:
        self._config = config
        n = config.ngram
        grams: set[tuple[str, ...]] = set()
        sentences: set[tuple[str, ...]] = set()
        for document in documents:
            for sentence in document.sentences:
                words = document.words_of(sentence)
                sentences.add(words)
                grams.update(words[i : i + n] for i in range(len(words) - n + 1))
        self._grams = frozenset(grams)
        self._sentences = frozenset(sentences)
        self._words = frozenset(word for words in sentences for word in words)

    def is_copied(self, words: tuple[str, ...]) -> bool:
        """Whether a sentence with these words is the case's, or is mostly made of runs of it."""
        if words in self._sentences:
            return True
        n = self._config.ngram
        needed = self._config.share * len(words)
        if len(words) < n or sum(map(self._words.__contains__, words)) < needed:
            return False
        covered = 0
        until = 0  # tokens before this one are counted
        for i in range(len(words) - n + 1):
            if words[i : i + n] in self._grams:
                covered += i + n - max(until, i)
                until = i + n
        return covered >= needed
