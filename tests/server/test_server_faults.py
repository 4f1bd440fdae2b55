"""A running service is broken under load: what it took is answered, and rightly, or says why not.

Every test counts: each request of the load gets exactly one answer; it has the bytes of the
undisturbed one, or nulls with `scorer_error`, or is a typed error.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import IO, Any

import httpx
import psutil
import pytest
from fake_scorer import FakeScorer
from server_helpers import wait_until

from reward_service.cli.benchmarks.load_client import Answer, post
from reward_service.cli.benchmarks.load_drive import clients, drive
from reward_service.wire import ScoreRequest

SCRIPT = Path(__file__).parent / "fake_service.py"
CLIENTS = 6
ERROR_CODES = {"not_ready", "overloaded", "timeout"}


@dataclass
class Running:
    """A service in a process of its own."""

    url: str
    process: subprocess.Popen[str]
    log: IO[str]

    def workers(self) -> list[psutil.Process]:
        nurseries = psutil.Process(self.process.pid).children()
        return [worker for nursery in nurseries for worker in nursery.children()]

    def gauge(self, name: str) -> float:
        text = httpx.get(f"{self.url}/metrics", timeout=30).text
        [line] = [li for li in text.splitlines() if li.startswith(f"clinical_reward_{name} ")]
        return float(line.split()[1])

    def logged(self) -> Counter[str]:
        """How often the log says that a request with an id was answered."""
        self.log.seek(0)
        lines = [json.loads(line) for line in self.log if line.startswith("{")]
        return Counter(line["id"] for line in lines if line.get("route") == "/score")


@contextmanager
def service(workers: int = 2, seconds: float = 0.004, **settings: str) -> Iterator[Running]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("REWARD_")}
    with tempfile.TemporaryFile("w+") as log:
        process = subprocess.Popen(
            [sys.executable, str(SCRIPT), str(seconds), str(workers)],
            env=clean | {f"REWARD_{name}": value for name, value in settings.items()},
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
        assert process.stdout is not None
        with process.stdout:
            try:
                line = process.stdout.readline()
                assert line.startswith("ready: "), line
                yield Running(line.removeprefix("ready: ").strip(), process, log)
            finally:
                process.terminate()
                try:
                    process.wait(30)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()
                    raise


def body_of(number: int) -> dict[str, Any]:
    sizes = (1, 1, 8, 3, 20)
    texts = [f"text {number} {'x' * n}" for n in range(sizes[number % len(sizes)])]
    return {"items": [{"id": str(number), "question": "q", "answer": "B", "completions": texts}]}


@dataclass
class Load:
    """Clients that ask again as soon as they are answered, and what they got."""

    url: str
    same: int = 0
    nulls: int = 0
    different: int = 0
    errors: Counter[str] = field(default_factory=Counter)
    unanswered: list[str] = field(default_factory=list)
    answered: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self._stop = threading.Event()
        self._numbers = count()
        self._lock = threading.Lock()

    @property
    def sent(self) -> int:
        return self.answered.total() + len(self.unanswered)

    @contextmanager
    def running(self) -> Iterator[None]:
        with ThreadPoolExecutor(CLIENTS) as threads:
            clients = [threads.submit(self._ask_on) for _ in range(CLIENTS)]
            try:
                wait_until(lambda: self.sent > 20)
                yield
                self.settle()
            finally:
                self._stop.set()
        for client in clients:
            client.result()

    def settle(self, more: int = 30) -> None:
        """Until so many more requests are answered."""
        wanted = self.sent + more
        wait_until(lambda: self.sent >= wanted or self._stop.is_set(), 60)

    def stop(self) -> None:
        self._stop.set()

    def _ask_on(self) -> None:
        with httpx.Client(base_url=self.url, timeout=60) as client:
            while not self._stop.is_set():
                self._ask(client, next(self._numbers))

    def _ask(self, client: httpx.Client, number: int) -> None:
        name, body = f"load-{number}", body_of(number)
        try:
            response = client.post("/score", json=body, headers={"X-Request-Id": name})
        except httpx.TransportError:
            with self._lock:
                self.unanswered.append(name)
            return
        with self._lock:
            self.answered[name] += 1
            self._account(response, body)

    def _account(self, response: httpx.Response, body: dict[str, Any]) -> None:
        if response.status_code != 200:
            self.errors[response.json()["error"]["code"]] += 1
            return
        expected = FakeScorer().score(ScoreRequest.model_validate(body)).model_dump(mode="json")
        if response.content == json.dumps(expected, separators=(",", ":")).encode():
            self.same += 1
            return
        pairs = zip(
            response.json()["items"][0]["scores"], expected["items"][0]["scores"], strict=True
        )
        odd = [got for got, wanted in pairs if got != wanted]
        reasons = {reason for got in odd for reason in got["abstentions"].values()}
        blank = all(got["reward"] is None for got in odd)
        if odd and blank and reasons == {"scorer_error"}:
            self.nulls += 1
        else:
            self.different += 1

    def check(self, *, errors: int = 0) -> None:
        """Nothing lost, nothing wrong; at most `errors` typed errors."""
        assert self.unanswered == []
        assert set(self.answered.values()) == {1}
        assert self.different == 0
        assert self.errors.keys() <= ERROR_CODES and self.errors.total() <= errors
        assert self.same + self.nulls + self.errors.total() == self.sent
        assert self.same > 40


def gone(process: psutil.Process) -> bool:
    return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE


def test_workers_that_are_killed_under_load() -> None:
    with service() as running:
        load = Load(running.url)
        with load.running():
            for killed in (1, 2, 3):
                [victim, *_] = running.workers()
                victim.send_signal(signal.SIGKILL)
                wait_until(lambda v=victim: gone(v))  # type: ignore[misc]
                load.settle()
                # One that is killed before it is ready is not counted, and is replaced later.
                wait_until(lambda n=killed: running.gauge("worker_restarts") == n)  # type: ignore[misc]
                wait_until(lambda: running.gauge("workers_live") == 2)
        load.check()
        assert httpx.get(f"{running.url}/readyz").status_code == 200


def test_a_worker_that_is_stopped_under_load() -> None:
    with service() as running:
        load = Load(running.url)
        with load.running():
            victim = running.workers()[0]
            victim.send_signal(signal.SIGSTOP)
            wait_until(lambda: gone(victim))  # long before the 30 s that a job may take
        load.check()
        assert running.gauge("worker_restarts") == 1


def test_all_processes_that_score_are_killed_under_load() -> None:
    with service() as running:
        load = Load(running.url)
        with load.running():
            [nursery] = psutil.Process(running.process.pid).children()
            for process in (nursery, *running.workers()):
                process.send_signal(signal.SIGKILL)
            load.settle()
            wait_until(lambda: running.gauge("worker_restarts") == 2)
        load.check()


def test_the_loader_that_is_stopped_is_replaced_with_the_worker_that_needs_it() -> None:
    with service(workers=1) as running:
        [nursery] = psutil.Process(running.process.pid).children()
        [worker] = running.workers()
        nursery.send_signal(signal.SIGSTOP)
        worker.send_signal(signal.SIGKILL)
        response = httpx.post(f"{running.url}/score", json=body_of(1), timeout=60)
        assert response.status_code == 200 and gone(nursery)


@pytest.mark.parametrize("bad", ["CRASH", "HANG", "EAT"])
def test_hostile_completions_under_load(bad: str) -> None:
    limits = {"JOB_TIMEOUT": "2.5", "COMPLETION_TIMEOUT": "2.5", "WORKER_MEMORY_MB": "200"}
    with service(**limits) as running:
        load = Load(running.url)
        with load.running():
            hostile = {"items": [{"question": "q", "completions": ["a", bad, "b"]}]}
            answer = httpx.post(f"{running.url}/score", json=hostile, timeout=60).json()
            scores = answer["items"][0]["scores"]
            assert [score["reward"] is None for score in scores] == [False, True, False]
            assert set(scores[1]["abstentions"].values()) == {"scorer_error"}
        load.check()
        assert load.nulls == 0


def test_a_stop_signal_under_load() -> None:
    with service(SHUTDOWN_TIMEOUT="20") as running:
        load = Load(running.url)
        with load.running():
            running.process.send_signal(signal.SIGTERM)
            assert running.process.wait(40) == 0
            load.stop()
        taken = running.logged()
        assert set(taken.values()) == {1}
        lost = [name for name in taken if name.startswith("load-") and not load.answered[name]]
        assert lost == []
        assert load.different == load.nulls == 0 and load.errors.keys() <= {"not_ready"}
        assert load.same > 20 and taken.keys() >= load.answered.keys()


STOPPED_AT_ONCE = """
import signal
from fake_service import create_pool
from reward_service.server import run
from reward_service.settings import Settings

