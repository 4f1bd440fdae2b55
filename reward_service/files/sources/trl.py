"""Completions tables of TRL (`log_completions`): completions/completions_STEP.parquet.

Layout read from trl 1.16 (trainer/grpo_trainer.py `log`) and checked with tables that it wrote. One
row per completion:

    step, prompt, completion     texts, or lists of messages
    one column per reward function, whatever `log_extra` logged, advantage

The table holds no answer key unless a reward function logs one with `log_extra("answer", …)`; any
other column serves with `--map answer=COLUMN`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reward_service.files.sources.base import Source
from reward_service.files.sources.labels import LABELS, read_label
from reward_service.files.sources.messages import read_messages

_COLUMNS = frozenset({"step", "prompt", "completion", "advantage"})


def _matches(row: Mapping[str, Any]) -> bool:
    return row.keys() >= _COLUMNS


def _fields(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "prompt": read_messages(row["prompt"]),
        **read_label(row),
        "completions": [read_messages(row["completion"])],
    }


TRL = Source("trl", _COLUMNS | {*LABELS, "id", "question", "options", "context"}, _matches, _fields)
