"""A case as the objectives see it: what it states, and which of that a good answer should use.

*Facts* are everything that the question and the context say, by concept, for checking claims.
*Findings* are the distinct facts about the patient that coverage asks for, each with a weight: the
closing question itself ("Which of the following …?") states none. A question that is not about a
patient has facts but no findings.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol, TypeVar

from reward_service.analysis.limits import patient_age
from reward_service.completions import key_labels, read_options, read_prompt
from reward_service.grounding.copying import CaseText, CopyingConfig
from reward_service.text.document import (
    FAMILY,
    HYPOTHETICAL,
    PAST,
    Anchor,
    Document,
    Measurement,
    Mention,
    Polarity,
    SemanticType,
    Sentence,
)
from reward_service.wire.request import Item

_Spanned = TypeVar("_Spanned", Mention, Measurement)


class Analyze(Protocol):
    """The text analysis that a case and its rollouts share (`reward_service.analysis.pipeline`)."""

    def __call__(
        self, text: str, *, narrative: bool = False, age: float | None = None
    ) -> Document: ...


# Anatomy names a place and a procedure a way to look; neither is a finding by itself.
FINDING_TYPES = frozenset(SemanticType) - {SemanticType.ANATOMY, SemanticType.PROCEDURE}
_ASKS = frozenset({"which", "what", "who", "whom", "whose", "when", "where", "why", "how"})


@dataclass(frozen=True, slots=True)
class CaseConfig:
    """Weights of the case's findings in coverage.

    present, absent: a finding that is there, a pertinent negative.
    abnormal, normal: a measurement that implies a finding, one that implies none or rules it out.
    circumstance: age, durations and other numbers without a normal range.
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
    copying: CopyingConfig = field(default_factory=CopyingConfig)


class Place(NamedTuple):
    """A stretch of one of the case's texts."""

    field: str  # "question", "context" or "reference"
    start: int
    end: int


class Fact(NamedTuple):
    """One statement of the case about a concept."""

    polarity: Polarity
    family: bool
    past: bool
    place: Place


class CaseMeasurement(NamedTuple):
    """A measurement and where the case states it."""

    measurement: Measurement
    place: Place


class Finding(NamedTuple):
    """Something that a careful answer uses. Either `concept` or `measurement` identifies it."""

    concept: str | None
    measurement: Measurement | None
    polarity: Polarity
    family: bool
    weight: float
    place: Place
    words: frozenset[str]  # normal forms of its words


class Case:
    """An analysed item without its completions.

    Attributes: `question` (stem), `age` (the patient's, in years), `options`, `key`,
    `keyed_letters` (empty when the key names no option), `texts` and `documents` by field name,
    `facts` by concept, `measurements`, `findings` in the order of the text, `stated_findings` (how
    many of them are the case's own, not the reference's), `option_concepts` by letter.
    """

    def __init__(
        self,
        item: Item,
        analyze: Analyze,
        config: CaseConfig | None = None,
    ) -> None:
        config = config or CaseConfig()
        stem, found_options = read_prompt(
            item.question if item.question is not None else item.prompt or ""
        )
        self.question: str = item.question if item.options and item.question else stem
        self.options: Mapping[str, str] | None = item.options or found_options
        self.key: str | Sequence[str] | None = item.answer
        prepared = read_options(self.options)
        self.keyed_letters = (prepared and key_labels(self.key, prepared)) or frozenset()
        self.texts: dict[str, str] = {
            name: text
            for name, text in (("question", self.question), ("context", item.context))
            if text
        }
        question = analyze(self.question, narrative=True)
        self.age = patient_age(question.measurements, self.question)
        self.documents: dict[str, Document] = {
            name: question if name == "question" else analyze(text, narrative=True, age=self.age)
            for name, text in self.texts.items()
        }
        self.reference: Document | None = None
        if item.reference:
            self.texts["reference"] = item.reference
            self.reference = analyze(item.reference, age=self.age)
        self.option_documents: dict[str, Document] = {
            letter: analyze(text) for letter, text in sorted((self.options or {}).items())
        }
        self.option_concepts: dict[str, frozenset[str]] = {
            letter: frozenset(m.concept for m in doc.mentions if m.type is not SemanticType.ANATOMY)
            for letter, doc in self.option_documents.items()
        }
        self.facts = _facts(self.documents)
        self.measurements = [
            CaseMeasurement(m, Place(name, m.start, m.end))
            for name, doc in self.documents.items()
            for m in doc.measurements
        ]
        self.words_at = _words_at(self.documents)
        self.copying = CaseText(self.documents.values(), config.copying)
        self.findings = tuple(self._find(config))
        self.stated_findings = sum(f.place.field != "reference" for f in self.findings)

    def _find(self, config: CaseConfig) -> Iterable[Finding]:
        """The distinct findings, in order; a later mention of the same thing adds nothing."""
        seen: set[tuple[str, Polarity, bool]] = set()
        for name, document in self.documents.items():
            if name == "question" and not _is_about_a_patient(document):
                continue
            for sentence, anchor in zip(document.sentences, document.anchors, strict=True):
                if _is_ask(document, sentence) and anchor is not Anchor.PATIENT:
                    continue
                yield from self._of_sentence(document, name, sentence, config, seen)
        if self.reference is not None:
            yield from self._of_reference(self.reference, config, seen)

    def _of_sentence(
        self,
        document: Document,
        name: str,
        sentence: Sentence,
        config: CaseConfig,
        seen: set[tuple[str, Polarity, bool]],
    ) -> Iterable[Finding]:
        measurements = _within(document.measurements, sentence)
        for m in measurements:
            if m.quantity == "diastolic_bp":
                continue  # a blood pressure is one finding, told by its first number
            key = (f"{m.quantity}={m.value:g}", Polarity.PRESENT, bool(m.flags & FAMILY))
            if key in seen:
                continue
            seen.add(key)
            # "Temperature is 38.9 °C" and "fever" are one finding.
            seen.update((concept, polarity, key[2]) for concept, polarity in m.implies)
            abnormal = any(p is Polarity.PRESENT for _, p in m.implies)
            weight = (
                (config.abnormal if abnormal else config.normal)
                if m.implies
                else config.circumstance
            )
            place = Place(name, m.start, m.end)
            yield Finding(None, m, Polarity.PRESENT, key[2], weight, place, frozenset())
        for mention in _within(document.mentions, sentence):
            if not is_finding(mention, measurements) or mention.flags & HYPOTHETICAL:
                continue
            family = bool(mention.flags & FAMILY)
            key = (mention.concept, mention.polarity, family)
            if key in seen:
                continue
            seen.add(key)
            yield Finding(
                mention.concept,
                None,
                mention.polarity,
                family,
                _mention_weight(mention, config),
                Place(name, mention.start, mention.end),
                words_of(document, mention),
            )

    def _of_reference(
        self,
        reference: Document,
        config: CaseConfig,
        seen: set[tuple[str, Polarity, bool]],
    ) -> Iterable[Finding]:
        known = {concept for concept, _, _ in seen}
        options = frozenset().union(*self.option_concepts.values())
        for mention in reference.mentions:
            if (
                not is_finding(mention, reference.measurements)
                or mention.concept in known | options
            ):
                continue
            known.add(mention.concept)
            yield Finding(
                mention.concept,
                None,
                mention.polarity,
                False,
                config.reference,
                Place("reference", mention.start, mention.end),
                words_of(reference, mention),
            )


