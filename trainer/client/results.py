"""The scores of a call while its chunks come back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from trainer.client.chunks import Chunk
from trainer.client.encoding import EncodedItem, Question
from trainer.client.scores import CompletionScore, ScoredBatch, ScoredItem, ScorerIdentity
from trainer.client.wire import Answer, ServiceDescription


class Results:
    """Collects every completion's scores or failure; those that never were sent fail at once."""

    def __init__(
        self, items: Sequence[EncodedItem], question: Question, description: ServiceDescription
    ) -> None:
        self.items = items
        self.question = question
        self._keys = description.keys(question.objectives)
        self._scores: list[dict[int, CompletionScore]] = [{} for _ in items]
        self._scorer: ScorerIdentity | None = None
        for index, item in enumerate(items):
            for number, reason in item.failures.items():
                self.fail([(index, number)], reason)

    def keep(self, chunk: Chunk, answer: Answer) -> None:
        """Keep the answer to a chunk."""
        scores = (score for item in answer.items for score in item)
        for (item, number), score in zip(chunk.places(), scores, strict=True):
            self._scores[item][number] = score
        self._scorer = answer.scorer

    def fail(self, places: Iterable[tuple[int, int]], reason: str) -> None:
        """Keep a failure for each (item, completion)."""
        for item, number in places:
            self._scores[item][number] = self._failed(reason)

    def batch(self, *, seconds: float, requests: int, retries: int) -> ScoredBatch:
        """The result, once every completion has one."""
        items = tuple(
            ScoredItem(item.id, tuple(scores[n] for n in range(len(item.completions))))
            for item, scores in zip(self.items, self._scores, strict=True)
        )
        failed = sum(score.failure is not None for item in items for score in item.scores)
        return ScoredBatch(items, self._scorer, failed, seconds, requests, retries)

    def _failed(self, reason: str) -> CompletionScore:
        objectives, metrics = self._keys
        return CompletionScore(
            objectives=dict.fromkeys(objectives),
            abstentions={},
            reward=None,
            metrics=dict.fromkeys(metrics),
            failure=reason,
        )
