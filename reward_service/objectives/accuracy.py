"""accuracy: 1 when the completion commits to exactly one final answer and it is the key, else 0.

With a list as key, the answers must be exactly that set. How a final answer is found, and what
counts as several, is described in `reward_service.completions.answers`. A letter beside a diagnosis
that is another one than its option's commits to nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from reward_service.completions import Commitment, read_options
from reward_service.completions.keys import is_same_answer, key_labels, key_parts
from reward_service.objectives.base import CaseView, EvidenceItem, Judgement, RolloutView
from reward_service.wire.codes import Abstention, Outcome

_LIST = re.compile(r"\s*(?:[,;&]|\band\b)\s*(?:and\s+)?")


@dataclass(frozen=True, slots=True)
class AccuracyConfig:
    """Accuracy is 0 or 1 and has nothing to tune but its weight in the reward."""

    weight: float = 10.0


@dataclass(frozen=True, slots=True)
class Accuracy:
    """The accuracy objective."""

    config: AccuracyConfig = AccuracyConfig()

    name = "accuracy"
    summary = "1 if the completion commits to exactly one final answer and it is the key, else 0"
    metrics: ClassVar[Mapping[str, str]] = {}
    abstentions = (Abstention.NO_ANSWER_KEY, Abstention.KEY_NOT_IN_OPTIONS)

    @property
    def default_weight(self) -> float:
        return self.config.weight

    def judge(self, case: CaseView, rollout: RolloutView) -> Judgement:
        """Judge one rollout; abstains without a key, or when the key is none of the options."""
        parts = key_parts(case.key)
        if not parts:
            return Judgement.abstained(Abstention.NO_ANSWER_KEY)
        commitment = rollout.commitment
        options = read_options(case.options)
        if options is None or not case.options:
            return _judged(commitment, _is_free_key(commitment, parts), parts, {})
        keyed = key_labels(parts, options)
        if keyed is None:
            return Judgement.abstained(Abstention.KEY_NOT_IN_OPTIONS)
        given = frozenset(options.same.get(answer, answer) for answer in commitment.answers)
        right = given == keyed and not commitment.torn and not rollout.names_another
        return _judged(commitment, right, sorted(keyed), case.options)


def _is_free_key(commitment: Commitment, parts: Sequence[str]) -> bool:
    """Whether the answers are the key's parts, one answer each, without options to go by."""
    answers = commitment.answers
    if len(parts) == 1 and len(answers) == 1:
        return any(is_same_answer(said, parts[0]) for said in (answers[0], commitment.stated))
    if len(parts) > 1 and len(answers) == 1:
        answers = tuple(_LIST.split(answers[0]))
    return len(answers) == len(parts) and all(
        any(is_same_answer(answer, part) for answer in answers) for part in parts
    )


def _judged(
    commitment: Commitment, right: bool, keyed: Sequence[str], options: Mapping[str, str]
) -> Judgement:
    """The verdict; each keyed answer stands in the evidence with its equal share."""
    if right:
        outcome = Outcome.MATCHED
    else:
        outcome = Outcome.CONTRADICTED if commitment.answers else Outcome.MISSED
    said = " + ".join(commitment.answers) or "none"
    key = " + ".join(keyed)
    share = 1.0 / len(keyed)
    evidence = [
        EvidenceItem(
            outcome=outcome,
            weight=share,
            earned=share if right else 0.0,
            completion=commitment.span,
            case=(f"option:{part}", 0, len(options[part])) if part in options else None,
            name=f"answer: {said}; key: {key}",
        )
        for part in keyed
    ]
    formula = f"1 if answer = key else 0; answer: {said}; key: {key}"
    return Judgement.judged(float(right), evidence=evidence, formula=formula)
