"""An event loop in a thread of its own, for callers that are not async."""

from __future__ import annotations

import asyncio
import concurrent.futures
import os
import threading
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class _Call(Generic[T]):
    """A coroutine that can be cancelled from its first moment, before any future of it is known."""

    def __init__(self, coroutine: Coroutine[Any, Any, T]) -> None:
        self._coroutine = coroutine
        self._task: asyncio.Task[Any] | None = None
        self._dropped = False

    async def run(self) -> T:
        if self._dropped:
            self._coroutine.close()
            raise asyncio.CancelledError
        self._task = asyncio.current_task()
        return await self._coroutine

    def cancel(self) -> None:
        """In the loop's thread. Does nothing to a call that is done."""
        self._dropped = True
        if self._task is not None:
            self._task.cancel()


class LoopThread:
    """Runs coroutines for other threads until it is closed; `on_close` runs last, in the loop.

    The thread is a daemon: it keeps no program from ending.
    """

    def __init__(self, on_close: Callable[[], Awaitable[None]]) -> None:
        self.pid = os.getpid()
        self._on_close = on_close
        self._lock = threading.Lock()
        self._closed = False
        self._runner = asyncio.Runner(loop_factory=asyncio.new_event_loop)
        self._loop = self._runner.get_loop()
        self._stop = asyncio.Event()
        self._thread = threading.Thread(target=self._run, name="reward-client", daemon=True)
        self._thread.start()

    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """The coroutine's result. An interrupt (Ctrl-C) of the caller cancels the coroutine.

        Raises concurrent.futures.CancelledError when the loop is closed, before or meanwhile.
        """
        call = _Call(coroutine)
        try:
            with self._lock:
                if self._closed:
                    coroutine.close()
                    raise concurrent.futures.CancelledError
                future = asyncio.run_coroutine_threadsafe(call.run(), self._loop)
            return future.result()
        except BaseException:
            # A signal may strike while the coroutine is handed over: it runs, the future is lost.
            with suppress(RuntimeError):  # the loop is closed, and all in it cancelled
                self._loop.call_soon_threadsafe(call.cancel)
            raise

    def close(self) -> None:
        """End the thread; what still runs in it is cancelled. Does nothing in a forked child."""
        if self.pid != os.getpid():
            return
        with self._lock:
            if self._closed:
                return
            self._closed = True
            self._loop.call_soon_threadsafe(self._stop.set)
        if threading.current_thread() is not self._thread:  # as when the loop collects garbage
            self._thread.join()

    def _run(self) -> None:
        with self._runner:  # cancels what is left
            self._runner.run(self._serve())

    async def _serve(self) -> None:
        await self._stop.wait()
        await self._on_close()