begin = run._Server.run

def stopped(server, sockets):
    signal.raise_signal(signal.SIGTERM)
    begin(server, sockets)

run.create_pool = create_pool
run._Server.run = stopped
run.serve(Settings.load(port=0))
"""


def test_a_stop_signal_that_comes_before_anything_runs() -> None:
    done = subprocess.run(
        [sys.executable, "-c", STOPPED_AT_ONCE, "0", "1"],
        cwd=SCRIPT.parent,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr


def test_readiness_goes_before_the_service_does() -> None:
    with service(SHUTDOWN_DELAY="3") as running, httpx.Client(base_url=running.url) as client:
        assert client.get("/readyz").status_code == 200
        running.process.send_signal(signal.SIGTERM)
        wait_until(lambda: client.get("/readyz").status_code == 503)
        assert "shutting down" in client.get("/readyz").text
        assert client.post("/score", json=body_of(2)).status_code == 200
        assert running.process.wait(30) == 0


def test_what_takes_longer_than_the_shutdown_may_gets_an_error() -> None:
    with service(workers=1, seconds=0.1, SHUTDOWN_TIMEOUT="1") as running:
        body = {"items": [{"question": "q", "completions": ["a"] * 600}]}
        with ThreadPoolExecutor() as threads:
            waiting = threads.submit(httpx.post, f"{running.url}/score", json=body, timeout=60)
            wait_until(lambda: running.gauge("queue_items"))
            running.process.send_signal(signal.SIGTERM)
            response = waiting.result(30)
        assert (response.status_code, response.json()["error"]["code"]) == (503, "not_ready")
        assert running.process.wait(30) == 0


def test_hostile_clients_under_load() -> None:
    with service(BODY_TIMEOUT="3", MAX_BODY_BYTES="200000") as running:
        address = ("127.0.0.1", int(running.url.rpartition(":")[2]))
        load, connections = Load(running.url), []
        with load.running():
            for number in range(300):  # silent, half a head, half a body
                connection = socket.create_connection(address, timeout=30)
                head = b"POST /score HTTP/1.1\r\nContent-Length: 99\r\n\r\n{"
                connection.sendall((b"", head[:30], head)[number % 3])
                connections.append(connection)
            for number in range(40):  # asks and leaves
                with socket.create_connection(address, timeout=30) as connection:
                    content = json.dumps(body_of(number)).encode()
                    connection.sendall(b"POST /score HTTP/1.1\r\nContent-Length: ")
                    connection.sendall(b"%d\r\n\r\n%b" % (len(content), content))
            statuses = Counter(_bad_answers(running.url))
            endings = Counter(_ending(connection) for connection in connections)
        load.check()
        assert statuses == {422: 30, 413: 10}
        assert endings == {b"": 200, b"HTTP/1.1 504": 100}
        wait_until(lambda: running.gauge("queue_items") == 0)
        wait_until(lambda: psutil.Process(running.process.pid).num_fds() < 60)


def _bad_answers(url: str) -> Iterator[int]:
    bad = (b"", b"[" * 50_000, b'{"items": [{"completions": 3}]}', b" " * 300_000)
    with httpx.Client(base_url=url, timeout=30) as client:
        for number in range(40):
            response = client.post("/score", content=bad[number % 4])
            assert response.json()["error"]["code"] in ("invalid_request", "too_large")
            yield response.status_code


def _ending(connection: socket.socket) -> bytes:
    """The first bytes that come before the connection ends."""
    with connection:
        received = b""
        try:
            while chunk := connection.recv(4096):
                received += chunk
        except ConnectionError:
            pass
        return received[:12]


def test_hundreds_of_connections_at_once() -> None:
    bodies = [body_of(number) for number in range(600)]

    async def ask_all(url: str) -> list[Answer]:
        everyone = clients(url, len(bodies))
        requests = [post(json.dumps(body).encode()) for body in bodies]
        answers = await asyncio.gather(*(c.ask(r) for c, r in zip(everyone, requests, strict=True)))
        for client in everyone:
            client.close()
        return answers

    with service(seconds=0.0005, MAX_QUEUE="64") as running:
        answers = drive(ask_all(running.url))
    statuses = Counter(answer.status for answer in answers)
    assert statuses.keys() == {200, 429} and statuses[200] > 60
    for body, answer in zip(bodies, answers, strict=True):
        if answer.status == 200:
            expected = FakeScorer().score(ScoreRequest.model_validate(body))
            assert answer.body == expected.model_dump_json().encode()
