"""coverage: the share of the case's findings that the analysis uses, and of the options it weighs.

    score = findings_share · Σ weight · credit / Σ weight  +  (1 − findings_share) · mean credit of
            the options

A finding is *used* when a sentence of the analysis names it with the right polarity; its credit is
that of the sentence's standing (`grounding.sentences.Standing`), and what is only restated has it
as far as the analysis argues from it. An option has credit when it is
weighed towards the completion's own answer (`grounding.options`). Where there are no options (or no
findings) the other part is the whole score.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from reward_service.grounding.case import Case
from reward_service.grounding.findings import Finding
from reward_service.grounding.options import OptionsConfig, Weighing, weigh_options
from reward_service.grounding.rollout import Rollout
from reward_service.grounding.sentences import Standing
from reward_service.grounding.usage import Use, uses_of
from reward_service.objectives.base import EvidenceItem, Judgement
from reward_service.wire.codes import Abstention, Outcome


@dataclass(frozen=True, slots=True)
class CoverageConfig:
    """Weights of coverage.

    findings_share: the findings' share of the score when there are options too.
    stated, linked, restated, repeated: credit of a finding in a sentence of that standing
        (`Standing`), where one that is reasoned with has 1.
    per_reason: weight of restated findings that has credit for each sentence that argues.
    together: so many findings can be used in one sentence; more of them share that credit.
    """

    findings_share: float = 0.5
    stated: float = 0.7
    linked: float = 0.8
    restated: float = 0.7
    repeated: float = 0.05
    per_reason: float = 2.0
    together: float = 4.0
    options: OptionsConfig = field(default_factory=OptionsConfig)


METRICS: Mapping[str, str] = {
    "finding_recall": "weighted share of the case's findings that the analysis uses, 0 to 1; null "
    "when the case states none",
    "option_coverage": "share of the options that are weighed with a reason, 0 to 1; null without "
    "options",
    "distractor_rejection": "share of the wrong options that are rejected with a reason, 0 to 1; "
    "null without options or a key among them",
}


@dataclass(frozen=True, slots=True)
class Coverage:
    """The coverage objective."""

    config: CoverageConfig = CoverageConfig()

    name = "coverage"
    summary = (
        "the weighted share of the case's findings that the analysis uses with the right polarity, "
        "with the share of options that it weighs with a stated reason"
    )
    default_weight = 1.0
    metrics = METRICS
    abstentions = (Abstention.NO_OPTIONS,)

    def judge(self, case: Case, rollout: Rollout) -> Judgement:
        """Judge one rollout; abstains when there are neither findings nor options."""
        findings_share = self.config.findings_share
        if not case.options:
            findings_share = 1.0
        elif not case.findings:
            findings_share = 0.0
        if not case.options and not case.findings:
            return Judgement.abstained(Abstention.NO_OPTIONS, metrics=dict.fromkeys(METRICS))
        uses = uses_of(rollout)
        total = sum(finding.weight for finding in case.findings)
        weighings = weigh_options(rollout, self.config.options) if case.options else ()
        evidence = [
            self._of_finding(finding, use, credit, findings_share / total)
            for finding, use, credit in zip(
                case.findings, uses, self._credits(case, uses, rollout), strict=True
            )
        ]
        recall = sum(e.earned for e in evidence) / findings_share if case.findings else None
        evidence += [_of_option(w, (1.0 - findings_share) / len(weighings)) for w in weighings]
        return Judgement.judged(
            min(1.0, sum(e.earned for e in evidence)),
            metrics={
                "finding_recall": recall,
                "option_coverage": _mean([w.credit for w in weighings]),
                "distractor_rejection": _rejection(case, weighings),
            },
            evidence=evidence,
            formula=f"{findings_share:g} × used findings / weight of all ({total:g}) + "
            f"{1.0 - findings_share:g} × weighed options / {len(weighings)}",
        )

    def _credits(self, case: Case, uses: tuple[Use, ...], rollout: Rollout) -> list[float]:
        """What each use is worth; many findings in one sentence share its reason.

        Restating is the ground for reasoning, not use: it counts as far as the text then argues.
        """
        end = rollout.ground_end(behind=0)
        restated = sum(
            finding.weight
            for finding, use in zip(case.findings, uses, strict=True)
            if _is_told(use)
        )
        share = min(1.0, self.config.per_reason * rollout.arguments / (restated or 1.0))
        together = Counter(use.at for use in uses if use.outcome is Outcome.MATCHED)
        full = {
            Standing.REASONED: 1.0,
            Standing.STATED: self.config.stated,
            Standing.LINKED: self.config.linked,
            Standing.RESTATED: self.config.restated * share,
            Standing.REPEATED: self.config.repeated,
        }
        return [
            full.get(use.standing, 0.0) * min(1.0, self.config.together / together[use.at])
            if use.outcome is Outcome.MATCHED and not (_is_told(use) and use.start >= end)
            else 0.0
            for use in uses
        ]

    def _of_finding(self, finding: Finding, use: Use, credit: float, unit: float) -> EvidenceItem:
        return EvidenceItem(
            use.outcome,
            finding.weight,
            credit * finding.weight * unit,
            use.span,
            finding.place,
            finding.concept,
            finding.measurement.quantity if finding.measurement else None,
            finding.polarity.value,
        )


def _is_told(use: Use) -> bool:
    return use.outcome is Outcome.MATCHED and use.standing is Standing.RESTATED


def _of_option(weighing: Weighing, unit: float) -> EvidenceItem:
    outcome = Outcome.MISSED
    if weighing.credit:
        outcome = Outcome.MATCHED
    elif weighing.copied:
        outcome = Outcome.COPIED
    return EvidenceItem(
        outcome,
        1.0,
        weighing.credit * unit,
        None if weighing.start < 0 else (weighing.start, weighing.end),
        name=f"option {weighing.letter}",
    )


def _mean(values: list[float]) -> float | None:
    return sum(values) / len(values) if values else None


def _rejection(case: Case, weighings: tuple[Weighing, ...]) -> float | None:
    keyed = case.keyed_letters
    wrong = [w for w in weighings if w.letter not in keyed]
    if not keyed or not wrong:
        return None
    return sum(w.rejected for w in wrong) / len(wrong)
