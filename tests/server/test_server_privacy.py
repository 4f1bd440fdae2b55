"""No text of a request comes back in an error or goes into a log."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from server_helpers import caller

from reward_service.server.logs import JsonFormatter
from reward_service.server.workers import Pool
from reward_service.settings import Settings

CANARY = "Quetzalina Vorbeck, born 3 May, fever of 39"
ITEM: dict[str, Any] = {"question": CANARY, "completions": [CANARY]}

REQUESTS: list[Any] = [
    CANARY,
    [CANARY],
    {CANARY: 1},
    {"items": CANARY},
    {"items": [CANARY]},
    {"items": [{**ITEM, CANARY: CANARY, "id": [CANARY]}]},
    {"items": [{**ITEM, "completions": [{CANARY: CANARY}, [CANARY], [{"role": CANARY}]]}]},
    {"items": [{**ITEM, "options": {CANARY: 3}}]},
    {"items": [{**ITEM, "options": {CANARY: {"x": CANARY}}, "answer": {CANARY: 1}}]},
    {"items": [{**ITEM, "prompt": [[CANARY]], "context": [CANARY], "reference": {"a": CANARY}}]},
    {"items": [ITEM], CANARY: CANARY},
    {"items": [ITEM], "objectives": [CANARY]},
    {"items": [ITEM], "objectives": CANARY},
    {"items": [ITEM], "weights": {CANARY: 1}},
    {"items": [ITEM], "weights": {CANARY: -1}},
    {"items": [ITEM], "weights": {"accuracy": CANARY}},
    {"items": [ITEM], "explain": CANARY},
    {"items": [{**ITEM, "completions": [f"{CANARY} RAISE"]}]},
    {"items": [{**ITEM, "completions": [f"{CANARY} CRASH"]}]},
    {"items": [{**ITEM, "completions": [f"{CANARY} \ud800"]}]},
    {"items": [{**ITEM, "options": {f"{CANARY} \ud800": ""}}]},
]


@pytest.fixture
def lines() -> Iterator[list[str]]:
    """Every line that the service logs, as it is written."""
    written: list[str] = []

    class Keep(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            written.append(self.format(record))

    handler, logger = Keep(), logging.getLogger("reward_service")
    handler.setFormatter(JsonFormatter())
    level = logger.level
    logger.setLevel(logging.DEBUG)
    logger.addHandler(handler)
    yield written
    logger.removeHandler(handler)
    logger.setLevel(level)


def quotes(text: str) -> bool:
    return any(word in text for word in ("Quetzalina", "Vorbeck", "fever of 39"))


def test_errors_and_logs_quote_nothing(
    worker_pool: Callable[..., Pool], lines: list[str], capfd: pytest.CaptureFixture[str]
) -> None:
    call = caller(worker_pool(1), Settings())
    json_type = {"Content-Type": "application/json"}
    bodies = [json.dumps(request).encode() for request in REQUESTS]
    bodies += [bodies[5][:-3], bodies[5] + CANARY.encode(), CANARY.encode(), b"\xff" + bodies[5]]
    bodies.append(f'{{"{CANARY}": 1, "{CANARY}": 2}}'.encode())
    for body in bodies:
        response = call("POST", "/score", content=body, headers=json_type)
        assert not quotes(response.text), response.text
        headers = {"Content-Type": CANARY, "Content-Encoding": CANARY}
        assert not quotes(call("POST", "/score", content=body, headers=headers).text)
    assert not quotes(call("GET", f"/{CANARY}").text)
    assert not quotes(call("GET", "/metrics").text)
    assert len(lines) > len(bodies)
    assert all(isinstance(json.loads(line), dict) for line in lines)
    assert not quotes("\n".join(lines))
    assert not quotes("".join(capfd.readouterr()))


def test_an_exception_in_a_log_line_is_only_its_type_and_place(lines: list[str]) -> None:
    try:
        raise ValueError(CANARY)
    except ValueError:
        logging.getLogger("reward_service.test").exception("failed")
    assert not quotes(lines[0])
    assert json.loads(lines[0])["exception"].startswith("ValueError in test_an_exception")
