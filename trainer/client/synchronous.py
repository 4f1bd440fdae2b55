"""The client for code that is not async."""

from __future__ import annotations

import concurrent.futures
import os
import threading
import weakref
from collections.abc import Coroutine, Mapping, Sequence
from types import TracebackType
from typing import Any, TypeVar

from trainer.client.base import BaseClient
from trainer.client.config import ClientConfig
from trainer.client.core import SCORE
from trainer.client.encoding import Question
from trainer.client.errors import ClientClosedError, RequestContext
from trainer.client.loop import LoopThread
from trainer.client.scores import ScoredBatch
from trainer.client.wire import ServiceDescription

T = TypeVar("T")


class RewardClient(BaseClient):
    """The clinical reward service over HTTP. Thread-safe.

        with RewardClient("http://127.0.0.1:8000") as client:
            batch = client.score(items)
            rewards_NK = batch.rewards_NK(["accuracy", "faithfulness", "coverage"])

    A call waits for its result. Inside a running event loop it works, but holds the loop up:
    use AsyncRewardClient there.
    """

    def _setup(self, config: ClientConfig) -> None:
        super()._setup(config)
        self._lock = threading.Lock()
        self._loop: LoopThread | None = None

    def describe(self) -> ServiceDescription:
        """What the service judges, asked anew.

        Raises ExpectationError (and ScorerChangedError), ServiceUnavailableError (and
        DeadlineError), ServiceRefusedError (and AuthenticationError), InvalidAnswerError and
        ClientClosedError.
        """
        return self._run(self._core.describe())

    def score(
        self,
        items: Sequence[Mapping[str, object]],
        *,
        objectives: Sequence[str] | None = None,
        weights: Mapping[str, float] | None = None,
        explain: bool = False,
    ) -> ScoredBatch:
        """The scores of every completion of every item, in the same order.

        `items`, `objectives` (None for all), `weights` (over the service's) and `explain` are those
        of `POST /score`. Items are cut into requests that are sent concurrently; a completion that
        finally fails has None for all scores and the reason in `failure`.

        Before the first call in a process the service is described and compared with what is
        expected. Raises what `describe` raises; TooManyFailuresError, which carries the batch, when
        too many of the latest completions failed; TypeError and ValueError, before anything is
        sent, for an item without a list of completions.
        """
        return self._run(self._core.score(items, Question.of(objectives, weights, explain)))

    def close(self) -> None:
        """Close the connections and end the thread. Calls under way end with ClientClosedError."""
        self._core.closed = True
        if self._loop is not None:
            self._loop.close()

    def __enter__(self) -> RewardClient:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        try:
            if not self._core.closed:
                return self._loop_here().run(coroutine)
        except concurrent.futures.CancelledError:
            pass  # closed meanwhile
        coroutine.close()
        context = RequestContext("POST", self._core.config.endpoint(SCORE))
        raise ClientClosedError("the client is closed", context=context)

    def _loop_here(self) -> LoopThread:
        """The loop of this process; a forked child has none of its parent's threads."""
        with self._lock:
            if self._loop is None or self._loop.pid != os.getpid():
                self._loop = LoopThread(self._core.close)
                weakref.finalize(self, self._loop.close)
            return self._loop
