"""Connections that nobody can hold for ever: bounds on top of uvicorn's HTTP protocol.

Uvicorn closes an idle connection that has been answered. It waits for ever for a head that does
not come, for a body after its answer, and for a client that does not read its answer.
"""

from __future__ import annotations

import uuid
from asyncio import TimerHandle, Transport
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from reward_service.server.errors import ApiError, error_response
from reward_service.wire.codes import ErrorCode
from reward_service.wire.errors import ErrorBody, ErrorInfo

LARGEST_HEAD = 64_000
"""Bytes of a request's line and headers."""

_LINGER_SECONDS = 5.0
"""How long the rest of a body is read and thrown away after its answer."""

_CROWDED_SECONDS = 1.0
"""How long a connection over the limit may take to ask, and be refused."""


def bounded_protocol(*, seconds: float, most: int) -> type[HttpToolsProtocol]:
    """A protocol class for uvicorn (`http=`).

    seconds: for a head to arrive, and for each piece of an answer to be taken.
    most: open connections; a request on one more gets 429.
    """
    return type("Bounded", (BoundedProtocol,), {"seconds": seconds, "most": most})


class BoundedProtocol(HttpToolsProtocol):
    """One connection. Use `bounded_protocol`."""

    seconds = 30.0
    most = 4096

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._head_timer: TimerHandle | None = None
        self._end_timer: TimerHandle | None = None
        self._head_bytes = 0
        self._in_head = True
        self._crowded = False

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._crowded = len(self.connections) > self.most
        self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        _cancel(self._head_timer)
        _cancel(self._end_timer)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._in_head:
            self._head_bytes += len(data)
        super().data_received(data)
        # What came with the head's last bytes may be body: only a head that goes on is too long.
        if self._in_head and self._head_bytes > LARGEST_HEAD and not self.transport.is_closing():
            self._refuse_bytes(413, ErrorCode.TOO_LARGE, "the request's head is too large")

    def on_message_begin(self) -> None:
        super().on_message_begin()
        if not self._in_head:
            self._await_head()

    def on_headers_complete(self) -> None:
        self._in_head = False
        _cancel(self._head_timer)
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        super().on_message_complete()
        if self.cycle.response_complete:  # the rest of a body that was not wanted is through
            _cancel(self._end_timer)

    def on_response_complete(self) -> None:
        super().on_response_complete()
        _cancel(self._end_timer)
        if self.cycle.response_complete and self.cycle.more_body:  # not of a pipelined request
            linger = min(self.seconds, _LINGER_SECONDS)
            self._end_timer = self.loop.call_later(linger, self.transport.abort)
        elif waiting := self.transport.get_write_buffer_size():
            self._await_reader(waiting)

    def send_400_response(self, msg: str) -> None:
        """What is not HTTP gets an error body, too."""
        self._refuse_bytes(400, ErrorCode.INVALID_REQUEST, msg)

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        super()._start_asgi_task(cycle, _too_many() if self._crowded else app)

    def _await_head(self) -> None:
        self._in_head, self._head_bytes = True, 0
        _cancel(self._head_timer)
        seconds = min(self.seconds, _CROWDED_SECONDS) if self._crowded else self.seconds
        self._head_timer = self.loop.call_later(seconds, self._head_is_late)

    def _head_is_late(self) -> None:
        if self.cycle is not None and not self.cycle.response_complete:
            self._await_head()  # of a pipelined request; the one before it is being answered
        else:
            self.transport.close()

    def _await_reader(self, waiting: int) -> None:
        """Break the connection unless the client takes some of what waits to be sent."""

        def look() -> None:
            still = self.transport.get_write_buffer_size()
            if still >= waiting:
                self.transport.abort()
            elif still:
                self._await_reader(still)

        self._end_timer = self.loop.call_later(self.seconds, look)

    def _refuse_bytes(self, status: int, code: ErrorCode, message: str) -> None:
        body = ErrorBody(error=ErrorInfo(code=code, message=message)).model_dump_json().encode()
        head = (
            f"HTTP/1.1 {status} {code}\r\ncontent-type: application/json\r\n"
            f"content-length: {len(body)}\r\nx-request-id: {uuid.uuid4().hex}\r\n"
            "connection: close\r\n\r\n"
        )
        self.transport.write(head.encode() + body)
        self.transport.close()


def _too_many() -> Any:
    """An ASGI application for one request."""
    return error_response(
        ApiError(
            ErrorCode.OVERLOADED,
            "too many connections are open",
            headers={"Retry-After": "1", "Connection": "close"},
        )
    )


def _cancel(timer: TimerHandle | None) -> None:
    if timer is not None:
        timer.cancel()
