"""Everything that both clients do: describing, scoring, splitting, counting failures.

It runs in one event loop: the caller's for AsyncRewardClient, a thread's own for RewardClient.
"""

from __future__ import annotations

import asyncio
import os
import random
import time
from collections import Counter, deque
from collections.abc import Mapping, Sequence

import httpx

from trainer.client.chunks import Chunk, plan_chunks
from trainer.client.config import ClientConfig
from trainer.client.encoding import Question, encode_items
from trainer.client.errors import (
    AuthenticationError,
    ClientClosedError,
    DeadlineError,
    InvalidAnswerError,
    RequestContext,
    ServiceRefusedError,
    ServiceUnavailableError,
    TooManyFailuresError,
)
from trainer.client.exchange import Call, Exchange, Message, Reply
from trainer.client.expecting import Watch
from trainer.client.failures import FailureCode, FailureWindow, failure
from trainer.client.results import Results
from trainer.client.scores import ScoredBatch
from trainer.client.wire import (
    ServiceDescription,
    WireError,
    read_answer,
    read_description,
    read_refusal,
)

SCORE = "/score"
OBJECTIVES = "/objectives"


class Core:
    """One client's state. The pool is opened at the first request of a process and loop."""

    def __init__(self, config: ClientConfig) -> None:
        self.config = config
        self.watch = Watch(config.expect)
        self.closed = False
        self._window = FailureWindow(config.failure_window)
        self._source = random.Random(config.retries.seed)
        self._description: ServiceDescription | None = None
        self._exchange: Exchange | None = None
        self._home: tuple[int, asyncio.AbstractEventLoop] | None = None

    async def describe(self) -> ServiceDescription:
        """Ask the service what it judges, and check that against the expectation."""
        return await self._describe(self._new_call())

    async def score(self, items: Sequence[Mapping[str, object]], question: Question) -> ScoredBatch:
        """Score all items; see `RewardClient.score`."""
        begun = time.monotonic()
        encoded = encode_items(items)
        call = self._new_call()
        description = self._description or await self._describe(call)
        plan = plan_chunks(
            encoded,
            question,
            limits=description.limits,
            batching=self.config.batching,
            max_connections=self.config.max_connections,
        )
        results = Results(encoded, question, description)
        for place, size in plan.too_large.items():
            results.fail([place], _too_large(f"{size} of {description.limits.body_bytes} bytes"))
        work = deque(plan.chunks)
        try:
            async with asyncio.TaskGroup() as tasks:
                for _ in range(min(self.config.max_connections, len(work))):
                    tasks.create_task(self._work(work, results, call))
        except ExceptionGroup as group:
            first = group.exceptions[0]
            raise first from first.__cause__
        batch = results.batch(
            seconds=time.monotonic() - begun, requests=call.requests, retries=call.retries
        )
        self._count_failures(batch)
        return batch

    async def close(self) -> None:
        """Close the pool. Calls under way end with ClientClosedError."""
        self.closed = True
        if self._exchange is not None and self._home == _home():
            await self._exchange.http.aclose()

    async def _describe(self, call: Call) -> ServiceDescription:
        reply = await self._exchange_here().send(Message(OBJECTIVES), call)
        _require_ok(reply)
        try:
            description = read_description(reply.body)
        except WireError as error:
            raise InvalidAnswerError(str(error), context=reply.context) from None
        self.watch.check_description(description, reply.context)
        self._description = description
        return description

    async def _work(self, work: deque[Chunk], results: Results, call: Call) -> None:
        """Send chunks until none is left; what a chunk leaves to do comes first."""
        while work:
            work.extendleft(await self._settle(work.popleft(), results, call))

    async def _settle(self, chunk: Chunk, results: Results, call: Call) -> Sequence[Chunk]:
        """Send one chunk and keep what comes of it; the chunks that are still to be sent."""
        message = Message(
            SCORE,
            chunk.body(results.items, results.question),
            items=len(chunk.parts),
            completions=chunk.completions,
        )
        try:
            reply = await self._exchange_here().send(message, call)
        except DeadlineError as error:
            results.fail(chunk.places(), failure(FailureCode.DEADLINE, error.message))
            return ()
        except ServiceUnavailableError as error:
            results.fail(chunk.places(), failure(FailureCode.UNAVAILABLE, error.message))
            return ()
        match reply.status:
            case httpx.codes.OK:
                self._keep(reply, chunk, results)
                return ()
            case httpx.codes.REQUEST_ENTITY_TOO_LARGE if chunk.completions > 1:
                return chunk.halves()[::-1]
            case httpx.codes.REQUEST_ENTITY_TOO_LARGE:
                results.fail(chunk.places(), _too_large(_explain(reply)))
                return ()
            case httpx.codes.UNPROCESSABLE_ENTITY:
                return self._leave_out(reply, chunk, results)
            case status if status >= httpx.codes.INTERNAL_SERVER_ERROR:
                results.fail(chunk.places(), failure(FailureCode.SERVICE_ERROR, _explain(reply)))
                return ()
        _require_ok(reply)
        return ()

    def _keep(self, reply: Reply, chunk: Chunk, results: Results) -> None:
        sent = [(results.items[part.item].id, len(part.numbers)) for part in chunk.parts]
        asked = results.question.objectives
        required = self.config.expect.objectives if asked is None else asked
        try:
            answer = read_answer(reply.body, sent=sent, required=required)
        except WireError as error:
            raise InvalidAnswerError(str(error), context=reply.context) from None
        self.watch.check(answer.scorer, reply.context)
        results.keep(chunk, answer)

    def _leave_out(self, reply: Reply, chunk: Chunk, results: Results) -> Sequence[Chunk]:
        """Fail what a 422 names; the rest, to be sent again."""
        refusal = read_refusal(reply.body)
        blamed = chunk.blamed(refusal.paths) if refusal else None
        if blamed is None:
            _require_ok(reply)
            return ()
        for place, words in blamed.items():
            results.fail([place], failure(FailureCode.REFUSED, words))
        rest = chunk.without(blamed)
        return () if rest is None else (rest,)

    def _count_failures(self, batch: ScoredBatch) -> None:
        share = self._window.add(score.failure is not None for score in batch)
        if not batch.failed or share <= self.config.max_failed_share:
            return
        reasons = Counter(score.failure for score in batch if score.failure is not None)
        reason, times = reasons.most_common(1)[0]
        raise TooManyFailuresError(
            f"{share:.1%} of the latest completions have no scores, the limit is "
            f"{self.config.max_failed_share:.1%}; {batch.failed} of {batch.completions} in this "
            f"call, {times} of them for: {reason}",
            batch=batch,
            share=share,
            context=RequestContext(
                "POST", self.config.endpoint(SCORE), len(batch.items), batch.completions
            ),
        )

    def _new_call(self) -> Call:
        return Call(asyncio.get_running_loop().time() + self.config.timeouts.total)

    def _exchange_here(self) -> Exchange:
        """The pool of this process and loop; those of a parent process or an ended loop are left
        alone, because their sockets are not ours."""
        if self.closed:
            context = RequestContext("POST", self.config.endpoint(SCORE))
            raise ClientClosedError("the client is closed", context=context)
        here = _home()
        if self._exchange is None or self._home != here:
            if self._home is not None and self._home[0] == here[0] and self._home[1].is_running():
                raise RuntimeError("this client is in use in another event loop; make one per loop")
            self._exchange = Exchange(
                self.config, self.config.connect(), self._source, lambda: self.closed
            )
            self._home = here
        return self._exchange


def _home() -> tuple[int, asyncio.AbstractEventLoop]:
    return os.getpid(), asyncio.get_running_loop()


def _require_ok(reply: Reply) -> None:
    """Raises what a status other than 200 means for the whole request."""
    if reply.status == httpx.codes.OK:
        return
    if reply.status in (httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN):
        raise AuthenticationError(
            f"the key is missing or wrong ({_explain(reply)})", context=reply.context
        )
    raise ServiceRefusedError(_explain(reply), context=reply.context)


def _explain(reply: Reply) -> str:
    refusal = read_refusal(reply.body)
    return f"{reply.status} {refusal or 'without an error body: not this service?'}"


def _too_large(words: str) -> str:
    return failure(FailureCode.TOO_LARGE, words)
