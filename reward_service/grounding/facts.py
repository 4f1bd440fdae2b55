"""What a case states, by concept, quantity and word: the index that claims are checked against."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from itertools import chain
from typing import NamedTuple

from reward_service.analysis.agreement import agree
from reward_service.grounding.kinds import Kinds
from reward_service.text.document import (
    FAMILY,
    NEGATED,
    NOT_OF_CASE,
    PAST,
    Document,
    Measurement,
    Polarity,
    SemanticType,
)

MAX_VALUES = 256
"""Different values of one quantity that are kept; a case that states more is no case."""

_TOLD = 3  # so many things of one sentence are not named together by chance
_MOST = 0.75


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
    does not name and that follow from one that it names, see `kinds`), `known` (the concepts of
    both), `open` (concepts of `implied` that are denied only by way of one that is stated, too: "no
    earlier headaches"), `holding` (normal form of a word → the (field, sentence index) pairs that
    hold it), `naming` (the same of a concept or quantity), `affirmed` (the words that stand
    somewhere without being denied).
    """

    def __init__(self, documents: Mapping[str, Document], kinds: Kinds | None = None) -> None:
        facts: dict[str, dict[tuple[Polarity, bool, bool], Fact]] = {}
        values: dict[str, dict[tuple[float, float, str, bool], StatedValue]] = {}
        holding: dict[str, list[tuple[str, int]]] = {}
        naming: dict[str, list[tuple[str, int]]] = {}
        affirmed: set[str] = set()
        for field, document in documents.items():
            for concept, polarity, flags, start, end in _statements(document):
                key = (polarity, bool(flags & FAMILY), bool(flags & PAST))
                facts.setdefault(concept, {}).setdefault(
                    key, Fact(*key, place=Place(field, start, end))
                )
            for m in document.measurements:
                if m.flags & (NOT_OF_CASE | NEGATED):
                    continue
                known = values.setdefault(m.quantity, {})
                if len(known) < MAX_VALUES:
                    place = Place(field, m.start, m.end)
                    value = (m.value, m.high, m.comparison, bool(m.flags & FAMILY))
                    known.setdefault(value, StatedValue(m, place))
            for index, named in enumerate(document.by_sentence(document.mentions)):
                for mention in named:
                    naming.setdefault(mention.concept, []).append((field, index))
            for index, valued in enumerate(document.by_sentence(document.measurements)):
                for m in valued:
                    naming.setdefault(m.quantity, []).append((field, index))
            affirmed.update(
                norm
                for norm, flags in zip(document.norms, document.flags, strict=True)
                if not flags & NEGATED
            )
            for index, sentence in enumerate(document.sentences):
                for norm in document.norms[sentence.first : sentence.last]:
                    holding.setdefault(norm, []).append((field, index))
        self.affirmed = frozenset(affirmed)
        self.of_concept = {concept: tuple(found.values()) for concept, found in facts.items()}
        self.implied = _implied(self.of_concept, kinds) if kinds else {}
        self.open = _open(self.of_concept, self.implied)
        self.known = frozenset(self.of_concept) | frozenset(self.implied)
        self.of_quantity = {quantity: tuple(found.values()) for quantity, found in values.items()}
        self.holding = {norm: frozenset(places) for norm, places in holding.items()}
        self.naming = {thing: frozenset(places) for thing, places in naming.items()}

    def about(self, concept: str) -> tuple[Fact, ...]:
        """What the case states of a concept, or of one that it follows from; () for neither."""
        return self.of_concept.get(concept) or self.implied.get(concept, ())

    def states(self, value: Measurement) -> bool:
        """Whether the case gives a quantity this value, of whomever."""
        return any(
            agree(value, one.measurement) for one in self.of_quantity.get(value.quantity, ())
        )

    def sentences_with(self, words: frozenset[str]) -> list[tuple[str, int]]:
        """(field, sentence index) of the sentences that hold every one of `words`, in order."""
        if not words or not words <= self.holding.keys():
            return []
        return sorted(frozenset.intersection(*[self.holding[word] for word in words]))

    def is_retold(self, things: frozenset[str]) -> bool:
        """Whether concepts and quantities are mostly those of one sentence of the case."""
        needed = max(_TOLD, _MOST * len(things))
        named = things & self.naming.keys()
        if len(named) < needed:
            return False
        told = Counter(chain.from_iterable([self.naming[thing] for thing in named]))
        return max(told.values()) >= needed


def _statements(document: Document) -> list[tuple[str, Polarity, int, int, int]]:
    """(concept, polarity, flags, start, end) of mentions and of what measurements imply.

    Medical knowledge and hypotheses in the case's texts are not about its patient. A normal value
    does not deny a disease that the case states: who has hypertension may have 117/70 mm Hg today.
    """
    mentions = [m for m in document.mentions if not m.flags & NOT_OF_CASE]
    present = [m for m in mentions if m.polarity is Polarity.PRESENT]
    ill_with = {m.concept for m in present if m.type is SemanticType.DISEASE}
    return [
        *((m.concept, m.polarity, m.flags, m.start, m.end) for m in mentions),
        *(
            (concept, polarity, m.flags, m.start, m.end)
            for m in document.measurements
            if not m.flags & (NOT_OF_CASE | NEGATED)
            for concept, polarity in m.implies
            if polarity is Polarity.PRESENT or concept not in ill_with
        ),
    ]


def _implied(stated: Mapping[str, tuple[Fact, ...]], kinds: Kinds) -> dict[str, tuple[Fact, ...]]:
    found: dict[str, list[Fact]] = {}
    for concept, facts in stated.items():
        for fact in facts:
            for other in kinds.follow(concept, fact.polarity):
                if other not in stated:
                    found.setdefault(other, []).append(fact)
    return {concept: tuple(facts) for concept, facts in found.items()}


def _open(
    stated: Mapping[str, tuple[Fact, ...]], implied: Mapping[str, tuple[Fact, ...]]
) -> frozenset[str]:
    """The concepts of `implied` whose denials all come from concepts that are stated, too."""
    torn = {
        fact.place
        for facts in stated.values()
        if any(fact.polarity is Polarity.PRESENT and not fact.family for fact in facts)
        for fact in facts
    }
    return frozenset(
        concept
        for concept, facts in implied.items()
        if all(fact.polarity is Polarity.ABSENT and fact.place in torn for fact in facts)
    )
