"""Asking for grades: cached, bounded in time and attempts, and quiet about texts."""

from __future__ import annotations

import logging
import os
import time
from pathlib import Path
from typing import Any

import httpx
import pytest

from reward_service.judge.client import Grade, JudgeClient
from reward_service.judge.config import JudgeConfig
from reward_service.wire.errors import SettingsError

ASKED = [{"role": "user", "content": "secret words of a case"}]


def client(url: str, **config: Any) -> JudgeClient:
    return JudgeClient(JudgeConfig(url=url, model="m", **config), sleep=lambda _: None)


def test_a_grade_and_how_it_is_asked_for(stub: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MY_KEY", "k-1")
    assert client(stub.url + "/", key_env="MY_KEY").grades([ASKED]) == [Grade(0.7)]
    (seen,) = stub.seen
    assert seen["path"] == "/v1/chat/completions"
    assert (seen["model"], seen["temperature"], seen["messages"]) == ("m", 0, ASKED)
    assert stub.headers[0]["authorization"] == "Bearer k-1"


def test_equal_requests_are_asked_once(stub: Any) -> None:
    judge = client(stub.url)
    other = [{"role": "user", "content": "another"}]
    assert len(judge.grades([ASKED, other, ASKED])) == 3
    judge.grades([other])
    assert len(stub.seen) == 2
    assert client(stub.url, cache=0).grades([ASKED, ASKED]) == [Grade(0.7)] * 2


def test_the_oldest_grade_leaves_a_full_cache(stub: Any) -> None:
    judge = client(stub.url, cache=1)
    for word in ("a", "b", "b", "a"):
        judge.grades([[{"role": "user", "content": word}]])
    assert [seen["messages"][0]["content"] for seen in stub.seen] == ["a", "b", "a"]


def test_an_error_of_the_server_is_tried_again(stub: Any) -> None:
    left = [(500, ""), (429, ""), (200, '{"score": 4}')]
    stub.reply = lambda _: left.pop(0)
    assert client(stub.url).grades([ASKED]) == [Grade(0.4)]


@pytest.mark.parametrize(
    ("status", "content", "failure", "requests"),
    [
        (500, "", "HTTP 500", 3),
        (401, "", "HTTP 401", 1),
        (200, "I'd say 10 of 10!", "no grade in the answer", 3),
    ],
)
def test_failures_are_bounded_and_no_grade(
    stub: Any, status: int, content: str, failure: str, requests: int
) -> None:
    stub.reply = lambda _: (status, content)
    judge = client(stub.url)
    assert judge.grades([ASKED]) == [Grade(None, failure)]
    assert len(stub.seen) == requests
    stub.reply = lambda _: (200, '{"score": 1}')
    assert judge.grades([ASKED]) == [Grade(0.1)], "a failure is not remembered"


@pytest.mark.parametrize(
    "body", [b"", b"[]", b'{"choices": []}', b'{"choices": [{"message": {"content": null}}]}']
)
def test_garbage_is_no_grade(body: bytes) -> None:
    transport = httpx.MockTransport(lambda _: httpx.Response(200, content=body))
    config = JudgeConfig(url="http://judge", model="m")
    judge = JudgeClient(config, transport=transport, sleep=lambda _: None)
    assert judge.grades([ASKED]) == [Grade(None, "no grade in the answer")]


def test_a_slow_endpoint_costs_no_more_than_the_time_out(stub: Any) -> None:
    def slow(_: object) -> tuple[int, str]:
        stub.release.wait(5)
        return 200, '{"score": 9}'

    stub.reply = slow
    started = time.monotonic()
    assert client(stub.url, timeout=0.3).grades([ASKED]) == [Grade(None, "timeout")]
    assert time.monotonic() - started < 3


def test_an_answer_that_drips_is_too_slow() -> None:
    class Dripping(httpx.SyncByteStream):
        def __iter__(self) -> Any:
            while True:
                time.sleep(0.02)
                yield b" "

    transport = httpx.MockTransport(lambda _: httpx.Response(200, stream=Dripping()))
    judge = JudgeClient(JudgeConfig("http://judge", "m", timeout=0.2), transport=transport)
    assert judge.grades([ASKED]) == [Grade(None, "timeout")]


def test_an_answer_without_end_is_cut_off() -> None:
    transport = httpx.MockTransport(lambda _: httpx.Response(200, content=b" " * 2_000_000))
    judge = JudgeClient(JudgeConfig("http://judge", "m", attempts=1), transport=transport)
    assert judge.grades([ASKED]) == [Grade(None, "DecodingError")]


def test_nobody_there(unused_url: str) -> None:
    assert client(unused_url).grades([ASKED]) == [Grade(None, "ConnectError")]


@pytest.fixture
def unused_url() -> str:
    import socket

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{free.getsockname()[1]}/v1"


def test_logs_hold_no_text(stub: Any, caplog: pytest.LogCaptureFixture) -> None:
    stub.says("secret words of the judge")
    with caplog.at_level(logging.DEBUG, "reward_service"):
        client(stub.url).grades([ASKED])
    assert "no grade in the answer" in caplog.text
    assert "secret" not in caplog.text


def test_a_fork_opens_connections_of_its_own(stub: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    judge = client(stub.url)
    judge.grades([ASKED])
    before = judge._client()
    assert judge._client() is before
    parent = os.getpid()
    monkeypatch.setattr("reward_service.judge.client.os.getpid", lambda: parent + 1)
    assert judge._client() is not before


def test_keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "key"
    file.write_text("k-2\n")
    assert JudgeConfig("u", "m", key_file=file).key() == "k-2"
    assert JudgeConfig("u", "m").key() is None
    monkeypatch.delenv("NO_SUCH_KEY", raising=False)
    with pytest.raises(SettingsError, match="environment variable NO_SUCH_KEY is not set"):
        JudgeConfig("u", "m", key_env="NO_SUCH_KEY").key()
    with pytest.raises(SettingsError, match="cannot be read"):
        JudgeConfig("u", "m", key_file=tmp_path / "missing").key()
    file.write_text(" \n")
    with pytest.raises(SettingsError, match="is empty"):
        JudgeConfig("u", "m", key_file=file).key()


def test_a_key_that_goes_away_is_a_failure(stub: Any, tmp_path: Path) -> None:
    judge = client(stub.url, key_file=tmp_path / "gone")
    assert judge.grades([ASKED]) == [Grade(None, "no key")]
