"""faithfulness: of what the completion claims about this case, the share that the case supports.

    score = earned / max(mass, floor)

    earned  sum of the weights of claims that the case supports
    mass    that, plus the weights of unsupported claims, plus `contradiction` times the weights of
            contradicted ones
    floor   min(min_claims, number of the case's findings): one safe claim does not earn everything

A claim copied from the case word for word is left out of both sums. In a completion with sections,
a claim that only the conclusion makes counts as unsupported: the conclusion may rest only on what
the analysis cites. A completion that claims nothing checkable earns 0.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from reward_service.grounding.case import Case
from reward_service.grounding.claims import Claim, claims_of
from reward_service.grounding.rollout import Rollout
from reward_service.grounding.support import Verdict, verdict
from reward_service.objectives.base import EvidenceItem, Judgement
from reward_service.text.document import Polarity, SemanticType
from reward_service.wire.codes import Abstention, Outcome


@dataclass(frozen=True, slots=True)
class FaithfulnessConfig:
    """Weights of faithfulness.

    contradiction: how much more a contradicted claim costs than an unsupported one.
    silent_negative: weight of an unsupported "no X", which often only reads silence as absence.
    unstated_disease: weight of an unsupported current disease, which is often an inference.
    min_claims: weight of supported claims from which on their number no longer matters.
    """

    contradiction: float = 2.0
    silent_negative: float = 0.5
    unstated_disease: float = 0.5
    min_claims: float = 3.0


METRICS: Mapping[str, str] = {
    "hallucination_rate": "share of claims that the case does not support, 0 to 1; null without "
    "claims",
    "contradiction_rate": "share of claims that the case contradicts, 0 to 1; null without claims",
    "evidence_density": "supported claims per 100 words, from 0; null for an empty completion",
    "consistency": "share of the conclusion's claims that the analysis makes too, 0 to 1; null "
    "when the conclusion claims nothing or there are no sections",
}


@dataclass(frozen=True, slots=True)
class Faithfulness:
    """The faithfulness objective."""

    config: FaithfulnessConfig = FaithfulnessConfig()

    name = "faithfulness"
    summary = "of what the completion claims about this case, the share that the case supports"
    default_weight = 1.0
    metrics = METRICS
    abstentions = (Abstention.NO_FINDINGS_IN_CASE,)

    def judge(self, case: Case, rollout: Rollout) -> Judgement:
        """Judge one rollout; abstains when the case states no finding to check against."""
        if not case.stated_findings:
            return Judgement.abstained(
                Abstention.NO_FINDINGS_IN_CASE, metrics=dict.fromkeys(METRICS)
            )
        judged = [(claim, verdict(claim, case)) for claim in claims_of(rollout)]
        counted = [
            (claim, found, self._outcome(claim, found), self._weight(claim, found))
            for claim, found in judged
        ]
        mass = sum(
            weight * (self.config.contradiction if outcome is Outcome.CONTRADICTED else 1.0)
            for _, _, outcome, weight in counted
            if outcome is not Outcome.COPIED
        )
        floor = min(self.config.min_claims, float(case.stated_findings))
        denominator = max(mass, floor)
        evidence = [
            EvidenceItem(
                outcome,
                weight,
                weight / denominator if outcome is Outcome.MATCHED else 0.0,
                (claim.start, claim.end),
                found.place,
                None if claim.measurement else claim.key.subject,
                claim.measurement.quantity if claim.measurement else None,
                claim.key.polarity.value,
            )
            for claim, found, outcome, weight in counted
        ]
        earned = sum(weight for _, _, outcome, weight in counted if outcome is Outcome.MATCHED)
        return Judgement.judged(
            earned / denominator,
            metrics=_metrics([(c, o) for c, _, o, _ in counted], rollout),
            evidence=evidence,
            formula=f"supported {earned:g} / max(claimed {mass:g}, floor {floor:g}); a "
            f"contradiction counts {self.config.contradiction:g} times in what is claimed",
        )

    def _outcome(self, claim: Claim, found: Verdict) -> Outcome:
        if claim.copied:
            return Outcome.COPIED
        if found.outcome is Outcome.MATCHED and not claim.cited:
            return Outcome.UNSUPPORTED
        return found.outcome

    def _weight(self, claim: Claim, found: Verdict) -> float:
        if found.outcome is Outcome.UNSUPPORTED:
            if claim.key.polarity is Polarity.ABSENT:
                return self.config.silent_negative
            if claim.type is SemanticType.DISEASE and not claim.past:
                return self.config.unstated_disease
        return 1.0


def _metrics(outcomes: list[tuple[Claim, Outcome]], rollout: Rollout) -> dict[str, float | None]:
    claims = len(outcomes)
    concluded = [claim for claim, _ in outcomes if claim.concluded]
    supported = _count(outcomes, Outcome.MATCHED)
    words = rollout.word_count
    return {
        "hallucination_rate": _count(outcomes, Outcome.UNSUPPORTED) / claims if claims else None,
        "contradiction_rate": _count(outcomes, Outcome.CONTRADICTED) / claims if claims else None,
        "evidence_density": 100.0 * supported / words if words else None,
        "consistency": sum(c.cited for c in concluded) / len(concluded) if concluded else None,
    }


def _count(outcomes: list[tuple[Claim, Outcome]], outcome: Outcome) -> int:
    return sum(1 for _, o in outcomes if o is outcome)
