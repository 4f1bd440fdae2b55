"""`<split>.parquet` and `<split>.json` of a finished evaluation."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from trainer.evaluation.bootstrap import Interval
from trainer.evaluation.rows import Row, read_rows, write_rows
from trainer.evaluation.summary import Comparison, Table


@dataclass(frozen=True, slots=True)
class Evaluation:
    """One policy's scored completions with their table.

    label: what tables call it.  split: name of the test set.
    plan: everything that the completions and their scores depend on.
    scorer: what scored them.
    asked: questions of the test set; given completions may leave some out.
    """

    label: str
    split: str
    plan: Mapping[str, Any]
    scorer: Mapping[str, str] | None
    rows: list[Row]
    table: Table
    asked: int


def write_evaluation(
    folder: Path, name: str, evaluation: Evaluation, comparison: Comparison | None = None
) -> None:
    """Write both files; each appears whole or not at all, the table last."""
    write_rows(folder / f"{name}.parquet", evaluation.rows)
    write_table(folder, name, evaluation, comparison)


def write_table(
    folder: Path, name: str, evaluation: Evaluation, comparison: Comparison | None
) -> None:
    """Write the JSON file alone, as after comparing with a policy that was evaluated later."""
    path = folder / f"{name}.json"
    part = path.with_name(f".{path.name}.part")
    text = json.dumps(as_json(evaluation, comparison), indent=2, ensure_ascii=False)
    part.write_text(text + "\n", encoding="utf-8")
    os.replace(part, path)


def finished(folder: Path, name: str) -> dict[str, Any] | None:
    """The record of an evaluation that is finished there; None if there is none."""
    path = folder / f"{name}.json"
    if not (path.is_file() and (folder / f"{name}.parquet").is_file()):
        return None
    record: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return record


def finished_rows(folder: Path, name: str) -> list[Row]:
    """The rows of an evaluation that is finished there."""
    return read_rows(folder / f"{name}.parquet")


def as_json(evaluation: Evaluation, comparison: Comparison | None) -> dict[str, Any]:
    """The table as it is written; intervals are [value, low, high], null where nothing was
    judged.
    """
    table = evaluation.table
    return {
        "label": evaluation.label,
        "split": evaluation.split,
        "asked": evaluation.asked,
        "questions": table.questions,
        "completions": table.completions,
        "bootstrap": asdict(table.bootstrap),
        "table": {
            one.name: {"interval": _numbers(one.interval), "judged": one.judged}
            for one in table.estimates
        },
        "abstentions": dict(table.abstentions),
        "failures": dict(table.failures),
        "differences": None
        if comparison is None
        else {
            "baseline": comparison.baseline,
            "columns": {name: _numbers(one) for name, one in comparison.differences.items()},
        },
        "scorer": evaluation.scorer,
        "plan": dict(evaluation.plan),
    }


def _numbers(interval: Interval | None) -> list[float] | None:
    return None if interval is None else [interval.value, interval.low, interval.high]
