"""Connections that send slowly, too much, nonsense, or do not read: all end, and cost nothing."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
from fake_scorer import load_fake
from server_helpers import serving, wait_until

from reward_service.server import connections as module
from reward_service.server.connections import LARGEST_HEAD
from reward_service.server.nursery import LocalEngine
from reward_service.server.workers import Pool
from reward_service.settings import Settings

ITEM = {"question": "q", "completions": ["a"]}
BODY = json.dumps({"items": [ITEM]}).encode()
HEAD = b"POST /score HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
PATIENCE = 1.0


@pytest.fixture(scope="module")
def pool() -> Iterator[Pool]:
    pool = Pool([LocalEngine(lambda: load_fake(0.002))])
    pool.start()
    wait_until(lambda: pool.ready)
    yield pool
    pool.close()


@pytest.fixture(scope="module")
def port(pool: Pool) -> Iterator[int]:
    """Of a service that soon gives up whom it waits for."""
    with serving(pool, Settings(body_timeout=PATIENCE, max_body_bytes=100_000)) as port:
        yield port


@pytest.fixture(scope="module")
def patient_port(pool: Pool) -> Iterator[int]:
    """Of one that does not: for tests in which nobody is late, except on a busy machine."""
    with serving(pool, Settings(body_timeout=60, max_body_bytes=100_000)) as port:
        yield port


def request(body: bytes = BODY, *headers: bytes) -> bytes:
    lines = [b"Content-Length: %d" % len(body), *headers]
    return HEAD + b"".join(line + b"\r\n" for line in lines) + b"\r\n" + body


def connect(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=10)


def read_answer(connection: socket.socket) -> tuple[int, dict[str, str], Any]:
    """Status, headers and JSON of one answer."""
    with connection.makefile("rb") as stream:
        status = int(stream.readline().split()[1])
        headers = {}
        while line := stream.readline().strip().decode():
            name, _, value = line.partition(":")
            headers[name.lower()] = value.strip()
        return status, headers, json.loads(stream.read(int(headers["content-length"])))


def seconds_until_closed(connection: socket.socket) -> float:
    begun = time.monotonic()
    try:
        while connection.recv(65536):
            pass
    except ConnectionError:
        pass
    return time.monotonic() - begun


def assert_serves(port: int) -> None:
    wait_until(lambda: _status(port) == 200)


@pytest.mark.parametrize("begin", [b"", b"POST /sco", HEAD, HEAD + b"X-Slow: "])
def test_a_head_that_does_not_come(port: int, begin: bytes) -> None:
    with connect(port) as connection:
        connection.sendall(begin)
        assert seconds_until_closed(connection) < 5
    assert_serves(port)


def test_a_head_that_comes_byte_by_byte(port: int) -> None:
    with connect(port) as connection:
        begun = time.monotonic()
        with pytest.raises(ConnectionError):
            for _ in range(200):
                connection.sendall(b"X-Slow: 1\r\n" if time.monotonic() > begun + 0.1 else HEAD)
                time.sleep(0.05)
        assert time.monotonic() - begun < 5


def test_a_body_that_comes_byte_by_byte(port: int) -> None:
    with connect(port) as connection:
        connection.sendall(request()[:-8])
        status, headers, answer = read_answer(connection)
        assert (status, answer["error"]["code"]) == (504, "timeout")
        assert f"did not arrive within {PATIENCE:g} s" in answer["error"]["message"]
        assert headers["connection"] == "close" and headers["x-request-id"]
        assert seconds_until_closed(connection) < 5


def test_an_endless_head(patient_port: int) -> None:
    with connect(patient_port) as connection:
        connection.sendall(HEAD + b"X-Long: " + b"x" * (LARGEST_HEAD + 10))
        status, headers, answer = read_answer(connection)
        assert (status, answer["error"]["code"]) == (413, "too_large")
        assert headers["x-request-id"]


def test_a_long_body_behind_its_head_is_no_endless_head(patient_port: int) -> None:
    body = json.dumps({"items": [{**ITEM, "context": "x" * 90_000}]}).encode()
    with connect(patient_port) as connection:
        connection.sendall(request(body))
        assert read_answer(connection)[0] == 200


@pytest.mark.parametrize(
    "nonsense",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"hello\r\n\r\n",
        b"GET /\xff HTTP/1.1\r\n\r\n",
    ],
)
def test_what_is_not_http_gets_an_error_body(patient_port: int, nonsense: bytes) -> None:
    with connect(patient_port) as connection:
        connection.sendall(nonsense)
        status, headers, answer = read_answer(connection)
        assert (status, answer["error"]["code"]) == (400, "invalid_request")
        assert headers["x-request-id"]
        assert seconds_until_closed(connection) < 5
    assert_serves(patient_port)


def test_a_body_that_goes_on_after_its_refusal(port: int) -> None:
    with connect(port) as connection:
        connection.sendall(HEAD + b"Content-Length: 50000000\r\n\r\n" + b"x" * 1000)
        status, _, answer = read_answer(connection)
        assert (status, answer["error"]["code"]) == (413, "too_large")
        begun = time.monotonic()
        with pytest.raises(ConnectionError):
            while True:
                connection.sendall(b"x" * 1000)
                time.sleep(0.05)
        assert time.monotonic() - begun < 10


def test_a_client_that_does_not_read_its_answer(pool: Pool, port: int) -> None:
    item = {**ITEM, "id": "x" * 60_000}
    with socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.settimeout(30)
        connection.connect(("127.0.0.1", port))
        with pytest.raises(ConnectionError):
            for _ in range(2000):
                connection.sendall(request(json.dumps({"items": [item]}).encode()))
        wait_until(lambda: pool.queued_items == 0)
        seconds_until_closed(connection)
    assert_serves(port)


def test_a_client_that_leaves_takes_its_work_with_it(pool: Pool, patient_port: int) -> None:
    dropped = pool.dropped
    group = {**ITEM, "completions": ["a"] * 4000}
    with connect(patient_port) as connection:
        connection.sendall(request(json.dumps({"items": [group]}).encode()))
        wait_until(lambda: pool.queued_items)
    begun = time.monotonic()
    wait_until(lambda: pool.queued_items == 0)
    assert time.monotonic() - begun < 5  # scoring all of it takes 8 s or more
    wait_until(lambda: pool.dropped == dropped + 1)


def test_more_connections_than_allowed(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_CROWDED_SECONDS", 30.0)
    with serving(pool, Settings(body_timeout=30, max_connections=40)) as port:
        connections = [connect(port) for _ in range(50)]
        for connection in connections:
            connection.sendall(request())
        answers = [read_answer(connection) for connection in connections]
        assert [status for status, _, _ in answers] == [200] * 40 + [429] * 10
        assert all(headers["retry-after"] == "1" for _, headers, _ in answers[40:])
        for connection in connections:
            connection.close()
        assert_serves(port)


def _status(port: int) -> int:
    """Of the answer to one request; 0 if there is none, since this thread stood still for long."""
    with suppress(ConnectionError), connect(port) as connection:
        connection.sendall(request())
        with connection.makefile("rb") as stream:
            line = stream.readline()
        return int(line.split()[1]) if line else 0
    return 0


def test_several_requests_sent_at_once_are_answered_in_order(patient_port: int) -> None:
    bodies = [json.dumps({"items": [{**ITEM, "id": str(n)}]}).encode() for n in range(20)]
    with connect(patient_port) as connection:
        connection.sendall(b"".join(map(request, bodies)))
        with connection.makefile("rb") as stream:
            text = b""
            while text.count(b'"items":[{"id"') < 20:
                text += stream.readline()
                if text.endswith(b"\r\n\r\n"):
                    length = int(text.rpartition(b"content-length: ")[2].split(b"\r\n")[0])
                    text += stream.read(length)
    ids = [part.split(b'"')[0] for part in text.split(b'"items":[{"id":"')[1:]]
    assert ids == [str(n).encode() for n in range(20)]
