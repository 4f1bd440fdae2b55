"""Which service scores, for plug-ins that their stack gives no settings: the environment."""

from __future__ import annotations

import os
from collections.abc import Sequence

from trainer.client import AsyncRewardClient, CompletionScore, RewardClient
from trainer.stacks.items import Item, group_items

URL = "CRPO_REWARD_URL"
DEFAULT_URL = "http://127.0.0.1:8000"

OBJECTIVES = ("accuracy", "structure", "faithfulness", "coverage")


class NoRewardError(RuntimeError):
    """A completion got no reward, and its stack knows nothing that stands for that."""


def open_client(url: str | None = None) -> RewardClient:
    """A client for a URL, or for that of the environment; the key is the client's to find there."""
    return RewardClient(_url(url))


def open_async_client(url: str | None = None) -> AsyncRewardClient:
    """The same for async code."""
    return AsyncRewardClient(_url(url))


def score_items(
    client: RewardClient, items: Sequence[Item], *, objectives: Sequence[str] | None = None
) -> list[CompletionScore]:
    """The score of each item with one completion, in order; equal questions are sent once."""
    grouped, places = group_items(items)
    batch = client.score(grouped, objectives=objectives)
    return [batch.items[group].scores[place] for group, place in places]


async def score_items_async(
    client: AsyncRewardClient, items: Sequence[Item], *, objectives: Sequence[str] | None = None
) -> list[CompletionScore]:
    """`score_items` for async code."""
    grouped, places = group_items(items)
    batch = await client.score(grouped, objectives=objectives)
    return [batch.items[group].scores[place] for group, place in places]


def reward_or_raise(score: CompletionScore, missing: float | None = None) -> float:
    """The reward as a number. Without one: `missing`, or NoRewardError when that is None."""
    if score.reward is not None:
        return score.reward
    if missing is not None:
        return missing
    reasons = ", ".join(f"{name}: {why}" for name, why in score.abstentions.items())
    raise NoRewardError(
        f"no reward ({score.failure or reasons}); give a number for `missing` to go on with it"
    )


def _url(url: str | None) -> str:
    return url or os.environ.get(URL) or DEFAULT_URL
