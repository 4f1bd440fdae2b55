"""What was expected of the trained arms, and what the data say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from trainer.evaluation.bootstrap import Interval
from trainer.experiment.aggregate import Aggregate, Comparison
from trainer.experiment.config import START, Claims

Outcome = Literal["met", "met, uncertain", "not met", "not judged"]


@dataclass(frozen=True)
class Claim:
    """`column` of an arm less the baseline's is at least (or below) `threshold`."""

    text: str
    column: str
    relative: bool
    threshold: float
    at_least: bool = True


@dataclass(frozen=True)
class Verdict:
    """One claim of one arm. `difference` is None where it could not be worked out."""

    arm: str
    claim: Claim
    difference: Interval | None
    outcome: Outcome


def expected(claims: Claims) -> tuple[Claim, ...]:
    """The claims with the configured thresholds."""
    return (
        Claim(
            f"faithfulness at least {100 * claims.faithfulness_gain:+g} % relative",
            "faithfulness",
            relative=True,
            threshold=claims.faithfulness_gain,
        ),
        Claim(
            f"coverage at least {100 * claims.coverage_gain:+g} % relative",
            "coverage",
            relative=True,
            threshold=claims.coverage_gain,
        ),
        Claim(
            "hallucination rate lower",
            "hallucination_rate",
            relative=False,
            threshold=0.0,
            at_least=False,
        ),
        Claim(
            f"accuracy loss at most {100 * claims.accuracy_loss:g} percentage points",
            "accuracy",
            relative=False,
            threshold=-claims.accuracy_loss,
        ),
    )


def verdicts(results: Aggregate, claims: Sequence[Claim]) -> list[Verdict]:
    """Every claim for every arm that was compared with the baseline; the start is none."""
    return [
        judge(comparison, claim)
        for name, comparison in results.comparisons.items()
        if name != START
        for claim in claims
    ]


def judge(comparison: Comparison, claim: Claim) -> Verdict:
    """`met` if the whole interval lies on the right side, `met, uncertain` if only the value."""
    both = comparison.columns[claim.column]
    found = both.relative if claim.relative else both.absolute
    return Verdict(comparison.arm, claim, found, _outcome(found, claim))


def _outcome(found: Interval | None, claim: Claim) -> Outcome:
    if found is None:
        return "not judged"
    if claim.at_least:
        value, worst = found.value >= claim.threshold, found.low >= claim.threshold
    else:
        value, worst = found.value < claim.threshold, found.high < claim.threshold
    return "met" if value and worst else "met, uncertain" if value else "not met"
