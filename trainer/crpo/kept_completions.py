"""Rollouts with their scores as Parquet, one file for each step and process.

    completions/step-000010.parquet          one process
    completions/step-000010-rank1.parquet    several: each writes its own rollouts
    completions/eval/step-000010.parquet     rollouts of an evaluation after that step
    completions/eval_easy/…                  of the evaluation set "easy" among several

A step's file holds the rollouts that were generated during it. With several gradient steps for one
generation only the first of them has a file.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from trainer.crpo.rewards import Rewards
from trainer.crpo.rows import Completion

Rows = list[dict[str, Any]]


class KeptCompletions:
    """Collects the local rollouts of this process and writes them when a step is done."""

    def __init__(self, run_dir: Path, *, rank: int, ranks: int) -> None:
        self._folder = run_dir / "completions"
        self._suffix = f"-rank{rank}" if ranks > 1 else ""
        self._rows: dict[str, Rows] = {"train": [], "eval": []}
        self._groups = {"train": 0, "eval": 0}

    def add(self, mode: str, rows: Rows, groups: int) -> None:
        """Rows of one generation batch of `groups` groups, in all processes together."""
        first = self._groups[mode]
        self._rows[mode] += [{**row, "group": first + row["group"]} for row in rows]
        self._groups[mode] += groups

    def write(self, mode: str, step: int, folder: str = "") -> None:
        """Writes what was collected for `mode`, if anything, and starts afresh.

        `folder` is the one within completions/ for an evaluation.
        """
        rows, self._rows[mode] = self._rows[mode], []
        self._groups[mode] = 0
        if rows:
            path = self._folder / folder / f"step-{step:06d}{self._suffix}.parquet"
            _write_parquet(path, [{"step": step} | row for row in rows])

    def rewind(self, step: int) -> None:
        """Removes this process's files of steps after `step`, from which a run continues."""
        for path in sorted(self._folder.rglob(f"step-[0-9]*{self._suffix}.parquet")):
            number = path.stem.removeprefix("step-").removesuffix(self._suffix)
            if number.isdigit() and int(number) > step:
                path.unlink()


@dataclass(frozen=True)
class LocalRollouts:
    """The rollouts of this process in a generation batch; `first` is the index of the first."""

    rows: Sequence[Mapping[str, Any]]
    completions: Sequence[Completion]
    tokens: Sequence[int]
    first: int


def rollout_rows(
    local: LocalRollouts,
    rewards: Rewards,
    advantages_N: npt.NDArray[np.float64],
    *,
    group_size: int,
    weights: Mapping[str, float],
) -> Rows:
    """Rows of the file, without their step.

    `reward` is the sum of weight · objective over those that were judged, null if none was.
    """
    rows: Rows = []
    for n, (row, completion) in enumerate(zip(local.rows, local.completions, strict=True)):
        index = local.first + n
        score = rewards.scores[index]
        judged = {name: score.objectives.get(name) for name in weights}
        terms = [weights[name] * value for name, value in judged.items() if value is not None]
        group, rollout = divmod(index, group_size)
        fields: dict[str, Any] = {
            "group": group,
            "rollout": rollout,
            "id": json.loads(row["item"]).get("id"),
            "item": row["item"],
            "prompt": plain_text(row["prompt"]),
            "completion": plain_text(completion),
            "advantage": float(advantages_N[index]),
            "reward": sum(terms) if terms else None,
        }
        fields |= {name: score.objectives.get(name) for name in rewards.objectives}
        fields |= {f"metric_{name}": score.metrics.get(name) for name in rewards.metrics}
        fields["abstentions"] = json.dumps(dict(score.abstentions), sort_keys=True)
        fields["failure"] = score.failure
        fields["completion_tokens"] = local.tokens[n]
        rows.append(fields)
    return rows


def plain_text(text: object) -> str:
    """A prompt or completion as text; the contents of chat messages with blank lines between."""
    if isinstance(text, str):
        return text
    if isinstance(text, list):
        return "\n\n".join(str(message.get("content") or "") for message in text)
    raise TypeError(f"expected text or chat messages, got {type(text).__name__}")


_TYPES = {
    "step": pa.int64(),
    "group": pa.int64(),
    "rollout": pa.int64(),
    "completion_tokens": pa.int64(),
    "id": pa.string(),
    "item": pa.string(),
    "prompt": pa.string(),
    "completion": pa.string(),
    "abstentions": pa.string(),
    "failure": pa.string(),
}


def _write_parquet(path: Path, rows: Rows) -> None:
    # Every other column is a number; the types are fixed so that a column of nulls stays one.
    names = dict.fromkeys(name for row in rows for name in row)
    schema = pa.schema([(name, _TYPES.get(name, pa.float64())) for name in names])
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    pq.write_table(pa.Table.from_pylist(rows, schema=schema), part)
    os.replace(part, path)
