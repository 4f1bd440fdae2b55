"""From judgements to the wire's explanation: spans with their text, concepts with their names."""

from __future__ import annotations

from collections.abc import Mapping

from reward_service.grounding.case import Case
from reward_service.grounding.rollout import Rollout
from reward_service.objectives.base import EvidenceItem, Judgement
from reward_service.vocabulary import Vocabulary
from reward_service.wire import CaseSpan, Evidence, Explanation, ObjectiveExplanation, Span

_DIGITS = 9


def explain(
    case: Case, rollout: Rollout, judgements: Mapping[str, Judgement], vocabulary: Vocabulary
) -> Explanation:
    """The evidence behind one completion's scores."""
    completion = rollout.completion
    text = completion.text
    sections = {
        f"analysis{i or ''}": _span(text, start, end)
        for i, (start, end) in enumerate(completion.analysis)
    }
    if completion.conclusion is not None:
        sections["conclusion"] = _span(text, *completion.conclusion)
    texts = case.texts | {f"option:{k}": v for k, v in sorted((case.options or {}).items())}
    similar = {
        (found.mention.start, found.mention.end): found.similarity for found in rollout.paraphrased
    }
    return Explanation(
        text=text,
        case_texts=texts,
        sections=sections,
        answers=list(rollout.commitment.answers),
        objectives={
            name: ObjectiveExplanation(
                score=judgement.score,
                formula=judgement.formula,
                evidence=[
                    _by_similarity(_evidence(e, text, texts, vocabulary), similar)
                    for e in judgement.evidence
                ],
            )
            for name, judgement in judgements.items()
        },
    )


def _span(text: str, start: int, end: int) -> Span:
    return Span(start=start, end=end, text=text[start:end])


def _evidence(
    item: EvidenceItem, text: str, texts: Mapping[str, str], vocabulary: Vocabulary
) -> Evidence:
    case = None
    if item.case is not None:
        field, start, end = item.case
        case = CaseSpan(start=start, end=end, text=texts[field][start:end], field=field)
    return Evidence(
        outcome=item.outcome,
        completion=None if item.completion is None else _span(text, *item.completion),
        case=case,
        concept=item.concept,
        name=item.name or _name(item.concept, vocabulary),
        polarity=item.polarity,
        weight=round(item.weight, _DIGITS),
        earned=round(item.earned, _DIGITS),
    )


def _by_similarity(evidence: Evidence, similar: Mapping[tuple[int, int], float]) -> Evidence:
    """The evidence, saying so where other words than a term of the vocabulary gave it."""
    span = evidence.completion
    close = similar.get((span.start, span.end)) if span is not None else None
    if close is None:
        return evidence
    return evidence.model_copy(update={"name": f"{evidence.name} (by similarity {close:.2f})"})


def _name(concept: str | None, vocabulary: Vocabulary) -> str | None:
    if concept is None:
        return None
    # A model's mention that the vocabulary does not know is its own name.
    return vocabulary.concept(concept).name if concept in vocabulary else concept
