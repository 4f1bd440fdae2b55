"""Marked texts and keys go through every route and every fault, and are found nowhere else.

Looked at: log lines in both forms, what worker processes print, metrics, error bodies, headers.
"""

from __future__ import annotations

import gzip
import json
import logging
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from server_helpers import Call, caller

from reward_service.server.keys import Role, make_key
from reward_service.server.logs import FORMATTERS
from reward_service.server.workers import Pool
from reward_service.settings import Settings

TEXT = "Quetzalina Vorbeck has had a fever of 39"
SECRET = "crk_canary-secret"
OTHER = "crk_unknown-canary"
MARKS = ("quetzalina", "vorbeck", "fever", "canary")
HASHES = make_key("trainer", Role, SECRET).line()


def bodies(word: str = "") -> dict[str, Any]:
    """A request of every route that reads a body, full of marked texts."""
    text = f"{TEXT} {word}"
    asked = f"{text}\nA. {TEXT}\nB. Influenza\n"
    chat = f"<|im_start|>user\n{asked}<|im_end|>\n<|im_start|>assistant\n{text}<|im_end|>"
    said = {"type": "message", "role": "assistant", "content": [{"text": text}]}
    item = {"id": TEXT, "question": asked, "options": {"A": TEXT}, "answer": TEXT, "context": TEXT}
    return {
        "/score": {"items": [{**item, "reference": TEXT, "completions": [text, "fine"]}]},
        "/stacks/openrlhf": {"query": [asked + text], "prompts": [asked], "labels": [TEXT]},
        "/stacks/slime": {"prompt": asked, "response": text, "label": {"answer": TEXT}},
        "/stacks/nemo-gym/verify": {
            "responses_create_params": {"input": asked},
            "response": {"output": [said]},
            "answer": TEXT,
        },
        "/stacks/llama-factory": {"model": TEXT, "messages": [chat]},
        "/explain": {"question": asked, "completion": text},
    }


@pytest.fixture
def lines() -> Iterator[list[str]]:
    """Every line that is logged in this process, in both forms."""
    written: list[str] = []

    class Keep(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            written.extend(form().format(record) for form in FORMATTERS.values())

    handler, logger = Keep(), logging.getLogger()
    names = ("reward_service", "uvicorn", "asyncio", "concurrent.futures", "fastapi")
    levels = {name: logging.getLogger(name).level for name in names}
    logger.addHandler(handler)
    for name in names:
        logging.getLogger(name).setLevel(logging.DEBUG)
    yield written
    logger.removeHandler(handler)
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)


def found(text: str) -> list[str]:
    return [mark for mark in MARKS if mark in text.casefold()]


def require_clean(response: httpx.Response, path: str) -> None:
    assert not found(str(response.headers)), path
    # What is scored may be quoted, and the page for people shows the form as it was filled in.
    if response.status_code != 200 and path != "/explain":
        assert not found(response.text), (path, response.text)


def hurt(call: Call, word: str = "") -> set[int]:
    """Send every body, whole and broken in many ways; the statuses of the answers."""
    headers = {
        "Authorization": f"Bearer {SECRET}",
        "Content-Type": "application/json",
        "User-Agent": TEXT,
        "Referer": f"http://{OTHER}/?{TEXT}",
        "Cookie": f"a={SECRET}",
        "traceparent": SECRET,
    }
    statuses = set()

    def send(method: str, path: str, **options: Any) -> None:
        response = call(method, path, **{"headers": headers, **options})
        require_clean(response, path)
        statuses.add(response.status_code)

    for path, body in bodies(word).items():
        raw = json.dumps(body).encode()
        send("POST", path, content=raw)
        if word:
            continue
        zipped = {**headers, "Content-Encoding": "gzip"}
        send("POST", path, content=gzip.compress(raw), headers=zipped)
        send("POST", path, content=raw, headers=zipped)
        send("POST", path, content=raw, params={TEXT: SECRET, "missing": TEXT, "as": SECRET})
        for key in ("", "Bearer", f"Bearer {OTHER}", f"Basic {OTHER}", OTHER):
            send("POST", path, content=raw, headers={**headers, "Authorization": key})
        for kind in (TEXT, f"application/json; charset={OTHER}", ""):
            send("POST", path, content=raw, headers={**headers, "Content-Type": kind})
        for broken in (raw[:-2], raw + TEXT.encode(), b"\xff" + raw, raw.replace(b"39", b'3"9')):
            send("POST", path, content=broken)
        for name in body:
            for value in (TEXT, [TEXT], {TEXT: TEXT}, [[TEXT]], [{TEXT: SECRET}], None, 3):
                send("POST", path, content=json.dumps({**body, name: value, TEXT: SECRET}).encode())
        send("DELETE", path, content=raw)
    form = {**headers, "Content-Type": "application/x-www-form-urlencoded"}
    for filled in ({"question": TEXT, "completion": TEXT}, {TEXT: SECRET}):
        send("POST", "/explain", data=filled, headers=form)
    send("GET", f"/{TEXT}/{SECRET}", params={SECRET: TEXT})
    return statuses


@pytest.fixture
def secured(worker_pool: Callable[..., Pool]) -> Callable[..., Call]:
    """Makes callers of an app with a key over a worker process."""

    def make(**settings: Any) -> Call:
        timeouts = {"job_timeout": 1.0} if settings.pop("hasty", False) else {}
        return caller(worker_pool(1, **timeouts), Settings(key_hashes=HASHES, **settings))

    return make


def metrics_of(call: Call) -> str:
    return call("GET", "/metrics", headers={"Authorization": f"Bearer {SECRET}"}).text


def test_wrong_requests(
    secured: Callable[..., Call], lines: list[str], capfd: pytest.CaptureFixture[str]
) -> None:
    call = secured()
    assert {200, 401, 404, 405, 422} <= hurt(call)
    assert not found(metrics_of(call))
    assert len(lines) > 100 and not found("\n".join(lines))
    assert not found("".join(capfd.readouterr()))


@pytest.mark.parametrize("fault", ["RAISE", "CRASH", "HANG"])
def test_faults_of_the_scorer(
    fault: str,
    secured: Callable[..., Call],
    lines: list[str],
    capfd: pytest.CaptureFixture[str],
) -> None:
    call = secured(hasty=fault == "HANG")
    hurt(call, fault)
    assert not found(metrics_of(call))
    assert any("no score for" in line or "lost a scoring process" in line for line in lines)
    assert not found("\n".join(lines))
    assert not found("".join(capfd.readouterr()))


def test_limits_and_faults_of_the_front(
    secured: Callable[..., Call],
    local_pool: Pool,
    lines: list[str],
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    statuses = hurt(secured(max_body_bytes=1_000, key_rate=0.001, key_burst=1), "LONG " * 300)
    assert {413} <= statuses
    assert 429 in hurt(secured(key_rate=0.001, key_burst=1))

    def fail(*_: object, **__: object) -> None:
        raise ValueError(TEXT)

    monkeypatch.setattr(local_pool, "submit", fail)
    assert 500 in hurt(caller(local_pool, Settings(key_hashes=HASHES)))
    assert not found("\n".join(lines))
    assert not found("".join(capfd.readouterr()))
