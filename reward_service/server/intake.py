"""Reading bodies within bounds: how long one may take, and how much all of them may hold."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from starlette.requests import ClientDisconnect, Request

from reward_service.server.body import Limits, read_body
from reward_service.server.deadline import ClientGone, Deadline
from reward_service.server.errors import ApiError
from reward_service.wire.codes import ErrorCode


@dataclass(slots=True)
class Held:
    """Bytes that one request holds."""

    size: int = 0


@dataclass(slots=True)
class Intake:
    """The bodies of one app that are being read or parsed. Used from one event loop.

    seconds: how long a body may take to arrive.
    most_bytes: what all of them may hold together; more gets 429, so that many large bodies at
        once cannot exhaust the memory before the queue sees them.
    """

    limits: Limits
    seconds: float
    most_bytes: int
    held: int = field(default=0, init=False)

    @contextmanager
    def hold(self) -> Iterator[Held]:
        """Room for one body, given back at the end."""
        held = Held()
        try:
            yield held
        finally:
            self.held -= held.size

    async def read(
        self, request: Request, held: Held, deadline: Deadline, *, form: bool = False
    ) -> bytes:
        """The body. Raises ApiError: 413, 422, 429 (too many at once), 504 (it comes too slowly);
        ClientGone.

        A connection whose body has not come is closed with the answer.
        """
        chunks = self._counted(request.stream(), held)
        try:
            async with asyncio.timeout(min(self.seconds, deadline.left)):
                body = await read_body(request.headers, chunks, self.limits, form=form)
        except ClientDisconnect:
            raise ClientGone from None
        except TimeoutError:
            error = deadline.error()
            if self.seconds < deadline.seconds:
                message = f"the body did not arrive within {self.seconds:g} s"
                error = ApiError(ErrorCode.TIMEOUT, message)
            error.headers["Connection"] = "close"
            raise error from None
        self._take(held, len(body) - held.size)
        return body

    async def _counted(self, chunks: AsyncIterator[bytes], held: Held) -> AsyncIterator[bytes]:
        async for chunk in chunks:
            self._take(held, len(chunk))
            yield chunk

    def _take(self, held: Held, size: int) -> None:
        if size > 0 and self.held > 0 and self.held + size > self.most_bytes:
            raise ApiError(
                ErrorCode.OVERLOADED,
                "too many bytes of request bodies are being read at once",
                headers={"Retry-After": "1"},
            )
        self.held += size
        held.size += size
