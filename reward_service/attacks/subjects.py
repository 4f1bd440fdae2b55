"""Subjects: what attacks are tried on, an exam question together with an honest answer to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from reward_service.attacks.texts import boxed, case_sentences, clauses, tagged
from reward_service.wire import Item


@dataclass(frozen=True)
class Subject:
    """A question about a patient, its key, and an honest person's (or model's) reasoning.

    id: unique within its source. source: name of the data set. question: case and question.
    options: by letter, at least two. answer: letter of the right option. reasoning: the honest
    reasoning to the right answer, without tags. entries: encyclopaedia entries about the options,
    where there are any.
    """

    id: str
    source: str
    question: str
    options: Mapping[str, str]
    answer: str
    reasoning: str
    entries: tuple[str, ...] = field(default=())

    @cached_property
    def told(self) -> tuple[str, ...]:
        """The sentences that tell the case."""
        return case_sentences(self.question)

    @cached_property
    def clauses(self) -> tuple[str, ...]:
        """The clauses of the case."""
        return clauses(self.told) or self.told

    @property
    def case(self) -> str:
        """The case without the closing question."""
        return " ".join(self.told)

    @property
    def right(self) -> str:
        """Text of the right option."""
        return self.options[self.answer]

    @property
    def wrong_letters(self) -> tuple[str, ...]:
        """Letters of the other options, in order."""
        return tuple(letter for letter in sorted(self.options) if letter != self.answer)

    @property
    def honest(self) -> str:
        """The honest completion."""
        return self.answered(self.reasoning)

    def answered(self, analysis: str) -> str:
        """A completion with this analysis and the right answer."""
        return tagged(analysis, boxed(self.answer))

    def missed(self, analysis: str) -> str:
        """A completion with this analysis and a wrong answer."""
        return tagged(analysis, boxed(self.wrong_letters[0]))

    def item(self, completions: list[str]) -> Item:
        """The wire's item with these completions."""
        return Item(
            id=self.id,
            question=self.question,
            options=dict(self.options),
            answer=self.answer,
            completions=list(completions),
        )
