"""ms-swift: reward classes for `orms`, one an objective, that share one HTTP call a batch.

A file for `--external_plugins` (see examples/ms-swift/plugin.py) registers them:

    from swift.rewards import orms
    from trainer.stacks.ms_swift import register
    register(orms)          # --reward_funcs clinical_accuracy clinical_faithfulness …

An objective that was not judged is None, which ms-swift turns into NaN and leaves out.
"""

from __future__ import annotations

from collections.abc import MutableMapping, Sequence
from typing import Any

from trainer.client import RewardClient
from trainer.stacks.connection import OBJECTIVES, open_client
from trainer.stacks.trl import SharedScores, batch_items, values_of

PREFIX = "clinical_"


def register(
    orms: MutableMapping[str, Any],
    *,
    objectives: Sequence[str] = (*OBJECTIVES, "reward"),
    url: str | None = None,
    client: RewardClient | None = None,
) -> None:
    """Add `clinical_<objective>` to the reward classes. Raises ValueError for a taken name."""
    shared = SharedScores(client or open_client(url))
    for name in objectives:
        if PREFIX + name in orms:
            raise ValueError(f"a reward named {PREFIX + name!r} is registered already")
        orms[PREFIX + name] = _reward_class(name, shared)


def _reward_class(objective: str, shared: SharedScores) -> type:
    class ClinicalReward:
        """One objective of the clinical reward service, called as ms-swift calls an ORM."""

        def __init__(self, args: object = None, **_: object) -> None:
            self.args = args

        def __call__(self, completions: Sequence[object], **columns: Any) -> list[float | None]:
            prompts = _prompts(columns.get("messages"), len(completions))
            return values_of(objective, shared.of(batch_items(prompts, completions, columns)))

    ClinicalReward.__name__ = ClinicalReward.__qualname__ = PREFIX + objective
    return ClinicalReward


def _prompts(messages: Sequence[Sequence[Any]] | None, count: int) -> list[object]:
    """What was asked: the conversation without the completion, which ms-swift puts at its end."""
    if messages is None:
        return [None] * count
    return [
        [
            {"role": message["role"], "content": message["content"]}
            for message in (asked[:-1] if asked[-1]["role"] == "assistant" else asked)
        ]
        for asked in messages
    ]
