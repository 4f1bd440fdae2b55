"""Scored completions as rows of `evaluation/<split>.parquet`.

    group int, sample int, id str, item str (JSON), prompt str, completion str, reward f64|null,
    <objective> f64|null …, metric_<name> f64|null …, abstentions str (JSON), failure str|null,
    completion_tokens int|null

`metric_<name>` holds the service's metrics and those that are derived here:

- metric_cecd: case-grounded evidence citation density: claims about the case that the case
  supports, per 100 words (the service's evidence_density).
- metric_drc: distractor rejection coverage: how many wrong options are rejected with a reason (the
  service's distractor_rejection, a share, times the number of wrong options).
- metric_hallucination: share of the claims about the case that the case does not support (the
  service's hallucination_rate).
- metric_lexical_<behaviour>: phrases that stand for the behaviour, see `behaviours`.
- metric_truncated: 1 where generation was cut off at the limit, else 0.

The paper had a language model judge the first three; these are rebuilt by rules, so their numbers
compare with each other, not with the paper's.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from trainer.client.scores import CompletionScore
from trainer.evaluation.behaviours import count_behaviours
from trainer.evaluation.completions import Completion, message_text
from trainer.evaluation.questions import Question, wrong_options

Row = dict[str, Any]

METRIC = "metric_"
KEYS = ("group", "sample", "completion_tokens")

_TYPES = {
    "group": pa.int64(),
    "sample": pa.int64(),
    "completion_tokens": pa.int64(),
    "id": pa.string(),
    "item": pa.string(),
    "prompt": pa.string(),
    "completion": pa.string(),
    "abstentions": pa.string(),
    "failure": pa.string(),
}


def make_row(group: int, question: Question, completion: Completion, score: CompletionScore) -> Row:
    """One row; `group` is the question's number."""
    prompt = question.prompt
    truncated = completion.truncated
    metrics = {
        **score.metrics,
        "cecd": score.metrics.get("evidence_density"),
        "drc": _rejected(question.item, score),
        "hallucination": score.metrics.get("hallucination_rate"),
        **{f"lexical_{name}": n for name, n in count_behaviours(completion.text).items()},
        "truncated": None if truncated is None else float(truncated),
    }
    return {
        "group": group,
        "sample": completion.sample,
        "id": question.id,
        "item": json.dumps(question.item, ensure_ascii=False),
        "prompt": prompt if isinstance(prompt, str) else message_text(prompt),
        "completion": completion.text,
        "reward": score.reward,
        **score.objectives,
        **{f"{METRIC}{name}": value for name, value in metrics.items()},
        "abstentions": json.dumps(dict(score.abstentions), sort_keys=True),
        "failure": score.failure,
        "completion_tokens": completion.tokens,
    }


def write_rows(path: Path, rows: Sequence[Row]) -> None:
    """Write Parquet, whole or not at all. Columns that are not listed above are numbers."""
    names = dict.fromkeys(name for row in rows for name in row)
    schema = pa.schema([(name, _TYPES.get(name, pa.float64())) for name in names])
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    pq.write_table(pa.Table.from_pylist(list(rows), schema=schema), part)
    os.replace(part, path)


def read_rows(path: Path) -> list[Row]:
    """The rows of an evaluation's Parquet file."""
    rows: list[Row] = pq.ParquetFile(path).read().to_pylist()
    return rows


def value_columns(rows: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    """The columns that hold scores: reward, objectives, metrics, completion_tokens, in order."""
    texts = {name for name in _TYPES if name not in KEYS}
    names = dict.fromkeys(name for row in rows for name in row)
    return tuple(name for name in names if name not in texts | {"group", "sample"})


def _rejected(item: Mapping[str, Any], score: CompletionScore) -> float | None:
    share, wrong = score.metrics.get("distractor_rejection"), wrong_options(item)
    return None if share is None or wrong is None else share * wrong
