"""One request on its way: sent again after faults that may pass, until the deadline."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from uuid import uuid4

import httpx

from trainer.client.config import ClientConfig
from trainer.client.encoding import compress
from trainer.client.errors import (
    ClientClosedError,
    DeadlineError,
    InvalidAnswerError,
    RequestContext,
    ServiceUnavailableError,
)
from trainer.client.waits import RETRIED_STATUSES, is_retried, jitter, retry_after
from trainer.client.wire import read_refusal

log = logging.getLogger("trainer.client")


@dataclass(slots=True)
class Call:
    """What all requests of one call share. `deadline` is a time of the running loop's clock."""

    deadline: float
    requests: int = 0
    retries: int = 0


@dataclass(frozen=True, slots=True)
class Message:
    """A request before it is sent; `body` None makes it a GET."""

    path: str
    body: bytes | None = None
    items: int = 0
    completions: int = 0


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer whose status is not one that is retried."""

    status: int
    body: bytes
    context: RequestContext


@dataclass(frozen=True, slots=True)
class _Fault:
    """Why an attempt brought nothing, and how long the service asks to wait."""

    reason: str
    wait: float = 0.0
    status: int | None = None


@dataclass(slots=True)
class Exchange:
    """Sends messages over one pool; `is_closed` says that the pool's client was closed."""

    config: ClientConfig
    http: httpx.AsyncClient
    source: random.Random
    is_closed: Callable[[], bool] = field(default=lambda: False)

    async def send(self, message: Message, call: Call) -> Reply:
        """The answer. Raises ServiceUnavailableError, DeadlineError, InvalidAnswerError and
        ClientClosedError; statuses other than 429, 502, 503 and 504 are the caller's."""
        request, context = self._build(message)
        fault: _Fault | None = None
        now = asyncio.get_running_loop().time
        try:
            async with asyncio.timeout_at(call.deadline):
                while now() < call.deadline:
                    if self.is_closed():
                        raise ClientClosedError("the client is closed", context=context)
                    context = replace(context, attempts=context.attempts + 1)
                    call.requests += 1
                    answer = await self._attempt(request, context)
                    if isinstance(answer, Reply):
                        return answer
                    fault = answer
                    context = replace(context, status=fault.status)
                    await self._wait(fault, context, call)
                    call.retries += 1
        except TimeoutError:
            pass
        before = f"; before: {fault.reason}" if fault else ""
        raise DeadlineError(
            f"no answer within {self.config.timeouts.total:g} s{before}", context=context
        )

    def _build(self, message: Message) -> tuple[httpx.Request, RequestContext]:
        method = "GET" if message.body is None else "POST"
        request_id = uuid4().hex
        headers = {"X-Request-Id": request_id}
        content = message.body
        if content is not None:
            headers["Content-Type"] = "application/json"
            smallest = self.config.batching.gzip_from_bytes
            if smallest is not None and len(content) >= smallest:
                headers["Content-Encoding"] = "gzip"
                content = compress(content)
        url = self.config.endpoint(message.path)
        request = self.http.build_request(method, url, content=content, headers=headers)
        context = RequestContext(
            method, url, message.items, message.completions, request_id=request_id
        )
        return request, context

    async def _attempt(self, request: httpx.Request, context: RequestContext) -> Reply | _Fault:
        try:
            response = await self.http.send(request)
        except httpx.TransportError as error:
            if self.is_closed():
                raise ClientClosedError("the client was closed", context=context) from None
            if not is_retried(error):
                raise ServiceUnavailableError(_words(error), context=context) from error
            return _Fault(_words(error))
        except httpx.DecodingError as error:
            raise InvalidAnswerError(
                "the answer is not encoded as it says", context=context
            ) from error
        if response.status_code in RETRIED_STATUSES:
            refusal = read_refusal(response.content)
            reason = f"{response.status_code} {refusal.code if refusal else ''}".rstrip()
            return _Fault(reason, retry_after(response.headers), response.status_code)
        context = replace(context, status=response.status_code)
        return Reply(response.status_code, response.content, context)

    async def _wait(self, fault: _Fault, context: RequestContext, call: Call) -> None:
        """Sleep before the next attempt. Raises ServiceUnavailableError when there is none."""
        retries = self.config.retries
        if context.attempts >= retries.attempts:
            times = "time" if context.attempts == 1 else "times"
            raise ServiceUnavailableError(
                f"{fault.reason}; tried {context.attempts} {times}", context=context
            )
        left = call.deadline - asyncio.get_running_loop().time()
        if fault.wait > left:
            raise ServiceUnavailableError(
                f"{fault.reason}; the service asks to wait {fault.wait:.0f} s, "
                f"but the call has {max(left, 0.0):.0f} s left",
                context=context,
            )
        pause = fault.wait + jitter(retries, context.attempts, self.source)
        log.warning("retrying in %.1f s after: %s [%s]", pause, fault.reason, context)
        await asyncio.sleep(pause)


def _words(error: httpx.TransportError) -> str:
    """The kind of a transport error, and its text, which names hosts and sockets at most."""
    text = str(error)
    return f"{type(error).__name__}: {text}" if text else type(error).__name__
