"""SkyRL: an environment of one step, without a tool.

    skyrl_gym.register(id="clinical", entry_point="trainer.stacks.skyrl:make_env")

A row has `env_class: clinical` and `reward_spec: {"ground_truth": …}`, and beside them, where they
are not in the prompt, `question`, `options`, `context`, `reference` (under `extra_info` or bare).
SkyRL has nothing that stands for "no reward": without one the step raises NoRewardError.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from importlib import import_module
from typing import Any

from trainer.client import CompletionScore, RewardClient
from trainer.stacks.connection import open_client, reward_or_raise, score_items
from trainer.stacks.items import build_item

Conversation = list[dict[str, str]]


class ClinicalEnv:
    """Scores the first answer and is done. Has the methods of SkyRL's BaseTextEnv.

    SkyRL wants an instance of its own base class, which only `make_env` imports.
    """

    def __init__(
        self, env_config: object = None, extras: Mapping[str, Any] | None = None, **_: object
    ) -> None:
        super().__init__()
        given = dict(extras or {})
        info = given.get("extra_info")
        self._columns = {**given, **(info if isinstance(info, Mapping) else {})}
        self._label = given.get("reward_spec", {}).get("ground_truth")
        self._url: str | None = getattr(env_config, "reward_url", None)
        self._prompt: Conversation | None = None
        self._score: CompletionScore | None = None
        self.turns = 0
        self.max_turns = 1

    def init(self, prompt: Conversation) -> tuple[Conversation, dict[str, Any]]:
        """Keep the prompt, in case the row holds no question."""
        self._prompt = prompt
        return prompt, {}

    def step(self, action: str) -> dict[str, Any]:
        """The reward of the answer; the metadata hold objectives and reasons to abstain."""
        self.turns += 1
        item = build_item(action, prompt=self._prompt, label=self._label, columns=self._columns)
        [self._score] = score_items(_client(self._url), [item])
        return {
            "observations": [],
            "reward": reward_or_raise(self._score),
            "done": True,
            "metadata": {
                "objectives": dict(self._score.objectives),
                "abstentions": dict(self._score.abstentions),
            },
        }

    def get_metrics(self) -> dict[str, float]:
        """The objectives that were judged."""
        objectives = {} if self._score is None else self._score.objectives
        return {name: value for name, value in objectives.items() if value is not None}

    @staticmethod
    def aggregate_metrics(metrics: list[dict[str, float]]) -> dict[str, float]:
        """The mean of each objective over the episodes in which it was judged."""
        names = sorted({name for one in metrics for name in one})
        values = {name: [one[name] for one in metrics if name in one] for name in names}
        return {name: sum(judged) / len(judged) for name, judged in values.items()}

    def close(self) -> None:
        """Nothing is open: all environments of a process share one client."""


def make_env(**kwargs: Any) -> ClinicalEnv:
    """A ClinicalEnv that is also SkyRL's BaseTextEnv. Raises ImportError without skyrl-gym."""
    base = import_module("skyrl_gym.envs.base_text_env").BaseTextEnv
    env: ClinicalEnv = type("ClinicalTextEnv", (ClinicalEnv, base), {})(**kwargs)
    return env


@lru_cache(maxsize=4)
def _client(url: str | None) -> RewardClient:
    return open_client(url)
