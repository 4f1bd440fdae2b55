"""The findings of a case: the distinct facts about the patient that a careful answer uses.

The closing question ("Which of the following …?") states none, and neither do body parts, tests,
or the label of a measurement. A measurement and the finding that it implies are one finding.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from reward_service.grounding.facts import Place
from reward_service.text.document import (
    FAMILY,
    NOT_OF_CASE,
    Anchor,
    Document,
    Measurement,
    Mention,
    Polarity,
    SemanticType,
    Sentence,
)

# Anatomy names a place and a procedure a way to look; neither is a finding by itself.
_TYPES = frozenset(SemanticType) - {SemanticType.ANATOMY, SemanticType.PROCEDURE}
_PEOPLE = frozenset(
    {"man", "woman", "boy", "girl", "patient", "infant", "child", "male", "female", "neonate"}
    | {"newborn", "baby", "lady", "gentleman", "person"}
)
_ASKS = frozenset({"which", "what", "who", "how", "why"})


@dataclass(frozen=True, slots=True)
class FindingsConfig:
    """Weights of findings in coverage.

    present, absent: a finding that is there, a pertinent negative.
    abnormal, normal: a measurement that implies a finding, one that only rules findings out.
    circumstance: age, durations and other numbers that imply nothing new.
    family: a finding of a relative.
    reference: a concept of the expert's rationale that the case does not state.
    """

    present: float = 1.0
    absent: float = 0.5
    abnormal: float = 1.0
    normal: float = 0.25
    circumstance: float = 0.25
    family: float = 0.5
    reference: float = 0.5


class Finding(NamedTuple):
    """Something that a careful answer uses. Either `concept` or `measurement` identifies it."""

    concept: str | None
    measurement: Measurement | None
    polarity: Polarity
    family: bool
    weight: float
    place: Place
    words: frozenset[str]  # normal forms of its words


_Seen = set[tuple[str, Polarity, bool]]


def find_findings(
    documents: Mapping[str, Document],
    reference: Document | None,
    option_concepts: frozenset[str],
    config: FindingsConfig,
) -> tuple[Finding, ...]:
    """The distinct findings in order of the texts; saying one again adds nothing.

    A question that is not about a patient has none. The reference adds the concepts that neither
    the case nor the options name.
    """
    seen: _Seen = set()
    found: list[Finding] = []
    for field, document in documents.items():
        if field == "question" and not _is_about_a_patient(document):
            continue
        groups = zip(
            document.sentences,
            document.anchors,
            document.by_sentence(document.mentions),
            document.by_sentence(document.measurements),
            strict=True,
        )
        for sentence, anchor, mentions, measurements in groups:
            of_patient = anchor is Anchor.PATIENT or any(m.quantity == "age" for m in measurements)
            if of_patient or not _is_ask(document, sentence):
                found += _of_measurements(field, measurements, config, seen)
                labels = tokens_of(measurements)
                found += _of_mentions(document, field, mentions, labels, config, seen)
    if reference is not None:
        known = option_concepts | {concept for concept, _, _ in seen}
        found += _of_reference(reference, known, config)
    return tuple(found)


def is_finding(mention: Mention, labels: set[int]) -> bool:
    """Whether a mention counts by itself: of a fitting type, and not in a measurement's tokens."""
    if mention.type not in _TYPES:
        return False
    return not labels or labels.isdisjoint(range(mention.first, mention.last))


def tokens_of(things: Iterable[Mention | Measurement]) -> set[int]:
    """The tokens that mentions or measurements take in."""
    tokens: set[int] = set()
    for thing in things:
        tokens.update(range(thing.first, thing.last))
    return tokens


def words_of(document: Document, mention: Mention) -> frozenset[str]:
    """Normal forms of the words that a mention spans."""
    return frozenset([n for n in document.norms[mention.first : mention.last] if n[:1].isalnum()])


def _of_measurements(
    field: str, measurements: Iterable[Measurement], config: FindingsConfig, seen: _Seen
) -> Iterable[Finding]:
    for m in measurements:
        family = bool(m.flags & FAMILY)
        key = (f"{m.quantity}={m.value:g}", Polarity.PRESENT, family)
        # A blood pressure is one finding, told by its first number.
        if key in seen or m.quantity == "diastolic_bp":
            continue
        implied = [(concept, polarity, family) for concept, polarity in m.implies]
        news = [fact for fact in implied if fact not in seen]
        weight = config.circumstance
        if any(polarity is Polarity.PRESENT for _, polarity, _ in news):
            weight = config.abnormal
        elif news:
            weight = config.normal
        seen.add(key)
        seen.update(implied)
        place = Place(field, m.start, m.end)
        yield Finding(None, m, Polarity.PRESENT, family, weight, place, frozenset())


def _of_mentions(
    document: Document,
    field: str,
    mentions: Iterable[Mention],
    labels: set[int],
    config: FindingsConfig,
    seen: _Seen,
) -> Iterable[Finding]:
    for mention in mentions:
        family = bool(mention.flags & FAMILY)
        key = (mention.concept, mention.polarity, family)
        if key in seen or mention.flags & NOT_OF_CASE or not is_finding(mention, labels):
            continue
        seen.add(key)
        weight = config.absent if mention.polarity is Polarity.ABSENT else config.present
        yield Finding(
            mention.concept,
            None,
            mention.polarity,
            family,
            config.family if family else weight,
            Place(field, mention.start, mention.end),
            words_of(document, mention),
        )


def _of_reference(
    reference: Document, known: frozenset[str], config: FindingsConfig
) -> Iterable[Finding]:
    labels = tokens_of(reference.measurements)
    named: set[str] = set()
    for mention in reference.mentions:
        if mention.concept in known or mention.concept in named or not is_finding(mention, labels):
            continue
        named.add(mention.concept)
        yield Finding(
            mention.concept,
            None,
            mention.polarity,
            False,
            config.reference,
            Place("reference", mention.start, mention.end),
            words_of(reference, mention),
        )


def _is_ask(document: Document, sentence: Sentence) -> bool:
    """Whether a sentence asks: "Which of …?", "… is due to:", "All of the following except"."""
    norms = document.norms[sentence.first : sentence.last]
    return norms[-1] in {"?", ":"} or "following" in norms or norms[0] in _ASKS


def _is_about_a_patient(document: Document) -> bool:
    return (
        Anchor.PATIENT in document.anchors
        or any(m.implies or m.quantity == "age" for m in document.measurements)
        or any(
            not _is_ask(document, sentence)
            and not _PEOPLE.isdisjoint(document.norms[sentence.first : sentence.last])
            for sentence in document.sentences
        )
    )
