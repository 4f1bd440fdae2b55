"""Single calls, made at the same time in one event loop, sent as one batch."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

Ask = TypeVar("Ask")
Reply = TypeVar("Reply")


class Coalescer(Generic[Ask, Reply]):
    """Collects what is asked within `wait` seconds, up to `most` at a time, and sends it at once.

    `send` answers a list of questions with as many replies in order; what it raises, every caller
    of its batch gets. Belongs to the event loop that it is first used in.
    """

    def __init__(
        self,
        send: Callable[[Sequence[Ask]], Awaitable[Sequence[Reply]]],
        *,
        most: int = 256,
        wait: float = 0.005,
    ) -> None:
        self._send = send
        self._most = most
        self._wait = wait
        self._open: list[tuple[Ask, asyncio.Future[Reply]]] = []
        self._timer: asyncio.TimerHandle | None = None
        self._sending: set[asyncio.Task[None]] = set()

    async def ask(self, question: Ask) -> Reply:
        """The reply to one question."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Reply] = loop.create_future()
        self._open.append((question, future))
        if len(self._open) >= self._most:
            self._flush()
        elif self._timer is None:
            self._timer = loop.call_later(self._wait, self._flush)
        return await future

    def _flush(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        batch, self._open = self._open, []
        if batch:
            task = asyncio.get_running_loop().create_task(self._settle(batch))
            self._sending.add(task)
            task.add_done_callback(self._sending.discard)

    async def _settle(self, batch: list[tuple[Ask, asyncio.Future[Reply]]]) -> None:
        waiting = [(question, future) for question, future in batch if not future.cancelled()]
        try:
            replies = await self._send([question for question, _ in waiting])
        except Exception as error:  # goes to every caller: here nobody would hear of it
            for _, future in waiting:
                if not future.done():
                    future.set_exception(error)
            return
        for (_, future), reply in zip(waiting, replies, strict=True):
            if not future.done():
                future.set_result(reply)
