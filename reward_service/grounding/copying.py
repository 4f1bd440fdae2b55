"""What a text takes over from the case.

A finding in copied words is not used, only repeated, so it earns nothing. Quoting a phrase is fine;
carrying over a sentence is not, in whatever order its words stand or with some of them left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise
from typing import NamedTuple

from reward_service.grounding.wording import VAGUE
from reward_service.text.document import Document


@dataclass(frozen=True, slots=True)
class CopyingConfig:
    """When words count as copied.

    ngram: length in words of the runs that are looked up in the case.
    left_out: so many words of the case may be left out in each of them: a copy with words left out
        is a copy.
    held: so much of a sentence of the case, in words, is the sentence.
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
    left_out: int = 2
    held: float = 0.8
    share: float = 0.75
    telling: int = 5
    quote: int = 10
    taken: float = 0.9
    clause: int = 6
    pieces: float = 0.6
    disorder: float = 0.2


class Overlap(NamedTuple):
    """What a sentence has of the case.

    `runs`: half-open ranges of its words that lie in runs of the case. `copied`: it is a
    sentence of the case, or mostly made of runs or pieces of it. `disordered`: it is made of the
    case's words, in no order of the case's.
    """

    runs: list[tuple[int, int]]
    copied: bool
    disordered: bool


class CaseText:
    """The case's word runs and sentences, for asking what was copied from it.

    Attributes: `words` (all of them), `sentences` (each as its words).
    """

    def __init__(self, documents: Iterable[Document], config: CopyingConfig) -> None:
        self._config = config
        n = config.ngram
        self._all_held = bytes([True] * n)
        grams: set[tuple[str, ...]] = set()
        sentences: set[tuple[str, ...]] = set()
        pairs: set[tuple[str, str]] = set()
        for document in documents:
            for sentence in document.sentences:
                words = document.words_of(sentence)
                sentences.add(words)
                grams.update(_runs_of(words, n, config.left_out))
                pairs.update(pairwise(words))
        self._grams = frozenset(grams)
        self._pairs = frozenset(pairs)
        self.sentences = frozenset(sentences)
        self.words = frozenset(word for words in sentences for word in words)
        bags = sorted(
            {tuple(sorted(set(words) - VAGUE)) for words in sentences}, key=lambda w: (-len(w), w)
        )
        self._bags = [frozenset(words) for words in bags if len(words) >= config.telling]

    def compare(self, words: tuple[str, ...]) -> Overlap:
        """What a sentence with these words has of the case."""
        config = self._config
        held = bytes(map(self.words.__contains__, words))
        runs = self._runs(words, held)
        taken, count = held.count(1), len(words)
        copied = words in self.sentences or (
            bool(runs) and sum(end - start for start, end in runs) >= config.share * count
        )
        if copied or taken < config.taken * count or taken < min(config.quote, config.clause):
            return Overlap(runs, copied, False)
        order = self._order(words)
        return Overlap(
            runs,
            taken >= config.quote and order >= config.pieces,
            taken >= config.clause and order <= config.disorder,
        )

    def holds_sentence(self, words: tuple[str, ...]) -> bool:
        """Whether these words have a sentence of the case among them, word for word or, of a longer
        one, with some words left out."""
        said = f" {' '.join(words)} "
        if any(f" {' '.join(told)} " in said for told in self.sentences if told):
            return True
        held = self.words.intersection(words)
        return any(
            len(told) > self._config.ngram
            and len(held.intersection(told)) >= self._config.held * len(set(told))
            and _taken_over(words, told) >= self._config.held * len(told)
            for told in self.sentences
        )

    def _runs(self, words: tuple[str, ...], held: bytes) -> list[tuple[int, int]]:
        """`held` says of each word whether the case has it."""
        n = self._config.ngram
        runs: list[tuple[int, int]] = []
        i = held.find(self._all_held)
        while i >= 0:
            if words[i : i + n] in self._grams:
                if runs and i < runs[-1][1]:
                    runs[-1] = runs[-1][0], i + n
                else:
                    runs.append((i, i + n))
            i = held.find(self._all_held, i + 1)
        return runs

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

    def _order(self, words: tuple[str, ...]) -> float:
        """The share of the words' pairs of neighbours that stand so in the case."""
        pairs = list(pairwise(words))
        return sum(map(self._pairs.__contains__, pairs)) / len(pairs)


def _runs_of(words: tuple[str, ...], n: int, left_out: int) -> Iterator[tuple[str, ...]]:
    """The runs of `n` words, also with up to `left_out` of the words between left out."""
    for i in range(len(words) - n + 1):
        for rest in combinations(words[i + 1 : i + n + left_out], n - 1):
            yield words[i], *rest


def _taken_over(words: Sequence[str], told: Sequence[str]) -> int:
    """How many words of `told` are among `words` in its order: the longest common subsequence."""
    longest = [0] * (len(told) + 1)
    for word in words:
        before = 0
        for i, other in enumerate(told, start=1):
            before, longest[i] = (
                longest[i],
                before + 1 if word == other else max(longest[i], longest[i - 1]),
            )
    return longest[-1]
