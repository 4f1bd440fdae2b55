"""Every request that cannot be answered gets the error shape, with the path to the field."""

from __future__ import annotations

import gzip
import json
import threading
from collections.abc import Callable
from typing import Any

import pytest
from fake_scorer import load_fake
from server_helpers import Call, caller, wait_until

from reward_service.server.nursery import LocalEngine
from reward_service.server.workers import Pool
from reward_service.settings import Settings
from reward_service.wire import ScoreRequest

JSON = {"Content-Type": "application/json"}
ITEM: dict[str, Any] = {"question": "q", "completions": ["a"]}


def item(**fields: Any) -> dict[str, Any]:
    return {"items": [{**ITEM, **fields}]}


def error_of(response: Any, status: int, code: str) -> dict[str, Any]:
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/json"
    assert response.headers["x-request-id"]
    body = response.json()
    assert set(body) == {"error"} and set(body["error"]) == {"code", "message", "details"}
    assert body["error"]["code"] == code
    return dict(body["error"])


@pytest.mark.parametrize(
    ("body", "path", "message"),
    [
        ([], "", "the body must be an object with 'items', got a list"),
        ({}, "items", "is required"),
        ({"items": []}, "items", "must not be empty"),
        ({"items": {}}, "items", "expected a list, got an object"),
        ({"items": [3]}, "items[0]", "expected an object, got a number"),
        ({"items": [{"question": "q"}]}, "items[0].completions", "is required"),
        ({"items": [{"completions": ["a"]}]}, "items[0]", "one of 'question' and 'prompt'"),
        (item(completions=[]), "items[0].completions", "must not be empty"),
        (item(completions="a"), "items[0].completions", "expected a list, got a string"),
        (
            item(completions=["a", None]),
            "items[0].completions[1]",
            "expected a string or a list of chat messages, got null",
        ),
        (
            item(completions=["a", ["b"]]),
            "items[0].completions[1][0]",
            "expected an object, got a string",
        ),
        (
            item(completions=[[{"role": "user", "content": "a"}, {"role": "assistant"}]]),
            "items[0].completions[0][1].content",
            "is required",
        ),
        (
            item(prompt=7),
            "items[0].prompt",
            "expected a string or a list of chat messages, got a number",
        ),
        (
            item(answer=True),
            "items[0].answer",
            "expected a string or a list of strings, got a boolean",
        ),
        (item(answer=["A", 2]), "items[0].answer[1]", "expected a string, got a number"),
        (item(options={"A": 1}), "items[0].options.A", "expected a string, got a number"),
        (item(options={"str": 1}), "items[0].options.str", "expected a string, got a number"),
        (item(options=["A"]), "items[0].options", "expected an object, got a list"),
        (
            {"items": [{"question": "q", "competions": ["a"]}]},
            "items[0]",
            "unknown field 'competions': did you mean 'completions'?",
        ),
        ({"items": [ITEM], "wieghts": {}}, "wieghts", "unknown field: did you mean 'weights'?"),
        ({"items": [ITEM], "explain": "si"}, "explain", "expected true or false, got a string"),
        ({"items": [ITEM], "weights": {"accuracy": "x"}}, "weights.accuracy", "expected a number"),
        (
            {"items": [ITEM], "weights": {"accuracy": -1}},
            "weights.accuracy",
            "a number from 0 to 1,000,000",
        ),
        ({"items": [ITEM], "objectives": ["beauty"]}, "objectives[0]", "unknown objective"),
        ({"items": [ITEM], "objectives": ["a\nb"]}, "objectives[0]", "name of an objective"),
        ({"items": [ITEM], "weights": {"a b": 1}}, "weights", "name of an objective"),
    ],
)
def test_the_wrong_field_is_named(call: Call, body: Any, path: str, message: str) -> None:
    error = error_of(call("POST", "/score", json=body), 422, "invalid_request")
    assert [detail["path"] for detail in error["details"]] == [path]
    assert message in error["details"][0]["message"]
    assert message in error["message"]


