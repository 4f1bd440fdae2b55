"""A run's rows behind SQL: DuckDB over the Parquet files, nothing imported, nothing written."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from reward_service.files.records import METRIC_PREFIX
from reward_service.runs.errors import DuckDBMissing, NoRows, RunsError
from reward_service.runs.listing import Entry, Kind, job_of

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

POSITION = "#"
REWARD = "reward"
TEXT_COLUMNS = frozenset(
    {
        *("question", "prompt", "context", "reference", "item", "options", "explanation"),
        *("completion", "response", "output", "completions"),
    }
)
_LENGTHS = ("metric_words", "completion_tokens")
_NO_OBJECTIVES = frozenset({REWARD, "advantage", "seed"})
_FLOATS = frozenset({"DOUBLE", "FLOAT"})
_NUMBERS = _FLOATS | {"BIGINT", "INTEGER", "SMALLINT", "TINYINT", "UBIGINT", "UINTEGER", "HUGEINT"}
_SCALARS = _NUMBERS | {"VARCHAR", "BOOLEAN"}
# More files than these are gathered in memory, without their texts.
_FEW_FILES = 8
# Pages must not take the machine from the scoring processes.
_CONFIG: dict[str, str | bool | int | float | list[str]] = {
    "threads": 2,
    "memory_limit": "1GB",
    "temp_directory": "",
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
}


@dataclass(frozen=True)
class Columns:
    """The columns of a run. `paid` are the objectives with a weight; `types` are DuckDB's.

    `group` is the SQL of what says which rows answer one prompt together; `length` counts words or
    tokens of a completion, None if nothing does.
    """

    types: Mapping[str, str]
    objectives: tuple[str, ...]
    paid: tuple[str, ...]
    group: str
    length: str | None

    @property
    def scores(self) -> tuple[str, ...]:
        """The reward, then the objectives."""
        return (REWARD, *self.objectives)

    @property
    def filterable(self) -> tuple[str, ...]:
        """Columns that hold single numbers, truth values or texts, in the file's order."""
        return tuple(name for name, kind in self.types.items() if kind in _SCALARS)

    def is_number(self, name: str) -> bool:
        return self.types[name] in _NUMBERS


