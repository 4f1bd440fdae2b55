"""Scores for the tests: in worker processes or in this one, each distinct item once a run."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from hashlib import sha256
from types import TracebackType
from typing import Any, Protocol

import orjson

from reward_service.validity.base import Proof, Scored
from reward_service.wire import CaseSpan, Item, Score, Scorer, ScoreRequest, ScoreResponse, Span
from reward_service.wire.errors import PipelineError

# Items handed to a worker at a time.
_CHUNK = 16


class ItemScorer(Protocol):
    """The pure core, as far as tests need it."""

    @property
    def identity(self) -> Scorer: ...

    def score(self, request: ScoreRequest) -> ScoreResponse: ...


MakeScorer = Callable[[], ItemScorer]
_scorers: list[ItemScorer] = []  # of a worker process: its own one


class Scoring:
    """Scores items; use as a context manager. `workers` of 0 or 1 score in this process.

    `scored` counts the completions that were scored; `report` is called with it as it grows.
    """

    def __init__(
        self, make_scorer: MakeScorer, workers: int, report: Callable[[int], None] | None = None
    ) -> None:
        self._own = make_scorer()
        self.identity = self._own.identity
        self.scored = 0
        self._report = report or (lambda _: None)
        self._memo: dict[bytes, tuple[Scored, ...]] = {}
        self._pool = None
        if workers > 1:
            context = multiprocessing.get_context("spawn")
            self._pool = ProcessPoolExecutor(workers, context, _prepare, (make_scorer,))

    def __enter__(self) -> Scoring:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)

    def __call__(
        self, items: Sequence[Mapping[str, Any]], *, explain: bool = False
    ) -> list[tuple[Scored, ...]]:
        """One tuple per item, one `Scored` per completion, in order.

        Raises pydantic.ValidationError for an item that is none, and PipelineError when a worker
        dies.
        """
        names = [sha256(orjson.dumps([explain, item])).digest() for item in items]
        news = {name: i for i, name in enumerate(names) if name not in self._memo}
        requests = [
            ScoreRequest(items=[Item.model_validate(items[i])], explain=explain)
            for i in news.values()
        ]
        try:
            for name, found in zip(news, self._run(requests), strict=True):
                self._memo[name] = found
                self.scored += len(found)
                self._report(self.scored)
        except BrokenProcessPool as error:
            message = "a scoring process died; less memory is needed with fewer --workers"
            raise PipelineError(message) from error
        return [self._memo[name] for name in names]

    def _run(self, requests: Sequence[ScoreRequest]) -> Iterable[tuple[Scored, ...]]:
        if self._pool is None or len(requests) <= _CHUNK:
            return (_score(self._own, request) for request in requests)
        return self._pool.map(_score_here, requests, chunksize=_CHUNK)


def _prepare(make_scorer: MakeScorer) -> None:
    _scorers.append(make_scorer())


def _score_here(request: ScoreRequest) -> tuple[Scored, ...]:
    return _score(_scorers[0], request)


def _score(scorer: ItemScorer, request: ScoreRequest) -> tuple[Scored, ...]:
    return tuple(_plain(score) for score in scorer.score(request).items[0].scores)


def _plain(score: Score) -> Scored:
    explained = score.explanation.objectives if score.explanation is not None else {}
    evidence = {
        name: tuple(
            Proof(
                proof.outcome.value,
                _range(proof.completion),
                _place(proof.case),
                proof.concept,
                proof.name,
                proof.polarity,
                proof.weight,
                proof.earned,
            )
            for proof in objective.evidence
        )
        for name, objective in explained.items()
    }
    return Scored(score.objectives, score.metrics, score.reward, evidence)


def _range(span: Span | None) -> tuple[int, int] | None:
    return None if span is None else (span.start, span.end)


def _place(span: CaseSpan | None) -> tuple[str, int, int] | None:
    return None if span is None else (span.field, span.start, span.end)
