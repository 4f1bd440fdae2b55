"""verifiers (and prime-rl, which trains on its tasks): scores for a `@vf.reward` method.

    class CaseTask(vf.Task[CaseData, vf.State, vf.TaskConfig]):
        @vf.reward
        async def clinical(self, trace: vf.Trace) -> dict[str, float]:
            return await weighted_rewards(trace, self.data.item)

The mapping's values are added up to the rollout's reward. What abstained is not in it; without any
reward NoRewardError is raised, which verifiers records as the rollout's error.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from functools import partial
from types import MappingProxyType
from typing import Protocol
from weakref import WeakKeyDictionary

from trainer.client import CompletionScore
from trainer.stacks.coalescing import Coalescer
from trainer.stacks.connection import open_async_client, reward_or_raise, score_items_async
from trainer.stacks.items import Item, build_item

WEIGHTS: Mapping[str, float] = MappingProxyType(
    {"accuracy": 10.0, "faithfulness": 1.0, "coverage": 1.0}
)

_Scorer = Coalescer[Item, CompletionScore]
_scorers: WeakKeyDictionary[asyncio.AbstractEventLoop, _Scorer] = WeakKeyDictionary()


class Replied(Protocol):
    """What is needed of a verifiers trace."""

    @property
    def last_reply(self) -> str: ...


async def weighted_rewards(
    trace: Replied, item: Mapping[str, object], weights: Mapping[str, float] = WEIGHTS
) -> dict[str, float]:
    """Weight times objective of a rollout's last reply, for the objectives that were judged.

    `item` holds the fields of `POST /score` without completions. Concurrent calls of an event loop
    share requests. Raises NoRewardError and the client's errors.
    """
    score = await score_trace(trace, item)
    reward_or_raise(score)
    values = {name: score.objectives[name] for name in weights}
    return {name: weights[name] * value for name, value in values.items() if value is not None}


async def score_trace(trace: Replied, item: Mapping[str, object]) -> CompletionScore:
    """All scores of a rollout's last reply."""
    return await _scorer().ask(build_item(trace.last_reply, columns=item))


def _scorer() -> _Scorer:
    loop = asyncio.get_running_loop()
    if loop not in _scorers:
        _scorers[loop] = Coalescer(partial(score_items_async, open_async_client()))
    return _scorers[loop]
