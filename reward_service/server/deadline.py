"""How long a client waits: X-Request-Timeout, and whether it is still there."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable
from time import perf_counter
from typing import TypeVar

from starlette.datastructures import Headers
from starlette.types import Receive

from reward_service.server.errors import ApiError, invalid
from reward_service.wire.codes import ErrorCode

REQUEST_TIMEOUT = "X-Request-Timeout"
CLIENT_GONE = 499
"""Status in log and metrics of a request whose client has gone; nobody gets it as an answer."""

_SECONDS = re.compile(r"\d{1,7}(?:\.\d{1,6})?")
Result = TypeVar("Result")


class ClientGone(Exception):
    """The client closed the connection before its answer."""


class Deadline:
    """When a request must be answered: `seconds` from now, by `perf_counter`."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.at = perf_counter() + seconds

    @classmethod
    def of(cls, headers: Headers, longest: float) -> Deadline:
        """What the header asks for, at most `longest` seconds. Raises ApiError 422."""
        given = headers.get(REQUEST_TIMEOUT)
        if given is None:
            return cls(longest)
        if not _SECONDS.fullmatch(given.strip()) or not float(given):
            raise invalid(f"{REQUEST_TIMEOUT}: expected seconds above 0, as in 2.5")
        return cls(min(longest, float(given)))

    @property
    def left(self) -> float:
        """Seconds from now, 0 when it has passed."""
        return max(0.0, self.at - perf_counter())

    def error(self) -> ApiError:
        """504 for a request that was not answered in time."""
        return ApiError(ErrorCode.TIMEOUT, f"the request took longer than {self.seconds:g} s")


async def while_connected(work: Awaitable[Result], receive: Receive, deadline: Deadline) -> Result:
    """The result of `work`, which is cancelled as soon as nobody waits for it any more.

    `receive` is that of a request whose body has been read. Raises ClientGone, and ApiError (504)
    at the deadline.
    """
    working = asyncio.ensure_future(work)
    leaving = asyncio.ensure_future(_disconnect(receive))
    try:
        await asyncio.wait(
            (working, leaving), timeout=deadline.left, return_when=asyncio.FIRST_COMPLETED
        )
        if working.done():
            return working.result()
        if leaving.done():
            raise ClientGone
        raise deadline.error()
    finally:
        working.cancel()
        leaving.cancel()


async def _disconnect(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
