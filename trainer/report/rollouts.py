"""`completions/*.parquet` and `evaluation/*.parquet`: scored completions of a run."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from trainer.report.errors import ReportError
from trainer.report.metrics import FloatArray

# Columns that are no objective although they hold numbers.
_KEYS = frozenset(
    ("step", "group", "rollout", "sample", "advantage", "reward", "completion_tokens", "seed")
)
_METRIC = "metric_"
_TEXTS = ("id", "item", "completion", "abstentions", "failure")


@dataclass(frozen=True)
class Rollouts:
    """The numbers of N scored completions, in the order of the files.

    `numbers` maps every numeric column to float64 of shape (N,), NaN where it is null;
    `abstained_N` says whether any objective abstained, `failed_N` whether scoring failed.
    `files` are the sources with the number of rows of each.
    """

    numbers: Mapping[str, FloatArray]
    abstained_N: NDArray[np.bool_]
    failed_N: NDArray[np.bool_]
    files: tuple[tuple[Path, int], ...]

    def __len__(self) -> int:
        return len(self.failed_N)

    @property
    def objectives(self) -> tuple[str, ...]:
        """Names of the objectives' columns, in the order of the files."""
        return objective_columns(self.numbers)

    @property
    def lengths_N(self) -> FloatArray | None:
        """Tokens of each completion, else its words, else None."""
        for name in ("completion_tokens", "metric_words"):
            if name in self.numbers:
                return self.numbers[name]
        return None

    @property
    def length_unit(self) -> str:
        """What `lengths_N` counts."""
        return "tokens" if "completion_tokens" in self.numbers else "words"


@dataclass(frozen=True)
class Scored:
    """One completion with its scores, to be shown."""

    id: str
    item: Mapping[str, Any]
    completion: str
    reward: float | None
    objectives: Mapping[str, float | None]
    metrics: Mapping[str, float | None] = field(default_factory=dict)
    step: int | None = None
    failure: str | None = None

    @property
    def question(self) -> str:
        """The item's question, or the empty string."""
        return str(self.item.get("question") or "")


def objective_columns(names: Iterable[str]) -> tuple[str, ...]:
    """The names that are objectives: numeric columns that are neither keys nor metrics."""
    return tuple(name for name in names if name not in _KEYS and not name.startswith(_METRIC))


def read_rollouts(paths: Sequence[Path]) -> Rollouts | None:
    """The numbers of all `paths`; None if there are none or all are empty."""
    tables = [(path, _numbers_table(path)) for path in paths]
    filled = [(path, table) for path, table in tables if table.num_rows]
    if not filled:
        return None
    names = [
        field.name
        for field in pa.unify_schemas(
            [_numeric_schema(table) for _, table in filled], promote_options="permissive"
        )
    ]
    return Rollouts(
        numbers={
            name: np.concatenate([_floats(table, name) for _, table in filled]) for name in names
        },
        abstained_N=np.concatenate([_abstained(table) for _, table in filled]),
        failed_N=np.concatenate([_failed(table) for _, table in filled]),
        files=tuple((path, table.num_rows) for path, table in filled),
    )


def read_scored(path: Path) -> tuple[Scored, ...]:
    """Every completion of a file with its text and scores."""
    table = _read(path, columns=None)
    if "completion" not in table.column_names:
        raise ReportError(f'{path}: expected a column "completion"')
    objectives = objective_columns(_numeric_schema(table).names)
    return tuple(_scored(row, objectives) for row in table.to_pylist())


def _scored(row: Mapping[str, Any], objectives: Sequence[str]) -> Scored:
    item = _json_object(row.get("item"))
    step = row.get("step")
    return Scored(
        id=str(row.get("id") or item.get("id") or item.get("question") or ""),
        item=item,
        completion=str(row["completion"] or ""),
        reward=row.get("reward"),
        objectives={name: row[name] for name in objectives},
        metrics={
            name.removeprefix(_METRIC): value
            for name, value in row.items()
            if name.startswith(_METRIC)
        },
        step=None if step is None else int(step),
        failure=row.get("failure"),
    )


def _json_object(text: object) -> dict[str, Any]:
    """The object in a JSON text; empty for what is no such text, as rows may lack an item."""
    if not isinstance(text, str):
        return {}
    try:
        value = json.loads(text)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def _numbers_table(path: Path) -> pa.Table:
    """The columns of a file but its long texts, which a report reads only where it shows them."""
    skipped = {"item", "prompt", "completion"}
    names = _schema(path).names
    return _read(path, columns=[name for name in names if name not in skipped])


def _schema(path: Path) -> pa.Schema:
    try:
        return pq.read_schema(path)
    except (OSError, pa.ArrowException) as error:
        raise ReportError(f"{path}: expected a Parquet file: {error}") from error


def _read(path: Path, *, columns: list[str] | None) -> pa.Table:
    try:
        return pq.ParquetFile(path).read(columns=columns)
    except (OSError, pa.ArrowException) as error:
        raise ReportError(f"{path}: expected a Parquet file: {error}") from error


def _numeric_schema(table: pa.Table) -> pa.Schema:
    """Numeric columns; a column that is null throughout counts unless it is a text's."""
    return pa.schema(
        [
            column
            for column in table.schema
            if pa.types.is_floating(column.type)
            or pa.types.is_integer(column.type)
            or (pa.types.is_null(column.type) and column.name not in _TEXTS)
        ]
    )


def _floats(table: pa.Table, name: str) -> FloatArray:
    if name not in table.column_names:
        return np.full(table.num_rows, np.nan)
    values = table.column(name).cast(pa.float64()).to_numpy(zero_copy_only=False)
    return np.asarray(values, dtype=np.float64)


def _abstained(table: pa.Table) -> NDArray[np.bool_]:
    if "abstentions" not in table.column_names:
        return np.zeros(table.num_rows, dtype=np.bool_)
    texts = table.column("abstentions").to_pylist()
    return np.array([text not in (None, "", "{}") for text in texts], dtype=np.bool_)


def _failed(table: pa.Table) -> NDArray[np.bool_]:
    if "failure" not in table.column_names:
        return np.zeros(table.num_rows, dtype=np.bool_)
    return np.array([text is not None for text in table.column("failure").to_pylist()], np.bool_)
