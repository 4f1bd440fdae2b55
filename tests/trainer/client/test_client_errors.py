"""Errors carry their request, travel between processes, and never show the key."""

from __future__ import annotations

import inspect
import logging
import pickle
import re
import traceback
from collections.abc import Callable

import httpx
import pytest
from reward_stub import QUICK, Stub, error, item

from trainer import RewardClient
from trainer.client import (
    AuthenticationError,
    Batching,
    RequestContext,
    Retries,
    RewardClientError,
    ServiceUnavailableError,
    Timeouts,
    TooManyFailuresError,
    errors,
)

Make = Callable[..., RewardClient]
KEY = "k-3f9a77d2c41b"


def test_the_tree_in_the_docstring_is_the_tree_of_the_classes() -> None:
    drawn = re.findall(r"^( *[│ ]*(?:[├└]── )?)(\w+Error)\b", errors.__doc__ or "", re.MULTILINE)
    parents: list[tuple[int, str]] = []
    tree = {}
    for indent, name in drawn:
        while parents and parents[-1][0] >= len(indent):
            parents.pop()
        tree[name] = parents[-1][1] if parents else "Exception"
        parents.append((len(indent), name))
    classes = {
        name: value.__base__.__name__
        for name, value in vars(errors).items()
        if inspect.isclass(value) and issubclass(value, Exception) and value.__base__
    }
    assert tree == classes


def test_errors_carry_their_request_and_pickle(client_of: Make) -> None:
    stub = Stub(lambda *_: error(401, "unauthorized"))
    with pytest.raises(AuthenticationError) as caught:
        client_of(stub).score([item("a", "x", "y"), item("b", "x")])
    problem = caught.value
    request_id = stub.requests[0].headers["x-request-id"]
    assert problem.context == RequestContext(
        "POST", "http://reward/score", 2, 3, attempts=1, status=401, request_id=request_id
    )
    assert str(problem) == (
        "the key is missing or wrong (401 unauthorized: unauthorized it is) "
        "[POST http://reward/score, items=2 completions=3, status=401, attempts=1, "
        f"id={request_id}]"
    )
    copy = pickle.loads(pickle.dumps(problem))
    assert (type(copy), str(copy), copy.context) == (
        AuthenticationError,
        str(problem),
        problem.context,
    )


def test_the_batch_travels_with_its_error(client_of: Make) -> None:
    client = client_of(Stub(lambda *_: error(500, "internal_error")), max_failed_share=0.0)
    with pytest.raises(TooManyFailuresError) as caught:
        client.score([item("a", "x")])
    copy = pickle.loads(pickle.dumps(caught.value))
    assert copy.batch == caught.value.batch and copy.share == 1.0


def everything_shown(problem: BaseException) -> str:
    shown = "".join(traceback.format_exception(problem))
    return f"{shown} {problem!r} {pickle.dumps(problem)!r}"


@pytest.mark.parametrize("status", [401, 422, 503])
def test_the_key_is_sent_and_shown_nowhere(
    client_of: Make, caplog: pytest.LogCaptureFixture, status: int
) -> None:
    stub = Stub(lambda *_: error(status, "unauthorized"))
    client = client_of(stub, api_key=KEY, max_failed_share=0.0)
    with caplog.at_level(logging.DEBUG), pytest.raises(RewardClientError) as caught:
        client.score([item("a", "x")])
    assert stub.requests[0].headers["authorization"] == f"Bearer {KEY}"
    assert KEY not in everything_shown(caught.value) and KEY not in caplog.text
    assert KEY not in repr(client) + str(client) + repr(vars(client)) + repr(client._core.config)
    assert repr(client) == "<RewardClient http://reward, with a key>"


def test_the_key_may_stand_in_the_environment(
    client_of: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    stub = Stub(lambda *_: error(401, "unauthorized"))

    def sent(**options: str) -> str | None:
        client = client_of(stub, **options)
        with pytest.raises(RewardClientError):
            client.score([item("a", "x")])
        assert KEY not in repr(client)
        return stub.requests[-1].headers.get("authorization")

    for unset in (None, "", "  "):
        if unset is None:
            monkeypatch.delenv("CRPO_REWARD_KEY", raising=False)
        else:
            monkeypatch.setenv("CRPO_REWARD_KEY", unset)
        assert sent() is None
    monkeypatch.setenv("CRPO_REWARD_KEY", f"{KEY}\n")
    assert sent() == f"Bearer {KEY}"
    assert sent(api_key="another") == "Bearer another"
    monkeypatch.setenv("CRPO_REWARD_KEY", f"two {KEY}")
    with pytest.raises(ValueError, match="CRPO_REWARD_KEY: expected printable ASCII") as caught:
        client_of(stub)
    assert KEY not in str(caught.value)


def test_texts_are_shown_nowhere(client_of: Make, caplog: pytest.LogCaptureFixture) -> None:
    text = "a fever of unknown origin"
    stub = Stub(lambda *_: error(503, "not_ready"))
    with caplog.at_level(logging.DEBUG), pytest.raises(RewardClientError) as caught:
        client_of(stub).score([item("a", text, text + "\ud800", question=text)])
    assert text not in everything_shown(caught.value) and text not in caplog.text


def test_an_error_without_an_answer_has_its_request_too() -> None:
    def refuse(_: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("no such host")

    with (
        RewardClient(
            "http://reward", retries=QUICK, transport=httpx.MockTransport(refuse)
        ) as client,
        pytest.raises(ServiceUnavailableError) as caught,
    ):
        client.describe()
    assert caught.value.context.attempts == 4
    assert caught.value.context.url == "http://reward/objectives"


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: RewardClient("reward:8000"), "url: expected http"),
        (lambda: RewardClient("ftp://reward"), "url: expected http"),
        (lambda: RewardClient(f"http://me:{KEY}@reward"), "a key is `api_key`"),
        (lambda: RewardClient(f"http://reward?key={KEY}"), "a key is `api_key`"),
        (lambda: RewardClient(api_key=f"{KEY}\n"), "api_key: expected printable ASCII"),
        (lambda: RewardClient(api_key=""), "api_key: expected printable ASCII"),
        (lambda: RewardClient(max_connections=65), "max_connections: expected 1 to 64, got 65"),
        (lambda: RewardClient(max_connections=0), "max_connections"),
        (lambda: RewardClient(max_failed_share=1.1), "max_failed_share: expected 0 to 1"),
        (lambda: RewardClient(failure_window=0), "failure_window"),
        (lambda: Timeouts(read=0), "Timeouts.read: expected a number of seconds above 0"),
        (lambda: Timeouts(total=float("nan")), "Timeouts.total"),
        (lambda: Retries(attempts=0), "Retries.attempts: expected at least 1, got 0"),
        (lambda: Retries(longest=-1), "Retries.longest"),
        (lambda: Batching(completions=0), "Batching.completions"),
        (lambda: Batching(gzip_from_bytes=-1), "Batching.gzip_from_bytes"),
    ],
)
def test_wrong_options_are_refused_and_secrets_not_quoted(
    make: Callable[[], object], message: str
) -> None:
    with pytest.raises(ValueError, match=message) as caught:
        make()
    assert KEY not in str(caught.value)
