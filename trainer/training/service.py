"""The reward service before a run: is it there, is it the expected one, does it score?"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from trainer.client import (
    Expectation,
    Retries,
    RewardClient,
    RewardClientError,
    ServiceUnavailableError,
)
from trainer.config import RunConfig
from trainer.data import Row
from trainer.training.errors import TrainingError

_CASES = 3


@dataclass(frozen=True)
class Probe:
    """One completion that was scored before the run.

    Attributes:
        id: The item's.
        answers: What the completion answers: the key, or something else.
        right: Whether that is the key.
        objectives: Objective → score, None for an abstention.
    """

    id: str
    answers: str
    right: bool
    objectives: Mapping[str, float | None]


def connect(config: RunConfig) -> RewardClient:
    """A client for the run's service. Raises TrainingError when its key is not set."""
    expect = Expectation(config.reward.objectives, config.reward.fingerprint)
    return client_for(config.reward.url, config.reward.key_env, expect=expect)


def client_for(url: str, key_env: str | None, *, expect: Expectation | None = None) -> RewardClient:
    """A client with the key that stands in an environment variable. Raises TrainingError."""
    key = None
    if key_env is not None:
        key = os.environ.get(key_env)
        if not key:
            raise TrainingError(
                f"the environment variable {key_env} is not set; put the service's key into it"
            )
    # Before a run a service that is not there should be missed in seconds, not in minutes.
    return RewardClient(url, api_key=key, expect=expect, retries=Retries(attempts=3))


def check_service(config: RunConfig) -> str:
    """The fingerprint of the service's scorer. Raises TrainingError when it is not as expected."""
    with connect(config) as client:
        try:
            return client.describe().scorer.fingerprint
        except RewardClientError as error:
            raise _explained(error, config) from error


def probe(config: RunConfig, rows: Sequence[Row]) -> list[Probe]:
    """Score two written completions for each of the first rows: the key, and another option.

    They show that the service reads these items: accuracy must be 1 and 0. Raises TrainingError
    when it does not answer, or when completions could not be scored.
    """
    items, expected = [], []
    for row in rows[:_CASES]:
        item = orjson.loads(row["item"])
        answers = _answers(item)
        items.append({**item, "completions": [_completion(item, answer) for answer in answers]})
        expected += [
            (str(item.get("id")), answer, place == 0) for place, answer in enumerate(answers)
        ]
    with connect(config) as client:
        try:
            batch = client.score(items)
        except RewardClientError as error:
            raise _explained(error, config) from error
    failures = sorted({score.failure for score in batch if score.failure})
    if failures:
        raise TrainingError(f"{config.reward.url} could not score: {'; '.join(failures)}")
    return [
        Probe(identity, answer, right, dict(score.objectives))
        for (identity, answer, right), score in zip(expected, batch, strict=True)
    ]


def _answers(item: Mapping[str, Any]) -> list[str]:
    """The key, and an option that is not it where there is one."""
    answer, options = item.get("answer"), item.get("options") or {}
    keyed = [str(part) for part in answer] if isinstance(answer, list) else [str(answer)]
    others = [
        letter
        for letter, text in options.items()
        if letter not in keyed and text not in keyed and text is not None
    ]
    return [", ".join(keyed), *others[:1]]


def _completion(item: Mapping[str, Any], answer: str) -> str:
    finding = str(item.get("question") or "the case").split(". ")[0].strip().rstrip(".")
    return (
        f"<dx>The case begins so: {finding}.</dx>"
        f"<conclusion>The answer is \\boxed{{{answer}}}.</conclusion>"
    )


def _explained(error: RewardClientError, config: RunConfig) -> TrainingError:
    if not isinstance(error, ServiceUnavailableError):
        return TrainingError(f"the reward service at {config.reward.url}: {error}")
    return TrainingError(
        f"the reward service at {config.reward.url} does not answer: {error}\n"
        "Start it in another terminal (it is ready within seconds):\n"
        "  clinical-reward serve --port 8000\n"
        "or with containers: docker compose up\n"
        "If it listens elsewhere: reward.url=http://host:port"
    )
