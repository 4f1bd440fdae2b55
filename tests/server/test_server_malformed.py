"""Whatever is sent, the answer is a score or an error body."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from server_helpers import Call, caller

from reward_service.server.workers import Pool
from reward_service.settings import Settings

FIELDS = (
    "items",
    "id",
    "question",
    "prompt",
    "options",
    "answer",
    "context",
    "reference",
    "completions",
    "objectives",
    "weights",
    "explain",
    "role",
    "content",
)
KEYS = st.sampled_from(FIELDS) | st.text(max_size=5)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)
NEARLY = st.fixed_dictionaries(
    {
        "items": st.lists(
            st.fixed_dictionaries(
                {"question": st.text(max_size=5) | VALUES, "completions": VALUES},
                optional=dict.fromkeys(("id", *FIELDS[3:8]), VALUES),
            ),
            max_size=2,
        )
    },
    optional={"objectives": VALUES, "weights": VALUES, "explain": VALUES},
)
SLOW = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture]


def answered(call: Call, body: bytes, headers: dict[str, str]) -> None:
    response = call("POST", "/score", content=body, headers=headers)
    assert response.headers["x-request-id"]
    if response.status_code == 200:
        assert response.json()["items"]
        return
    assert response.status_code in (413, 422)
    error = response.json()["error"]
    assert error["code"] in ("too_large", "invalid_request") and error["message"]
    assert all(set(detail) == {"path", "message"} for detail in error["details"])


@given(VALUES | NEARLY)
@settings(max_examples=150, deadline=None, suppress_health_check=SLOW)
def test_odd_values(local_pool: Pool, value: Any) -> None:
    body = json.dumps(value).encode()
    answered(caller(local_pool, Settings()), body, {"Content-Type": "application/json"})


@given(st.binary(max_size=60), st.sampled_from(["gzip", "identity", "br", "GZIP "]), st.text())
@settings(max_examples=60, deadline=None, suppress_health_check=SLOW)
def test_odd_bytes_and_headers(local_pool: Pool, body: bytes, encoding: str, kind: str) -> None:
    kind = kind.encode("ascii", "ignore").decode().replace("\0", "")
    printable = "".join(character for character in kind if character.isprintable())
    headers = {"Content-Encoding": encoding, "Content-Type": f"application/json{printable}"}
    answered(caller(local_pool, Settings()), body, headers)


@given(st.integers(0, 200), st.integers(0, 255))
@settings(max_examples=60, deadline=None, suppress_health_check=SLOW)
def test_a_flipped_byte(local_pool: Pool, position: int, byte: int) -> None:
    good = {"items": [{"question": "q é", "options": {"A": "b"}, "completions": ["a", "b 😀"]}]}
    body = bytearray(json.dumps(good).encode())
    body[position % len(body)] = byte
    answered(caller(local_pool, Settings()), bytes(body), {"Content-Type": "application/json"})
