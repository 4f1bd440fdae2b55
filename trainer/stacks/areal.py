"""AReaL: `reward_fn` for its RLVR workflows; picklable, one client a process.

AReaL gives a reward 15 seconds and three more tries, and then takes 0. So the client here gives up
before that, and a completion without a reward raises NoRewardError instead of becoming a 0.
"""

from __future__ import annotations

import os
from functools import lru_cache

from trainer.client import Retries, RewardClient, Timeouts
from trainer.stacks.connection import DEFAULT_URL, URL, reward_or_raise, score_items
from trainer.stacks.items import build_item

_SECONDS = 12.0


def reward_fn(
    prompt: object,
    completions: str,
    prompt_ids: object,
    completion_ids: object,
    **data: object,
) -> float:
    """The reward of one completion; `data` are the columns of its row."""
    asked = data.pop("messages", None) or prompt
    item = build_item(completions, prompt=asked, columns=data)
    [score] = score_items(_client(os.environ.get(URL) or DEFAULT_URL), [item])
    return reward_or_raise(score)


@lru_cache(maxsize=1)
def _client(url: str) -> RewardClient:
    return RewardClient(
        url,
        timeouts=Timeouts(connect=3.0, read=_SECONDS, total=_SECONDS),
        retries=Retries(attempts=4, first=0.25, longest=2.0),
    )
