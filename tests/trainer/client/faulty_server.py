"""A real HTTP server on the loopback whose answers break in ways that the test lists."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
from reward_stub import Stub


class FaultyServer(ThreadingHTTPServer):
    """Each POST takes the next of `faults`; when none is left, answers are whole.

    drop: the connection ends without an answer. 503: not ready. cut: the answer ends early.
    slow: no answer comes while the server runs. drip: the header comes a byte at a time, and does
    not end.
    """

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, faults: Sequence[str] = ()) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.stub = Stub()
        self.seen: Counter[str] = Counter()
        self.connections = 0
        self._faults = list(faults)
        self._lock = threading.Lock()
        self.ends = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def next_fault(self) -> str:
        with self._lock:
            fault = self._faults.pop(0) if self._faults else "whole"
            self.seen[fault] += 1
            return fault

    def answer(self, request: httpx.Request) -> httpx.Response:
        with self._lock:
            return self.stub(request)

    def count_connection(self) -> None:
        with self._lock:
            self.connections += 1


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    server: FaultyServer

    def setup(self) -> None:
        super().setup()
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.server.count_connection()

    def do_GET(self) -> None:
        self._write(self.server.answer(httpx.Request("GET", self.server.url + self.path)))

    def do_POST(self) -> None:
        content = self.rfile.read(int(self.headers["Content-Length"]))
        url = self.server.url + self.path
        request = httpx.Request("POST", url, content=content, headers=dict(self.headers))
        fault = self.server.next_fault()
        match fault:
            case "drop":
                self.close_connection = True
            case "503":
                error = {"error": {"code": "not_ready", "message": "loading", "details": []}}
                self._write(httpx.Response(503, content=json.dumps(error)))
            case "cut":
                self._write(self.server.answer(request), lost=20)
                self.close_connection = True
            case "slow":
                self.server.ends.wait(60)
                self.close_connection = True
            case "drip":
                self._drip()
            case _:
                self._write(self.server.answer(request))

    def _write(self, response: httpx.Response, *, lost: int = 0) -> None:
        body = response.content
        self.send_response(response.status_code)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        try:
            self.wfile.write(body[: len(body) - lost])
        except ConnectionError:  # the client no longer waits for the answer
            self.close_connection = True

    def _drip(self) -> None:
        self.close_connection = True
        try:
            self.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
            for _ in range(100):
                self.wfile.write(b"x")
                time.sleep(0.05)
        except ConnectionError:
            return

    def log_message(self, format: str, *args: object) -> None:
        """Nothing."""


@contextmanager
def faulty_server(*faults: str) -> Iterator[FaultyServer]:
    """A running server; it is stopped at the end."""
    with FaultyServer(faults) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield server
        finally:
            server.ends.set()
            server.shutdown()
            thread.join()
