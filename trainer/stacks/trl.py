"""TRL's own GRPOTrainer: one reward function an objective, and one HTTP call a batch for them all.

    GRPOTrainer(…, reward_funcs=reward_functions(),
                args=GRPOConfig(reward_weights=[10, 1, 1], …))

The data set has `prompt` and `answer`, and where there are any `question`, `options`, `context`,
`reference`; or one column `item` with the JSON of these. An objective that was not judged is None.
TRL leaves a completion out only where all functions say None; beside a number it counts None as 0.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from trainer.client import CompletionScore, RewardClient
from trainer.stacks.connection import open_client, score_items
from trainer.stacks.items import Item, build_item

RewardFunction = Callable[..., list[float | None]]

_PAID = ("accuracy", "faithfulness", "coverage")
_OF_TRL = frozenset(
    {"prompts", "completions", "completion_ids", "trainer_state", "log_extra", "log_metric"}
)


class SharedScores:
    """The scores of the batch that was asked for last, so that several functions share them."""

    def __init__(self, client: RewardClient) -> None:
        self._client = client
        self._lock = threading.Lock()
        self._items: list[Item] = []
        self._scores: list[CompletionScore] = []

    def of(self, items: list[Item]) -> list[CompletionScore]:
        """The scores of these items; asks the service unless they are those of the last call."""
        with self._lock:
            if items != self._items:
                self._scores = score_items(self._client, items)
                self._items = items
            return self._scores


def reward_functions(
    objectives: Sequence[str] = _PAID,
    *,
    url: str | None = None,
    client: RewardClient | None = None,
) -> list[RewardFunction]:
    """Reward functions in TRL's signature, named after their objectives.

    `reward` among the objectives stands for the service's weighted sum. They raise the client's
    errors when the service finally fails for too many completions; TRL then ends the training.
    """
    shared = SharedScores(client or open_client(url))
    return [_function(name, shared) for name in objectives]


def _function(name: str, shared: SharedScores) -> RewardFunction:
    def score(
        prompts: Sequence[object], completions: Sequence[object], **columns: Any
    ) -> list[float | None]:
        return values_of(name, shared.of(batch_items(prompts, completions, columns)))

    score.__name__ = score.__qualname__ = name
    return score


def batch_items(
    prompts: Sequence[object], completions: Sequence[object], columns: Mapping[str, object]
) -> list[Item]:
    """One item a completion; a column counts when it has one entry a completion."""
    lists = {
        name: column
        for name, column in columns.items()
        if name not in _OF_TRL and isinstance(column, list) and len(column) == len(completions)
    }
    return [
        build_item(
            completion,
            prompt=prompt,
            columns={name: column[number] for name, column in lists.items()},
        )
        for number, (prompt, completion) in enumerate(zip(prompts, completions, strict=True))
    ]


def values_of(name: str, scores: Sequence[CompletionScore]) -> list[float | None]:
    """One objective of each score, or its reward for the name `reward`. Raises KeyError."""
    if name == "reward":
        return [score.reward for score in scores]
    return [score.objectives[name] for score in scores]
