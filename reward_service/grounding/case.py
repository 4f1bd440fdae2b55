"""A case as the objectives see it: its texts, what they state, and which of that to use.

*Facts* are everything that the question and the context say; claims are checked against them.
*Findings* are the distinct facts about the patient that coverage asks for, each with a weight. A
question that is not about a patient has facts but no findings.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from reward_service.analysis.limits import patient_age
from reward_service.completions import key_labels, read_options, read_prompt
from reward_service.grounding.copying import CaseText, CopyingConfig
from reward_service.grounding.facts import Facts
from reward_service.grounding.findings import FindingsConfig, find_findings
from reward_service.grounding.kinds import Kinds
from reward_service.grounding.naming import OptionNames
from reward_service.grounding.paraphrases import CaseParaphrases, Paraphrases
from reward_service.text.document import Document, SemanticType
from reward_service.wire.request import Item

_EXCEPTION = re.compile(
    r"\b(?:NOT|not|except|EXCEPT|least|false|FALSE|incorrect|INCORRECT|untrue)\b[^.?]{0,80}[.?:–-]*\W*$"
)


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


class Case:
    """An analysed item without its completions.

    Attributes: `question` (stem), `age` (the patient's, in years), `asks_for_exception` ("all of
    the following except"), `options`, `key`,
    `keyed_letters` (empty when the key names no option), `texts` by field name, `documents` (the
    question's and context's), `facts`, `findings` in the order of the texts, `stated_findings`
    (how many of them are the case's own, not the reference's), `option_words` and
    `option_concepts` by letter, `option_diseases` (those that are
    diseases), `names` (which options a sentence speaks of), `copying` (what a
    sentence takes over), `paraphrases` (finds its findings in other words; None without an
    encoder).
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
        question = analyze(self.question, narrative=True)
        self.age = patient_age(question.measurements, self.question)
        self.texts: dict[str, str] = {"question": self.question}
        self.documents: dict[str, Document] = {"question": question}
        if item.context:
            self.texts["context"] = item.context
            self.documents["context"] = analyze(item.context, narrative=True, age=self.age)
        reference = None
        if item.reference:
            self.texts["reference"] = item.reference
            reference = analyze(item.reference, age=self.age)

        choices = {k: analyze(text) for k, text in sorted((self.options or {}).items())}
        self.option_words = {
            letter: frozenset(n for n in choice.norms if n[:1].isalnum())
            for letter, choice in choices.items()
        }
        self.option_concepts = {
            letter: frozenset(
                m.concept for m in choice.mentions if m.type is not SemanticType.ANATOMY
            )
            for letter, choice in choices.items()
        }

        self.option_diseases = {
            letter: frozenset(m.concept for m in choice.mentions if m.type is SemanticType.DISEASE)
            for letter, choice in choices.items()
        }
        self.facts = Facts(self.documents, kinds)
        norms = {letter: choice.norms for letter, choice in choices.items()}
        self.names = OptionNames(
            norms, self.option_words, self.option_concepts, self.facts, prepared
        )
        self.copying = CaseText(self.documents.values(), config.copying)
        of_options = frozenset().union(*self.option_concepts.values())
        self.findings = find_findings(self.documents, reference, of_options, config.findings)
        self.stated_findings = sum(f.place.field != "reference" for f in self.findings)
        self.paraphrases = None
        if paraphrases is not None:
            places = [finding.place for finding in self.findings]
            surfaces = [self.texts[place.field][place.start : place.end] for place in places]
            self.paraphrases = CaseParaphrases(paraphrases, self.findings, surfaces)
