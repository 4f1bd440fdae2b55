"""A rollout as the objectives see it: its sections, its answer, and its sentences with what each
one names.

Sentences that repeat an earlier sentence of the same completion are left out, so saying something
twice neither earns nor costs.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from reward_service.analysis.attributes import ARGUMENT, REASON, REJECTION
from reward_service.completions import Commitment, Completion
from reward_service.grounding.case import Analyze, Case
from reward_service.grounding.findings import tokens_of
from reward_service.grounding.sentencehood import SentenceConfig, is_sentence
from reward_service.text.document import Anchor, Document, Measurement, Mention, Sentence

# Mark-up between sentences: section tags, \boxed, bold. Blanked out so that it neither joins two
# sentences into one nor counts as words.
_MARKUP = re.compile(r"</?[A-Za-z_][\w-]{0,20}>|\\(?:boxed|text(?:bf)?)\{|\*{1,3}|^#{1,6} ", re.M)


@dataclass(frozen=True, slots=True)
class RolloutConfig:
    """How sentences are judged."""

    sentence: SentenceConfig = field(default_factory=SentenceConfig)


class RolloutSentence(NamedTuple):
    """One sentence of the completion with what it names.

    `copied`: taken over from the case. `proper`: a sentence, not a list of terms. `reasoned`: it
    states a reason. `argues`: it reasons for or against something; `rejects`: against.
    `concluding`: it lies in the conclusion of a tagged completion.
    """

    span: Sentence
    words: tuple[str, ...]
    anchor: Anchor
    mentions: tuple[Mention, ...]
    measurements: tuple[Measurement, ...]
    copied: bool
    proper: bool
    reasoned: bool
    argues: bool
    rejects: bool
    concluding: bool


class Rollout:
    """One completion of a case. Text analysis runs when an objective first asks for it."""

    def __init__(
        self,
        case: Case,
        completion: Completion,
        commitment: Commitment,
        analyze: Analyze,
        config: RolloutConfig | None = None,
    ) -> None:
        self.case = case
        self.completion = completion
        self.commitment = commitment
        self._analyze = analyze
        self._config = config or RolloutConfig()

    @cached_property
    def document(self) -> Document:
        """The analysed completion; offsets are those of `completion.text`."""
        return self._analyze(_MARKUP.sub(_blank, self.completion.text), age=self.case.age)

    @cached_property
    def _words(self) -> list[tuple[str, ...]]:
        """The words of each sentence of the document."""
        return [self.document.words_of(span) for span in self.document.sentences]

    @cached_property
    def sentences(self) -> tuple[RolloutSentence, ...]:
        """Its sentences in order, each distinct one once."""
        document = self.document
        mentions = document.by_sentence(document.mentions)
        measurements = [
            [value for value in values if not _misnamed(value, mentions[i])]
            for i, values in enumerate(document.by_sentence(document.measurements))
        ]
        conclusion = self.completion.conclusion if self.completion.tagged else None
        seen: set[tuple[str, ...]] = set()
        sentences: list[RolloutSentence] = []
        for i, span in enumerate(document.sentences):
            words = self._words[i]
            if words in seen:
                continue
            seen.add(words)
            named = tokens_of(mentions[i]) | tokens_of(measurements[i])
            start = document.starts[span.first]
            roles = document.roles[i]
            sentences.append(
                RolloutSentence(
                    span,
                    words,
                    document.anchors[i],
                    tuple(mentions[i]),
                    tuple(measurements[i]),
                    self.case.copying.is_copied(words),
                    is_sentence(roles, len(words), len(named), self._config.sentence),
                    bool(roles & REASON),
                    bool(roles & ARGUMENT),
                    bool(roles & REJECTION),
                    conclusion is not None and conclusion[0] <= start < conclusion[1],
                )
            )
        return tuple(sentences)

    @property
    def word_count(self) -> int:
        """Number of words in the completion, repeated sentences included."""
        return sum(map(len, self._words))


def _misnamed(value: Measurement, mentions: Iterable[Mention]) -> bool:
    """Whether the words that name a value say the opposite of it, as in "fever at 37.1 °C".

    A value copied from the case cannot support its name then: only the name is a claim.
    """
    meant = dict(value.implies)
    return any(
        value.first <= m.first
        and m.last <= value.last
        and meant.get(m.concept, m.polarity) is not m.polarity
        for m in mentions
    )


def _blank(match: re.Match[str]) -> str:
    """Spaces of the same length; a tag also ends the line before it."""
    length = match.end() - match.start()
    return "\n\n" + " " * (length - 2) if match.group().startswith("<") else " " * length
