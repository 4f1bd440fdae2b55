"""A reward service on a local port, made of two rules: enough for the commands to talk to."""

from __future__ import annotations

import gzip
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

SCORER = {"version": "1", "pipeline": "rules", "vocabulary": "none", "fingerprint": "f-1"}
BOX = "\\boxed{{{}}}"
OBJECTIVES = ("accuracy", "faithfulness", "coverage")
DESCRIPTION = {
    "objectives": [
        {"name": name, "default_weight": weight, "weight": weight, "metrics": {}}
        for name, weight in zip(OBJECTIVES, (10.0, 1.0, 1.0), strict=True)
    ],
    "metrics": {"words": "words"},
    "abstentions": {"no_options": "nothing to weigh"},
    "scorer": SCORER,
    "limits": {
        "items": 256,
        "completions": 4096,
        "body_bytes": 8_000_000,
        "queue_items": 1024,
    },
}


def scored(completion: str, answer: str, objectives: list[str]) -> dict[str, Any]:
    """Right if the key stands in a box."""
    values = {
        "accuracy": float(BOX.format(answer) in completion),
        "faithfulness": 1.0 - completion.count("no") / 10,
        "coverage": min(len(set(completion.split())) / 50, 1.0),
    }
    return {
        "objectives": {name: values[name] for name in objectives},
        "abstentions": {},
        "reward": values["accuracy"],
        "metrics": {"words": float(len(completion.split()))},
        "explanation": None,
    }


class _Handler(BaseHTTPRequestHandler):
    def log_message(self, *_: Any) -> None:
        """Silent."""

    def do_GET(self) -> None:
        self._answer(DESCRIPTION)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.headers.get("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        request = json.loads(body)
        names = list(request.get("objectives") or OBJECTIVES)
        items = [
            {
                "id": item.get("id"),
                "scores": [scored(text, item["answer"], names) for text in item["completions"]],
            }
            for item in request["items"]
        ]
        self._answer({"items": items, "scorer": SCORER})

    def _answer(self, value: Any) -> None:
        body = json.dumps(value).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def running() -> Iterator[str]:
    """The URL of a service that is stopped on the way out."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
