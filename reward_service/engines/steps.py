"""The two steps that run on a cluster's nodes: reading a file, and scoring its batches.

Between them and back go Arrow tables with one row per batch: where it stands, and the batch itself,
pickled (as Ray does with everything else that its own processes exchange). A file that cannot be
read, or a node that cannot score, sends its error in the batch's place, so that it is raised where
the command runs, behind all that was scored before it.
"""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from typing import Any, NamedTuple

import pyarrow as pa

from reward_service.files.inputs import InputFile, batches_of
from reward_service.files.scoring import BatchResult, Facts, MakeScorer, RowOptions
from reward_service.files.workers import WorkerPool
from reward_service.wire.errors import PipelineError, RewardServiceError

_SCHEMA = pa.schema(
    [("file", pa.int32()), ("batch", pa.int64()), ("share", pa.float64()), ("data", pa.binary())]
)


class Parcel(NamedTuple):
    """One batch on its way.

    `batch` counts from 0 within file `file`; `share` of the file had been read with it. `data` is a
    list of rows, then their BatchResult; an error; or None behind a file's last batch.
    """

    file: int
    batch: int
    share: float
    data: Any


def pack(parcels: list[Parcel]) -> pa.Table:
    """Parcels as a table."""
    columns = {
        "file": [parcel.file for parcel in parcels],
        "batch": [parcel.batch for parcel in parcels],
        "share": [parcel.share for parcel in parcels],
        "data": [pickle.dumps(parcel.data) for parcel in parcels],
    }
    return pa.table(columns, schema=_SCHEMA)


def unpack(table: pa.Table) -> Iterator[Parcel]:
    """The parcels of a table."""
    for row in table.to_pylist():
        yield Parcel(row["file"], row["batch"], row["share"], pickle.loads(row["data"]))


def read_files(
    table: pa.Table, *, files: tuple[InputFile, ...], columns: frozenset[str]
) -> Iterator[pa.Table]:
    """The batches of the files that a table names by their place, behind row `after` of each."""
    for place in table.to_pylist():
        number, count = place["file"], 0
        try:
            for rows, share in batches_of(files[number], number, columns, place["after"]):
                yield pack([Parcel(number, count, share, rows)])
                count += 1
        except RewardServiceError as error:
            yield pack([Parcel(number, count, 1.0, error)])
        else:
            yield pack([Parcel(number, count, 1.0, None)])


class ScoreBatches:
    """A Ray actor's work: one scorer, loaded once, for all batches that come.

    It stands in a process of its own below the actor, as in a local run, so that a row which kills
    it becomes a bad row instead of ending the actor again and again.
    """

    def __init__(self, make_scorer: MakeScorer, options: RowOptions, facts: Facts) -> None:
        self._error: RewardServiceError | None = None
        try:
            self._pool = WorkerPool(1, make_scorer, options)
        except RewardServiceError as error:
            self._error = error
            return
        if self._pool.facts != facts:
            self._error = PipelineError(
                "a node of the cluster scores differently from this machine: it has "
                f"{self._pool.facts.scorer}, this machine {facts.scorer}. Install the same version "
                "with the same settings everywhere."
            )

    def __call__(self, table: pa.Table) -> pa.Table:
        return pack([parcel._replace(data=self._result(parcel.data)) for parcel in unpack(table)])

    def _result(self, data: Any) -> BatchResult | RewardServiceError | None:
        if data is None or isinstance(data, RewardServiceError):
            return data
        if self._error is not None:
            return self._error
        [result] = self._pool.results([data])
        return result
