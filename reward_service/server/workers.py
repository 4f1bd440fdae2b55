"""The pool: takes requests, cuts them into jobs, hands the jobs to engines, joins the answers.

One thread per engine takes the next jobs from the line. A job whose process dies, or fails, is
tried again completion by completion; a completion that fails alone becomes a `scorer_error`, and
all others are scored.
"""

from __future__ import annotations

import logging
import math
import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from time import monotonic

from reward_service.server.admission import Admission, Watermarks
from reward_service.server.batch import Answer, Batch, Job, Task
from reward_service.server.catalogue import Catalogue
from reward_service.server.jobs import Reply, Scored, blanked, cut
from reward_service.server.line import Line
from reward_service.server.nursery import Engine, EngineDied
from reward_service.server.self_score import SELF_SCORE_REQUEST
from reward_service.wire.errors import OverloadedError, PipelineError, RewardServiceError
from reward_service.wire.request import ScoreRequest

log = logging.getLogger(__name__)

_FIRST_GUESS_SECONDS = 0.005
_REVIVAL_PAUSE_SECONDS = 5.0
SHUTTING_DOWN = "the service is shutting down"


class NotReadyError(RewardServiceError):
    """The engines are not loaded yet, or the pool is closing."""


class DeadlineError(RewardServiceError):
    """The request's deadline passed before its turn came."""


class ScoringFailedError(RewardServiceError):
    """Even the fixed self-score item cannot be scored any more."""


