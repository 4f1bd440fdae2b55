"""A batch: one request on its way through the pool, and the answer that it becomes."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from threading import Lock
from time import perf_counter
from typing import NamedTuple

from reward_service.server.jobs import Scored, Slice, join, plan, sizes_of
from reward_service.wire.errors import RewardServiceError
from reward_service.wire.request import ScoreRequest
from reward_service.wire.response import Scorer


@dataclass(frozen=True, slots=True)
class Answer:
    """A scored request: the body, the scores by item and completion, and where the time went.

    Seconds are wall-clock, except `worker_seconds`, which adds up all processes.
    """

    body: bytes
    scores: tuple[tuple[Scored, ...], ...]
    queue_seconds: float
    score_seconds: float
    worker_seconds: float


@dataclass(frozen=True, slots=True)
class Job:
    """Slices of a request that one engine scores at a time, and their characters."""

    slices: tuple[Slice, ...]
    chars: int
    alone: bool = False

    @property
    def completions(self) -> int:
        return sum(part.stop - part.start for part in self.slices)

    def one_by_one(self) -> list[Job]:
        """The same completions as jobs of their own, to find the one that breaks the scorer."""
        return [
            Job((Slice(part.item, number, number + 1),), self.chars, alone=True)
            for part in self.slices
            for number in range(part.start, part.stop)
        ]

    def __str__(self) -> str:
        return ", ".join(
            f"items[{part.item}].completions[{part.start}:{part.stop}]" for part in self.slices
        )


@dataclass(eq=False)
class Batch:
    """A request, its jobs that no engine has taken yet, and the scores so far. Thread-safe.

    `jobs` belongs to the pool, which guards it with its own lock. `deadline` is by `perf_counter`;
    after it nobody waits for the answer.
    """

    request: ScoreRequest
    jobs: deque[Job]
    chars: int
    label: str
    deadline: float | None = None
    future: Future[Answer] = field(default_factory=Future)
    submitted: float = field(default_factory=perf_counter)

    def __post_init__(self) -> None:
        self._lock = Lock()
        self._settled = False
        self._scores: list[list[Scored | None]] = [
            [None] * len(item.completions) for item in self.request.items
        ]
        self._missing = self.completions
        self._worker_seconds = 0.0
        self._begun = float("inf")

    @classmethod
    def of(
        cls, request: ScoreRequest, *, label: str, workers: int, deadline: float | None = None
    ) -> Batch:
        """A batch cut for `workers` idle workers."""
        sizes = sizes_of(request)
        jobs = deque(Job(*part) for part in plan(sizes, workers=workers))
        return cls(request, jobs, sum(size.total for size in sizes), label, deadline)

    @property
    def items(self) -> int:
        return len(self.request.items)

    @property
    def completions(self) -> int:
        return sum(len(item.completions) for item in self.request.items)

    def late(self) -> bool:
        """Whether the deadline has passed."""
        return self.deadline is not None and perf_counter() > self.deadline

    def store(self, job: Job, scores: Sequence[Scored], seconds: float, scorer: Scorer) -> None:
        """Keep a job's scores; the last job of the batch settles it with the answer."""
        rest = iter(scores)
        with self._lock:
            self._begun = min(self._begun, max(self.submitted, perf_counter() - seconds))
            for part in job.slices:
                for number in range(part.start, part.stop):
                    self._scores[part.item][number] = next(rest)
            self._missing -= len(scores)
            self._worker_seconds += seconds
            if self._missing:
                return
        if self._settle():
            self.future.set_result(self._answer(scorer))

    def fail(self, error: RewardServiceError) -> None:
        """Settle the batch with an error, unless it is settled."""
        if self._settle():
            self.future.set_exception(error)

    def _settle(self) -> bool:
        with self._lock:
            if self._settled:
                return False
            self._settled = True
        return self.future.set_running_or_notify_cancel()

    def _answer(self, scorer: Scorer) -> Answer:
        groups = tuple(tuple(s for s in group if s is not None) for group in self._scores)
        return Answer(
            join(self.request, groups, scorer),
            groups,
            queue_seconds=self._begun - self.submitted,
            score_seconds=perf_counter() - self._begun,
            worker_seconds=self._worker_seconds,
        )


class Task(NamedTuple):
    """A job with the batch that it belongs to."""

    batch: Batch
    job: Job
