"""What a case states, by concept, quantity and word: the index that claims are checked against."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from reward_service.text.document import (
    FAMILY,
    NOT_OF_CASE,
    PAST,
    Document,
    Measurement,
    Polarity,
)

MAX_VALUES = 256
"""Different values of one quantity that are kept; a case that states more is no case."""


class Place(NamedTuple):
    """A stretch of one of the case's texts."""

    field: str  # "question", "context" or "reference"
    start: int
    end: int


class Fact(NamedTuple):
    """What the case states of a concept, and where it does so first."""

    polarity: Polarity
    family: bool
    past: bool
    place: Place


class StatedValue(NamedTuple):
    """A measurement of the case and where it stands."""

    measurement: Measurement
    place: Place


class Facts:
    """Everything that a case's texts say of their patient, whether or not it is a finding.

    Attributes: `of_concept` (concept → its different facts, in order), `of_quantity` (quantity →
    its different values, in order), `holding` (normal form of a word → the (field, sentence index)
    pairs that hold it).
    """

    def __init__(self, documents: Mapping[str, Document]) -> None:
        facts: dict[str, dict[tuple[Polarity, bool, bool], Fact]] = {}
        values: dict[str, dict[tuple[float, float, str], StatedValue]] = {}
        holding: dict[str, list[tuple[str, int]]] = {}
        for field, document in documents.items():
            for concept, polarity, flags, start, end in _statements(document):
                key = (polarity, bool(flags & FAMILY), bool(flags & PAST))
                facts.setdefault(concept, {}).setdefault(
                    key, Fact(*key, place=Place(field, start, end))
                )
            for m in document.measurements:
                if m.flags & NOT_OF_CASE:
                    continue
                known = values.setdefault(m.quantity, {})
                if len(known) < MAX_VALUES:
                    place = Place(field, m.start, m.end)
                    known.setdefault((m.value, m.high, m.comparison), StatedValue(m, place))
            for index, sentence in enumerate(document.sentences):
                for norm in document.norms[sentence.first : sentence.last]:
                    holding.setdefault(norm, []).append((field, index))
        self.of_concept = {concept: tuple(found.values()) for concept, found in facts.items()}
        self.of_quantity = {quantity: tuple(found.values()) for quantity, found in values.items()}
        self.holding = {norm: frozenset(places) for norm, places in holding.items()}

    def sentences_with(self, words: frozenset[str]) -> list[tuple[str, int]]:
        """(field, sentence index) of the sentences that hold every one of `words`, in order."""
        if not words or not words <= self.holding.keys():
            return []
        return sorted(frozenset.intersection(*(self.holding[word] for word in words)))


def _statements(document: Document) -> list[tuple[str, Polarity, int, int, int]]:
    """(concept, polarity, flags, start, end) of mentions and of what measurements imply.

    Medical knowledge and hypotheses in the case's texts are not about its patient.
    """
    return [
        (m.concept, m.polarity, m.flags, m.start, m.end)
        for m in document.mentions
        if not m.flags & NOT_OF_CASE
    ] + [
        (concept, polarity, m.flags, m.start, m.end)
        for m in document.measurements
        if not m.flags & NOT_OF_CASE
        for concept, polarity in m.implies
    ]
