"""Asking for scores over HTTP, and what goes wrong."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from reward_service.bundled import load_cases
from reward_service.demo.scoring import (
    DemoError,
    explain_one,
    post_score,
    request_body,
    score_cases,
)
from reward_service.wire import ScoreRequest

CASES = load_cases()


def client_of(handler: Callable[[httpx.Request], httpx.Response]) -> httpx.Client:
    return httpx.Client(base_url="http://demo.test", transport=httpx.MockTransport(handler))


def test_all_cases_are_sent_once_in_batches_and_in_order(fake: Any) -> None:
    service = fake()
    done: list[int] = []
    with service.client() as client:
        scored, scorer = score_cases(client, CASES, items_per_request=10, on_batch=done.append)
    assert [len(body["items"]) for body in service.bodies] == [10, 10, len(CASES) - 20]
    assert done == [10, 20, len(CASES)]
    assert [(one.case.id, one.kind) for one in scored] == [
        (case.id, completion.kind) for case in CASES for completion in case.completions
    ]
    assert scorer.version == "9.9"


def test_bodies_are_valid_requests(fake: Any) -> None:
    service = fake()
    with service.client() as client:
        score_cases(client, CASES)
    sent = [item for body in service.bodies for item in ScoreRequest.model_validate(body).items]
    assert sent == [case.item() for case in CASES]


def test_explanation_is_asked_for_one_completion(fake: Any) -> None:
    service = fake()
    with service.client() as client:
        score = explain_one(client, CASES[0], CASES[0].completion("wrong"))
    assert score.explanation is not None
    [body] = service.bodies
    assert body["explain"] is True
    assert len(body["items"][0]["completions"]) == 1


@pytest.mark.parametrize(
    ("handler", "message"),
    [
        (lambda request: httpx.Response(503, text="not_ready"), "answered 503: not_ready"),
        (lambda request: httpx.Response(200, json={"items": []}), "something else than scores"),
        (
            lambda request: httpx.Response(
                200,
                json={
                    "items": [],
                    "scorer": dict.fromkeys(
                        ["version", "pipeline", "vocabulary", "fingerprint"], "x"
                    ),
                },
            ),
            "one score for each completion",
        ),
    ],
)
def test_bad_answers_are_said(
    handler: Callable[[httpx.Request], httpx.Response], message: str
) -> None:
    body = request_body([(CASES[0], CASES[0].completions)])
    with client_of(handler) as client, pytest.raises(DemoError, match=message):
        post_score(client, body)


def test_an_unreachable_service_is_said() -> None:
    def refuse(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("connection refused")

    with client_of(refuse) as client, pytest.raises(DemoError, match="connection refused"):
        score_cases(client, CASES)


def test_no_cases_is_an_error(fake: Any) -> None:
    with fake().client() as client, pytest.raises(DemoError, match="no case"):
        score_cases(client, [])
