"""Asks an endpoint for grades: time-outs, bounded attempts, a cache, several at a time.

A failure is returned, never raised and never a grade. Nothing that a text or an answer says is
logged, only what kind of failure it was.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import httpx
import orjson

from reward_service.judge.config import JudgeConfig
from reward_service.judge.rubric import read_grade
from reward_service.wire.errors import SettingsError

_log = logging.getLogger(__name__)

Messages = list[dict[str, str]]

_LARGEST_ANSWER = 1_000_000  # bytes
_MOST_TOKENS = 1024  # of an answer, for models that think first
_FIRST_PAUSE = 0.2  # seconds; doubled with every attempt
_TRY_AGAIN = frozenset({408, 409, 425, 429})


class Grade(NamedTuple):
    """A grade in [0, 1], or None with the kind of failure."""

    value: float | None
    failure: str = ""


class JudgeClient:
    """Grades from one endpoint. Connections are opened by the process that first asks.

    `transport` stands in for the network in tests.
    """

    def __init__(
        self,
        config: JudgeConfig,
        *,
        transport: httpx.BaseTransport | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._config = config
        self._transport = transport
        self._sleep = sleep
        self._grades: OrderedDict[bytes, float] = OrderedDict()
        self._open: tuple[int, httpx.Client] | None = None

    def grades(self, asked: Sequence[Messages]) -> list[Grade]:
        """A grade for each chat, in order; equal chats are asked once.

        Failures are not remembered: the next call asks again.
        """
        bodies = [self._body(messages) for messages in asked]
        names = [_digest(body) for body in bodies]
        news = {
            name: body for name, body in zip(names, bodies, strict=True) if name not in self._grades
        }
        found = {name: Grade(self._grades[name]) for name in names if name in self._grades}
        found |= dict(zip(news, self._ask_all(list(news.values())), strict=True))
        for name in names:
            self._remember(name, found[name])
        return [found[name] for name in names]

    def name_of(self, messages: Messages) -> bytes:
        """What stands for a chat: equal for equal requests."""
        return _digest(self._body(messages))

    def _remember(self, name: bytes, grade: Grade) -> None:
        if grade.value is None:
            return
        self._grades[name] = grade.value
        self._grades.move_to_end(name)
        while len(self._grades) > self._config.cache:
            self._grades.popitem(last=False)

    def _body(self, messages: Messages) -> bytes:
        """The whole request, which is also what the cache is keyed by."""
        request = {
            "model": self._config.model,
            "messages": messages,
            "temperature": 0,
            "seed": 0,
            "max_tokens": _MOST_TOKENS,
        }
        # Not orjson, which refuses the lone surrogates that broken text may hold.
        return json.dumps(request).encode("ascii")

    def _ask_all(self, bodies: Sequence[bytes]) -> list[Grade]:
        if not bodies:
            return []
        try:
            client = self._client()
        except SettingsError as error:  # the key was there at the start
            _log.error("the judge has no key: %s", error)
            return [Grade(None, "no key")] * len(bodies)
        # Threads end with the call: a process that is forked later inherits none.
        with ThreadPoolExecutor(min(self._config.concurrency, len(bodies))) as pool:
            grades = list(pool.map(lambda body: self._ask(client, body), bodies))
        failures = sorted({grade.failure for grade in grades if grade.value is None})
        if failures:
            failed = sum(grade.value is None for grade in grades)
            _log.warning("the judge failed on %d of %d: %s", failed, len(grades), failures)
        return grades

    def _client(self) -> httpx.Client:
        """This process's own client: sockets must not be shared with a parent or a fork."""
        if self._open is None or self._open[0] != os.getpid():
            key = self._config.key()
            headers = {"Content-Type": "application/json"}
            if key is not None:
                headers["Authorization"] = f"Bearer {key}"
            limits = httpx.Limits(max_connections=self._config.concurrency)
            client = httpx.Client(headers=headers, limits=limits, transport=self._transport)
            self._open = os.getpid(), client
        return self._open[1]

    def _ask(self, client: httpx.Client, body: bytes) -> Grade:
        deadline = time.monotonic() + self._config.timeout
        failure = "no time"
        for attempt in range(self._config.attempts):
            left = deadline - time.monotonic()
            if left <= 0:
                break
            try:
                status, answer = self._post(client, body, deadline)
            except httpx.TimeoutException:
                failure = "timeout"
            except httpx.HTTPError as error:
                failure = type(error).__name__
            else:
                if status == 200:
                    value = _read(answer)
                    if value is not None:
                        return Grade(value)
                    failure = "no grade in the answer"
                else:
                    failure = f"HTTP {status}"
                    if status < 500 and status not in _TRY_AGAIN:
                        break
            pause = _FIRST_PAUSE * 2**attempt
            if attempt + 1 < self._config.attempts and deadline - time.monotonic() > pause:
                self._sleep(pause)
        return Grade(None, failure)

    def _post(self, client: httpx.Client, body: bytes, deadline: float) -> tuple[int, bytes]:
        """Status and body. Raises httpx.HTTPError, also for an answer that is too slow or large."""
        url = f"{self._config.url.rstrip('/')}/chat/completions"
        left = max(deadline - time.monotonic(), 0.001)
        with client.stream("POST", url, content=body, timeout=left) as response:
            answer = bytearray()
            for piece in response.iter_bytes():
                answer += piece
                if len(answer) > _LARGEST_ANSWER:
                    raise httpx.DecodingError("the answer is too large", request=response.request)
                if time.monotonic() > deadline:  # each piece came in time, all of them did not
                    raise httpx.ReadTimeout("the answer is too slow", request=response.request)
            return response.status_code, bytes(answer)


def _digest(body: bytes) -> bytes:
    return hashlib.sha256(body).digest()


def _read(answer: bytes) -> float | None:
    """The grade in a chat completion; None if it is none."""
    try:
        said = orjson.loads(answer)["choices"][0]["message"]["content"]
    except (orjson.JSONDecodeError, KeyError, IndexError, TypeError):
        return None
    return read_grade(said) if isinstance(said, str) else None
