"""Scoring files: read, score in order, collect, publish."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from enum import Enum
from pathlib import Path
from typing import Any, NamedTuple

import orjson

from reward_service.files.errors import FileError
from reward_service.files.formats import STDIO, Compression, FileFormat, FileKind, detect_format
from reward_service.files.inputs import Inputs, find_inputs, is_one_file
from reward_service.files.mapping import check_source_name
from reward_service.files.publish import publish
from reward_service.files.records import FIXED_COLUMNS
from reward_service.files.rows import Position
from reward_service.files.schema import output_schema
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
    """Which files to score, and how. "-" stands for standard input and output.

    `sources` are files, folders or globs. The two formats are written like the end of a file name
    ("csv", "jsonl.gz"); without them the names decide, and "-" is JSONL.
    """

    sources: tuple[str, ...]
    target: str
    workers: int = 1
    options: RowOptions = field(default_factory=RowOptions)
    mode: Mode = Mode.NEW
    bad: Path | None = None  # the side file; OUTPUT.bad.jsonl by default
    input_format: str | None = None
    output_format: str | None = None

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
    """Score `job.sources` into `job.target`; `report` is called after every batch.

    The output has one row per completion, in the inputs' order: the same bytes for any number of
    workers and however often the run was killed and resumed. Bad rows go to the side file and the
    run goes on. Raises FileError if a file cannot be read, written or resumed, RequestError if
    objectives or weights are unknown, PipelineError if the scorer cannot be loaded.
    """
    file_format = _output_format(job)
    check_source_name(job.options.source)
    _check_paths(job)
    files = find_inputs(job.sources, job.input_format, _own_paths(job))
    if not is_one_file(job.sources):
        names = tuple(file.name for file in files)
        job = replace(job, options=replace(job.options, files=names))
    inputs = Inputs(files, job.options.columns)
    _check_target_is_no_input(job, inputs)
    with _workers(job, make_scorer) as workers:
        _check_columns(job.options.keep, workers.facts)
        if job.target != STDIO:
            return _to_file(job, inputs, workers, file_format, report)
        if file_format == FileFormat(FileKind.JSONL, Compression.NONE):
            return _stream_to_stdout(job, inputs, workers, report)
        return _stage_to_stdout(job, inputs, workers, file_format, report)


def _workers(job: FileJob, make_scorer: MakeScorer) -> InProcess | WorkerPool:
    if job.workers < 1:
        raise FileError(f"workers: expected a number of at least 1, got {job.workers}")
    if job.workers == 1:
        return InProcess(make_scorer, job.options)
    return WorkerPool(job.workers, make_scorer, job.options)


def _stream_to_stdout(
    job: FileJob, inputs: Inputs, workers: InProcess | WorkerPool, report: Report
) -> Finished:
    totals = Totals()
    with ExitStack() as stack:
        bad = stack.enter_context(job.bad_path.open("wb")) if job.bad_path else sys.stderr.buffer
        for result in workers.results(inputs.batches()):
            sys.stdout.buffer.write(result.lines)
            bad.write(result.bad)
            totals.add(result.totals)
            report(Update(inputs.position, totals))
    sys.stdout.buffer.flush()
    return Finished(totals, workers.facts.scorer, 0)


def _stage_to_stdout(
    job: FileJob,
    inputs: Inputs,
    workers: InProcess | WorkerPool,
    file_format: FileFormat,
    report: Report,
) -> Finished:
    """Formats that can only be written when all rows are known."""
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "output"
        bad = job.bad_path or target.with_name("bad")
        inner = replace(job, target=str(target), bad=bad)
        finished = _to_file(inner, inputs, workers, file_format, report)
        if job.bad_path is None and bad.exists():
            sys.stderr.buffer.write(bad.read_bytes())
        with target.open("rb") as done:
            shutil.copyfileobj(done, sys.stdout.buffer, 1 << 20)
    sys.stdout.buffer.flush()
    return finished


def _to_file(
    job: FileJob,
    inputs: Inputs,
    workers: InProcess | WorkerPool,
    file_format: FileFormat,
    report: Report,
) -> Finished:
    facts, target = workers.facts, Path(job.target)
    identity = _job_identity(job, inputs, facts)
    if job.mode is Mode.OVERWRITE:
        discard(job.partial_path)
    elif target.exists() and not job.partial_path.exists():
        finished = _finished_before(job, identity)
        discard(job.partial_path)  # what a kill may have left of the removal
        return finished
    with Staging.open(job.partial_path, identity) as staging:
        state = staging.state
        resumed = state.totals.rows
        for result in workers.results(inputs.batches(state.file, state.last_row)):
            staging.append(result)
            report(Update(inputs.position, state.totals))
        staging.checkpoint()
        _publish_all(job, facts, staging, file_format, identity)
    discard(job.partial_path)
    return Finished(state.totals, facts.scorer, resumed)


def _publish_all(
    job: FileJob,
    facts: Facts,
    staging: Staging,
    file_format: FileFormat,
    identity: dict[str, Any],
) -> None:
    """Side file and metadata first: once the output stands, everything does."""
    totals = staging.state.totals
    bad = job.bad_path
    assert bad is not None
    bad.unlink(missing_ok=True)
    if totals.bad_rows:
        shutil.copyfile(staging.bad_path, bad)
    meta = {"job": identity, "totals": totals.as_dict(), "means": totals.means()}
    write_json(job.meta_path, meta)
    schema = output_schema(facts, totals.kept, job.options, identity)
    publish(staging.rows_path, Path(job.target), file_format, schema)


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


def _output_format(job: FileJob) -> FileFormat:
    found = detect_format(job.target, job.output_format)
    if found.kind is FileKind.EVAL:
        raise FileError(f"{job.target}: .eval logs can be read, not written")
    return found


def _own_paths(job: FileJob) -> list[Path]:
    """What this run writes: no input, though it may stand in an input's folder."""
    if job.target == STDIO:
        return []
    paths = [Path(job.target), job.meta_path, job.partial_path]
    return [*paths, job.bad_path] if job.bad_path else paths


