"""What the tests of the server share."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import uvicorn

from reward_service.server.app import create_app
from reward_service.server.connections import bounded_protocol
from reward_service.server.workers import Pool
from reward_service.settings import Settings

Call = Callable[..., httpx.Response]


def wait_until(condition: Callable[[], object], seconds: float = 20.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.005)


def caller(pool: Pool, settings: Settings) -> Call:
    """A function that sends one request to an app over `pool`."""
    app = create_app(settings, pool)

    def call(method: str, path: str, **kwargs: Any) -> httpx.Response:
        async def send() -> httpx.Response:
            transport = httpx.ASGITransport(app, raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
                return await client.request(method, path, **kwargs)

        return asyncio.run(send())

    return call


@contextmanager
def serving(pool: Pool, settings: Settings) -> Iterator[int]:
    """The app over `pool` behind uvicorn, in a thread, with bounded connections; its port."""
    protocol = bounded_protocol(seconds=settings.body_timeout, most=settings.max_connections)
    config = uvicorn.Config(
        create_app(settings, pool), http=protocol, ws="none", log_config=None, lifespan="off"
    )
    server = uvicorn.Server(config)
    with socket.create_server(("127.0.0.1", 0), backlog=1024) as listener:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        wait_until(lambda: server.started)
        try:
            yield listener.getsockname()[1]
        finally:
            server.should_exit = True
            thread.join(20)
