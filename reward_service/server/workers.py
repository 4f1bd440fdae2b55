"""The pool: takes requests, cuts them into jobs, hands the jobs to engines, joins the answers.

One thread per engine takes the next job, in turn from each waiting request, so that a large
request does not hold up a small one. A job whose process dies, or fails, is tried again completion
by completion; a completion that fails alone becomes a `scorer_error`, and all others are scored.
"""

from __future__ import annotations

import logging
import math
import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from time import perf_counter

from reward_service.server.batch import Answer, Batch, Job
from reward_service.server.catalogue import Catalogue
from reward_service.server.jobs import Reply, Scored, blanked, cut
from reward_service.server.nursery import Engine, EngineDied
from reward_service.server.self_score import SELF_SCORE_REQUEST
from reward_service.wire.errors import OverloadedError, RewardServiceError
from reward_service.wire.request import ScoreRequest

log = logging.getLogger(__name__)

_FIRST_GUESS_SECONDS = 0.005
_REVIVAL_PAUSE_SECONDS = 5.0


class NotReadyError(RewardServiceError):
    """The engines are not loaded yet, or the pool is closing."""


class ScoringFailedError(RewardServiceError):
    """Even the fixed self-score item cannot be scored any more."""


class Pool:
    """Engines behind one bounded queue. Thread-safe; `start` and `close` are called once."""

    def __init__(
        self,
        engines: Sequence[Engine],
        *,
        max_queue: int = 1024,
        job_timeout: float = 30.0,
        on_close: Callable[[], None] = lambda: None,
    ) -> None:
        self._engines = list(engines)
        self._on_close = on_close
        self._max_queue = max_queue
        self._job_timeout = job_timeout
        self.on_change: Callable[[], None] = lambda: None
        """Called, in an engine's thread, when the pool becomes ready and when `failure` is set."""
        self._threads: list[threading.Thread] = []
        self._changed = threading.Condition()
        # Everything below is written under `_changed`.
        self._waiting: deque[Batch] = deque()
        self._queued_items = 0
        self._queued_completions = 0
        self._live = 0
        self._busy = 0
        self._restarts = 0
        self._loaded = False
        self._closing = False
        self._catalogue: Catalogue | None = None
        self._failure: RewardServiceError | None = None
        self._completion_seconds = _FIRST_GUESS_SECONDS

    @property
    def catalogue(self) -> Catalogue | None:
        """What scores and what it judges, once an engine is loaded."""
        return self._catalogue

    @property
    def ready(self) -> bool:
        """Every engine has loaded and passed the self-score, and at least one is there now."""
        return self._loaded and self._live > 0 and not self._closing

    @property
    def failure(self) -> RewardServiceError | None:
        """Why there is no working engine and will be none; None as long as there may be."""
        return self._failure

    @property
    def workers(self) -> int:
        """Engines in the pool, loaded or not."""
        return len(self._engines)

    @property
    def live_workers(self) -> int:
        """Engines that are loaded now."""
        return self._live

    @property
    def restarts(self) -> int:
        """How often an engine had to be started again."""
        return self._restarts

    @property
    def queued_items(self) -> int:
        """Items that wait or are being scored."""
        return self._queued_items

    @property
    def max_queue(self) -> int:
        """Items that may wait or be scored; requests beyond are refused."""
        return self._max_queue

    @property
    def retry_after(self) -> int:
        """Seconds after which the queue should have drained, from 1 to 60."""
        wait = self._queued_completions * self._completion_seconds / max(self.workers, 1)
        return min(60, max(1, math.ceil(wait)))

    def start(self) -> None:
        """Load the engines in the background."""
        for number, engine in enumerate(self._engines):
            thread = threading.Thread(
                target=self._drive, args=(engine,), name=f"engine-{number}", daemon=True
            )
            self._threads.append(thread)
            thread.start()

    def submit(self, request: ScoreRequest, *, label: str = "") -> Future[Answer]:
        """Queue a validated request. Cancelling the future drops what is not scored yet.

        Raises NotReadyError and OverloadedError. The future's errors are RequestError (unknown
        objective or weight), NotReadyError (the pool closed) and ScoringFailedError.
        """
        with self._changed:
            if not self._loaded or self._closing:
                raise NotReadyError("the scorer is not loaded")
            if self._queued_items and self._queued_items + len(request.items) > self._max_queue:
                raise OverloadedError(f"{self._queued_items} items are waiting or being scored")
            batch = Batch.of(request, label=label, workers=self._live - self._busy)
            self._queued_items += batch.items
            self._queued_completions += batch.completions
            self._waiting.append(batch)
            self._changed.notify_all()
        batch.future.add_done_callback(lambda _: self._forget(batch))
        return batch.future

    def close(self) -> None:
        """End all engines. Requests that are not answered yet fail with NotReadyError."""
        self._fail_waiting(closing=True)
        for engine in self._engines:
            engine.close()
        for thread in self._threads:
            thread.join(self._job_timeout)
        self._on_close()

    def _forget(self, batch: Batch) -> None:
        """Take an answered, failed or cancelled request out of the queue."""
        with self._changed:
            self._queued_items -= batch.items
            self._queued_completions -= batch.completions
            batch.jobs.clear()
            if batch in self._waiting:
                self._waiting.remove(batch)

    def _fail_waiting(self, *, closing: bool) -> None:
        with self._changed:
            self._closing = self._closing or closing
            waiting = list(self._waiting)
            self._changed.notify_all()
        for batch in waiting:
            batch.fail(NotReadyError("the service is shutting down"))

    # What follows runs in the engines' threads.

    def _drive(self, engine: Engine) -> None:
        if not self._load(engine):
            return
        while (work := self._take()) is not None:
            alive = self._do(engine, *work)
            with self._changed:
                self._busy -= 1
            if not alive:
                return

    def _do(self, engine: Engine, batch: Batch, job: Job) -> bool:
        """One job. False when the engine is gone for good."""
        try:
            reply = engine.run(cut(batch.request, job.slices), timeout=self._job_timeout)
        except EngineDied as death:
            log.warning("%s: lost a scoring process: %s", batch.label, death)
            reply = Reply(0.0, failure=str(death))
            if job.alone:  # its nulls take a process that works
                alive = self._revive(engine)
                self._accept(batch, job, reply, engine)
            else:
                self._accept(batch, job, reply, engine)
                alive = self._revive(engine)
            return alive
        self._accept(batch, job, reply, engine)
        return True

    def _load(self, engine: Engine) -> bool:
        try:
            catalogue = engine.start()
        except RewardServiceError as error:
            log.error("a scoring process cannot start: %s", error)
            self._give_up(error)
            return False
        with self._changed:
            self._catalogue = catalogue
            self._live += 1
            complete = not self._loaded and self._live == len(self._engines)
            self._loaded = self._loaded or complete
        if complete:
            self.on_change()
        return True

    def _give_up(self, error: RewardServiceError) -> None:
        """Set `failure`, unless the pool was ready and other engines still work."""
        with self._changed:
            if self._failure is not None or self._closing or (self._loaded and self._live):
                return
            self._failure = error
        self._fail_waiting(closing=False)
        self.on_change()

    def _revive(self, engine: Engine) -> bool:
        """Start the engine anew, until it works. False when the pool closes or has given up."""
        with self._changed:
            self._live -= 1
            self._restarts += 1
        while not self._closing and self._failure is None:
            if self._load(engine):
                return True
            with self._changed:
                self._changed.wait_for(lambda: self._closing, _REVIVAL_PAUSE_SECONDS)
        return False

    def _take(self) -> tuple[Batch, Job] | None:
        """The next job, in turn from each waiting request; None when the pool closes."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._closing)
            if self._closing:
                return None
            batch = self._waiting.popleft()
            job = batch.jobs.popleft()
            if batch.jobs:
                self._waiting.append(batch)
            if batch.begun is None:
                batch.begun = perf_counter()
            self._busy += 1
            return batch, job

    def _accept(self, batch: Batch, job: Job, reply: Reply, engine: Engine) -> None:
        if reply.refusal is not None:
            batch.fail(reply.refusal)
        elif reply.failure is None:
            self._store(batch, job, reply.scores, reply.seconds)
        elif job.alone:
            log.error("%s: no score for %s: %s", batch.label, job, reply.failure)
            self._store_blank(batch, job, engine)
        else:
            log.warning("%s: trying %s one by one: %s", batch.label, job, reply.failure)
            self._requeue(batch, job.one_by_one())

    def _store(self, batch: Batch, job: Job, scores: Sequence[Scored], seconds: float) -> None:
        with self._changed:
            each = seconds / len(scores)
            self._completion_seconds += 0.1 * (each - self._completion_seconds)
            catalogue = self._catalogue
        assert catalogue is not None, "an engine that scores has been loaded"
        batch.store(job, scores, seconds, catalogue.scorer)

    def _store_blank(self, batch: Batch, job: Job, engine: Engine) -> None:
        """Nulls for a completion, in the shape that the fixed item's scores have."""
        template = SELF_SCORE_REQUEST.model_copy(
            update={"objectives": batch.request.objectives, "weights": batch.request.weights}
        )
        try:
            reply = engine.run(template, timeout=self._job_timeout)
        except EngineDied as death:
            reply = Reply(0.0, failure=str(death))
        if self._closing:
            batch.fail(NotReadyError("the service is shutting down"))
        elif reply.scores:
            self._store(batch, job, [blanked(reply.scores[0])], reply.seconds)
        else:
            batch.fail(reply.refusal or ScoringFailedError("the scorer fails on every text"))

    def _requeue(self, batch: Batch, jobs: list[Job]) -> None:
        with self._changed:
            if batch.future.done():
                return
            batch.jobs.extend(jobs)
            if batch not in self._waiting:
                self._waiting.append(batch)
            self._changed.notify_all()
