"""Scoring one file: read, score in order, collect, publish."""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Any, NamedTuple

import orjson

from reward_service.files.errors import FileError
from reward_service.files.formats import STDIO, detect_format
from reward_service.files.publish import output_schema, publish
from reward_service.files.records import FIXED_COLUMNS
from reward_service.files.rows import Position, open_rows
from reward_service.files.scoring import Facts, MakeScorer, RowOptions
from reward_service.files.staging import Staging, check_same_job, discard, write_json
from reward_service.files.totals import Totals
from reward_service.files.workers import InProcess, WorkerPool


class Mode(Enum):
    """What to do when there is an output, or a part of one, already."""

    NEW = "new"  # refuse
    RESUME = "resume"  # go on where the same run stopped
    OVERWRITE = "overwrite"  # start afresh


@dataclass(frozen=True)
class FileJob:
    """Which file to score, and how. "-" stands for standard input and output (JSONL)."""

    source: str
    target: str
    workers: int = 1
    options: RowOptions = field(default_factory=RowOptions)
    mode: Mode = Mode.NEW
    bad: Path | None = None  # the side file; OUTPUT.bad.jsonl by default

    @property
    def bad_path(self) -> Path | None:
        """Where bad rows go; None: to standard error, because there is no file to stand beside."""
        if self.bad is not None or self.target == STDIO:
            return self.bad
        return Path(self.target + ".bad.jsonl")

    @property
    def meta_path(self) -> Path:
        return Path(self.target + ".meta.json")

    @property
    def partial_path(self) -> Path:
        return Path(self.target + ".partial")


class Update(NamedTuple):
    """How far a run is."""

    position: Position
    totals: Totals


class Finished(NamedTuple):
    """What a run did. `resumed_rows` were done before it began; `scorer` is the wire's identity."""

    totals: Totals
    scorer: dict[str, str]
    resumed_rows: int


Report = Callable[[Update], None]


def score_file(job: FileJob, make_scorer: MakeScorer, report: Report) -> Finished:
    """Score `job.source` into `job.target`; `report` is called after every batch.

    The output has one row per completion, in the input's order: the same bytes for any number of
    workers and however often the run was killed and resumed. Bad rows go to the side file and the
    run goes on. Raises FileError if a file cannot be read, written or resumed, RequestError if
    objectives or weights are unknown, PipelineError if the scorer cannot be loaded.
    """
    detect_format(job.target)
    _check_paths(job)
    with _workers(job, make_scorer) as workers:
        _check_columns(job.options.keep, workers.facts)
        if job.target == STDIO:
            return _to_stdout(job, workers, report)
        return _to_file(job, workers, report)


def _workers(job: FileJob, make_scorer: MakeScorer) -> InProcess | WorkerPool:
    if job.workers < 1:
        raise FileError(f"workers: expected a number of at least 1, got {job.workers}")
    if job.workers == 1:
        return InProcess(make_scorer, job.options)
    return WorkerPool(job.workers, make_scorer, job.options)


def _to_stdout(job: FileJob, workers: InProcess | WorkerPool, report: Report) -> Finished:
    rows = open_rows(job.source, job.options.keep)
    totals = Totals()
    with ExitStack() as stack:
        bad = stack.enter_context(job.bad_path.open("wb")) if job.bad_path else sys.stderr.buffer
        for result in workers.results(rows.batches()):
            sys.stdout.buffer.write(result.lines)
            bad.write(result.bad)
            totals.add(result.totals)
            report(Update(rows.position, totals))
    sys.stdout.buffer.flush()
    return Finished(totals, workers.facts.scorer, 0)


