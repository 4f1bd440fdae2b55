"""The client and the real service: the same scores as a plain request gets."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from trainer import AsyncRewardClient, RewardClient
from trainer.client import Batching, Expectation, ServiceRefusedError, measure_throughput

QUESTION = (
    "A {age}-year-old woman has had fever and a cough for 3 days. She has no chest pain. Her "
    "temperature is 38.9 °C. Which of the following is the most likely diagnosis?"
)
NAMES = ("accuracy", "structure", "faithfulness", "coverage")


def case(number: int) -> dict[str, Any]:
    return {
        "id": f"case-{number}",
        "question": QUESTION.format(age=30 + number),
        "options": {"A": "Pneumonia", "B": "Pulmonary embolism"},
        "answer": "A",
        "completions": [
            f"<dx>She has fever and a cough for {day} days, and without chest pain an embolism is "
            f"less likely.</dx><conclusion>\\boxed{{{letter}}}</conclusion>"
            for day in range(2, 3 + number % 3)
            for letter in "AB"
        ],
    }


CASES = [case(number) for number in range(9)]


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """A running service with small limits."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("REWARD_")}
    limits = {"REWARD_WORKERS": "0", "REWARD_MAX_ITEMS": "4", "REWARD_MAX_BODY_BYTES": "4000"}
    process = subprocess.Popen(
        [sys.executable, "-m", "reward_service.cli", "serve", "--port", "0"],
        env=clean | limits,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    try:
        line = process.stdout.readline()
        assert line.startswith("ready: http://"), line
        yield line.removeprefix("ready: ").strip()
    finally:
        process.kill()  # without workers it has nothing to leave in order
        process.communicate()


def plain(url: str, **asked: Any) -> list[dict[str, Any]]:
    """Every case on its own, with nothing but httpx."""
    items = []
    for one in CASES:
        response = httpx.post(f"{url}/score", json={"items": [one], **asked}, trust_env=False)
        items += response.raise_for_status().json()["items"]
    return items


def as_sent(batch: Any) -> list[dict[str, Any]]:
    """A batch in the form of an answer's items."""
    keys = ("objectives", "abstentions", "reward", "metrics", "explanation")
    return [
        {"id": one.id, "scores": [{key: getattr(s, key) for key in keys} for s in one.scores]}
        for one in batch.items
    ]


@pytest.mark.parametrize("gzip_from_bytes", [0, None])
def test_the_scores_are_those_of_a_plain_request(url: str, gzip_from_bytes: int | None) -> None:
    batching = Batching(gzip_from_bytes=gzip_from_bytes)
    with RewardClient(url, batching=batching, expect=Expectation(NAMES)) as client:
        limits = client.describe().limits
        assert (limits.items, limits.body_bytes) == (4, 4000)
        batch = client.score(CASES, weights={"coverage": 2.0}, explain=True)
        assert as_sent(batch) == plain(url, weights={"coverage": 2.0}, explain=True)
        assert batch.requests >= 3 and batch.retries == 0
        (scorer,) = client.scorers
        assert batch.scorer == scorer == client.describe().scorer
    rewards_NK = batch.rewards_NK(NAMES)
    assert rewards_NK.shape == (batch.completions, 4)
    assert rewards_NK[:, 0].tolist() == [1.0, 0.0] * (batch.completions // 2)


def test_the_async_client_too(url: str) -> None:
    async def run() -> Any:
        async with AsyncRewardClient(url) as client:
            return await client.score(CASES, objectives=["accuracy", "coverage"])

    assert as_sent(asyncio.run(run())) == plain(url, objectives=["accuracy", "coverage"])


def test_faults_in_items_stay_with_them(url: str) -> None:
    good, *_ = CASES
    items: list[dict[str, Any]] = [
        good,
        {**good, "completions": ["x", 7, good["completions"][0]]},
        {"answer": "A", "completions": ["no question"]},
        {**good, "completions": ["x" * 5000, good["completions"][0]]},
    ]
    with RewardClient(url, max_failed_share=1.0) as client:
        batch = client.score(items)
        with pytest.raises(ServiceRefusedError, match="kindness"):
            client.score([good], objectives=["kindness"])
    failures = [[str(s.failure).partition(":")[0] for s in one.scores] for one in batch.items]
    fine = "None"
    assert failures == [
        [fine] * len(good["completions"]),
        [fine, "refused", fine],
        ["refused"],
        ["too_large", fine],
    ]
    assert batch.items[1].scores[2] == batch.items[3].scores[1] == batch.items[0].scores[0]


def test_throughput_is_counted(url: str) -> None:
    measured = measure_throughput(url, CASES, concurrency=4, repeats=2)
    assert measured.completions == 2 * sum(len(one["completions"]) for one in CASES)
    assert (measured.failed, measured.retries, measured.concurrency) == (0, 0, 4)
    rate = measured.completions / measured.seconds
    assert measured.completions_per_second == pytest.approx(rate)
    with pytest.raises(ValueError, match="items"):
        measure_throughput(url, [])
    with pytest.raises(ValueError, match="repeats"):
        measure_throughput(url, CASES, repeats=0)
