"""What a call sends and what it returns when all is well."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable

import httpx
import numpy as np
import pytest
from reward_stub import LIMITS, QUICK, SCORER, Stub, group, item

from trainer import AsyncRewardClient, RewardClient
from trainer.client import Batching, Limits, ScorerIdentity

Make = Callable[..., RewardClient]


def test_scores_come_back_in_the_order_of_the_request(client_of: Make) -> None:
    stub = Stub()
    items = [group(f"q{number}", 1 + number % 5) for number in range(40)]
    batch = client_of(stub).score(items)
    assert [scored.id for scored in batch.items] == [one["id"] for one in items]
    lengths = [len(text) for one in items for text in one["completions"]]
    assert [score.objectives["coverage"] for score in batch] == [n / 100 for n in lengths]
    assert batch.completions == len(lengths) and batch.failed == 0 and batch.retries == 0
    assert batch.scorer == ScorerIdentity(**SCORER)
    assert batch.requests == 1 + len(stub.bodies) and stub.describes == 1


def test_rewards_are_a_row_a_completion_with_nan_for_null(client_of: Make) -> None:
    batch = client_of(Stub()).score([item("a", "right", "mute"), item("b", "wrong")])
    rewards_NK = batch.rewards_NK(["coverage", "accuracy"])
    assert rewards_NK.dtype == np.float64
    np.testing.assert_array_equal(rewards_NK, [[0.05, 1.0], [math.nan, 0.0], [0.05, 0.0]])
    assert batch.items[0].scores[1].abstentions == {"coverage": "no_options"}
    with pytest.raises(ValueError, match="'beauty' was not scored; scored were: accuracy"):
        batch.rewards_NK(["beauty"])


def test_no_items_are_no_request(client_of: Make) -> None:
    stub = Stub()
    batch = client_of(stub).score([])
    assert batch.items == () and batch.rewards_NK(["accuracy"]).shape == (0, 1)
    assert stub.bodies == []


def test_what_is_asked_reaches_the_service_as_it_was_given(client_of: Make) -> None:
    stub = Stub()
    messages = [{"role": "assistant", "content": "é"}]
    given = item("a", "one", options={"A": "x"}, answer=["A"], context=None, subject="surgery")
    batch = client_of(stub).score(
        [given], objectives=["accuracy"], weights={"accuracy": 2.0}, explain=True
    )
    asked = {"objectives": ["accuracy"], "weights": {"accuracy": 2.0}, "explain": True}
    assert stub.bodies == [{"items": [given]} | asked]
    assert list(next(iter(batch)).objectives) == ["accuracy"]

    bare = {"prompt": messages, "completions": ["one"]}
    assert client_of(stub).score([bare]).items[0].id is None
    assert stub.bodies[1] == {"items": [bare]}


@pytest.mark.parametrize(
    ("limits", "most_items", "most_completions"),
    [
        ({"items": 3}, 3, 6),
        ({"completions": 5}, 2, 5),
        ({"queue_items": 128}, 2, 4),  # 128 items over 64 connections
        ({"body_bytes": 250}, 1, 2),
    ],
)
def test_requests_keep_within_the_limits_of_the_service(
    client_of: Make, limits: dict[str, int], most_items: int, most_completions: int
) -> None:
    stub = Stub(limits=LIMITS | limits)
    items = [item(f"q{number}", "x" * 60, "y" * 60) for number in range(7)]
    assert client_of(stub).score(items).failed == 0
    assert max(len(body["items"]) for body in stub.bodies) == most_items
    counts = [sum(len(one["completions"]) for one in body["items"]) for body in stub.bodies]
    assert max(counts) <= most_completions and sum(counts) == 14
    if "body_bytes" in limits:
        assert all(len(request.content) <= 250 for request in stub.requests)


def test_a_group_larger_than_a_request_is_cut_and_put_together_again(client_of: Make) -> None:
    stub = Stub(limits=LIMITS | {"completions": 4})
    batch = client_of(stub).score([group("big", 10), group("small", 2)])
    assert [len(one.scores) for one in batch.items] == [10, 2]
    expected = [(n + 1) / 100 for n in range(10)] + [0.01, 0.02]
    assert [score.objectives["coverage"] for score in batch] == expected
    sent = [[len(one["completions"]) for one in body["items"]] for body in stub.bodies]
    assert sent == [[4], [4], [2, 2]]


def test_a_service_that_announces_no_limits_has_the_usual_ones(client_of: Make) -> None:
    stub = Stub()
    del stub.described["limits"]
    assert client_of(stub).describe().limits == Limits()


def test_large_bodies_are_sent_with_gzip(client_of: Make) -> None:
    stub = Stub()
    items = [item("small", "x"), item("large", "x" * 90, context="y" * 5000)]
    client = client_of(stub, batching=Batching(completions=1, gzip_from_bytes=2000))
    assert client.score(items).failed == 0
    small, large = stub.requests
    assert "content-encoding" not in small.headers
    assert large.headers["content-encoding"] == "gzip" and len(large.content) < 500
    plain = client_of(stub, batching=Batching(gzip_from_bytes=None))
    plain.score([items[1]])
    assert "content-encoding" not in stub.requests[-1].headers


def test_requests_are_under_way_together_but_no_more_than_connections() -> None:
    now = most = 0

    async def slow(request: httpx.Request) -> httpx.Response:
        nonlocal now, most
        now += 1
        most = max(most, now)
        await asyncio.sleep(0.005)
        now -= 1
        return stub(request)

    stub = Stub()
    with RewardClient(
        "http://reward",
        max_connections=5,
        batching=Batching(completions=1),
        transport=httpx.MockTransport(slow),
    ) as client:
        assert client.score([group("q", 23)]).failed == 0
    assert most == 5


def test_the_async_client_gives_the_same(client_of: Make) -> None:
    items = [group("a", 3), item("b", "right", "mute")]

    async def run() -> tuple[object, object]:
        async with AsyncRewardClient(
            "http://reward", retries=QUICK, transport=Stub().transport
        ) as client:
            one, other = await asyncio.gather(client.score(items), client.score(items[1:]))
            assert (await client.describe()).names == ("accuracy", "coverage")
            return one.items, other.items

    expected = client_of(Stub()).score(items).items
    assert asyncio.run(run()) == (expected, expected[1:])


@pytest.mark.parametrize(
    ("items", "message"),
    [
        (["text"], r"items\[0\]: expected a mapping, got str"),
        ([item("a", "x"), {"question": "q"}], r"items\[1\].completions: .* got nothing"),
        ([{"question": "q", "completions": "text"}], "expected a list, got str"),
        ([item("a")], "expected at least one, got none"),
    ],
)
def test_items_without_completions_are_refused_before_anything_is_sent(
    client_of: Make, items: list[object], message: str
) -> None:
    stub = Stub()
    with pytest.raises((TypeError, ValueError), match=message):
        client_of(stub).score(items)  # type: ignore[arg-type]
    assert stub.describes == 0


def test_names_are_not_a_string(client_of: Make) -> None:
    with pytest.raises(TypeError, match="objectives: expected a sequence of names"):
        client_of(Stub()).score([item("a", "x")], objectives="accuracy")
