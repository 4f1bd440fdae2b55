"""Scores of completions through the reward service."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from trainer.client.scores import ScoredBatch
from trainer.evaluation.completions import Completion
from trainer.evaluation.questions import Question
from trainer.evaluation.rows import Row, make_row

_QUESTIONS = 64  # of one call, between two steps of the progress bar


class Scorer(Protocol):
    """The part of RewardClient that is needed here."""

    def score(
        self, items: Sequence[Mapping[str, Any]], *, objectives: Sequence[str] | None = None
    ) -> ScoredBatch: ...


def score_completions(
    questions: Sequence[Question],
    completions: Sequence[Completion],
    client: Scorer,
    *,
    objectives: Sequence[str] | None = None,
    report: Callable[[int], None] = lambda _: None,
) -> tuple[list[Row], dict[str, str] | None]:
    """Rows in the questions' order, and what scored them (None if nothing was scored).

    `objectives` None is all that the service has. `report` gets the number of completions that were
    scored since its last call. A completion that finally fails is a row with its failure.
    """
    by_question: dict[str, list[Completion]] = {}
    for completion in completions:
        by_question.setdefault(completion.id, []).append(completion)
    asked = [
        (group, question, sorted(several, key=lambda one: one.sample))
        for group, question in enumerate(questions)
        if (several := by_question.get(question.id))
    ]
    rows: list[Row] = []
    scorer: dict[str, str] | None = None
    for start in range(0, len(asked), _QUESTIONS):
        part = asked[start : start + _QUESTIONS]
        items = [
            {**question.item, "completions": [completion.text for completion in several]}
            for _, question, several in part
        ]
        batch = client.score(items, objectives=objectives)
        for (group, question, several), scored in zip(part, batch.items, strict=True):
            for completion, score in zip(several, scored.scores, strict=True):
                rows.append(make_row(group, question, completion, score))
        if batch.scorer is not None:
            scorer = {
                name: getattr(batch.scorer, name)
                for name in ("version", "pipeline", "vocabulary", "fingerprint")
            }
        report(batch.completions)
    return rows, scorer
