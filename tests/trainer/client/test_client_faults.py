"""What goes wrong on the way: sent again, split, left out, or kept as a failure with its reason."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from reward_stub import QUICK, Stub, error, group, item

from trainer import RewardClient
from trainer.client import (
    AuthenticationError,
    Batching,
    Retries,
    ServiceRefusedError,
    ServiceUnavailableError,
    Timeouts,
    TooManyFailuresError,
)

Make = Callable[..., RewardClient]
Body = dict[str, Any]


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The seconds that were slept, without sleeping them."""
    slept: list[float] = []
    sleep = asyncio.sleep

    async def note(seconds: float) -> None:
        slept.append(seconds)
        await sleep(0)

    monkeypatch.setattr(asyncio, "sleep", note)
    return slept


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_passing_faults_are_tried_again(client_of: Make, status: int) -> None:
    stub = Stub(lambda _, before: error(status, "overloaded") if before < 2 else None)
    batch = client_of(stub).score([item("a", "right")])
    assert [score.objectives["accuracy"] for score in batch] == [1.0]
    assert (batch.requests, batch.retries) == (4, 2)
    assert len({request.headers["x-request-id"] for request in stub.requests}) == 1


@pytest.mark.parametrize("kind", [httpx.ReadError, httpx.ConnectTimeout, httpx.RemoteProtocolError])
def test_transport_errors_are_tried_again(
    client_of: Make, kind: type[httpx.TransportError], caplog: pytest.LogCaptureFixture
) -> None:
    def react(_: Body, before: int) -> httpx.Response | None:
        if before == 0:
            raise kind("broken")
        return None

    with caplog.at_level(logging.WARNING, "trainer.client"):
        batch = client_of(Stub(react)).score([item("a", "right")])
    assert (batch.failed, batch.retries) == (0, 1)
    assert f"{kind.__name__}: broken" in caplog.text


def test_a_service_that_stays_away_fails_its_completions_with_the_reason(client_of: Make) -> None:
    stub = Stub(lambda *_: error(503, "not_ready"))
    batch = client_of(stub, max_failed_share=1.0).score([item("a", "x", "y")])
    assert len(stub.bodies) == QUICK.attempts and batch.failed == 2 and batch.scorer is None
    for score in batch:
        assert score.failure == "unavailable: 503 not_ready; tried 4 times"
        assert score.objectives == {"accuracy": None, "coverage": None}
        assert score.metrics == {"recall": None, "words": None}
        assert score.reward is None and score.abstentions == {}


def test_failures_have_the_keys_that_were_asked_for(client_of: Make) -> None:
    stub = Stub(lambda body, _: error(500, "e") if body["items"][0]["id"] == "b" else None)
    client = client_of(stub, max_failed_share=1.0, batching=Batching(completions=1))
    scored, failed = client.score([item("a", "x"), item("b", "x")], objectives=["accuracy"])
    assert scored.failure is None and failed.failure is not None
    assert set(scored.objectives) == set(failed.objectives) == {"accuracy"}
    assert set(scored.metrics) == set(failed.metrics) == {"words"}


def test_only_what_may_pass_is_tried_again(client_of: Make) -> None:
    stub = Stub(lambda *_: error(500, "internal_error"))
    batch = client_of(stub, max_failed_share=1.0).score([item("a", "x")])
    assert len(stub.bodies) == 1
    assert next(iter(batch)).failure == "service_error: 500 internal_error: internal_error it is"


def test_pauses_grow_with_full_jitter_and_repeat_with_the_seed(
    client_of: Make, pauses: list[float]
) -> None:
    def run(seed: int) -> list[float]:
        pauses.clear()
        retries = Retries(attempts=12, first=1.0, longest=8.0, seed=seed)
        stub = Stub(lambda *_: error(503, "not_ready"))
        client_of(stub, retries=retries, max_failed_share=1.0).score([item("a", "x")])
        return list(pauses)

    first = run(1)
    assert len(first) == 11
    bounds = [1.0, 2.0, 4.0] + [8.0] * 8
    assert all(0 <= pause <= bound for pause, bound in zip(first, bounds, strict=True))
    assert run(1) == first != run(2)


