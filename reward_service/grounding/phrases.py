"""What a completion denies of words of the case that no vocabulary knows.

"No decremental response" of a case with one contradicts it, although it is no term. Two
neighbouring words that the case affirms outside of its terms are contradicted by a "no" before
them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from reward_service.grounding.contraries import Contrary
from reward_service.grounding.facts import Place
from reward_service.grounding.findings import tokens_of
from reward_service.grounding.wording import VAGUE
from reward_service.text.document import (
    FAMILY,
    NEGATED,
    NOT_CLAIMED,
    NOT_OF_CASE,
    Document,
    Flag,
    Sentence,
)

_NEGATORS = frozenset({"no", "without"})
_BEFORE_A_NOUN = frozenset({"a", "an", "any", "the", "such", "evidence", "sign", "of"})
_UNSTATED = FAMILY | NOT_CLAIMED | int(Flag.UNCERTAIN)

_Pair = tuple[str, str]


class CasePhrases:
    """The pairs of neighbouring words that a case affirms and never denies."""

    def __init__(self, documents: Mapping[str, Document]) -> None:
        affirmed: dict[_Pair, Place] = {}
        denied: set[_Pair] = set()
        for field, document in documents.items():
            for pair, first in _pairs(document):
                bits = document.flags[first] | document.flags[first + 1]
                if bits & NEGATED:
                    denied.add(pair)
                elif not bits & NOT_OF_CASE:
                    place = Place(field, document.starts[first], document.ends[first + 1])
                    affirmed.setdefault(pair, place)
        self._affirmed = {pair: at for pair, at in affirmed.items() if pair not in denied}

    def denied(self, document: Document, sentence: Sentence) -> Iterator[Contrary]:
        """The pairs that a sentence denies, each at its first token."""
        norms, flags = document.norms, document.flags
        if _NEGATORS.isdisjoint(norms[sentence.first : sentence.last]):
            return
        for i in range(sentence.first, sentence.last):
            if norms[i] not in _NEGATORS:
                continue
            first = i + 1
            while first < sentence.last and norms[first] in _BEFORE_A_NOUN:
                first += 1
            if first + 1 >= sentence.last:
                continue
            pair, bits = (norms[first], norms[first + 1]), flags[first] | flags[first + 1]
            place = self._affirmed.get(pair)
            if place is not None and bits & NEGATED and not bits & _UNSTATED:
                yield Contrary(f"denied: {' '.join(pair)}", first, place)


def _pairs(document: Document) -> Iterator[tuple[_Pair, int]]:
    """The neighbouring telling words of each sentence outside of terms and values, with the first
    one's token."""
    norms = document.norms
    named = tokens_of([*document.mentions, *document.measurements])
    tells = [_tells(norm) and i not in named for i, norm in enumerate(norms)]
    for sentence in document.sentences:
        for i in range(sentence.first, sentence.last - 1):
            if tells[i] and tells[i + 1]:
                yield (norms[i], norms[i + 1]), i


def _tells(norm: str) -> bool:
    return norm[:1].isalpha() and len(norm) > 1 and norm not in VAGUE
