"""The texts behind a run, out of the files that it was scored from."""

from __future__ import annotations

import tempfile
from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

from reward_service.compare.errors import CompareError
from reward_service.compare.runs import Place, Run, read_run
from reward_service.files import FileJob, score_file
from reward_service.files.inputs import Inputs, find_inputs
from reward_service.files.job import Report
from reward_service.files.mapping import item_fields
from reward_service.files.records import item_of, row_data
from reward_service.files.scoring import MakeScorer, RowOptions
from reward_service.wire import Item, Message


def with_texts(run: Run, source: str, keys: Collection[str]) -> Run:
    """The run with the texts of the questions `keys`, from the input `source`.

    Raises CompareError if `source` is not what the run was scored from, FileError if it cannot be
    read.
    """
    inputs = _inputs(run, source)
    options = _row_options(run)
    wanted = {run.questions[key].place: key for key in keys}
    rows = {(place.file, place.row) for place in wanted}
    questions = dict(run.questions)
    for batch in inputs.batches():
        for row in batch:
            file = None if options.files is None else options.files[row.file]
            if (file, row.number) not in rows:
                continue
            item = item_of(item_fields(row_data(row), options.source, options.mapping))
            for index, completion in enumerate(item.completions):
                key = wanted.get(Place(file, row.number, index))
                if key is not None:
                    texts = {"question": _question(item), "completion": _text(completion)}
                    questions[key] = replace(questions[key], texts=texts)
    return replace(run, questions=questions)


def rescored(
    run: Run,
    source: str,
    make_scorer: MakeScorer,
    *,
    workers: int,
    key: str,
    by: str | None,
    report: Report,
) -> Run:
    """The run as the scorer of now would score it, with the run's own options.

    Raises CompareError if `source` is not what the run was scored from.
    """
    _inputs(run, source)
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "rescored.parquet"
        options = replace(_row_options(run), files=None)
        forced = run.job.get("input_format")
        score_file(
            FileJob((source,), str(target), workers, options, input_format=forced),
            make_scorer,
            report,
        )
        return replace(read_run(str(target), key=key, by=by), name=run.name)


def _inputs(run: Run, source: str) -> Inputs:
    files = find_inputs([source], run.job.get("input_format"))
    inputs = Inputs(files, _row_options(run).columns)
    known = [
        {"bytes": part["bytes"], "sha256": part["sha256"]} for part in run.job.get("input") or ()
    ]
    if inputs.identity() != known:
        raise CompareError(f"{source}: is not what {run.name} was scored from (or has changed)")
    return inputs


def _row_options(run: Run) -> RowOptions:
    """The options with which the run was scored."""
    job = run.job
    weights = job.get("weights")
    names = [part.get("name") for part in job.get("input") or ()]
    return RowOptions(
        objectives=tuple(job["objectives"]),
        weights=None if weights is None else tuple(sorted(weights.items())),
        keep=tuple(job.get("keep") or ()),
        source=job.get("source") or "auto",
        mapping=tuple((job.get("map") or {}).items()),
        files=tuple(str(name) for name in names) if names and all(names) else None,
    )


def _question(item: Item) -> str:
    return item.question if item.question is not None else _text(item.prompt or "")


def _text(text: str | list[Message]) -> str:
    return text if isinstance(text, str) else "\n\n".join(m.content for m in text)
