"""Reading rows in bounded batches, so that memory stays flat however long the file is.

Batches depend on the input alone, never on the number of workers: that keeps outputs and totals
equal for any of them.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from reward_service.files.errors import FileError
from reward_service.files.formats import (
    DECOMPRESSION_ERRORS,
    STDIO,
    FileKind,
    decompressed,
    detect_format,
)
from reward_service.wire import Item

BATCH_ROWS = 32
BATCH_BYTES = 1 << 18
MAX_LINE_BYTES = 1 << 26
COMPLETION_COLUMNS = ("completion", "response", "output")
_BOM = b"\xef\xbb\xbf"


class Row(NamedTuple):
    """One input row, not yet checked.

    `number` counts from 1: the line of a JSONL file, the row of a Parquet file. `data` is the
    line's bytes, or the row as a dictionary, or None for a line over `MAX_LINE_BYTES`.
    """

    number: int
    data: bytes | dict[str, Any] | None


class Position(NamedTuple):
    """How far reading is, in bytes or rows; `total` is None where it is not known."""

    done: int
    total: int | None


class JsonLines:
    """Rows of a JSONL file or of standard input."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._compression = detect_format(name).compression
        self._total = None if name == STDIO else os.path.getsize(name)
        self._raw: BinaryIO | None = None

    @property
    def position(self) -> Position:
        done = self._raw.tell() if self._raw is not None and self._total is not None else 0
        return Position(done, self._total)

    def batches(self, after: int = 0) -> Iterator[list[Row]]:
        """Batches of the rows behind row number `after`. Raises FileError if reading fails."""
        if self.name == STDIO:
            yield from _line_batches(sys.stdin.buffer, after)
            return
        number = after
        with open(self.name, "rb") as raw:
            self._raw = raw
            try:
                for batch in _line_batches(decompressed(raw, self._compression), after):
                    number = batch[-1].number
                    yield batch
            except DECOMPRESSION_ERRORS as error:
                message = f"{self.name}: damaged or cut off behind line {number}: {error}"
                raise FileError(message) from error
            finally:
                self._raw = None


def _line_batches(stream: BinaryIO, after: int) -> Iterator[list[Row]]:
    batch: list[Row] = []
    size = number = 0
    while line := stream.readline(MAX_LINE_BYTES):
        number += 1
        data: bytes | None = line
        while len(line) == MAX_LINE_BYTES and not line.endswith(b"\n"):
            data = None
            line = stream.readline(MAX_LINE_BYTES)
        if number == 1 and data is not None:
            data = data.removeprefix(_BOM)
        if number <= after or (data is not None and not data.strip()):
            continue
        batch.append(Row(number, data))
        size += len(data or b"")
        if len(batch) >= BATCH_ROWS or size >= BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


class ParquetRows:
    """Rows of a Parquet file, read page by page: a huge row group is never held whole."""

    def __init__(self, name: str, keep: tuple[str, ...]) -> None:
        self.name = name
        try:
            self._file = pq.ParquetFile(name, buffer_size=1 << 20, pre_buffer=False)
        except pa.ArrowException as error:
            raise FileError(f"{name}: not a Parquet file: {error}") from error
        names = self._file.schema_arrow.names
        wanted = {*Item.model_fields, *COMPLETION_COLUMNS, *keep}
        self._columns = [column for column in names if column in wanted]
        # Values of other columns are not read; their names are, so that a misspelt one is found.
        self._others = {column: None for column in names if column not in wanted}
        self._done = 0

    @property
    def position(self) -> Position:
        return Position(self._done, self._file.metadata.num_rows)

    def batches(self, after: int = 0) -> Iterator[list[Row]]:
        """Batches of the rows behind row number `after`. Raises FileError if reading fails."""
        groups, number = self._groups_behind(after)
        try:
            for table in self._file.iter_batches(
                batch_size=BATCH_ROWS, row_groups=groups, columns=self._columns
            ):
                batch = []
                for data in table.to_pylist():
                    number += 1
                    if number > after:
                        batch.append(Row(number, {**self._others, **data}))
                self._done = number
                if batch:
                    yield batch
        except pa.ArrowException as error:
            raise FileError(f"{self.name}: damaged behind row {number}: {error}") from error

    def _groups_behind(self, after: int) -> tuple[list[int], int]:
        """The row groups that hold rows behind `after`, and how many rows lie before them."""
        before = 0
        for group in range(self._file.num_row_groups):
            rows = self._file.metadata.row_group(group).num_rows
            if before + rows > after:
                return list(range(group, self._file.num_row_groups)), before
            before += rows
        return [], before


def open_rows(name: str, keep: tuple[str, ...] = ()) -> JsonLines | ParquetRows:
    """The rows of the file `name` ("-": standard input). Raises FileError if it cannot be read."""
    kind = detect_format(name).kind
    if name != STDIO and not Path(name).is_file():
        raise FileError(f"{name}: no such file")
    return ParquetRows(name, keep) if kind is FileKind.PARQUET else JsonLines(name)