@dataclass(frozen=True)
class Source:
    """An open run: the view `run` holds its rows; the column "#" counts them from 0."""

    entry: Entry
    columns: Columns
    scorer: Mapping[str, Any]
    weights: Mapping[str, float]
    connection: DuckDBPyConnection

    def rows(self, sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """The answer; what is not a finite number is None. Raises RunsError."""
        import duckdb

        try:
            found = self.connection.execute(sql, list(values)).fetchall()
        except duckdb.OutOfMemoryException as error:
            raise RunsError(f"{self.entry.name}: is too large to be shown") from error
        except duckdb.Error as error:
            raise RunsError(f"{self.entry.name}: cannot be read; is it still being written?") from (
                error
            )
        return [tuple(_finite(value) for value in row) for row in found]

    def whole_row(self, position: int) -> dict[str, Any] | None:
        """All columns of one row, texts too; None if there is no such row. Raises RunsError."""
        for file, count in zip(self.entry.files, _rows_of_files(self.entry), strict=True):
            if 0 <= position < count:
                row = self.rows(
                    "SELECT * FROM read_parquet(?) LIMIT 1 OFFSET ?", [str(file), position]
                )
                names = [one[0] for one in self.connection.description or ()]
                return dict(zip(names, row[0], strict=True))
            position -= count
        return None


@contextmanager
def opened(
    entry: Entry, weights: Mapping[str, float] | None = None, *, texts: bool = False
) -> Iterator[Source]:
    """Open a run. `weights` of the reward are taken where the run does not say its own.

    With `texts` the view also has the columns of long texts when the run has many files.

    Raises DuckDBMissing, NoRows, or RunsError if its files do not fit together.
    """
    try:
        import duckdb
    except ModuleNotFoundError:
        raise DuckDBMissing from None
    if not entry.files:
        raise NoRows(f"{entry.name}: holds no completions (yet)")
    job = job_of(entry)
    with duckdb.connect(":memory:", config=_CONFIG) as connection:
        try:
            types = _types(entry)
            if len(entry.files) > _FEW_FILES and not texts:
                connection.register("run", _gathered(entry))
            else:
                _create_view(connection, entry, types)
        except duckdb.Error as error:
            raise RunsError(f"{entry.name}: cannot be read; is it still being written?") from error
        if REWARD not in types:
            raise RunsError(f"{entry.name}: has no column 'reward'")
        objectives = _objectives(types, job if entry.kind is Kind.SCORED else {})
        paid_by = {**(weights or {}), **_weights(job)}
        if entry.kind is not Kind.SCORED and job:  # training learns from what it lists alone
            paid_by = {**dict.fromkeys(objectives, 0.0), **_weights(job)}
        columns = Columns(
            types=types,
            objectives=objectives,
            paid=tuple(name for name in objectives if paid_by.get(name, 1.0) > 0),
            group=_group(types, entry.kind),
            length=next((name for name in _LENGTHS if name in types), None),
        )
        shown = {name: paid_by[name] for name in objectives if name in paid_by}
        yield Source(entry, columns, job.get("scorer") or {}, shown, connection)


def _create_view(
    connection: DuckDBPyConnection, entry: Entry, types: Mapping[str, str] | None = None
) -> Mapping[str, str]:
    """The view `run` over the files themselves; the columns' types."""
    files = [str(file) for file in entry.files]
    scan = connection.read_parquet(files, union_by_name=len(files) > 1)
    types = types or dict(zip(scan.columns, map(str, scan.types), strict=True))
    scan.create_view("scan")
    connection.execute(f"CREATE VIEW run AS SELECT {_selected(types)} FROM scan")
    return types


@lru_cache(maxsize=64)
def _types(entry: Entry) -> Mapping[str, str]:
    import duckdb

    with duckdb.connect(":memory:", config=_CONFIG) as connection:
        return _create_view(connection, entry)


@lru_cache(maxsize=4)
def _gathered(entry: Entry) -> pa.Table:
    """The rows of many small files without their long texts: opening each again takes long."""
    import duckdb

    with duckdb.connect(":memory:", config=_CONFIG) as connection:
        types = _create_view(connection, entry)
        names = [POSITION, *(name for name in types if name not in TEXT_COLUMNS)]
        found = connection.sql(f"SELECT {', '.join(map(quoted, names))} FROM run")
        return found.to_arrow_table().combine_chunks()


@lru_cache(maxsize=64)
def _rows_of_files(entry: Entry) -> tuple[int, ...]:
    return tuple(pq.read_metadata(file).num_rows for file in entry.files)


def quoted(name: str) -> str:
    """A column's name in SQL."""
    return '"' + name.replace('"', '""') + '"'


def _selected(types: Mapping[str, str]) -> str:
    parts = [f"row_number() OVER () - 1 AS {quoted(POSITION)}"]
    for name, kind in types.items():
        column = quoted(name)
        # What is not finite is no score.
        finite = f"CASE WHEN isfinite({column}) THEN {column} END AS {column}"
        parts.append(finite if kind in _FLOATS else column)
    return ", ".join(parts)


def _objectives(types: Mapping[str, str], job: Mapping[str, Any]) -> tuple[str, ...]:
    """As the job of a scored file lists them, else every score but the reward and the metrics."""
    if "objectives" in job:
        return tuple(name for name in job["objectives"] if types.get(name) in _FLOATS)
    return tuple(
        name
        for name, kind in types.items()
        if kind in _FLOATS and name not in _NO_OBJECTIVES and not name.startswith(METRIC_PREFIX)
    )


def _weights(job: Mapping[str, Any]) -> dict[str, float]:
    """By name; training lists them beside its objectives."""
    weights = job.get("weights")
    if isinstance(weights, list):
        return dict(zip(job.get("objectives") or (), weights, strict=False))
    return dict(weights) if isinstance(weights, dict) else {}


def _group(types: Mapping[str, str], kind: Kind) -> str:
    """Training numbers its groups; elsewhere the id says which rows belong together."""
    numbered = [quoted(name) for name in ("step", "group") if name in types]
    if kind is not Kind.SCORED and "group" in types:
        return ", ".join(numbered)
    # A scored row without an id stands for the rows of its input's row.
    places = [name for name in ("id", "file", "row") if name in types]
    if not places:
        return quoted(POSITION)
    if places[0] != "id":
        return ", ".join(map(quoted, places))
    if kind is not Kind.SCORED:
        return quoted("id")
    row = " || ':' || ".join(f"CAST({quoted(name)} AS VARCHAR)" for name in places[1:])
    return f"coalesce(CAST(id AS VARCHAR), {row})" if row else quoted("id")


def _finite(value: Any) -> Any:
    return None if isinstance(value, float) and not math.isfinite(value) else value
