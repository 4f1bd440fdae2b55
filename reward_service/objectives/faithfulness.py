"""faithfulness: of what the completion claims about this case, the share that the case supports.

    score = (reasoned + restated) / (max(supported, enough) + again)
            · enough / (enough + wrong)

    supported  weight of the claims that the case supports, the repeated ones at what they count
    again      the same of those that a list names again: "chest pain, cough, chest pain"
    reasoned   weight of those that stand in sentences with words of their own or an argument
    restated   weight of the others, as far as the text argues from them: at most `per_reason` for
               each arguing sentence, and a little of the rest (`unreasoned`)
    wrong      weights of the unsupported claims + `contradiction` · weights of the contradicted
    enough     the smaller of `enough` and the weight of the case's findings

Restating the case is faithful, and is paid as far as the text does something with it: a ground
stands before its argument, and what is copied takes its part of what the arguments can pay for. A
text that tells much of the case again for nothing is a copy in other words. What is wrong
is a sum, not a part of what is right: true claims beside a false one do not thin it out. A claim in
words copied from the case or in a list is left out; one in an argument against the completion's own
answer earns nothing. In a completion with sections, a claim that only the conclusion makes counts
as unsupported: the conclusion may rest only on what the analysis cites. A completion that claims
nothing checkable earns 0.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from reward_service.grounding.case import Case
from reward_service.grounding.claims import Claim, claims_of
from reward_service.grounding.rollout import Rollout
from reward_service.grounding.sentences import Standing
from reward_service.grounding.support import Verdict, verdict
from reward_service.objectives.base import EvidenceItem, Judgement
from reward_service.text.document import Polarity, SemanticType
from reward_service.wire.codes import Abstention, Outcome

_REASONED_WITH = frozenset({Standing.REASONED, Standing.STATED})
_TOLD = frozenset({Standing.RESTATED, Standing.LINKED})
_WRONG = frozenset({Outcome.UNSUPPORTED, Outcome.CONTRADICTED})


@dataclass(frozen=True, slots=True)
class FaithfulnessConfig:
    """Weights of faithfulness.

    contradiction: how much more a contradicted claim costs than an unsupported one.
    silent_negative: weight of an unsupported "no X", which often only reads silence as absence.
    unstated_disease: weight of an unsupported current disease, which is often an inference.
    plain: weight of a supported claim that tells little: a pertinent negative, a value that implies
        no finding.
    per_reason: weight of restated claims that counts for each sentence that argues.
    behind: so many sentences with claims behind the last that argues still belong to it.
    unreasoned: what counts of the rest, as a share of how far its weight stays under `enough`.
    repeated: what a claim counts that is set into words that stood before.
    enough: weight of supported claims from which on their number no longer matters.
    """

    contradiction: float = 2.0
    silent_negative: float = 0.5
    unstated_disease: float = 0.5
    plain: float = 0.5
    per_reason: float = 3.0
    behind: int = 1
    unreasoned: float = 0.25
    repeated: float = 0.1
    enough: float = 4.0


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
        config = self.config
        counted = []
        for claim in claims_of(rollout):
            found = verdict(claim, case)
            outcome = self._outcome(claim, found)
            counted.append((claim, found, outcome, self._weight(claim, outcome)))
        right = [(claim, weight) for claim, _, o, weight in counted if o is Outcome.MATCHED]
        stale = sum(weight for c, weight in right if c.standing is Standing.REPEATED)
        supported = sum(weight for _, weight in right) - (1.0 - config.repeated) * stale
        again = sum(c.again * weight for c, weight in right)
        reasoned = sum(w * self._use(c) for c, w in right if c.standing not in _TOLD)
        told = [(claim, weight) for claim, weight in right if claim.standing in _TOLD]
        restated = sum(weight for _, weight in told)
        copied = sum(weight for _, _, o, weight in counted if o is Outcome.COPIED)
        enough = min(config.enough, sum(f.weight for f in case.findings))
        untrue = sum(w for c, _, o, w in counted if o in _WRONG and c.standing in _TOLD)
        paid = self._paid(told, copied, untrue, enough, rollout) if told else 0.0
        wrong = sum(w for _, _, o, w in counted if o is Outcome.UNSUPPORTED)
        wrong += config.contradiction * sum(
            w for _, _, o, w in counted if o is Outcome.CONTRADICTED
        )
        unit = enough / (enough + wrong) / (max(supported, enough) + again)
        whole = f"max(supported {supported:g}, enough {enough:g})"
        if again:
            whole = f"({whole} + again {again:g})"
        evidence = [
            EvidenceItem(
                outcome,
                weight,
                self._earned(claim, weight, paid / restated if restated else 0.0) * unit
                if outcome is Outcome.MATCHED
                else 0.0,
                (claim.start, claim.end),
                found.place,
                None if claim.measurement else claim.key.subject,
                claim.measurement.quantity if claim.measurement else None,
                claim.key.polarity.value,
            )
            for claim, found, outcome, weight in counted
        ]
        return Judgement.judged(
            (reasoned + paid) * unit,
            metrics=_metrics([(c, o) for c, _, o, _ in counted], rollout),
            evidence=evidence,
            formula=f"(reasoned {reasoned:g} + restated {paid:g} of {restated:g}) / "
            f"{whole} × "
            f"enough {enough:g} / (enough {enough:g} + wrong {wrong:g}); wrong = unsupported + "
            f"{config.contradiction:g} × contradicted",
        )

    def _outcome(self, claim: Claim, found: Verdict) -> Outcome:
        if claim.verbatim and not (
            claim.standing is Standing.RESTATED and found.outcome is Outcome.MATCHED
        ):
            return Outcome.COPIED  # what the case says itself cannot be wrong
        if claim.denied and found.outcome is Outcome.MATCHED:
            return Outcome.CONTRADICTED
        if found.outcome is Outcome.MATCHED and claim.standing is Standing.COPIED:
            return Outcome.COPIED
        if found.outcome is Outcome.MATCHED and not claim.cited:
            return Outcome.UNSUPPORTED
        return found.outcome

    def _paid(
        self,
        told: list[tuple[Claim, float]],
        copied: float,
        untrue: float,
        enough: float,
        rollout: Rollout,
    ) -> float:
        """What counts of the restated claims; `copied` and `untrue` are the weights of what stands
        in the case's words beside them, and of what is told as they are and does not hold."""
        config = self.config
        end = rollout.ground_end(config.behind)
        ground = sum(weight for claim, weight in told if claim.start < end)
        restated = sum(weight for _, weight in told)
        argued = config.per_reason * rollout.arguments * restated / (restated + copied)
        used = min(ground, argued)
        idle = restated - used
        return used + min(idle, config.unreasoned * max(0.0, enough - idle - untrue))

    def _use(self, claim: Claim) -> float:
        """The share of its weight that a supported claim counts that is not only restated."""
        if claim.standing is Standing.REPEATED:
            return self.config.repeated
        return 1.0 if claim.standing in _REASONED_WITH else 0.0

    def _earned(self, claim: Claim, weight: float, restated: float) -> float:
        """What a supported claim adds; `restated` is the share that is paid of the restated."""
        use = restated if claim.standing in _TOLD else self._use(claim)
        return weight * use

    def _weight(self, claim: Claim, outcome: Outcome) -> float:
        negative = claim.key.polarity is Polarity.ABSENT
        if outcome is Outcome.UNSUPPORTED:
            if negative:
                return self.config.silent_negative
            if claim.type is SemanticType.DISEASE and not claim.past:
                return self.config.unstated_disease
        elif outcome is Outcome.MATCHED:
            m = claim.measurement
            if negative or (m and all(p is Polarity.ABSENT for _, p in m.implies)):
                return self.config.plain
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
