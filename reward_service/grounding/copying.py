"""What a text takes over from the case.

A finding in copied words is not used, only repeated, so it earns nothing. Quoting a phrase is fine;
carrying over a sentence is not, in whatever order its words stand.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from reward_service.grounding.wording import VAGUE
from reward_service.text.document import Document


@dataclass(frozen=True, slots=True)
class CopyingConfig:
    """When words count as copied.

    ngram: length in words of the runs that are looked up in the case.
    share: a sentence is copied when at least this share of its words lies in such runs, or this
        share of its telling words in one sentence of the case.
    telling: so many telling words make the latter more than a phrase.
    quote: words of an unbroken run of the case that are more than a phrase.
    taken: a sentence that has at least this share of its words, function words too, from the case
        is made of the case: copied piece by piece, if it has `quote` words of it and at least
        `pieces` of its pairs of neighbours are the case's; and its words in disorder, which are no
        sentence, if it has `clause` of them and at most `disorder` of its pairs are.
    """

    ngram: int = 5
    share: float = 0.75
    telling: int = 5
    quote: int = 10
    taken: float = 0.9
    clause: int = 6
    pieces: float = 0.6
    disorder: float = 0.2


class CaseText:
    """The case's word runs and sentences, for asking what was copied from it.

    Attributes: `words` (all of them), `sentences` (each as its words).
    """

    def __init__(self, documents: Iterable[Document], config: CopyingConfig) -> None:
        self._config = config
        n = config.ngram
        grams: set[tuple[str, ...]] = set()
        sentences: set[tuple[str, ...]] = set()
        pairs: set[tuple[str, str]] = set()
        for document in documents:
            for sentence in document.sentences:
                words = document.words_of(sentence)
                sentences.add(words)
                grams.update(words[i : i + n] for i in range(len(words) - n + 1))
                pairs.update(pairwise(words))
        self._grams = frozenset(grams)
        self._pairs = frozenset(pairs)
        self.sentences = frozenset(sentences)
        self.words = frozenset(word for words in sentences for word in words)
        bags = sorted(
            {tuple(sorted(set(words) - VAGUE)) for words in sentences}, key=lambda w: (-len(w), w)
        )
        self._bags = [frozenset(words) for words in bags if len(words) >= config.telling]

    def runs(self, words: tuple[str, ...]) -> list[tuple[int, int]]:
        """Half-open ranges of a sentence's words that lie in unbroken runs of the case."""
        n = self._config.ngram
        runs: list[tuple[int, int]] = []
        if sum(map(self.words.__contains__, words)) < n:
            return runs
        grams = self._grams
        for i in range(len(words) - n + 1):
            if words[i : i + n] in grams:
                if runs and i < runs[-1][1]:
                    runs[-1] = runs[-1][0], i + n
                else:
                    runs.append((i, i + n))
        return runs

    def is_copied(self, words: tuple[str, ...], runs: list[tuple[int, int]]) -> bool:
        """Whether a sentence with these words is the case's, or is mostly made of `runs` of it."""
        if words in self.sentences:
            return True
        needed = self._config.share * len(words)
        if runs and sum(end - start for start, end in runs) >= needed:
            return True
        return self._is_taken(words, self._config.quote) and (
            self._order(words) >= self._config.pieces
        )

    def is_disordered(self, words: tuple[str, ...]) -> bool:
        """Whether a sentence is made of the case's words, and in no order of the case's."""
        return self._is_taken(words, self._config.clause) and (
            self._order(words) <= self._config.disorder
        )

    def is_rearranged(self, words: frozenset[str]) -> bool:
        """Whether these words are mostly those of one sentence of the case, in any order."""
        said = words - VAGUE
        needed = max(float(self._config.telling), self._config.share * len(said))
        if len(said) < self._config.telling or len(said & self.words) < needed:
            return False
        return any(len(said & bag) >= needed for bag in self._bags)

    def quoted(
        self, runs: list[tuple[int, int]], chosen: Sequence[bool], *, bare: bool
    ) -> list[tuple[int, int]]:
        """Those `runs` of a sentence that are too long for a phrase.

        chosen: which of its words are the writer's choice: telling ones outside of terms and
        values. bare: the sentence has hardly a word of its own, so that a run of the case with more
        than terms is most of what it says.
        """
        return [
            (start, end)
            for start, end in runs
            if end - start >= self._config.quote or (bare and any(chosen[start:end]))
        ]

    def _is_taken(self, words: tuple[str, ...], least: int) -> bool:
        """Whether it has nearly no words but the case's, and at least so many of them."""
        taken = sum(map(self.words.__contains__, words))
        return taken >= max(least, self._config.taken * len(words))

    def _order(self, words: tuple[str, ...]) -> float:
        """The share of the words' pairs of neighbours that stand so in the case."""
        pairs = list(pairwise(words))
        return sum(map(self._pairs.__contains__, pairs)) / len(pairs)
