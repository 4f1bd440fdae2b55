"""The service in processes of its own on a loopback port, and a client that keeps it busy."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import cycle, islice
from typing import IO, NamedTuple

import httpx
import orjson
import psutil

from reward_service.cli.benchmarks.timing import Speed
from reward_service.wire import Item
from reward_service.wire.errors import PipelineError

ITEMS_PER_REQUEST = 4
_READY_SECONDS = 60.0


class Server(NamedTuple):
    """A running service. `ready_seconds` is from process start to a ready answer."""

    url: str
    process: psutil.Process
    ready_seconds: float

    def processes(self) -> list[psutil.Process]:
        return [self.process, *self.process.children(recursive=True)]

    def cpu_seconds(self) -> float:
        """CPU time of all its processes so far."""
        times = [process.cpu_times() for process in self.processes()]
        return float(sum(t.user + t.system for t in times))

    def resident_megabytes(self) -> list[float]:
        """Resident memory of each process, largest first."""
        return sorted((p.memory_info().rss / 1e6 for p in self.processes()), reverse=True)


@contextmanager
def running_server(workers: int, log: IO[bytes] | None = None, **settings: str) -> Iterator[Server]:
    """Start the service with `workers` scoring processes; stop it at the end.

    `settings` are environment variables over those of a benchmark; `log` takes what it writes.
    Raises PipelineError with the server's last words if it does not get ready.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    arguments = ["serve", "--host", "127.0.0.1", "--port", str(port), "--workers", str(workers)]
    # Every group's case is analysed anew, as in training, where prompts do not come back soon.
    environment = {
        **os.environ,
        "REWARD_CASE_CACHE": "1",
        "REWARD_LOG_LEVEL": "warning",
        **settings,
    }
    started = time.perf_counter()
    with tempfile.TemporaryFile() as own:
        log = own if log is None else log
        process = subprocess.Popen(
            [sys.executable, "-m", "reward_service.cli", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env=environment,
        )
        url = f"http://127.0.0.1:{port}"
        try:
            if not _wait_until_ready(url, process, started + _READY_SECONDS):
                log.seek(0)
                words = log.read().decode(errors="replace")[-1000:]
                raise PipelineError(f"the service did not get ready: {words}")
            yield Server(url, psutil.Process(process.pid), time.perf_counter() - started)
        finally:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait_until_ready(url: str, process: subprocess.Popen[bytes], deadline: float) -> bool:
    with _client(url) as client:
        while time.perf_counter() < deadline and process.poll() is None:
            try:
                if client.get("/readyz").status_code == 200:
                    return True
            except httpx.TransportError:
                pass
            time.sleep(0.05)
    return False


def bodies(items: Sequence[Item]) -> list[tuple[bytes, int]]:
    """Request bodies of a few items each, with the number of completions in each."""
    return [
        (
            orjson.dumps({"items": [item.model_dump(mode="json") for item in batch]}),
            sum(len(item.completions) for item in batch),
        )
        for batch in _batches(items)
    ]


def throughput(
    server: Server, requests: Sequence[tuple[bytes, int]], *, seconds: float, clients: int
) -> Speed:
    """Keep `clients` requests in flight for about `seconds`.

    The speed per CPU second counts the CPU time of all the server's processes.
    """
    with _client(server.url) as client:
        deadline = time.perf_counter() + seconds

        def post_until_deadline(first: int) -> int:
            done = 0
            for body, completions in islice(cycle(requests), first, None):
                _post(client, body)
                done += completions
                if time.perf_counter() > deadline:
                    break
            return done

        wall, cpu = time.perf_counter(), server.cpu_seconds()
        with ThreadPoolExecutor(clients) as threads:
            done = sum(threads.map(post_until_deadline, range(clients)))
        seconds_taken = time.perf_counter() - wall
        return Speed(done / seconds_taken, done / (server.cpu_seconds() - cpu))


def latencies(server: Server, items: Sequence[Item], count: int = 60) -> list[float]:
    """Milliseconds of single requests, one group each, one after another; sorted."""
    requests = [orjson.dumps({"items": [item.model_dump(mode="json")]}) for item in items]
    measured = []
    with _client(server.url) as client:
        for body in islice(cycle(requests), count):
            started = time.perf_counter()
            _post(client, body)
            measured.append((time.perf_counter() - started) * 1000)
    return sorted(measured)


def _client(url: str) -> httpx.Client:
    # Not through a proxy that the environment may name.
    return httpx.Client(base_url=url, timeout=60, trust_env=False)


def _post(client: httpx.Client, body: bytes) -> None:
    client.post(
        "/score", content=body, headers={"content-type": "application/json"}
    ).raise_for_status()


def _batches(items: Sequence[Item]) -> Iterator[Sequence[Item]]:
    return (items[i : i + ITEMS_PER_REQUEST] for i in range(0, len(items), ITEMS_PER_REQUEST))
