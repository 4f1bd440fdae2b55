"""Cutting a call into requests, and the arithmetic of waiting and counting."""

from __future__ import annotations

import json
import random
import time
from email.utils import formatdate

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trainer.client.chunks import Chunk, Part, plan_chunks
from trainer.client.encoding import Question, encode_items
from trainer.client.failures import FailureWindow
from trainer.client.options import Batching, Retries
from trainer.client.waits import is_retried, jitter, retry_after
from trainer.client.wire import Limits

SIZES = st.lists(st.lists(st.integers(0, 60), min_size=1, max_size=9), max_size=9)


@settings(deadline=None, max_examples=150)
@given(
    SIZES,
    st.integers(1, 6),
    st.integers(1, 12),
    st.integers(60, 300),
    st.integers(1, 8),
    st.integers(1, 40),
)
def test_every_completion_travels_once_in_order_and_within_the_limits(
    sizes: list[list[int]],
    most_items: int,
    most_completions: int,
    body_bytes: int,
    batch: int,
    queue: int,
) -> None:
    items = encode_items([{"question": "q", "completions": ["x" * n for n in g]} for g in sizes])
    question = Question(("accuracy",), {"accuracy": 1.0}, explain=True)
    plan = plan_chunks(
        items,
        question,
        limits=Limits(
            items=most_items,
            completions=most_completions,
            body_bytes=body_bytes,
            queue_items=queue,
        ),
        batching=Batching(completions=batch),
        max_connections=4,
    )
    places = [place for chunk in plan.chunks for place in chunk.places()]
    everything = [(i, n) for i, group in enumerate(sizes) for n in range(len(group))]
    assert places == [place for place in everything if place not in plan.too_large]
    assert all(size > body_bytes for size in plan.too_large.values())
    for chunk in plan.chunks:
        assert len(chunk.parts) <= max(1, min(most_items, queue // 4))
        assert chunk.completions <= min(most_completions, batch)
        body = chunk.body(items, question)
        assert len(body) <= body_bytes
        sent = json.loads(body)
        assert sent["objectives"] == ["accuracy"] and sent["explain"] is True
        assert [[len(text) for text in one["completions"]] for one in sent["items"]] == [
            [sizes[part.item][n] for n in part.numbers] for part in chunk.parts
        ]


def test_an_item_without_other_fields_is_json_too() -> None:
    (one,) = encode_items([{"completions": ["x", "y"]}])
    assert one.json([1]) == b'{"completions":["y"]}'
    assert Chunk((Part(0, (0,)),)).body([one], Question()) == (b'{"items":[{"completions":["x"]}]}')


def test_halves() -> None:
    chunk = Chunk((Part(0, (0, 1)), Part(1, (0,)), Part(2, (3, 4))))
    first, second = chunk.halves()
    assert first.parts == (Part(0, (0, 1)),) and second.parts == chunk.parts[1:]
    assert first.halves() == (Chunk((Part(0, (0,)),)), Chunk((Part(0, (1,)),)))
    with pytest.raises(ValueError, match="cannot be split"):
        first.halves()[0].halves()


def test_a_seed_decides_the_jitter_within_its_bounds() -> None:
    retries = Retries(first=0.5, longest=30.0)
    for attempt, bound in [(1, 0.5), (2, 1.0), (7, 30.0), (5000, 30.0)]:
        draws = [jitter(retries, attempt, random.Random(seed)) for seed in range(50)]
        assert 0 <= min(draws) < bound / 4 and bound * 3 / 4 < max(draws) <= bound
        assert draws == [jitter(retries, attempt, random.Random(seed)) for seed in range(50)]


@pytest.mark.parametrize(
    ("value", "seconds"),
    [("7", 7.0), (" 0 ", 0.0), ("", 0.0), ("soon", 0.0), ("-3", 0.0), ("1.5", 0.0), ("٣", 0.0)],
)
def test_retry_after_in_seconds(value: str, seconds: float) -> None:
    assert retry_after(httpx.Headers({"Retry-After": value.encode()})) == seconds


def test_retry_after_as_a_date() -> None:
    headers = httpx.Headers({"Retry-After": formatdate(time.time() + 100, usegmt=True)})
    assert 90 < retry_after(headers) <= 100
    past = httpx.Headers({"Retry-After": formatdate(0, usegmt=True)})
    far = httpx.Headers({"Retry-After": "Fri, 31 Dec 99999999999 23:59:59 GMT"})
    assert retry_after(past) == retry_after(far) == retry_after(httpx.Headers()) == 0.0


def test_a_request_that_cannot_be_sent_is_not_sent_again() -> None:
    assert is_retried(httpx.ReadTimeout("slow")) and is_retried(httpx.PoolTimeout("full"))
    assert not is_retried(httpx.LocalProtocolError("odd header"))


def test_the_window_holds_the_latest_completions() -> None:
    window = FailureWindow(4)
    assert window.add([]) == 0.0
    assert window.add([True]) == 1.0
    assert window.add([False, False, False]) == 0.25
    assert window.add([False]) == 0.0
    assert window.add([True] * 9) == 1.0
