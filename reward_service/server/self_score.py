"""The self-score: a fixed item whose scores are known, asked of every scorer before it serves."""

from __future__ import annotations

from collections.abc import Sequence

from reward_service.server.jobs import Scored, Scoring
from reward_service.wire.codes import Abstention
from reward_service.wire.errors import PipelineError
from reward_service.wire.request import Item, ScoreRequest
from reward_service.wire.response import Score

SELF_SCORE_REQUEST = ScoreRequest(
    items=[
        Item(
            id="self-score",
            question="A 61-year-old man has had crushing chest pain for 2 hours. He has no fever. "
            "Which of the following is the most likely diagnosis?",
            options={"A": "Pneumonia", "B": "Myocardial infarction"},
            answer="B",
            completions=["The answer is B.", "The answer is A."],
        )
    ],
    objectives=["accuracy", "structure", "faithfulness", "coverage"],
)
"""One item with a right and a wrong completion; small, so that it costs no more than a few ms.

Only what is judged by rules: a judge elsewhere must neither stop a start nor be asked by probes.
"""


def check_self_score(scorer: Scoring) -> None:
    """Score the fixed item twice. Raises PipelineError unless the scores are what they must be.

    The right completion has accuracy 1, the wrong one 0, no objective fails, and both times the
    scores are the same.
    """
    first, second = (scorer.score(SELF_SCORE_REQUEST).items[0].scores for _ in range(2))
    if any(Abstention.SCORER_ERROR in score.abstentions.values() for score in first):
        raise PipelineError("self-score: the scorer failed on the fixed item")
    if [_accuracy(score) for score in first] != [1.0, 0.0]:
        raise PipelineError("self-score: the fixed item's accuracies are not 1 and 0")
    if first != second:
        raise PipelineError("self-score: scoring the fixed item twice gave two results")


def is_self_score(scores: Sequence[Scored]) -> bool:
    """Whether these are the fixed item's scores, as far as they are known beforehand."""
    failed = any(Abstention.SCORER_ERROR in score.abstentions.values() for score in scores)
    return not failed and [score.objectives.get("accuracy") for score in scores] == [1.0, 0.0]


def _accuracy(score: Score) -> float | None:
    return score.objectives.get("accuracy")