def is_finding(mention: Mention, measurements: Iterable[Measurement]) -> bool:
    """Whether a mention may count by itself: of a fitting type, and not a measurement's label."""
    return mention.type in FINDING_TYPES and not any(
        m.first < mention.last and mention.first < m.last for m in measurements
    )


def words_of(document: Document, mention: Mention) -> frozenset[str]:
    """Normal forms of the words that a mention spans."""
    return frozenset(n for n in document.norms[mention.first : mention.last] if n[:1].isalnum())


def _within(things: Sequence[_Spanned], sentence: Sentence) -> list[_Spanned]:
    return [t for t in things if sentence.first <= t.first < sentence.last]


def _mention_weight(mention: Mention, config: CaseConfig) -> float:
    if mention.flags & FAMILY:
        return config.family
    if mention.polarity is Polarity.ABSENT:
        return config.absent
    return config.present


def _is_ask(document: Document, sentence: Sentence) -> bool:
    """Whether a sentence asks: it ends with "?" or ":" or holds "which of the following"."""
    norms = document.norms[sentence.first : sentence.last]
    if norms and norms[-1] in {"?", ":"}:
        return True
    return "following" in norms or bool(norms and norms[0] in _ASKS)


def _is_about_a_patient(document: Document) -> bool:
    return Anchor.PATIENT in document.anchors or any(m.implies for m in document.measurements)


def _facts(documents: Mapping[str, Document]) -> dict[str, tuple[Fact, ...]]:
    facts: defaultdict[str, list[Fact]] = defaultdict(list)
    for name, document in documents.items():
        for mention in document.mentions:
            if not mention.flags & HYPOTHETICAL:
                facts[mention.concept].append(
                    Fact(
                        mention.polarity,
                        bool(mention.flags & FAMILY),
                        bool(mention.flags & PAST),
                        Place(name, mention.start, mention.end),
                    )
                )
        for m in document.measurements:
            family, past = bool(m.flags & FAMILY), bool(m.flags & PAST)
            for concept, polarity in m.implies:
                facts[concept].append(Fact(polarity, family, past, Place(name, m.start, m.end)))
    return {concept: tuple(stated) for concept, stated in facts.items()}


def _words_at(documents: Mapping[str, Document]) -> dict[str, frozenset[tuple[str, int]]]:
    """Normal form → the (field, sentence index) pairs that hold it."""
    at: defaultdict[str, list[tuple[str, int]]] = defaultdict(list)
    for name, document in documents.items():
        for index, sentence in enumerate(document.sentences):
            for norm in document.norms[sentence.first : sentence.last]:
                at[norm].append((name, index))
    return {norm: frozenset(places) for norm, places in at.items()}
