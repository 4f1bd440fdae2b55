"""A verifiers taskset over a JSONL file of items, for prime-rl's environments."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import verifiers.v1 as vf

from trainer.stacks.verifiers import weighted_rewards


class CaseData(vf.TaskData):
    """One question, in the fields of `POST /score`."""

    item: dict[str, Any]


class CaseTask(vf.Task[CaseData, vf.State, vf.TaskConfig]):
    """Rewards of the clinical reward service."""

    @vf.reward
    async def clinical(self, trace: vf.Trace) -> dict[str, float]:
        """Weight times objective, for what was judged."""
        return await weighted_rewards(trace, self.data.item)


class CaseConfig(vf.TasksetConfig):
    """Where the questions are."""

    path: str = "questions.jsonl"


class CaseTaskset(vf.Taskset[CaseTask, CaseConfig]):
    """One task a line."""

    def load(self) -> list[CaseTask]:
        """All tasks of the file."""
        lines = Path(self.config.path).read_text(encoding="utf-8").splitlines()
        items = [json.loads(line) for line in lines if line.strip()]
        return [
            CaseTask(CaseData(prompt=_prompt(item), item=item), vf.TaskConfig()) for item in items
        ]


def _prompt(item: dict[str, Any]) -> str:
    options = [f"{letter}. {text}" for letter, text in item.get("options", {}).items()]
    return "\n".join([item["question"], *options])
