"""A case as the objectives see it: its texts, what they state, and which of that to use.

*Facts* are everything that the question and the context say; claims are checked against them.
*Findings* are the distinct facts about the patient that coverage asks for, each with a weight. A
question that is not about a patient has facts but no findings.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple, Protocol

from reward_service.analysis.limits import patient_age
from reward_service.completions import key_labels, read_options, read_prompt
from reward_service.grounding.contraries import CaseWords
from reward_service.grounding.copying import CaseText, CopyingConfig
from reward_service.grounding.facts import Facts
from reward_service.grounding.findings import Finding, FindingsConfig, find_findings
from reward_service.grounding.kinds import Kinds
from reward_service.grounding.naming import OptionNames
from reward_service.grounding.paraphrases import CaseParaphrases, Paraphrases
from reward_service.grounding.phrases import CasePhrases
from reward_service.grounding.standins import CasePlaces
from reward_service.grounding.wording import VAGUE
from reward_service.text.document import Document, SemanticType
from reward_service.wire.request import Item

_EXCEPTION = re.compile(
    r"\b(?:NOT|not|except|EXCEPT|least|false|FALSE|incorrect|INCORRECT|untrue)\b[^.?]{0,80}[.?:–-]*\W*$"
)
_BULLET = re.compile(r"^\s*[-–—•*]\s*(?=[^\W\d])")  # "-PCR", but not "-4 dioptres"


class Analyze(Protocol):
    """The text analysis that a case and its rollouts share (`reward_service.analysis.pipeline`)."""

    def __call__(
        self, text: str, *, narrative: bool = False, age: float | None = None
    ) -> Document: ...


@dataclass(frozen=True, slots=True)
class CaseConfig:
    """How a case is read: weights of its findings, and what counts as copied from it."""

    findings: FindingsConfig = field(default_factory=FindingsConfig)
    copying: CopyingConfig = field(default_factory=CopyingConfig)


class _Choice(NamedTuple):
    """What an option says; `norms` are the normal forms of its tokens."""

    norms: list[str]
    words: frozenset[str]
    concepts: frozenset[str]
    diseases: frozenset[str]


class Case:
    """An item without its completions. Text is analysed when an objective first asks for it.

    Attributes: `question` (stem), `asks_for_exception` ("all of the following except"), `options`,
    `key`, `keyed_letters` (empty when the key names no option), `texts` by field name; and what
    analysis tells, see the properties.
    """

    def __init__(
        self,
        item: Item,
        analyze: Analyze,
        config: CaseConfig | None = None,
        paraphrases: Paraphrases | None = None,
        kinds: Kinds | None = None,
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

        self.asks_for_exception = bool(_EXCEPTION.search(self.question, len(self.question) // 2))
        self.texts: dict[str, str] = {"question": self.question}
        if item.context:
            self.texts["context"] = item.context
        if item.reference:
            self.texts["reference"] = item.reference
        self._analyze = analyze
        self._config = config
        self._paraphrases = paraphrases
        self._kinds = kinds

    @cached_property
    def documents(self) -> dict[str, Document]:
        """The analysed question and context, by field name."""
        question = self._analyze(self.question, narrative=True)
        if "context" not in self.texts:
            return {"question": question}
        age = patient_age(question.measurements, self.question)
        context = self._analyze(self.texts["context"], narrative=True, age=age)
        return {"question": question, "context": context}

    @cached_property
    def age(self) -> float:
        """The patient's age in years."""
        return patient_age(self.documents["question"].measurements, self.question)

    @cached_property
    def _choices(self) -> dict[str, _Choice]:
        options = sorted((self.options or {}).items())
        return {k: _choice(self._analyze(_BULLET.sub("", text))) for k, text in options}

    @cached_property
    def option_words(self) -> dict[str, frozenset[str]]:
        """The words of each option, by letter."""
        return {letter: choice.words for letter, choice in self._choices.items()}

    @cached_property
    def option_concepts(self) -> dict[str, frozenset[str]]:
        """The concepts that each option names, by letter."""
        return {letter: choice.concepts for letter, choice in self._choices.items()}

    @cached_property
    def option_diseases(self) -> dict[str, frozenset[str]]:
        """Those of them that are diseases, by letter."""
        return {letter: choice.diseases for letter, choice in self._choices.items()}

    @cached_property
    def facts(self) -> Facts:
        """Everything that the question and the context say of the patient."""
        return Facts(self.documents, self._kinds)

    @cached_property
    def names(self) -> OptionNames:
        """Which options a sentence speaks of."""
        norms = {letter: choice.norms for letter, choice in self._choices.items()}
        return OptionNames(
            norms, self.option_words, self.option_concepts, self.facts, read_options(self.options)
        )

    @cached_property
    def copying(self) -> CaseText:
        """What a sentence takes over from the case."""
        return CaseText(self.documents.values(), self._config.copying)

    @cached_property
    def words(self) -> CaseWords:
        """Which words say the contrary of what it says."""
        return CaseWords(self.documents)

    @cached_property
    def phrases(self) -> CasePhrases:
        """Which of its words that are no terms a completion can contradict."""
        return CasePhrases(self.documents)

    @cached_property
    def places(self) -> CasePlaces:
        """Which words stand in for its own."""
        return CasePlaces(self.documents)

    @cached_property
    def untelling(self) -> frozenset[str]:
        """The words that say nothing beyond the case and its options: theirs, and vague ones."""
        return VAGUE | self.copying.words | self.names.all_words

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """What a careful answer uses, in the order of the texts."""
        text = self.texts.get("reference")
        reference = None if text is None else self._analyze(text, age=self.age)
        of_options = frozenset().union(*self.option_concepts.values())
        return find_findings(self.documents, reference, of_options, self._config.findings)

    @cached_property
    def stated_findings(self) -> int:
        """How many of the findings are the case's own, not the reference's."""
        return sum(f.place.field != "reference" for f in self.findings)

    @cached_property
    def paraphrases(self) -> CaseParaphrases | None:
        """Finds its findings in other words; None without an encoder."""
        if self._paraphrases is None:
            return None
        places = [finding.place for finding in self.findings]
        surfaces = [self.texts[place.field][place.start : place.end] for place in places]
        return CaseParaphrases(self._paraphrases, self.findings, surfaces)


def _choice(document: Document) -> _Choice:
    return _Choice(
        document.norms,
        frozenset(n for n in document.norms if n[:1].isalnum()),
        frozenset(m.concept for m in document.mentions if m.type is not SemanticType.ANATOMY),
        frozenset(m.concept for m in document.mentions if m.type is SemanticType.DISEASE),
    )
