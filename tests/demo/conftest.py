"""A service made of a function, with scores that are easy to check by hand."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest

VALUES = {"accuracy": 1.0, "structure": 1.0, "faithfulness": 0.5, "coverage": 0.25}


def score(
    completion: str = "", *, explain: bool = False, values: dict[str, float | None] | None = None
) -> dict[str, Any]:
    """One score; a null objective abstains with `no_findings_in_case`."""
    objectives = VALUES | (values or {})
    judged = {name: value for name, value in objectives.items() if value is not None}
    weights = {"accuracy": 10.0, "faithfulness": 1.0, "coverage": 1.0}
    explanation = {
        "text": completion,
        "case_texts": {"question": "A man has no fever."},
        "sections": {},
        "answers": ["A"],
        "objectives": {
            "accuracy": {
                "score": 1.0,
                "formula": "1 answer, equal to the key",
                "evidence": [
                    {"outcome": "matched", "name": "answer A", "weight": 1.0, "earned": 1.0}
                ],
            }
        },
    }
    return {
        "objectives": objectives,
        "abstentions": {n: "no_findings_in_case" for n, v in objectives.items() if v is None},
        "reward": sum(weights.get(name, 0.0) * value for name, value in judged.items()),
        "metrics": {"contradiction_rate": 0.0, "words": 3.0},
        "explanation": explanation if explain else None,
    }


class FakeService:
    """Answers /readyz and /score and remembers the bodies; `values_of` decides the scores."""

    def __init__(
        self, values_of: Callable[[str], dict[str, float | None]] = lambda text: {}
    ) -> None:
        self.bodies: list[dict[str, Any]] = []
        self._values_of = values_of

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.url.path == "/readyz":
            return httpx.Response(200, json={"status": "ready"})
        assert (request.method, request.url.path) == ("POST", "/score")
        body = json.loads(request.content)
        self.bodies.append(body)
        explain = body.get("explain", False)
        items = [
            {
                "id": item.get("id"),
                "scores": [
                    score(
                        text if isinstance(text, str) else text[-1]["content"],
                        explain=explain,
                        values=self._values_of(json.dumps(text)),
                    )
                    for text in item["completions"]
                ],
            }
            for item in body["items"]
        ]
        scorer = {"version": "9.9", "pipeline": "fake", "vocabulary": "v0", "fingerprint": "f0"}
        return httpx.Response(200, json={"items": items, "scorer": scorer})

    def client(self) -> httpx.Client:
        return httpx.Client(base_url="http://demo.test", transport=httpx.MockTransport(self))


@pytest.fixture
def fake() -> type[FakeService]:
    """The class, so that a test chooses the scores."""
    return FakeService