class Pool:
    """Engines behind one bounded queue. Thread-safe; `start` and `close` are called once."""

    def __init__(
        self,
        engines: Sequence[Engine],
        *,
        marks: Watermarks | None = None,
        job_timeout: float = 30.0,
        completion_timeout: float = 10.0,
        on_close: Callable[[], None] = lambda: None,
    ) -> None:
        self._engines = list(engines)
        self._on_close = on_close
        self._job_timeout = job_timeout
        self._completion_timeout = min(completion_timeout, job_timeout)
        self.on_change: Callable[[], None] = lambda: None
        """Called, in an engine's thread, when the pool becomes ready and when `failure` is set."""
        self.on_take: Callable[[int], None] = lambda _: None
        """Called, in an engine's thread, with the completions that an engine takes at once."""
        self._threads: list[threading.Thread] = []
        lock = threading.RLock()
        self._work = threading.Condition(lock)
        self._changed = threading.Condition(lock)
        self._draining = False
        # Everything below is written under `_changed`.
        self._line = Line()
        self._open: set[Batch] = set()
        self._admission = Admission(marks or Watermarks())
        self._queued_completions = 0
        self._live = 0
        self._busy = 0
        self._restarts = 0
        self._retries = 0
        self._dropped = 0
        self._loaded = False
        self._closing = False
        self._catalogue: Catalogue | None = None
        self._failure: RewardServiceError | None = None
        self._completion_seconds = _FIRST_GUESS_SECONDS
        self._scored_at = -math.inf

    @property
    def catalogue(self) -> Catalogue | None:
        """What scores and what it judges, once an engine is loaded."""
        return self._catalogue

    @property
    def ready(self) -> bool:
        """Every engine has loaded and passed the self-score, and at least one is there now."""
        return self._loaded and self._live > 0 and not self._draining and not self._closing

    @property
    def draining(self) -> bool:
        """Whether the service is about to stop."""
        return self._draining or self._closing

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
    def retries(self) -> int:
        """Completions that were tried again alone, because their job failed."""
        return self._retries

    @property
    def dropped(self) -> int:
        """Requests that left before they were scored: nobody waited for them any more."""
        return self._dropped

    @property
    def idle_seconds(self) -> float:
        """Seconds since something was scored; infinite if nothing was yet."""
        return monotonic() - self._scored_at

    @property
    def queued_items(self) -> int:
        """Items that wait or are being scored."""
        return self._admission.items

    @property
    def queued_chars(self) -> int:
        """Characters of the items that wait or are being scored."""
        return self._admission.chars

    @property
    def marks(self) -> Watermarks:
        """How much may wait or be scored."""
        return self._admission.marks

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

    def submit(
        self,
        request: ScoreRequest,
        *,
        label: str = "",
        deadline: float | None = None,
        always: bool = False,
    ) -> Future[Answer]:
        """Queue a validated request. Cancelling the future drops what is not scored yet.

        What is not begun at `deadline` (by `perf_counter`) is dropped. `always` passes by the
        watermarks. Raises NotReadyError and OverloadedError. The future's errors are RequestError
        (unknown objective or weight), DeadlineError, NotReadyError (the pool closed) and
        ScoringFailedError.
        """
        batch = Batch.of(request, label=label, workers=self._live - self._busy, deadline=deadline)
        with self._changed:
            if not self._loaded or self._closing or self._failure is not None:
                raise NotReadyError("the scorer is not loaded")
            counts = {"items": 0, "chars": 0}
            if not always:
                counts = {"items": batch.items, "chars": batch.chars}
                if not self._admission.enter(**counts):
                    raise OverloadedError(
                        f"{self._admission.items} items with {self._admission.chars} characters "
                        "are waiting or being scored"
                    )
            self._queued_completions += batch.completions
            self._open.add(batch)
            self._line.enter(batch)
            self._work.notify(len(batch.jobs))
        batch.future.add_done_callback(lambda _: self._forget(batch, **counts))
        return batch.future

    def drain(self) -> None:
        """Say that the pool is not ready any more; it goes on scoring."""
        self._draining = True  # without the lock: a signal may come while it is held

    def give_up_waiting(self) -> None:
        """Answer every request that is not scored yet with NotReadyError, and take no new ones."""
        self._fail_open(closing=True)

    def close(self) -> None:
        """End all engines. Requests that are not answered yet fail with NotReadyError."""
        self.give_up_waiting()
        for engine in self._engines:
            engine.close()
        for thread in self._threads:
            thread.join(self._job_timeout)
        self._on_close()

    def _forget(self, batch: Batch, *, items: int, chars: int) -> None:
        """Take an answered, failed or cancelled request out of the queue."""
        with self._changed:
            self._admission.leave(items=items, chars=chars)
            self._queued_completions -= batch.completions
            self._open.discard(batch)
            self._line.drop(batch)
            gone = batch.future.cancelled() or isinstance(batch.future.exception(), DeadlineError)
            self._dropped += gone

    def _fail_open(self, *, closing: bool) -> None:
        with self._changed:
            self._closing = self._closing or closing
            unanswered = list(self._open)
            self._work.notify_all()
            self._changed.notify_all()
        for batch in unanswered:
            batch.fail(NotReadyError(SHUTTING_DOWN))

    # What follows runs in the engines' threads.

    def _drive(self, engine: Engine) -> None:
        if not self._load(engine):
            return
        while tasks := self._take():
            alive = self._do(engine, tasks)
            with self._changed:
                self._busy -= 1
            if not alive:
                return

    def _do(self, engine: Engine, tasks: Sequence[Task]) -> bool:
        """A few jobs, one after the other. False when the engine is gone for good."""
        requests = [cut(batch.request, job.slices) for batch, job in tasks]
        alone = tasks[0].job.alone
        left = deque(tasks)
        self.on_take(sum(task.job.completions for task in tasks))
        try:
            timeout = self._completion_timeout if alone else self._job_timeout
            for reply in engine.run(requests, timeout=timeout):
                task = left.popleft()
                blank = self._accept(task, reply)
        except EngineDied as death:
            task = left.popleft()
            log.warning("%s: lost a scoring process: %s", task.batch.label, death)
            with self._changed:  # the jobs behind it were not begun, and are not to blame
                for batch, job in reversed(left):
                    self._put(batch, [job], first=True)
            blank = self._accept(task, Reply(0.0, failure=str(death)))
            if not self._revive(engine):
                if blank:
                    task.batch.fail(NotReadyError("the scoring process could not be replaced"))
                return False
        if blank:  # only a job that was alone gets here, so the engine has nothing else to do
            self._store_blank(task, engine)
        return True

    def _load(self, engine: Engine) -> bool:
        try:
            catalogue = engine.start()
            self._check_same_scorer(catalogue)
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

    def _check_same_scorer(self, catalogue: Catalogue) -> None:
        """Raise PipelineError if the installed code or vocabulary changed while the pool ran."""
        known = self._catalogue
        if known is not None and known.scorer != catalogue.scorer:
            raise PipelineError(
                "what is installed changed while the service ran (fingerprint "
                f"{known.scorer.fingerprint} → {catalogue.scorer.fingerprint}): restart the service"
            )

    def _give_up(self, error: RewardServiceError) -> None:
        """Set `failure`, unless the pool was ready and other engines still work."""
        with self._changed:
            if self._failure is not None or self._closing or (self._loaded and self._live):
                return
            self._failure = error
        self._fail_open(closing=False)
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

    def _take(self) -> list[Task]:
        """The next jobs; none when the pool closes."""
        while True:
            with self._changed:
                self._work.wait_for(lambda: self._line or self._closing)
                if self._closing:
                    return []
                tasks = self._line.take(engines=self._live)
                self._busy += 1
            wanted = [task for task in tasks if not task.batch.late()]
            for task in tasks:
                if task not in wanted:
                    task.batch.fail(DeadlineError("the deadline passed while the request waited"))
            if wanted:
                return wanted
            with self._changed:
                self._busy -= 1

    def _accept(self, task: Task, reply: Reply) -> bool:
        """Take a job's reply in. True when the job is to be answered with nulls."""
        batch, job = task
        if reply.refusal is not None:
            batch.fail(reply.refusal)
        elif reply.failure is None:
            self._store(task, reply.scores, reply.seconds)
        elif job.alone:
            log.error("%s: no score for %s: %s", batch.label, job, reply.failure)
            return True
        else:
            log.warning("%s: trying %s one by one: %s", batch.label, job, reply.failure)
            with self._changed:
                self._retries += job.completions
                self._put(batch, job.one_by_one())
        return False

    def _store(self, task: Task, scores: Sequence[Scored], seconds: float) -> None:
        with self._changed:
            each = seconds / len(scores)
            self._completion_seconds += 0.1 * (each - self._completion_seconds)
            self._scored_at = monotonic()
            catalogue = self._catalogue
        assert catalogue is not None, "an engine that scores has been loaded"
        task.batch.store(task.job, scores, seconds, catalogue.scorer)

    def _store_blank(self, task: Task, engine: Engine) -> None:
        """Nulls for a completion, in the shape that the fixed item's scores have."""
        batch = task.batch
        template = SELF_SCORE_REQUEST.model_copy(
            update={"objectives": batch.request.objectives, "weights": batch.request.weights}
        )
        try:
            [reply] = engine.run([template], timeout=self._job_timeout)
        except EngineDied as death:
            reply = Reply(0.0, failure=str(death))
        if self._closing:
            batch.fail(NotReadyError(SHUTTING_DOWN))
        elif reply.scores:
            self._store(task, [blanked(reply.scores[0])], reply.seconds)
        else:
            batch.fail(reply.refusal or ScoringFailedError("the scorer fails on every text"))

    def _put(self, batch: Batch, jobs: Sequence[Job], *, first: bool = False) -> None:
        """Put jobs back into the line, under `_changed`, unless nobody waits for them."""
        if not batch.future.done():
            self._line.put_back(batch, jobs, first=first)
            self._work.notify(len(jobs))