def _to_file(job: FileJob, workers: InProcess | WorkerPool, report: Report) -> Finished:
    facts, target = workers.facts, Path(job.target)
    identity = _job_identity(job, facts)
    if job.mode is Mode.OVERWRITE:
        discard(job.partial_path)
    elif target.exists() and not job.partial_path.exists():
        return _finished_before(job, identity)
    rows = open_rows(job.source, job.options.keep)
    with Staging.open(job.partial_path, identity) as staging:
        state = staging.state
        resumed = state.totals.rows
        for result in workers.results(rows.batches(after=state.last_row)):
            staging.append(result)
            report(Update(rows.position, state.totals))
        staging.checkpoint()
        _publish_all(job, facts, staging, identity)
    discard(job.partial_path)
    return Finished(state.totals, facts.scorer, resumed)


def _publish_all(job: FileJob, facts: Facts, staging: Staging, identity: dict[str, Any]) -> None:
    """Side file and metadata first: once the output stands, everything does."""
    totals = staging.state.totals
    bad = job.bad_path
    assert bad is not None
    bad.unlink(missing_ok=True)
    if totals.bad_rows:
        shutil.copyfile(staging.bad_path, bad)
    meta = {"job": identity, "totals": totals.as_dict(), "means": totals.means()}
    write_json(job.meta_path, meta)
    options = job.options
    schema = output_schema(facts, totals.kept, options.keep, options.explain, identity)
    publish(staging.rows_path, Path(job.target), detect_format(job.target), schema)


def _finished_before(job: FileJob, identity: dict[str, Any]) -> Finished:
    """The totals of a run that is complete already, when it was this one."""
    if job.mode is not Mode.RESUME:
        raise FileError(f"{job.target}: exists already; --overwrite replaces it")
    if not job.meta_path.exists():
        raise FileError(f"{job.target}: exists, but {job.meta_path} does not; cannot resume it")
    meta = orjson.loads(job.meta_path.read_bytes())
    check_same_job(meta["job"], identity, Path(job.target))
    totals = Totals(**meta["totals"])
    return Finished(totals, identity["scorer"], totals.rows)


def _check_paths(job: FileJob) -> None:
    if job.source == STDIO:
        if job.mode is Mode.RESUME:
            raise FileError("standard input cannot be resumed; put the rows into a file")
    elif not Path(job.source).is_file():
        raise FileError(f"{job.source}: no such file")
    if job.target == STDIO:
        if job.mode is Mode.RESUME:
            raise FileError("standard output cannot be resumed; name an OUTPUT file")
        return
    target = Path(job.target)
    if not target.parent.is_dir():
        raise FileError(f"{target.parent}: no such folder")
    if target.is_dir():
        raise FileError(f"{target}: is a folder; name a file")
    if job.source != STDIO and target.exists() and os.path.samefile(job.source, target):
        raise FileError(f"{target}: is the input; name another output")
    if job.mode is Mode.NEW and job.partial_path.exists():
        raise FileError(
            f"{job.partial_path}: an earlier run was interrupted; --resume goes on with it, "
            "--overwrite starts afresh"
        )


def _check_columns(keep: tuple[str, ...], facts: Facts) -> None:
    own = {*FIXED_COLUMNS, *facts.numbers}
    taken = [name for name in keep if name in own]
    if taken:
        raise FileError(f"--keep {taken[0]}: the output has a column of its own with that name")


def _job_identity(job: FileJob, facts: Facts) -> dict[str, Any]:
    """Everything that decides the output's bytes."""
    options = job.options
    return {
        "input": _digest(job.source),
        "scorer": facts.scorer,
        "objectives": list(facts.objectives),
        "weights": None if options.weights is None else dict(options.weights),
        "explain": options.explain,
        "keep": list(options.keep),
    }


def _digest(name: str) -> dict[str, Any] | None:
    """Size and SHA-256 of the input; None for standard input."""
    if name == STDIO:
        return None
    sha = hashlib.sha256()
    size = 0
    with open(name, "rb") as stream:
        while block := stream.read(1 << 20):
            sha.update(block)
            size += len(block)
    return {"bytes": size, "sha256": sha.hexdigest()}
