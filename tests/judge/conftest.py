"""A small chat endpoint on a loopback port that answers as a test tells it to."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest


class Stub:
    """Answers with what `reply(request body)` returns: status and content of the message.

    `seen` holds the bodies and `headers` the headers of all requests. `together` is called
    by every request before its reply, `release` lets one go on that the reply made wait.
    """

    def __init__(self) -> None:
        self.reply: Callable[[dict[str, Any]], tuple[int, str]] = lambda _: (200, '{"score": 7}')
        self.seen: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.together: Callable[[], object] = lambda: None
        self.release = threading.Event()
        self.url = ""

    def says(self, *contents: str) -> None:
        """Answer with these in turn; the last one for ever."""
        left = list(contents)
        self.reply = lambda _: (200, left.pop(0) if len(left) > 1 else left[0])


@pytest.fixture
def stub() -> Iterator[Stub]:
    stub = Stub()
    lock = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            stub.together()
            with lock:
                stub.seen.append({"path": self.path, **body})
                stub.headers.append({k.lower(): v for k, v in self.headers.items()})
                status, content = stub.reply(body)
            answer = json.dumps({"choices": [{"message": {"content": content}}]}).encode()
            try:
                self.send_response(status)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)
            except OSError:
                return  # the client has gone: it had waited long enough

        def log_message(self, format: str, *args: Any) -> None:
            """Nothing to say."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        stub.url = f"http://127.0.0.1:{server.server_address[1]}/v1"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield stub
        finally:
            stub.release.set()
            server.shutdown()
            thread.join()