def _check_paths(job: FileJob) -> None:
    if STDIO in job.sources and job.mode is Mode.RESUME:
        raise FileError("standard input cannot be resumed; put the rows into a file")
    if job.target == STDIO:
        if job.mode is Mode.RESUME:
            raise FileError("standard output cannot be resumed; name an OUTPUT file")
        return
    target = Path(job.target)
    if not target.parent.is_dir():
        raise FileError(f"{target.parent}: no such folder")
    if target.is_dir():
        raise FileError(f"{target}: is a folder; name a file")
    if job.mode is Mode.NEW and job.partial_path.exists():
        raise FileError(
            f"{job.partial_path}: an earlier run was interrupted; --resume goes on with it, "
            "--overwrite starts afresh"
        )


def _check_target_is_no_input(job: FileJob, inputs: Inputs) -> None:
    if job.target == STDIO or not Path(job.target).exists():
        return
    for file in inputs.files:
        if file.name != STDIO and os.path.samefile(file.name, job.target):
            raise FileError(f"{job.target}: is an input; name another output")


def _check_columns(keep: tuple[str, ...], facts: Facts) -> None:
    own = {*FIXED_COLUMNS, *facts.numbers}
    taken = [name for name in keep if name in own]
    if taken:
        raise FileError(f"--keep {taken[0]}: the output has a column of its own with that name")


def _job_identity(job: FileJob, inputs: Inputs, facts: Facts) -> dict[str, Any]:
    """Everything that decides the output's bytes."""
    options = job.options
    digests = inputs.identity()
    if digests is not None and options.files is not None:
        digests = [{"name": n, **d} for n, d in zip(options.files, digests, strict=True)]
    return {
        "input": digests,
        "input_format": job.input_format,
        "source": options.source,
        "map": dict(options.mapping),
        "scorer": facts.scorer,
        "objectives": list(facts.objectives),
        "weights": None if options.weights is None else dict(options.weights),
        "explain": options.explain,
        "keep": list(options.keep),
    }
