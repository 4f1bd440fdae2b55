"""A reward service made of a function, whose scores are easy to check by hand.

`accuracy` is 1 for completions that start with "right"; `coverage` abstains for those that start
with "mute", else it is their length in hundredths.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Sequence
from typing import Any

import httpx

from trainer.client import Retries

QUICK = Retries(attempts=4, first=0.001, longest=0.002, seed=0)
SCORER = {"version": "1", "pipeline": "p", "vocabulary": "v", "fingerprint": "f1"}
LIMITS = {"items": 256, "completions": 4096, "body_bytes": 8_000_000, "queue_items": 1024}

React = Callable[[dict[str, Any], int], httpx.Response | None]


def description(**changes: Any) -> dict[str, Any]:
    """The answer of GET /objectives."""
    objectives = [
        {"name": "accuracy", "default_weight": 10, "weight": 10, "metrics": {}},
        {"name": "coverage", "default_weight": 1, "weight": 1, "metrics": {"recall": "found"}},
    ]
    answer = {
        "objectives": objectives,
        "metrics": {"recall": "found", "words": "words"},
        "abstentions": {"no_options": "nothing to weigh"},
        "scorer": SCORER,
        "limits": LIMITS,
    }
    return answer | changes


def score(completion: str, objectives: Sequence[str] | None = None) -> dict[str, Any]:
    """One completion's scores."""
    mute = completion.startswith("mute")
    values = {
        "accuracy": float(completion.startswith("right")),
        "coverage": None if mute else len(completion) / 100,
    }
    metrics: dict[str, Any] = {"recall": None if mute else 0.5, "words": len(completion.split())}
    if objectives is not None:
        values = {name: values[name] for name in objectives}
        if "coverage" not in objectives:
            del metrics["recall"]
    return {
        "objectives": values,
        "abstentions": {name: "no_options" for name, value in values.items() if value is None},
        "reward": sum(value for value in values.values() if value is not None),
        "metrics": metrics,
        "explanation": None,
    }


def answer(body: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """The answer of POST /score."""
    items = [
        {
            "id": item.get("id"),
            "scores": [score(text, body.get("objectives")) for text in item["completions"]],
        }
        for item in body["items"]
    ]
    return {"items": items, "scorer": SCORER} | changes


def error(status: int, code: str, *details: tuple[str, str], **headers: str) -> httpx.Response:
    """An answer with an error body."""
    listed = [{"path": path, "message": message} for path, message in details]
    body = {"error": {"code": code, "message": f"{code} it is", "details": listed}}
    return httpx.Response(status, json=body, headers=headers)


def read_body(request: httpx.Request) -> dict[str, Any]:
    content = request.content
    if request.headers.get("content-encoding") == "gzip":
        content = gzip.decompress(content)
    body: dict[str, Any] = json.loads(content)
    return body


class Stub:
    """The service. `react` sees a body and the number of requests before it, and may answer."""

    def __init__(self, react: React = lambda body, before: None, **described: Any) -> None:
        self.react = react
        self.described = description(**described)
        self.bodies: list[dict[str, Any]] = []
        self.requests: list[httpx.Request] = []
        self.describes = 0

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.url.path == "/objectives":
            self.describes += 1
            return httpx.Response(200, json=self.described)
        assert (request.method, request.url.path) == ("POST", "/score")
        body = read_body(request)
        before = len(self.bodies)
        self.bodies.append(body)
        self.requests.append(request)
        return self.react(body, before) or httpx.Response(200, json=answer(body))

    @property
    def transport(self) -> httpx.MockTransport:
        return httpx.MockTransport(self)


def item(name: str, *completions: Any, **fields: Any) -> dict[str, Any]:
    """One item."""
    return {"id": name, "question": "Which one?", **fields, "completions": list(completions)}


def group(name: str, count: int) -> dict[str, Any]:
    """One item whose completions all differ in length, so that a mixed-up order would show."""
    return item(name, *("x" * (n + 1) for n in range(count)))