def test_all_wrong_fields_are_listed(call: Call) -> None:
    body = {"items": [{"completions": [1, "a", 2]}, {**ITEM, "id": 5}]}
    error = error_of(call("POST", "/score", json=body), 422, "invalid_request")
    paths = [detail["path"] for detail in error["details"]]
    assert paths == ["items[0].completions[0]", "items[0].completions[2]", "items[1].id"]
    assert error["message"].endswith("(and 2 more)")


def test_the_list_of_details_is_bounded(call: Call) -> None:
    body = {"items": [{**ITEM, "completions": list(range(4000))}]}
    error = error_of(call("POST", "/score", json=body), 422, "invalid_request")
    assert len(error["details"]) == 50 and error["message"].endswith("(and 3999 more)")


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", "syntax error at line 1, column 1"),
        (b'{"items": [', "syntax error at line 1"),
        (b'{"items": [1,]}', "syntax error"),
        (b"items=1", "syntax error"),
        (b'{"items": "\xff"}', "not UTF-8: wrong byte at offset 11"),
        (json.dumps(item()).encode("utf-16"), "not UTF-8"),
        (b'{"items": [], "weights": {"accuracy": NaN}}', "NaN is not a JSON number"),
        (b'{"items": [], "weights": {"accuracy": -Infinity}}', "-Infinity is not"),
        (b'{"items": [], "items": []}', "same key twice"),
        (b"[" * 200_000, "nested too deeply"),
        (b'{"x":' * 100_000, "nested too deeply"),
        (b'{"items": ' + b"9" * 6000 + b"}", "too many digits"),
        (b'{"items": [], "weights": {"accuracy": 1e999}}', "a number that is too large"),
        (b'{"a": "b\nc"}', "syntax error"),
    ],
)
def test_a_body_that_is_not_json(call: Call, body: bytes, message: str) -> None:
    error = error_of(call("POST", "/score", content=body, headers=JSON), 422, "invalid_request")
    assert message in error["message"]


def test_half_a_surrogate_pair_is_refused_with_its_place(call: Call) -> None:
    body = b'{"items": [{"question": "q", "completions": ["\\ud83d\\ude00", "a \\ud83d b"]}]}'
    error = error_of(call("POST", "/score", content=body, headers=JSON), 422, "invalid_request")
    assert error["details"][0]["path"] == "items[0].completions[1]"


def test_whole_surrogate_pairs_are_fine(call: Call) -> None:
    body = b'{"items": [{"question": "q", "completions": ["\\ud83d\\ude00", "\\\\ud83d"]}]}'
    assert call("POST", "/score", content=body, headers=JSON).status_code == 200


def test_a_byte_order_mark_is_fine(call: Call) -> None:
    body = b"\xef\xbb\xbf" + json.dumps(item()).encode()
    assert call("POST", "/score", content=body, headers=JSON).status_code == 200


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("application/json", 200),
        ("application/json; charset=UTF-8", 200),
        ("application/problem+json", 200),
        ("application/json; charset=latin-1", 422),
        ("application/x-www-form-urlencoded", 422),
        ("text/plain", 422),
        ("", 422),
    ],
)
def test_content_types(call: Call, kind: str, status: int) -> None:
    content = json.dumps(item())
    response = call("POST", "/score", content=content, headers={"Content-Type": kind})
    assert response.status_code == status
    if status == 422:
        assert "application/json" in error_of(response, 422, "invalid_request")["message"]


