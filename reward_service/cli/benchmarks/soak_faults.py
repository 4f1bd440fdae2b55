"""What a soak does to the service while others use it: faults of processes, networks and clients.

Each injection returns whether the service did the right thing by it.
"""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

import orjson
import psutil

from reward_service.cli.benchmarks.load_client import Client, NoAnswer, post
from reward_service.cli.benchmarks.loopback import Server

IDLE_CONNECTIONS = 300
_SLOW_SECONDS = 0.3

Inject = Callable[[Server], Awaitable[bool]]

_ITEM = {"question": "A man has fever.", "completions": ["He has fever. The answer is A."]}
_BODY = orjson.dumps({"items": [_ITEM]})
_LARGE = orjson.dumps({"items": [{**_ITEM, "context": "x" * 9_000_000}]})
_GIANT = orjson.dumps({"items": [{**_ITEM, "completions": ["He has no fever, 38.5 mg. " * 7000]}]})
_MALFORMED = [
    _BODY[:-2],
    b"",
    b"[" * 100_000,
    b'{"items": [{"question": 1, "completions": "x"}]}',
    _BODY.replace(b"fever", b"\xff", 1),
]


def _workers(server: Server) -> list[psutil.Process]:
    return [worker for nursery in server.process.children() for worker in nursery.children()]


async def _signal(process: psutil.Process, number: signal.Signals) -> bool:
    """Send a signal, and give the service time to replace the process."""
    try:
        process.send_signal(number)
    except psutil.NoSuchProcess:
        return True
    for _ in range(100):
        await asyncio.sleep(0.1)
        if not process.is_running() or process.status() == psutil.STATUS_ZOMBIE:
            return True
    return False


async def kill_worker(server: Server) -> bool:
    """SIGKILL to a scoring process."""
    workers = _workers(server)
    return not workers or await _signal(workers[0], signal.SIGKILL)


async def stop_worker(server: Server) -> bool:
    """SIGSTOP to a scoring process: it is there, and does nothing."""
    workers = _workers(server)
    return not workers or await _signal(workers[-1], signal.SIGSTOP)


async def kill_everything(server: Server) -> bool:
    """SIGKILL to the process that holds the loaded scorer, and to all its workers."""
    processes = [*server.process.children(), *_workers(server)]
    return all(await asyncio.gather(*(_signal(one, signal.SIGKILL) for one in processes)))


async def malformed_bodies(server: Server) -> bool:
    """Bodies that are no request."""
    return all([await _status(server, post(body)) == 422 for body in _MALFORMED])


async def large_body(server: Server) -> bool:
    """A body over the limit."""
    return await _status(server, post(_LARGE)) == 413


async def giant_text(server: Server) -> bool:
    """A completion as long as texts may be."""
    return await _status(server, post(_GIANT)) in (200, 429)


async def no_http(server: Server) -> bool:
    """Bytes that are not HTTP."""
    return await _status(server, b"\x16\x03\x01 hello\r\n\r\n") == 400


async def short_deadline(server: Server) -> bool:
    """A client that waits a millisecond."""
    return await _status(server, post(_BODY, "X-Request-Timeout: 0.001")) in (200, 429, 504)


async def leaving_client(server: Server) -> bool:
    """A client that goes before its answer is there."""
    reader, writer = await _connect(server)
    writer.write(post(_GIANT))
    await asyncio.sleep(_SLOW_SECONDS / 10)
    writer.transport.abort()
    return not await reader.read()


async def slow_client(server: Server) -> bool:
    """A client that sends a few bytes of its body and then nothing."""
    reader, writer = await _connect(server)
    try:
        for byte in post(_BODY)[:-40]:
            writer.write(bytes([byte]))
            await asyncio.sleep(_SLOW_SECONDS / 1000)
        return await _begins(reader, b"HTTP/1.1 504")
    finally:
        writer.transport.abort()


async def silent_connections(server: Server) -> bool:
    """Hundreds of connections that say nothing: all are closed in the end."""
    opened = await asyncio.gather(*(_connect(server) for _ in range(IDLE_CONNECTIONS)))
    try:
        ends = await asyncio.gather(*(_begins(reader, b"") for reader, _ in opened))
        return all(ends)
    finally:
        for _, writer in opened:
            writer.transport.abort()


async def deaf_client(server: Server) -> bool:
    """A client that asks for a lot and reads nothing."""
    _, writer = await _connect(server)
    body = orjson.dumps({"items": [{**_ITEM, "id": "x" * 2_000_000}]})
    try:
        for _ in range(8):
            writer.write(post(body))
        await asyncio.sleep(_SLOW_SECONDS)
        return True
    finally:
        writer.transport.abort()


FAULTS: dict[str, Inject] = {
    "scoring process killed": kill_worker,
    "scoring process stopped": stop_worker,
    "loading process and all scoring processes killed": kill_everything,
    "malformed bodies": malformed_bodies,
    "body over the limit": large_body,
    "completion of 180,000 characters": giant_text,
    "bytes that are not HTTP": no_http,
    "deadline of a millisecond": short_deadline,
    "client that leaves": leaving_client,
    "client that sends too slowly": slow_client,
    f"{IDLE_CONNECTIONS} silent connections": silent_connections,
    "client that does not read": deaf_client,
}
"""Name → injection, in the order in which they come round."""


async def _connect(server: Server) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    address = urlsplit(server.url)
    return await asyncio.open_connection(address.hostname, address.port)


async def _status(server: Server, request: bytes) -> int:
    """Status of the answer to one request on a connection of its own; 0 if there is none."""
    address = urlsplit(server.url)
    assert address.hostname is not None and address.port is not None
    client = Client(address.hostname, address.port)
    try:
        return (await client.ask(request)).status
    except NoAnswer:
        return 0
    finally:
        client.close()


async def _begins(reader: asyncio.StreamReader, start: bytes) -> bool:
    """Whether what comes until the connection ends begins so; b"": whether it ends at all."""
    try:
        return (await asyncio.wait_for(reader.read(), 60)).startswith(start)
    except ConnectionError:
        return not start
    except TimeoutError:
        return False