def test_retry_after_is_waited_for(client_of: Make, pauses: list[float]) -> None:
    stub = Stub(
        lambda _, before: error(429, "overloaded", **{"Retry-After": "7"}) if not before else None
    )
    assert client_of(stub).score([item("a", "x")]).failed == 0
    assert len(pauses) == 1 and 7.0 <= pauses[0] <= 7.002


def test_retry_after_past_the_deadline_is_not_waited_for(
    client_of: Make, pauses: list[float]
) -> None:
    stub = Stub(lambda *_: error(429, "overloaded", **{"Retry-After": "3600"}))
    batch = client_of(stub, max_failed_share=1.0).score([item("a", "x")])
    failure = next(iter(batch)).failure
    assert failure is not None and pauses == []
    assert re.search(r"asks to wait 3600 s, but the call has (5\d\d|600) s left", failure)


def test_the_deadline_ends_everything_and_keeps_what_is_scored() -> None:
    async def react(request: httpx.Request) -> httpx.Response:
        response = stub(request)
        if stub.bodies and stub.bodies[-1]["items"][0]["id"] == "slow":
            await asyncio.sleep(60)
        return response

    stub = Stub()
    with RewardClient(
        "http://reward",
        timeouts=Timeouts(total=1.0),
        batching=Batching(completions=1),
        max_failed_share=1.0,
        transport=httpx.MockTransport(react),
    ) as client:
        batch = client.score([item("slow", "x"), item("quick", "right")])
    slow, quick = batch
    assert slow.failure == "deadline: no answer within 1 s"
    assert quick.objectives["accuracy"] == 1.0 and 1.0 <= batch.seconds < 30


def test_413_splits_down_to_the_completion_that_is_too_large(client_of: Make) -> None:
    def react(body: Body, _: int) -> httpx.Response | None:
        size = sum(len(text) for one in body["items"] for text in one["completions"])
        return error(413, "too_large") if size > 20 else None

    stub = Stub(react)
    items = [item("a", "right", "x" * 30, "right 2"), item("b", "right"), item("c", "x" * 9)]
    batch = client_of(stub, max_failed_share=0.5).score(items)
    a, b, c = batch.items
    assert [score.failure is None for score in a.scores] == [True, False, True]
    assert str(a.scores[1].failure).startswith("too_large: 413")
    assert [score.objectives["accuracy"] for score in (*a.scores, *b.scores)] == [1, None, 1, 1]
    assert c.scores[0].objectives["coverage"] == 0.09 and batch.retries == 0


def test_a_completion_over_the_byte_limit_is_not_sent(client_of: Make) -> None:
    stub = Stub(limits={"items": 9, "completions": 9, "body_bytes": 300, "queue_items": 99})
    batch = client_of(stub, max_failed_share=0.5).score([item("a", "right", "x" * 300)])
    right, large = batch
    assert right.objectives["accuracy"] == 1.0 and len(stub.bodies) == 1
    assert str(large.failure).startswith("too_large: ") and "of 300 bytes" in str(large.failure)


def test_what_a_422_names_is_left_out_and_the_rest_sent_again(client_of: Make) -> None:
    def react(body: Body, _: int) -> httpx.Response | None:
        found = [
            (f"items[{i}].completions[{n}]", "not liked")
            for i, one in enumerate(body["items"])
            for n, text in enumerate(one["completions"])
            if text == "bad"
        ]
        found += [
            (f"items[{i}].answer", "expected a string")
            for i, one in enumerate(body["items"])
            if one.get("answer") == 7
        ]
        return error(422, "invalid_request", *found[:2]) if found else None

    stub = Stub(react)
    items = [
        item("a", "right"),
        item("b", "bad", "right", "bad"),
        item("c", "right", "right", answer=7),
        item("d", "bad", "right"),
    ]
    batch = client_of(stub, max_failed_share=1.0).score(items)
    a, b, c, d = ([score.failure for score in one.scores] for one in batch.items)
    assert a == [None] and b == ["refused: not liked", None, "refused: not liked"]
    assert c == ["refused: answer: expected a string"] * 2 and d == ["refused: not liked", None]
    assert [s.objectives["accuracy"] for s in batch if s.failure is None] == [1.0, 1.0, 1.0]
    assert batch.failed == 5 and len(stub.bodies) == 3