def test_gzip_bodies(call: Call) -> None:
    headers = {**JSON, "Content-Encoding": "gzip"}
    raw = json.dumps(item()).encode()
    plain = call("POST", "/score", content=raw, headers=JSON)
    for packed in (gzip.compress(raw), gzip.compress(raw[:9]) + gzip.compress(raw[9:])):
        assert call("POST", "/score", content=packed, headers=headers).content == plain.content
    packed = gzip.compress(raw)
    for broken in (raw, packed[:-9], packed + b"rest", packed[:12] + b"\0\0\0" + packed[15:]):
        error_of(call("POST", "/score", content=broken, headers=headers), 422, "invalid_request")
    other = {**JSON, "Content-Encoding": "br"}
    error_of(call("POST", "/score", content=raw, headers=other), 422, "invalid_request")


def test_limits(local_pool: Pool) -> None:
    call = caller(local_pool, Settings(max_body_bytes=2000, max_items=3, max_completions=5))
    for body in (
        {"items": [ITEM] * 4},
        {"items": [{**ITEM, "completions": ["a"] * 4}, {**ITEM, "completions": ["a"] * 2}]},
        item(context="x" * 2000),
    ):
        error_of(call("POST", "/score", json=body), 413, "too_large")
    assert call("POST", "/score", json={"items": [ITEM] * 3}).status_code == 200
    bomb = gzip.compress(b" " * 1_000_000)
    assert len(bomb) < 2000
    headers = {**JSON, "Content-Encoding": "gzip"}
    error_of(call("POST", "/score", content=bomb, headers=headers), 413, "too_large")


def test_a_body_without_a_length_is_limited_too(local_pool: Pool) -> None:
    call = caller(local_pool, Settings(max_body_bytes=2000))

    async def chunks() -> Any:
        for _ in range(100):
            yield b" " * 100

    error_of(call("POST", "/score", content=chunks(), headers=JSON), 413, "too_large")


@pytest.mark.parametrize("path", ["/nothing", "/score/", "/score/x", "/docs", "/%00"])
def test_unknown_paths(call: Call, path: str) -> None:
    error_of(call("GET", path), 404, "not_found")


@pytest.mark.parametrize(("method", "path"), [("GET", "/score"), ("DELETE", "/healthz")])
def test_wrong_methods(call: Call, method: str, path: str) -> None:
    response = call(method, path)
    error_of(response, 405, "method_not_allowed")
    assert response.headers["allow"] in ("GET", "POST")


def test_before_the_scorer_is_loaded() -> None:
    call = caller(Pool([LocalEngine(load_fake)]), Settings())
    for response in (
        call("GET", "/readyz"),
        call("GET", "/objectives"),
        call("POST", "/score", json=item()),
    ):
        error_of(response, 503, "not_ready")
        assert response.headers["retry-after"] == "1"
    assert call("GET", "/healthz").json() == {"status": "ok"}
    assert call("GET", "/").status_code == 200
    assert "clinical_reward_ready 0.0" in call("GET", "/metrics").text


def test_an_overload_says_when_to_come_back(
    gated_pool: Callable[..., Pool], gate: threading.Event
) -> None:
    pool = gated_pool(items=1)
    call = caller(pool, Settings())
    future = pool.submit(ScoreRequest.model_validate(item(completions=["WAIT"] * 10)))
    response = call("POST", "/score", json=item())
    error_of(response, 429, "overloaded")
    assert int(response.headers["retry-after"]) >= 1
    gate.set()
    future.result(20)
    wait_until(lambda: pool.queued_items == 0)
    assert call("POST", "/score", json=item()).status_code == 200


def test_a_request_that_takes_too_long(gated_pool: Callable[..., Pool]) -> None:
    pool = gated_pool()
    call = caller(pool, Settings(request_timeout=0.1))
    error_of(call("POST", "/score", json=item(completions=["WAIT"])), 504, "timeout")
    wait_until(lambda: pool.queued_items == 0)


def test_an_unexpected_error(local_pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    call = caller(local_pool, Settings())

    def broken(*_: object, **__: object) -> None:
        raise KeyError("a clinical text")

    monkeypatch.setattr(local_pool, "submit", broken)
    error = error_of(call("POST", "/score", json=item()), 500, "internal_error")
    assert "clinical" not in json.dumps(error)
