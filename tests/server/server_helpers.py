"""What the tests of the server share."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any

import httpx

from reward_service.server.app import create_app
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