@pytest.mark.parametrize(
    "details",
    [
        [("objectives[0]", "unknown objective")],
        [("items[0].answer", "odd"), ("weights.beauty", "unknown")],
        [("items[9]", "there is no such item")],
        [("items[0].completions[9]", "there is no such completion")],
        [("items", "odd")],
        [],
    ],
)
def test_a_422_about_the_request_itself_is_raised(
    client_of: Make, details: list[tuple[str, str]]
) -> None:
    stub = Stub(lambda *_: error(422, "invalid_request", *details))
    with pytest.raises(ServiceRefusedError, match="422 invalid_request") as caught:
        client_of(stub).score([item("a", "x")])
    assert caught.value.context.status == 422 and len(stub.bodies) == 1


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (401, AuthenticationError),
        (403, AuthenticationError),
        (404, ServiceRefusedError),
        (405, ServiceRefusedError),
        (307, ServiceRefusedError),
        (204, ServiceRefusedError),
    ],
)
def test_other_answers_are_raised_at_once(client_of: Make, status: int, kind: type) -> None:
    stub = Stub(lambda *_: httpx.Response(status, html="<b>some other page</b>"))
    with pytest.raises(kind, match=f"{status} without an error body") as caught:
        client_of(stub).score([item("a", "x")])
    assert len(stub.bodies) == 1 and "other page" not in str(caught.value)


def test_a_service_that_cannot_be_described_is_an_error(client_of: Make) -> None:
    def away(_: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused")

    with pytest.raises(ServiceUnavailableError, match="ConnectError: refused; tried 4 times"):
        client_of(Stub(), transport=httpx.MockTransport(away)).score([item("a", "x")])


def test_what_cannot_be_json_fails_alone(client_of: Make) -> None:
    stub = Stub()
    items = [
        item("a", "right", "half \ud83d"),
        item("b", "x", "y", answer={1, 2}),
        item("c", "x", options={1: "not a letter"}),
    ]
    batch = client_of(stub, max_failed_share=1.0).score(items)
    failures = [str(score.failure).partition(":")[0] for score in batch]
    assert failures == ["None", "not_json", "not_json", "not_json", "not_json"]
    assert stub.bodies == [{"items": [item("a", "right")]}]


def test_too_many_failures_stop_the_run_and_lose_nothing(client_of: Make) -> None:
    def react(body: Body, _: int) -> httpx.Response | None:
        return error(500, "internal_error") if body["items"][0]["id"] == "bad" else None

    client = client_of(
        Stub(react), max_failed_share=0.25, failure_window=8, batching=Batching(completions=1)
    )
    assert client.score([group("good", 6)]).failed == 0
    assert client.score([item("bad", "x"), item("bad", "x")]).failed == 2  # 2 of 8
    with pytest.raises(TooManyFailuresError, match=r"37.5% of the latest .* limit is 25.0%") as e:
        client.score([item("bad", "x"), item("good", "right")])
    assert e.value.share == 0.375 and [s.reward for s in e.value.batch][1] == 1.05
    assert "1 of 2 in this call, 1 of them for: service_error: 500" in str(e.value)
    # Failures leave the window; a call without one of its own never raises.
    assert client.score([group("good", 3)]).failed == 0
    assert client.score([group("good", 8)]).failed == 0
    assert client.score([item("bad", "x")]).failed == 1
