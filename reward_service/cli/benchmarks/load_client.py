"""A small HTTP client that can keep hundreds of connections busy and still leave the cores free.

A client library takes longer for one small request than the service does; then one would measure
the client. This one sends prepared bytes and parses nothing but status and length.
"""

from __future__ import annotations

import asyncio
from typing import NamedTuple, cast

import httptools


class NoAnswer(Exception):
    """The connection ended, or could not be made, before the answer was there."""


class Answer(NamedTuple):
    """Status and body of an answer."""

    status: int
    body: bytes


class Client(asyncio.Protocol):
    """One keep-alive connection, made anew when it has ended. One request at a time."""

    def __init__(self, host: str, port: int) -> None:
        self._address = host, port
        self._transport: asyncio.Transport | None = None
        self._parser: httptools.HttpResponseParser | None = None
        self._body: list[bytes] = []
        self._waiter: asyncio.Future[Answer] | None = None

    async def ask(self, request: bytes) -> Answer:
        """Send a whole request (head and body), and wait. Raises NoAnswer."""
        loop = asyncio.get_running_loop()
        if self._transport is None or self._transport.is_closing():
            try:
                await loop.create_connection(lambda: self, *self._address)
            except OSError as error:
                raise NoAnswer(str(error)) from None
        assert self._transport is not None
        self._parser, self._body = httptools.HttpResponseParser(self), []
        self._waiter = loop.create_future()
        self._transport.write(request)
        return await self._waiter

    def close(self) -> None:
        """End the connection."""
        if self._transport is not None:
            self._transport.abort()

    # What asyncio and the parser call.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is one in all but name

    def data_received(self, data: bytes) -> None:
        assert self._parser is not None
        self._parser.feed_data(data)

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_exception(NoAnswer("the connection was closed"))

    def on_body(self, body: bytes) -> None:
        self._body.append(body)

    def on_message_complete(self) -> None:
        assert self._parser is not None and self._waiter is not None
        if not self._waiter.done():
            self._waiter.set_result(Answer(self._parser.get_status_code(), b"".join(self._body)))


def post(body: bytes, *headers: str) -> bytes:
    """The bytes of `POST /score` with a JSON body."""
    lines = ["POST /score HTTP/1.1", "Host: localhost", "Content-Type: application/json"]
    lines += [f"Content-Length: {len(body)}", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body
