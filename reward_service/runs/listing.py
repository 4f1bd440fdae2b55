"""The runs in a folder: scored Parquet files, and the folders of training runs.

A run is only ever found by looking its name up in the listing; no name becomes a path. Links and
hidden names are passed over, so that nothing outside the folder is listed.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from reward_service.files.schema import METADATA_KEY
from reward_service.runs.errors import NoSuchRun, RunsError

_DEPTH = 4
_RECORD, _METRICS, _COMPLETIONS, _EVALUATION = (
    "run.json",
    "metrics.jsonl",
    "completions",
    "evaluation",
)
# DuckDB reads these in a file's name as a pattern.
_PATTERN = frozenset("*?[]{}")


class Kind(StrEnum):
    """What a run is."""

    SCORED = "scored"  # an output of clinical-reward score
    EVALUATION = "evaluation"  # an evaluation of crpo evaluate
    TRAINING = "training"  # a folder of crpo train


@dataclass(frozen=True)
class Entry:
    """A run. `name` is its path in the folder, with "/"; `files` are its Parquet files in order.

    `version` differs when a file has changed.
    """

    name: str
    kind: Kind
    path: Path
    files: tuple[Path, ...]
    version: tuple[tuple[int, int], ...]

    @property
    def metrics_file(self) -> Path | None:
        """What a training run logged."""
        path = self.path / _METRICS
        return path if self.kind is Kind.TRAINING and path.is_file() else None

    @property
    def modified(self) -> float:
        """When its newest file was written, in seconds since 1970."""
        return max((time for time, _ in self.version), default=0) / 1e9

    @property
    def size(self) -> int:
        """Bytes of its Parquet files."""
        return sum(size for _, size in self.version)


@dataclass(frozen=True)
class Listing:
    """Runs by name. `unreadable` are Parquet files that are damaged or have no readable name."""

    entries: tuple[Entry, ...]
    unreadable: tuple[str, ...]


def list_runs(folder: Path) -> Listing:
    """The runs in `folder` and up to four levels below, sorted by name. Raises RunsError."""
    if not folder.is_dir():
        raise RunsError("the folder of runs does not exist; REWARD_RUNS names it")
    entries: list[Entry] = []
    unreadable: list[str] = []
    for path in _candidates(folder, _DEPTH):
        name = path.relative_to(folder).as_posix()
        try:
            entry = entry_at(path, name=name)
        except (RunsError, OSError):  # damaged, or gone since it was listed
            unreadable.append(name)
            continue
        if entry is not None:
            entries.append(entry)
    return Listing(tuple(entries), tuple(unreadable))


def find_run(folder: Path, name: str) -> Entry:
    """The run of that name. Raises NoSuchRun, RunsError."""
    return entry_named(list_runs(folder), name)


def entry_named(listing: Listing, name: str) -> Entry:
    """The run of that name in a listing. Raises NoSuchRun."""
    for entry in listing.entries:
        if entry.name == name:
            return entry
    raise NoSuchRun("no run has this name; /runs lists them")


def entry_at(path: Path, *, name: str | None = None) -> Entry | None:
    """The run at a path; None if it is none. Raises RunsError for a file that cannot be read."""
    name = path.name if name is None else name
    if path.is_dir():
        if not _is_training(path):
            return None
        _refuse_pattern(path, name)
        files = tuple(sorted((path / _COMPLETIONS).glob("*.parquet")))
        return _entry(name, Kind.TRAINING, path, files)
    _refuse_pattern(path, name)
    kind = _kind(path, *_stamp(path))
    if kind is None:
        return None
    return _entry(name, kind, path, (path,))


def _refuse_pattern(path: Path, name: str) -> None:
    if _PATTERN & set(str(path)):
        raise RunsError(f"{name}: names with * ? [ ] {{ }} cannot be read")


@lru_cache(maxsize=256)
def _read_record(path: Path, time: int, size: int) -> dict[str, Any]:
    try:
        record = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return record if isinstance(record, dict) else {}


def job_of(entry: Entry) -> dict[str, Any]:
    """How a run came about: of a scored file its job, of training its run.json; else empty."""
    if entry.kind is Kind.TRAINING:
        record = entry.path / _RECORD
        return _read_record(record, *_stamp(record)) if record.is_file() else {}
    metadata = pq.read_schema(entry.path).metadata or {}
    job = json.loads(metadata.get(METADATA_KEY, b"{}"))
    if not job and entry.path.parent.name == _EVALUATION:
        record = entry.path.parents[1] / _RECORD
        return _read_record(record, *_stamp(record)) if record.is_file() else {}
    return job if isinstance(job, dict) else {}


def _candidates(folder: Path, depth: int) -> Iterator[Path]:
    """Parquet files and training runs in the order of their names."""
    with os.scandir(folder) as found:
        children = sorted((c for c in found if not c.name.startswith(".")), key=lambda c: c.name)
    for child in children:
        path = Path(child.path)
        if child.is_file(follow_symlinks=False):
            if child.name.endswith(".parquet"):
                yield path
        elif child.is_dir(follow_symlinks=False) and not child.name.endswith(".partial"):
            if _is_training(path):
                yield path
                path = path / _EVALUATION
                if path.is_symlink() or not path.is_dir():
                    continue
            if depth > 1:
                yield from _candidates(path, depth - 1)


def _is_training(path: Path) -> bool:
    return (path / _METRICS).is_file() or any((path / _COMPLETIONS).glob("*.parquet"))


def _entry(name: str, kind: Kind, path: Path, files: tuple[Path, ...]) -> Entry:
    return Entry(name, kind, path, files, tuple(_stamp(file) for file in files))


def _stamp(path: Path) -> tuple[int, int]:
    stat = path.stat()
    return stat.st_mtime_ns, stat.st_size


@lru_cache(maxsize=4096)
def _kind(path: Path, time: int, size: int) -> Kind | None:
    """What a Parquet file is, by its columns; None for a table of something else."""
    try:
        schema = pq.read_schema(path)
    except (OSError, pa.ArrowException) as error:
        raise RunsError(f"{path.name}: is no readable Parquet file") from error
    if METADATA_KEY in (schema.metadata or {}):
        return Kind.SCORED
    if {"reward", "completion", "abstentions"} <= set(schema.names):
        return Kind.EVALUATION
    return None
