"""Scoring files: read, score in order, collect, publish."""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Callable
from contextlib import ExitStack, closing
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import orjson

from reward_service.files import storage
from reward_service.files.checks import (
    check_columns,
    check_paths,
    check_target_is_no_input,
    output_format,
)
from reward_service.files.engine import Engine, OpenEngine, local_engine
from reward_service.files.errors import FileError
from reward_service.files.formats import STDIO, Compression, FileFormat, FileKind
from reward_service.files.inputs import Inputs, find_inputs, is_one_file
from reward_service.files.mapping import check_source_name
from reward_service.files.plan import FileJob, Mode
from reward_service.files.publish import publish
from reward_service.files.rows import Position
from reward_service.files.schema import output_schema
from reward_service.files.scoring import Facts, MakeScorer
from reward_service.files.staging import Staging, check_same_job, discard, write_json
from reward_service.files.totals import Totals


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


def score_file(
    job: FileJob, make_scorer: MakeScorer, report: Report, open_engine: OpenEngine | None = None
) -> Finished:
    """Score `job.sources` into `job.target`; `report` is called after every batch.

    The output has one row per completion, in the inputs' order: the same bytes for any number of
    workers, for any engine (by default `job.workers` processes of this machine), and however often
    the run was killed and resumed. Bad rows go to the side file and the run goes on. Raises
    FileError if a file cannot be read, written or resumed, RequestError if objectives or weights
    are unknown, PipelineError if the scorer cannot be loaded.
    """
    file_format = output_format(job)
    check_source_name(job.options.source)
    check_paths(job)
    files = find_inputs(job.sources, job.input_format, job.own_names)
    if not is_one_file(job.sources):
        names = tuple(file.name for file in files)
        job = replace(job, options=replace(job.options, files=names))
    inputs = Inputs(files, job.options.columns)
    check_target_is_no_input(job, inputs)
    open_engine = open_engine or partial(local_engine, workers=job.workers)
    with open_engine(job.options, make_scorer) as engine:
        check_columns(job.options.keep, engine.facts)
        if job.target != STDIO:
            return _to_file(job, inputs, engine, file_format, report)
        if file_format == FileFormat(FileKind.JSONL, Compression.NONE):
            return _stream_to_stdout(job, inputs, engine, report)
        return _stage_to_stdout(job, inputs, engine, file_format, report)


def _stream_to_stdout(job: FileJob, inputs: Inputs, engine: Engine, report: Report) -> Finished:
    totals = Totals()
    with ExitStack() as stack:
        bad = stack.enter_context(job.bad_path.open("wb")) if job.bad_path else sys.stderr.buffer
        for result, position in stack.enter_context(closing(engine.results(inputs))):
            sys.stdout.buffer.write(result.lines)
            bad.write(result.bad)
            totals.add(result.totals)
            report(Update(position, totals))
    sys.stdout.buffer.flush()
    return Finished(totals, engine.facts.scorer, 0)


def _stage_to_stdout(
    job: FileJob,
    inputs: Inputs,
    engine: Engine,
    file_format: FileFormat,
    report: Report,
) -> Finished:
    """Formats that can only be written when all rows are known."""
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "output"
        bad = job.bad_path or target.with_name("bad")
        inner = replace(job, target=str(target), bad=bad)
        finished = _to_file(inner, inputs, engine, file_format, report)
        if job.bad_path is None and bad.exists():
            sys.stderr.buffer.write(bad.read_bytes())
        with target.open("rb") as done:
            shutil.copyfileobj(done, sys.stdout.buffer, 1 << 20)
    sys.stdout.buffer.flush()
    return finished


def _to_file(
    job: FileJob,
    inputs: Inputs,
    engine: Engine,
    file_format: FileFormat,
    report: Report,
) -> Finished:
    facts = engine.facts
    identity = _job_identity(job, inputs, facts)
    if job.mode is Mode.OVERWRITE:
        discard(job.partial_path)
    elif storage.is_file(job.target) and not job.partial_path.exists():
        finished = _finished_before(job, identity)
        discard(job.partial_path)  # what a kill may have left of the removal
        return finished
    with Staging.open(job.partial_path, identity) as staging:
        state = staging.state
        resumed = state.totals.rows
        # Closed at once when the run is interrupted: an engine's connection does not outlive it.
        with closing(engine.results(inputs, state.file, state.last_row)) as results:
            for result, position in results:
                staging.append(result)
                report(Update(position, state.totals))
        staging.checkpoint()
        _publish_all(job, facts, staging, file_format, identity)
        if storage.is_remote(job.target):
            _send_all(job)
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
    publish(staging.rows_path, job.local_target, file_format, schema)


def _send_all(job: FileJob) -> None:
    """Put what was published into the object store, in the same order, and away from here."""
    for path in (job.bad_path, job.meta_path, job.local_target):
        assert path is not None
        ending = path.name.removeprefix(job.local_target.name)
        name = storage.sibling(job.target, ending)
        if path == job.bad:
            continue  # named by the user: it stays where it is
        if path.exists():
            storage.send(path, name)
            path.unlink()
        elif storage.is_file(name):  # an earlier run's bad rows
            storage.remove(name)


def _finished_before(job: FileJob, identity: dict[str, Any]) -> Finished:
    """The totals of a run that is complete already, when it was this one."""
    if job.mode is not Mode.RESUME:
        raise FileError(f"{job.target}: exists already; --overwrite replaces it")
    meta_name = storage.sibling(job.target, ".meta.json")
    if not storage.is_file(meta_name):
        raise FileError(f"{job.target}: exists, but {meta_name} does not; cannot resume it")
    with storage.open_binary(meta_name) as stream:
        meta = orjson.loads(stream.read())
    check_same_job(meta["job"], identity, job.target)
    totals = Totals(**meta["totals"])
    return Finished(totals, identity["scorer"], totals.rows)


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
