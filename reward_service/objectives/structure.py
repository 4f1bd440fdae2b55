"""structure: how well a completion keeps `<dx>…</dx><conclusion>…</conclusion>`.

A sum of credits, each given in full or not at all:

    analysis    exactly one analysis section, opened and closed, not empty
    conclusion  exactly one conclusion section, opened and closed, not empty
    order       the analysis stands before the conclusion and no tag is left over
    outside     nothing but white space outside the two sections
    answer      the conclusion states one answer

`order` and `outside` need both sections, so a completion without tags can earn `answer` alone.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import ClassVar

from reward_service.completions import Commitment, Completion, Problem, Range
from reward_service.objectives.base import CaseView, EvidenceItem, Judgement, RolloutView
from reward_service.wire.codes import Abstention, Outcome

_SPOILS: Mapping[str, frozenset[Problem]] = {
    "analysis": frozenset(
        {
            Problem.NO_ANALYSIS,
            Problem.REPEATED_ANALYSIS,
            Problem.UNOPENED_ANALYSIS,
            Problem.UNCLOSED_ANALYSIS,
            Problem.EMPTY_ANALYSIS,
        }
    ),
    "conclusion": frozenset(
        {
            Problem.NO_CONCLUSION,
            Problem.REPEATED_CONCLUSION,
            Problem.UNCLOSED_CONCLUSION,
            Problem.EMPTY_CONCLUSION,
        }
    ),
    "order": frozenset(
        {
            Problem.NO_ANALYSIS,
            Problem.NO_CONCLUSION,
            Problem.WRONG_ORDER,
            Problem.STRAY_TAG,
        }
    ),
    "outside": frozenset({Problem.NO_ANALYSIS, Problem.NO_CONCLUSION, Problem.TEXT_OUTSIDE}),
}


@dataclass(frozen=True, slots=True)
class StructureConfig:
    """The credit of each check; not negative, together 1 (ValueError otherwise)."""

    analysis: float = 0.25
    conclusion: float = 0.25
    order: float = 0.15
    outside: float = 0.15
    answer: float = 0.2

    def __post_init__(self) -> None:
        credits = [getattr(self, f.name) for f in fields(self)]
        if min(credits) < 0 or not math.isclose(sum(credits), 1.0):
            raise ValueError(f"credits are not negative and add up to 1, got {credits}")


@dataclass(frozen=True, slots=True)
class Structure:
    """Whether the completion keeps its sections."""

    config: StructureConfig = StructureConfig()

    name = "structure"
    summary = (
        "how well the completion keeps one analysis and one conclusion section, in order, not "
        "empty, nothing outside, one answer in the conclusion"
    )
    default_weight = 0.0
    metrics: ClassVar[Mapping[str, str]] = {}
    abstentions: ClassVar[tuple[Abstention, ...]] = ()

    def judge(self, case: CaseView, rollout: RolloutView) -> Judgement:
        """Judge one rollout; never abstains. The case plays no part."""
        completion = rollout.completion
        evidence = [
            self._check(name, completion, _passes(name, completion), _place(name, completion))
            for name in _SPOILS
        ]
        answered = _answers_in_conclusion(completion, rollout.commitment)
        evidence.append(self._check("answer", completion, answered, rollout.commitment.span))
        formula = " + ".join(f"{e.earned:g} {e.name}" for e in evidence)
        return Judgement.judged(
            min(1.0, sum(e.earned for e in evidence)), evidence=evidence, formula=formula
        )

    def _check(
        self, name: str, completion: Completion, passed: bool, place: Range | None
    ) -> EvidenceItem:
        credit: float = getattr(self.config, name)
        outcome = Outcome.MATCHED if passed else Outcome.MISSED
        return EvidenceItem(outcome, credit, credit if passed else 0.0, place, name=name)


def _passes(check: str, completion: Completion) -> bool:
    return completion.tagged and _SPOILS[check].isdisjoint(completion.problems)


def _place(check: str, completion: Completion) -> Range | None:
    if check == "analysis" and completion.tagged and completion.analysis:
        return completion.analysis[0]
    return completion.conclusion if check == "conclusion" and completion.tagged else None


def _answers_in_conclusion(completion: Completion, commitment: Commitment) -> bool:
    """Whether one answer is stated, and a conclusion section (if there are tags) states it."""
    if len(commitment.answers) != 1 or commitment.span is None:
        return False
    start = commitment.span[0]
    return not completion.tagged or any(a <= start < b for a, b in completion.conclusions)
