"""What a case states, by concept, quantity and word: the index that claims are checked against."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from reward_service.grounding.kinds import Kinds
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
    its different values, in order), `implied` (the same as `of_concept` for concepts that the case
    does not name and that follow from one that it names, see `kinds`), `holding` (normal form of a
    word → the (field, sentence index) pairs that hold it).
    """

    def __init__(self, documents: Mapping[str, Document], kinds: Kinds | None = None) -> None:
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
        self.implied = _implied(self.of_concept, kinds) if kinds else {}
        self.of_quantity = {quantity: tuple(found.values()) for quantity, found in values.items()}
        self.holding = {norm: frozenset(places) for norm, places in holding.items()}

    def about(self, concept: str) -> tuple[Fact, ...]:
        """What the case states of a concept, or of one that it follows from; () for neither."""
        return self.of_concept.get(concept) or self.implied.get(concept, ())

    def sentences_with(self, words: frozenset[str]) -> list[tuple[str, int]]:
        """(field, sentence index) of the sentences that hold every one of `words`, in order."""
        holders = [self.holding.get(word, frozenset()) for word in words]
        return sorted(frozenset.intersection(*holders)) if holders else []


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


def _implied(stated: Mapping[str, tuple[Fact, ...]], kinds: Kinds) -> dict[str, tuple[Fact, ...]]:
    found: dict[str, list[Fact]] = {}
    for concept, facts in stated.items():
        for fact in facts:
            for other in kinds.follow(concept, fact.polarity):
                if other not in stated:
                    found.setdefault(other, []).append(fact)
    return {concept: tuple(facts) for concept, facts in found.items()}
