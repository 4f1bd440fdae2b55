"""spaCy's English tokeniser behind a bounded memo, so that it costs a dictionary look-up a word.

spaCy's tokeniser works on each whitespace-separated chunk by itself, so its result for a chunk can
be kept. Doing that here, in a dictionary with a limit, is several times faster than asking spaCy
for every text inside `nlp.memory_zone()` (which drops its own cache at the end of each zone), and
memory stays flat however many rare words pass by.
"""

from __future__ import annotations

from itertools import compress
from typing import NamedTuple

import spacy
from spacy.lang.en import English
from spacy.language import Language

from reward_service.text.normalize import normalize_token

# A run without a space that is longer than this is no English word. spaCy's affix stripping takes
# quadratic time on it, so such runs are handed over in pieces of this length.
MAX_CHUNK = 80
_MEMO_LIMIT = 50_000
# A memory zone gives back what a chunk added, but not its room in spaCy's hash tables: some 20
# bytes for every new word. So after this many fillings of the memo spaCy is started anew (0.1 s).
_FILLINGS = 10


class Tokens(NamedTuple):
    """A text's tokens: `norms`, `starts` and `ends` hold normal form and offsets of each one.

    `words` are the normal forms without the empty ones (hyphens, possessives), which matching looks
    through; `places[i]` is the token of `words[i]`.
    """

    norms: list[str]
    starts: list[int]
    ends: list[int]
    words: list[str]
    places: list[int]


class Tokenizer:
    """Splits text into spaCy's tokens with their normal forms. Linear in the length of the text."""

    def __init__(self, nlp: Language | None = None) -> None:
        self.nlp = nlp if nlp is not None else spacy.blank("en")
        self._renews = nlp is None
        # spaCy's exceptions also list single letters ("a."), which here are option letters.
        self._abbreviations = frozenset(
            word for word in English.Defaults.tokenizer_exceptions or {} if len(word) > 2
        )
        self._memo: dict[str, tuple[tuple[str, int, int], ...]] = {}
        self._fillings = 0

    def __call__(self, text: str) -> Tokens:
        norms: list[str] = []
        starts: list[int] = []
        ends: list[int] = []
        known, find = self._memo.get, text.index
        at = 0
        for chunk in text.split():
            at = find(chunk, at)
            for norm, start, end in known(chunk) or self._split(chunk):
                norms.append(norm)
                starts.append(at + start)
                ends.append(at + end)
            at += len(chunk)
        words = [norm for norm in norms if norm]
        return Tokens(norms, starts, ends, words, [*compress(range(len(norms)), norms)])

    def _split(self, chunk: str) -> tuple[tuple[str, int, int], ...]:
        if len(chunk) > MAX_CHUNK:
            return tuple(
                (norm, at + start, at + end)
                for at in range(0, len(chunk), MAX_CHUNK)
                for norm, start, end in self._pieces(chunk[at : at + MAX_CHUNK])
            )
        return self._pieces(chunk)

    def _pieces(self, chunk: str) -> tuple[tuple[str, int, int], ...]:
        known = self._memo.get(chunk)
        if known is not None:
            return known
        if len(self._memo) >= _MEMO_LIMIT:
            self._memo.clear()
            self._fillings += 1
            if self._renews and self._fillings % _FILLINGS == 0:
                self.nlp = spacy.blank("en")
        # The zone frees the strings that this chunk adds to spaCy's string store.
        with self.nlp.memory_zone():
            spans = [(token.idx, token.idx + len(token)) for token in self.nlp.tokenizer(chunk)]
        pieces = tuple(
            (normalize_token(chunk[start:end]), start, end)
            for span in spans
            for start, end in self._without_stop(chunk, *span)
        )
        self._memo[chunk] = pieces
        return pieces

    def _without_stop(self, chunk: str, start: int, end: int) -> tuple[tuple[int, int], ...]:
        """The span, or two where a full stop ends it that no abbreviation asks for.

        spaCy keeps the stop of "7 g/dL." and "is A." in the token; there it ends a sentence.
        """
        word = chunk[start:end]
        if len(word) < 2 or word[-1] != "." or "." in word[:-1] or word in self._abbreviations:
            return ((start, end),)
        return (start, end - 1), (end - 1, end)
