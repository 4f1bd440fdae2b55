"""What a completion says against words of the case that no vocabulary knows.

"No decremental response" of a case with one, and "a dose of 25 Gy" of one with 50 Gy, contradict
it, although neither is a term or a known quantity. Two neighbouring words that the case affirms
outside of its terms are contradicted by a "no" before them, a number by another one with the same
word.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from operator import and_

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
_BETWEEN = frozenset({"of", "is", "was", "=", ":"})  # a name and its number
_LIMITS = frozenset({"<", ">", "than", "least", "most", "under", "over", "above", "below", "about"})
_UNSTATED = FAMILY | NOT_CLAIMED | int(Flag.UNCERTAIN)


class CasePhrases:
    """The pairs of neighbouring words that a case affirms, and its numbers by the word that tells
    what they number."""

    def __init__(self, documents: Mapping[str, Document]) -> None:
        self._affirmed: dict[tuple[str, str], Place] = {}
        self._numbered: dict[str, Place] = {}
        self._numbers: set[float] = set()
        denied: set[tuple[str, str]] = set()
        for field, document in documents.items():
            norms, flags = document.norms, document.flags
            named = tokens_of([*document.mentions, *document.measurements])
            for sentence in document.sentences:
                tells = [
                    _tells(norms[i]) and i not in named
                    for i in range(sentence.first, sentence.last)
                ]
                for k, both in enumerate(map(and_, tells, tells[1:])):
                    if not both:
                        continue
                    i = sentence.first + k
                    pair, bits = (norms[i], norms[i + 1]), flags[i] | flags[i + 1]
                    if bits & NEGATED:
                        denied.add(pair)
                    elif not bits & NOT_OF_CASE:
                        place = Place(field, document.starts[i], document.ends[i + 1])
                        self._affirmed.setdefault(pair, place)
                for i in range(sentence.first, sentence.last):
                    if (number := _number(norms[i])) is None:
                        continue
                    self._numbers.add(number)
                    place = Place(field, document.starts[i], document.ends[i])
                    for word in _numbered(document, sentence, i):
                        self._numbered.setdefault(word, place)
        for pair in denied:
            self._affirmed.pop(pair, None)

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

    def misnumbered(
        self, document: Document, sentence: Sentence, named: set[int]
    ) -> Iterator[Contrary]:
        """The numbers of a sentence that the case does not have, beside a word that has another
        one there. `named`: the tokens of its terms and measurements."""
        norms, flags = document.norms, document.flags
        for i in range(sentence.first, sentence.last):
            number = None if i in named else _number(norms[i])
            if number is None or number in self._numbers or flags[i] & (_UNSTATED | NEGATED):
                continue
            if i > sentence.first and norms[i - 1] in _LIMITS:
                continue
            for word in _numbered(document, sentence, i):
                if word in self._numbered:
                    yield Contrary(f"number: {word} {norms[i]}", i, self._numbered[word])
                    break


def _tells(norm: str) -> bool:
    return norm[:1].isalpha() and len(norm) > 1 and norm not in VAGUE


def _number(norm: str) -> float | None:
    if not norm[:1].isdigit():
        return None
    plain = norm.replace(",", "")
    return float(plain) if plain.replace(".", "", 1).isdecimal() else None


def _numbered(document: Document, sentence: Sentence, at: int) -> Iterator[str]:
    """The words that tell what the number at token `at` numbers: "50 Gy", "CD 15", "dose of 50"."""
    norms = document.norms
    if at + 1 < sentence.last and _tells(norms[at + 1]):
        yield norms[at + 1]
    if at > sentence.first and _tells(norms[at - 1]):
        yield norms[at - 1]
    if at - 2 >= sentence.first and norms[at - 1] in _BETWEEN and _tells(norms[at - 2]):
        yield norms[at - 2]
